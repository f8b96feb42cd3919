"""Terms and variables -> the design matrix, by the rules of R: treatment contrasts, full coding where no margin is.

In a term, a factor is coded by its levels but the first if the term without it is in the model too, else by all its
levels (Chambers and Hastie 1992, Statistical Models in S, section 2.4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.formula import Formula, Term
from trialkit.methods.mmrm.variables import Variable

Parts = Mapping[str, np.ndarray]
"""Per variable: its column (r, 1) or indicators of all its levels (r, k)."""
Contrasts = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Design:
    """The terms over the variables; ``names`` and ``of`` give each column's name and term."""

    formula: Formula
    variables: dict[str, Variable]
    names: tuple[str, ...]
    of: np.ndarray
    columns: dict[Term, tuple[tuple[str, bool], ...]]

    def matrix(self, parts: Parts, rows: int, contrasts: Contrasts = lambda full: full[:, 1:]) -> np.ndarray:
        """The design of r rows given each variable's part; shape (r, all columns).

        ``contrasts`` makes k - 1 columns of the k indicators of a factor; treatment contrasts unless said otherwise.
        """
        made = [self._term(term, parts, rows, contrasts) for term in self.formula.terms]
        return np.concatenate(made, axis=1)

    def _term(self, term: Term, parts: Parts, rows: int, contrasts: Contrasts) -> np.ndarray:
        coded = [contrasts(parts[name]) if reduced else parts[name] for name, reduced in self.columns[term]]
        return reduce(_times, coded) if coded else np.ones((rows, 1))

    def parts(self) -> dict[str, np.ndarray]:
        """Each variable as it is in the rows used."""
        return {name: found.coding() for name, found in self.variables.items()}


def _times(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """All products of a column of the left and one of the right; the left one changes fastest."""
    return (right[:, :, None] * left[:, None, :]).reshape(len(left), -1)


def design(formula: Formula, variables: dict[str, Variable]) -> Design:
    """The columns' names and codings. Raises MethodError for a factor with one level."""
    for found in variables.values():
        if found.codes is not None and len(found.levels) < 2:
            level = found.levels[0] if found.levels else "none"
            raise MethodError(f"factor {found.name!r} has one level in the rows used ({level}); leave it out")
    terms, columns = set(map(frozenset, formula.terms)), {}
    names: list[str] = []
    of: list[int] = []
    for i, term in enumerate(formula.terms):
        coded = []
        for name in term:
            is_factor = variables[name].codes is not None
            coded.append((name, is_factor and frozenset(term) - {name} in terms))
        columns[term] = tuple(coded)
        labels = [_labels(variables[name], reduced) for name, reduced in coded]
        made = (
            reduce(lambda left, right: [f"{a}:{b}" for b in right for a in left], labels) if labels else ["Intercept"]
        )
        names += made
        of += [i] * len(made)
    return Design(formula, variables, tuple(names), np.array(of), columns)


def _labels(found: Variable, reduced: bool) -> list[str]:
    if found.codes is None:
        return [found.name]
    return [f"{found.name}[{level}]" for level in found.levels[1 if reduced else 0 :]]


def term_text(term: Term) -> str:
    """A term as it is written."""
    return ":".join(term) or "Intercept"

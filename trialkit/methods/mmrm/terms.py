"""Hypotheses about whole terms, as SAS defines them (SAS/STAT User's Guide, The Four Types of Estimable Functions).

Type III: with factors coded to sum to zero, the term's coefficients are zero. If X_s is the design in that coding and
X_s M = X, the hypothesis on b is L = the term's rows of M.                                          (eq:type3)

Type II: the term adjusted for all terms that do not contain it. With M_1 the projection off their columns,
L = [0, I, (X_t' M_1 X_t)^-1 X_t' M_1 X_c] over others, the term, and the terms that contain it.     (eq:type2)

A term contains another if it has the same numeric variables and more factors, among them all of the other's.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.design import Design, term_text
from trialkit.methods.mmrm.formula import Term
from trialkit.methods.mmrm.rows import Rows


def hypotheses(rows: Rows, keep: np.ndarray, kind: int) -> dict[str, np.ndarray]:
    """L (r, kept columns) of each term but the intercept.

    Raises MethodError for a kind that is not 2 or 3, or if columns were dropped (a combination of levels is empty).
    """
    if kind not in (2, 3):
        raise MethodError(f"tests of terms are of type 2 or 3, not {kind}")
    if not keep.all():
        gone = [name for name, k in zip(rows.design.names, keep, strict=True) if not k]
        raise MethodError(f"tests of terms need all columns; left out are: {', '.join(gone)}. Test a contrast instead")
    terms = rows.design.formula.terms
    made = {}
    m = _sum_to_zero(rows) if kind == 3 else None
    for i, term in enumerate(terms):
        if term:
            made[term_text(term)] = m[rows.design.of == i] if m is not None else _type_two(rows, i)
    return made


def _sum_to_zero(rows: Rows) -> np.ndarray:
    """M with X_s M = X, (p, p)."""
    parts = rows.design.parts()
    x_s = rows.design.matrix(parts, len(rows.y), lambda full: full[:, :-1] - full[:, -1:])
    return np.linalg.lstsq(x_s, rows.x)[0]


def _type_two(rows: Rows, i: int) -> np.ndarray:
    design, x = rows.design, rows.x
    term = design.formula.terms[i]
    above = [k for k, other in enumerate(design.formula.terms) if _contains(design, other, term)]
    mine, over = design.of == i, np.isin(design.of, above)
    rest = x[:, ~mine & ~over]
    off = x[:, mine | over]
    off = off - rest @ np.linalg.lstsq(rest, off)[0] if rest.shape[1] else off
    inside = mine[mine | over]
    made = np.zeros((int(mine.sum()), x.shape[1]))
    made[:, mine] = np.eye(len(made))
    made[:, over] = np.linalg.lstsq(off[:, inside], off[:, ~inside])[0]
    return made


def _contains(design: Design, other: Term, term: Term) -> bool:
    def split(one: Term) -> tuple[set[str], set[str]]:
        numeric = {name for name in one if design.variables[name].codes is None}
        return numeric, set(one) - numeric

    (n_other, f_other), (n_term, f_term) = split(other), split(term)
    return n_other == n_term and f_other > f_term

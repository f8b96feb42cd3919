"""Data frame and formula -> the rows of the model, or a refusal that says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trialkit.methods._columns import column, numbers
from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.design import Design, design
from trialkit.methods.mmrm.formula import Formula, parse
from trialkit.methods.mmrm.variables import Variable, factor, numeric, variable, with_reference
from trialkit.words import many


@dataclass(frozen=True)
class Rows:
    """The N rows of a model.

    Attributes:
        at: positions in the frame, shape (N,); ``dropped`` those with a missing value.
        design: its columns; x their values (N, all columns); y the response (N,).
        subject: codes 0..n-1 (N,); ``subjects`` their labels.
        visit: the visit factor; None for a model without visits.
        group: the covariance group factor; None for one covariance.
        weight: (N,), ones if there are none.
    """

    at: np.ndarray
    dropped: np.ndarray
    design: Design
    x: np.ndarray
    y: np.ndarray
    subject: np.ndarray
    subjects: np.ndarray
    visit: Variable | None
    group: Variable | None
    weight: np.ndarray

    @property
    def visits(self) -> tuple[str, ...]:
        """The visit levels."""
        return self.visit.levels if self.visit else ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The covariance groups, one without a name if there are none."""
        return self.group.levels if self.group else ("",)


def read_rows(
    frame: pd.DataFrame,
    formula: str,
    subject: str,
    visit: str = "",
    group: str | None = None,
    weights: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
    numbers_in: Sequence[str] = (),
) -> Rows:
    """The rows without a missing value; ``numbers_in`` are columns that must be numeric.

    Raises MethodError for rows no model can be made of.
    """
    read, levels, reference = parse(formula), levels or {}, reference or {}
    y = numbers(frame, read.response)
    found = _variables(frame, read, visit, levels, numbers_in)
    own = pd.factorize(column(frame, subject))
    weight = numbers(frame, weights) if weights else np.ones(len(frame))
    extra = [_factor(frame, name, found, levels) for name in (visit, group) if name]
    missing = np.isnan(y) | np.isnan(weight) | (own[0] < 0)
    for one in (*found.values(), *extra):
        missing |= one.missing
    at = np.flatnonzero(~missing)
    _refuse_nothing(read, at, missing)
    _refuse_lost_levels(found, at)
    kept = {name: one.at(at) for name, one in found.items()}
    for name, level in reference.items():
        if name not in kept or kept[name].codes is None:
            raise MethodError(f"a reference is given for {name!r}, which is no factor of the formula {formula!r}")
        kept[name] = with_reference(kept[name], level)
    if visit and len(levels_seen := extra[0].at(at).levels) < 2:
        raise MethodError(f"{visit!r} has one visit ({levels_seen[0]}); repeated measures need two: use ancova")
    made = design(read, kept)
    codes, subjects = pd.factorize(own[0][at])
    rows = Rows(
        at, np.flatnonzero(missing), made, made.matrix(made.parts(), len(at)), y[at], codes,
        np.asarray(own[1])[subjects], extra[0].at(at) if visit else None,
        extra[-1].at(at) if group else None, weight[at],
    )  # fmt: skip
    return _checked(rows, subject, visit, weights)


def _variables(
    frame: pd.DataFrame, read: Formula, visit: str, levels: Mapping[str, Sequence[str]], numbers_in: Sequence[str]
) -> dict[str, Variable]:
    made = {}
    for name in read.variables:
        is_factor = name in read.factors or name == visit
        made[name] = numeric(frame, name) if name in numbers_in else variable(frame, name, is_factor, levels)
    return made


def _factor(
    frame: pd.DataFrame, name: str, found: dict[str, Variable], levels: Mapping[str, Sequence[str]]
) -> Variable:
    known = found.get(name)
    return known if known and known.codes is not None else factor(frame, name, levels.get(name, ()))


def _refuse_nothing(read: Formula, at: np.ndarray, missing: np.ndarray) -> None:
    if not len(at):
        names = ", ".join((read.response, *read.variables))
        raise MethodError(f"of {many(len(missing), 'row')} none has a value in each of: {names}")


def _refuse_lost_levels(found: dict[str, Variable], at: np.ndarray) -> None:
    """A level that the rows have, but no row with a response: its mean cannot be estimated."""
    for one in found.values():
        if one.codes is None:
            continue
        k = len(one.levels)
        before, after = (np.bincount(c + 1, minlength=k + 1)[1:] for c in (one.code, one.code[at]))
        gone = np.flatnonzero((before > 0) & (after == 0))
        if len(gone):
            raise MethodError(
                f"{one.name} {one.levels[gone[0]]!r} has rows, but none in which nothing is missing: "
                "nothing can be estimated for it; take its rows out"
            )


def _checked(rows: Rows, subject: str, visit: str, weights: str | None) -> Rows:
    if weights and not (rows.weight > 0).all():
        raise MethodError(f"weight {weights!r} is {rows.weight.min():g} in a row; weights must be above 0")
    if rows.visit is not None:
        _refuse_visits(rows, subject, visit)
    if rows.group is not None:
        rows = replace(rows, group=_by_subject(rows))
    spread = float(np.ptp(rows.y))
    if spread == 0:
        raise MethodError(f"the response {rows.design.formula.response!r} is {rows.y[0]:g} in all rows")
    return rows


def _refuse_visits(rows: Rows, subject: str, visit: str) -> None:
    assert rows.visit is not None
    key = rows.subject * len(rows.visits) + rows.visit.code
    order = np.sort(key)
    twice = np.flatnonzero(order[1:] == order[:-1])
    if len(twice):
        level = rows.visits[int(order[twice[0]]) % len(rows.visits)]
        raise MethodError(
            f"{many(len(twice), 'row repeats', 'rows repeat')} a {subject} and {visit} "
            f"that already have a row (first at {level}); "
            "keep one row per subject and visit"
        )


def _by_subject(rows: Rows) -> Variable:
    """The group of each subject (n,). Raises MethodError if a subject is in two."""
    assert rows.group is not None
    made = np.zeros(len(rows.subjects), int)
    made[rows.subject] = rows.group.code
    if (made[rows.subject] != rows.group.code).any():
        raise MethodError(f"a subject has rows in two groups of {rows.group.name!r}; a group is a subject's")
    return replace(rows.group, codes=made)

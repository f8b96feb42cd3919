"""Contingency tables of arm by category (or by having a row), for the tests that read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._columns import labels, once, ordered
from trialkit.methods._groups import arm_codes, one_row_each, pairs, row_units
from trialkit.methods.base import Inputs, MethodError, Row, positions
from trialkit.words import many

Versus = Literal["reference", "all"]


@dataclass(frozen=True)
class Table:
    """Counts of subjects, shape (arms, categories), with the positions of the subjects and rows counted.

    ``arm`` and ``reference`` are "" where all arms are tested at once.
    """

    arm: str
    reference: str
    counts: np.ndarray
    levels: tuple[str, ...]
    units: np.ndarray
    rows: np.ndarray

    @property
    def odds_ratio(self) -> float | None:
        """Sample odds ratio of a 2 x 2 table for its last category, arm over reference; None with an empty cell."""
        (a, b), (c, d) = self.counts.astype(float)
        return float(a * d / (b * c)) if a * b * c * d else None

    @property
    def expected(self) -> np.ndarray:
        """Expected counts under independence, shape as ``counts``."""
        return np.outer(self.counts.sum(axis=1), self.counts.sum(axis=0)) / self.counts.sum()

    @property
    def sparse(self) -> str:
        """A warning if an expected count is below 5, else ""."""
        least = float(self.expected.min())
        return f"smallest expected count {least:.3g} is below 5" if least < 5 else ""


def tables(inputs: Inputs, variable: str | None, levels: Sequence[str], versus: Versus) -> list[Table]:
    """Each arm against the reference, or one table of all arms; the reference (or first) arm is the first row.

    Without a variable the categories are "none" and "any": whether a subject of the population has a row.
    Raises MethodError for fewer than two arms with subjects, a category outside ``levels`` or a repeated subject.
    """
    arm, category, unit, row, names = coded(inputs, variable, levels)
    present = [i for i in range(len(inputs.arms)) if (arm == i).any()]
    if len(present) < 2:
        raise MethodError(f"{len(present)} arm has subjects to compare; the test needs two")
    shape = (len(inputs.arms), len(names))
    counts = np.bincount(arm * shape[1] + category, minlength=shape[0] * shape[1]).reshape(shape)
    if versus == "all":
        return [Table("", "", counts[present], names, unit, row)]
    found = [inputs.arms[i] for i in present]
    made = []
    for name, reference in pairs(found, inputs.reference, versus):
        at = [inputs.arms.index(reference), inputs.arms.index(name)]
        mine = np.isin(arm, at)
        rows = row[np.isin(arm_codes(inputs, inputs.frame)[row], at)]
        made.append(Table(name, reference, counts[at], names, unit[mine], rows))
    return made


def left_out(inputs: Inputs, variable: str | None) -> Row:
    """The row n_dropped: subjects who have rows and no value of the variable in any of them.

    Without a variable it is 0: to have a row is the category.
    """
    units, blank = row_units(inputs), np.zeros(len(inputs.frame), bool)
    if variable is not None:
        blank = labels(inputs.frame, variable) == ""
    gone = np.setdiff1d(units[blank], units[~blank])
    warning = (
        f"{len(gone):,} of {many(len(once(units)), 'subject')} left out: no value in {variable}" if len(gone) else ""
    )
    return Row("n_dropped", float(len(gone)), rows=positions(np.isin(units, gone)), units=gone, warning=warning)


def coded(
    inputs: Inputs, variable: str | None, levels: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Arm and category code and position of each subject counted, positions of the rows, category names.

    Without a variable every subject of the population counts, and the rows are all rows.
    """
    units, arms = row_units(inputs), arm_codes(inputs, inputs.universe)
    if variable is None:
        inside = arms >= 0
        some = np.zeros(len(arms), np.intp)
        some[units] = 1
        return arms[inside], some[inside], np.flatnonzero(inside), np.arange(len(units)), ("none", "any")
    found = labels(inputs.frame, variable)
    used = np.flatnonzero((found != "") & (arms[units] >= 0))
    one_row_each(inputs, used)
    names = tuple(levels) or tuple(ordered(found[used]))
    strange = sorted(set(found[used]) - set(names))
    if strange:
        raise MethodError(f"column {variable!r} holds {strange[0]!r}, which is not among its levels: {list(names)}")
    code = {name: i for i, name in enumerate(names)}
    category = np.array([code[text] for text in found[used]], np.intp)
    return arms[units[used]], category, units[used], used, names

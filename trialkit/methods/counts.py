"""Subjects per category.

For each category, arm and total: n subjects with at least one row in the category (a subject counts once), the
denominator N (subjects of the arm in the population, or those with a value) and pct = 100 n / N. The missing
category holds the subjects who have rows and no value in any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from trialkit.errors import did_you_mean
from trialkit.methods._columns import labels, ordered
from trialkit.methods._groups import Group, groups, row_units
from trialkit.methods.base import Inputs, MethodError, Row, positions

MISSING = "missing"


@dataclass(frozen=True)
class Params:
    """Parameters of ``counts``.

    Attributes:
        variables: categorical columns.
        levels: categories of a column in display order, kept when nobody has them; else those found, sorted.
        denominator: percents of all subjects of the arm, or of those with a value.
    """

    variables: tuple[str, ...]
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    denominator: Literal["universe", "nonmissing"] = "universe"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, N, pct per variable, category and arm.

    Raises MethodError if the data hold a category outside ``levels`` or one called "missing", or if ``levels`` names a
    column that is not counted.
    """
    for name in params.levels:
        if name not in params.variables:
            hint = did_you_mean(name, params.variables)
            raise MethodError(f"'levels' names {name!r}, which is not among the variables. {hint}")
    unit, columns, made = row_units(inputs), groups(inputs), list[Row]()
    for variable in params.variables:
        found = labels(inputs.frame, variable)
        for level in _levels(variable, found, params):
            for group in columns:
                made += _level(Cell(variable, level, found, unit, group, len(inputs.universe)), params)
        made += _missing(variable, found, unit, inputs, params)
    return made


def _levels(variable: str, found: np.ndarray, params: Params) -> list[str]:
    present, declared = ordered(found), list(params.levels.get(variable, ()))
    if MISSING in present:
        raise MethodError(f"column {variable!r} holds the text {MISSING!r}, which names its missing values; recode it")
    strange = [level for level in present if declared and level not in declared]
    if strange:
        raise MethodError(f"column {variable!r} holds {strange[0]!r}, which is not among its levels: {declared}")
    return declared or present


@dataclass(frozen=True)
class Cell:
    """A category of a variable in a group: the texts and subjects of all rows, the size of the universe."""

    variable: str
    level: str
    found: np.ndarray
    unit: np.ndarray
    group: Group
    size: int

    def subjects(self, mask: np.ndarray) -> np.ndarray:
        """Mask over the universe of the group's subjects with a row under the mask."""
        made = np.zeros(self.size, bool)
        made[self.unit[mask]] = True
        return made & self.group.units


def _level(cell: Cell, params: Params) -> list[Row]:
    here = cell.found == cell.level
    return list(_rows(cell, here, cell.subjects(here), params))


def _missing(variable: str, found: np.ndarray, unit: np.ndarray, inputs: Inputs, params: Params) -> list[Row]:
    blank, made = found == "", list[Row]()
    if not blank.any():
        return made
    for group in groups(inputs):
        cell = Cell(variable, MISSING, found, unit, group, len(inputs.universe))
        who = cell.subjects(blank) & ~cell.subjects(~blank)
        made += _rows(cell, blank & who[unit], who, params)
    return made if any(row.value for row in made if row.stat == "n") else []


def _rows(cell: Cell, here: np.ndarray, who: np.ndarray, params: Params) -> Iterator[Row]:
    n, rows, units = int(who.sum()), positions(here & cell.group.rows), positions(who)
    blank = Row("n", arm=cell.group.label, variable=cell.variable, variable_level=cell.level, rows=rows, units=units)
    yield blank.but(value=float(n))
    if cell.level == MISSING and params.denominator == "nonmissing":
        return
    base = cell.group.units if params.denominator == "universe" else cell.subjects(cell.found != "")
    yield blank.but(stat="N", value=float(base.sum()), rows=None, units=positions(base))
    yield percent(n, int(base.sum()), blank.but(stat="pct"))


def percent(n: int, of: int, row: Row) -> Row:
    """The row with value 100 n / of, or none and a warning when there is nobody to divide by."""
    if not of:
        return row.but(warning="nobody in the denominator")
    return row.but(value=100 * n / of)

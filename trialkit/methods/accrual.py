"""How many came by each day, how many a month, and how many were planned by then. See docs/methods/accrual.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialkit.methods._columns import labels, once, ordered
from trialkit.methods._groups import dropped_row, row_units
from trialkit.methods.base import Inputs, MethodError, Row

MONTH = 365.25 / 12
"""Days in a month."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``accrual``.

    Attributes:
        time: the day on which each row came: a column of dates, or of numbers of days.
        group: a column whose categories (sites) have a rate of their own.
        planned: how many were planned; 0 for no plan.
        planned_days: in how many days, from the first.
    """

    time: str
    group: str = ""
    planned: int = 0
    planned_days: int = 0


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, day_first, day_last and per_month, overall and by group; cumulative at each day; planned; n_dropped.

    Raises MethodError for a plan without days (or days without a plan), or a column of neither dates nor numbers.
    """
    if (params.planned > 0) != (params.planned_days > 0) or min(params.planned, params.planned_days) < 0:
        raise MethodError("'planned' and 'planned_days' go together: so many, in so many days")
    unit, day = row_units(inputs), _days(inputs.frame[params.time], params.time)
    known = np.flatnonzero(~np.isnan(day))
    made = [dropped_row(np.flatnonzero(np.isnan(day)), len(day), f"no value in {params.time}")]
    made += _totals(known, day, unit, ())
    if params.group:
        texts = labels(inputs.frame, params.group)[known]
        for level in ordered(texts):
            made += _totals(known[texts == level], day, unit, ((params.group, level),), day[known].max())
    made += _curve(known, day)
    return made + list(_plan(params))


def _days(column: pd.Series[Any], name: str) -> np.ndarray:
    """Whole days since the earliest, shape (rows,), nan where there is none."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = (column.dt.normalize() - column.min().normalize()).dt.days
    elif not pd.api.types.is_numeric_dtype(column) and column.notna().any():
        raise MethodError(f"{name} holds neither dates nor numbers of days")
    day: np.ndarray = column.astype(float).to_numpy()
    return np.floor(day - np.nanmin(day)) if (~np.isnan(day)).any() else day


def _totals(
    at: np.ndarray, day: np.ndarray, unit: np.ndarray, groups: tuple[tuple[str, str], ...], end: float = np.nan
) -> Iterator[Row]:
    yield Row("n", float(len(at)), groups=groups, rows=at, units=once(unit[at]))
    if not len(at):
        return
    first, last = day[at].min(), day[at].max()
    yield Row("day_first", float(first), groups=groups, rows=at)
    yield Row("day_last", float(last), groups=groups, rows=at)
    span = (last if np.isnan(end) else end) - first + 1
    yield Row("per_month", float(len(at) / span * MONTH), groups=groups, rows=at)


def _curve(known: np.ndarray, day: np.ndarray) -> Iterator[Row]:
    days, counts = np.unique(day[known], return_counts=True)
    in_order = known[np.argsort(day[known], kind="stable")]
    for at, so_far in zip(days, np.cumsum(counts), strict=True):
        yield Row("cumulative", float(so_far), at=float(at), rows=in_order[:so_far])


def _plan(params: Params) -> Iterator[Row]:
    """The plan at each of its days: the same number on each, the first being day 0."""
    for day in range(params.planned_days):
        yield Row("planned", params.planned * (day + 1) / params.planned_days, at=float(day))

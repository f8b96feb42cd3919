"""Pearson's chi-square test of independence.

The statistic is the sum over cells of (observed - expected)^2 / expected on (arms - 1)(categories - 1) degrees of
freedom; categories that nobody has are left out. Yates' correction, for 2 x 2 tables only, takes the smaller of 1/2
and |observed - expected| off each difference, as R does.

Source: Pearson (1900) Phil Mag 50, 157-175; Yates (1934) Suppl J R Stat Soc 1, 217-235; R ``chisq.test``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._contingency import Table, Versus, left_out, tables
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``chi_square``.

    Attributes:
        variable: a categorical column, or None: whether a subject has a row.
        levels: the categories in order; the odds ratio of a 2 x 2 table is of the second one.
        versus: each arm against the reference, or one test across all arms.
        correction: Yates' correction where the table is 2 x 2.
    """

    variable: str | None = None
    levels: tuple[str, ...] = ()
    versus: Versus = "reference"
    correction: bool = False


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, and n, chisq, df, p (and odds_ratio where 2 x 2) per comparison.

    A test that does not exist is an error row.
    """
    found = tables(inputs, params.variable, params.levels, params.versus)
    made = [left_out(inputs, params.variable)]
    for table in found:
        made += _rows(table, params)
    return made


def _rows(table: Table, params: Params) -> Iterator[Row]:
    variable = params.variable or ""
    blank = Row("n", arm=table.arm, reference=table.reference, variable=variable, rows=table.rows, units=table.units)
    yield replace(blank, value=float(table.counts.sum()))
    used = table.counts.sum(axis=0) > 0
    if used.sum() < 2:
        yield replace(blank, stat="p", error="all subjects are in one category: there is nothing to test")
        return
    used_table = replace(table, counts=table.counts[:, used], levels=tuple(np.array(table.levels, object)[used]))
    chisq, df, p = chi_square(used_table, params.correction)
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", p)):
        yield replace(blank, stat=stat, value=value, warning=used_table.sparse)
    if used_table.counts.shape == (2, 2):
        ratio, level = used_table.odds_ratio, used_table.levels[1] if variable else ""
        text, warning = ("", "") if ratio is not None else ("NE", "a cell is empty")
        yield replace(blank, stat="odds_ratio", value=ratio, text=text, warning=warning, variable_level=level)


def chi_square(table: Table, correction: bool = False) -> tuple[float, int, float]:
    """Statistic, degrees of freedom and p-value. Raises MethodError for an empty row or column."""
    expected = table.expected
    if not expected.all():
        raise MethodError("an arm or a category is empty; leave it out")
    distance = np.abs(table.counts - expected)
    if correction and table.counts.shape == (2, 2):
        distance = distance - min(0.5, float(distance.min()))
    chisq = float((distance**2 / expected).sum())
    df = (table.counts.shape[0] - 1) * (table.counts.shape[1] - 1)
    return chisq, df, float(chdtrc(df, chisq))

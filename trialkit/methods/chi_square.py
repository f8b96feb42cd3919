"""Pearson's chi-square test of independence.

The statistic is the sum over cells of (observed - expected)^2 / expected on (arms - 1)(categories - 1) degrees of
freedom; categories that nobody has are left out. Yates' correction, for 2 x 2 tables only, takes the smaller of 1/2
and |observed - expected| off each difference, as R does.

The likelihood ratio is 2 sum observed log(observed / expected) on the same degrees of freedom. The trend test (of two
categories) is Cochran and Armitage's: with scores s of the arms, x of n subjects in the second category, p = sum x /
sum n, it is (sum s (x - n p))^2 / (p (1 - p) (sum n s^2 - (sum n s)^2 / sum n)) on 1.

Source: Pearson (1900) Phil Mag 50, 157-175; Yates (1934) Suppl J R Stat Soc 1, 217-235; R ``chisq.test``; Armitage
(1955) Biometrics 11, 375-386.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import chdtrc, xlogy

from trialkit.methods._contingency import Table, Versus, left_out, tables
from trialkit.methods._groups import arm_codes
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``chi_square``.

    Attributes:
        variable: a categorical column, or None: whether a subject has a row.
        levels: the categories in order; the odds ratio of a 2 x 2 table is of the second one.
        versus: each arm against the reference, or one test across all arms.
        correction: Yates' correction where the table is 2 x 2, of Pearson's statistic.
        test: Pearson's statistic, the likelihood ratio, or the trend over the arms.
        scores: scores of the arms in display order for the trend; 1, 2, ... if empty.
    """

    variable: str | None = None
    levels: tuple[str, ...] = ()
    versus: Versus = "reference"
    correction: bool = False
    test: Literal["pearson", "likelihood_ratio", "trend"] = "pearson"
    scores: tuple[float, ...] = ()


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, and n, chisq, df, p (and odds_ratio where 2 x 2) per comparison.

    A test that does not exist is an error row. Raises MethodError for scores or a correction that do not fit.
    """
    if params.scores and (params.test != "trend" or len(params.scores) != len(inputs.arms)):
        raise MethodError(f"scores go with test: trend, one for each of the {len(inputs.arms)} arms")
    if params.correction and params.test != "pearson":
        raise MethodError("Yates' correction is of Pearson's statistic; leave out correction or choose test: pearson")
    found = tables(inputs, params.variable, params.levels, params.versus)
    scores = dict(zip(inputs.arms, params.scores or range(1, len(inputs.arms) + 1), strict=True))
    codes = arm_codes(inputs, inputs.universe)
    made = [left_out(inputs, params.variable)]
    for table in found:
        arms = [table.reference, table.arm] if table.arm else [inputs.arms[i] for i in np.unique(codes[table.units])]
        made += _rows(table, params, np.array([scores[arm] for arm in arms], float))
    return made


def _rows(table: Table, params: Params, scores: np.ndarray) -> Iterator[Row]:
    variable = params.variable or ""
    blank = Row("n", arm=table.arm, reference=table.reference, variable=variable, rows=table.rows, units=table.units)
    yield blank.but(value=float(table.counts.sum()))
    used = table.counts.sum(axis=0) > 0
    if used.sum() < 2:
        yield blank.but(stat="p", error="all subjects are in one category: there is nothing to test")
        return
    used_table = replace(table, counts=table.counts[:, used], levels=tuple(np.array(table.levels, object)[used]))
    chisq, df, p = _tested(used_table, params, scores)
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", p)):
        yield blank.but(stat=stat, value=value, warning=used_table.sparse)
    if used_table.counts.shape == (2, 2):
        ratio, level = used_table.odds_ratio, used_table.levels[1] if variable else ""
        text, warning = ("", "") if ratio is not None else ("NE", "a cell is empty")
        yield blank.but(stat="odds_ratio", value=ratio, text=text, warning=warning, variable_level=level)


def _tested(table: Table, params: Params, scores: np.ndarray) -> tuple[float, int, float]:
    if params.test == "pearson":
        return chi_square(table, params.correction)
    if params.test == "trend":
        return trend(table, scores)
    _, df, _ = chi_square(table)
    chisq = 2 * float(xlogy(table.counts, table.counts / table.expected).sum())
    return chisq, df, float(chdtrc(df, chisq))


def trend(table: Table, scores: np.ndarray) -> tuple[float, int, float]:
    """Cochran and Armitage's statistic, df and p-value. Raises MethodError for more categories or equal scores."""
    if table.counts.shape[1] != 2:
        raise MethodError(f"the trend test is of two categories, not of {list(table.levels)}; use cmh for more")
    x, n = table.counts[:, 1], table.counts.sum(axis=1)
    p = x.sum() / n.sum()
    spread = float((n * scores**2).sum() - (n * scores).sum() ** 2 / n.sum())
    if spread <= 0:
        raise MethodError("the scores do not differ among the arms: the trend test does not exist")
    chisq = float((scores * (x - n * p)).sum()) ** 2 / (p * (1 - p) * spread)
    return float(chisq), 1, float(chdtrc(1, chisq))


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

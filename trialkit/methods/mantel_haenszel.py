"""Mantel-Haenszel estimates of a common difference, ratio and odds ratio over strata, with tests.

In stratum h, x1 of n1 subjects of the arm and x2 of n2 of the reference are in the second category, N = n1 + n2:

    difference   sum n1 n2 / N (x1 / n1 - x2 / n2) / sum n1 n2 / N     variance by Sato, or Greenland and Robins
    ratio        sum x1 n2 / N / sum x2 n1 / N                         variance of the log by Greenland and Robins
    odds ratio   sum x1 (n2 - x2) / N / sum x2 (n1 - x1) / N           variance of the log by Robins et al.
    test         (|sum x1 - E x1| - c)^2 / sum var x1, hypergeometric, 1 df (c = 1/2 with correction, if that is less)
    homogeneity  Breslow and Day: sum (x1 - e)^2 / v at the common odds ratio; with Tarone's correction if asked

The exact odds ratio is the conditional one (``_hypergeometric``).

Source: Mantel and Haenszel (1959) J Natl Cancer Inst 22, 719-748; Sato (1989) Biometrics 45, 1323-1324; Greenland and
Robins (1985) Biometrics 41, 55-68; Robins, Breslow, Greenland (1986) Biometrics 42, 311-323; Tarone (1985) Biometrika
72, 91-95.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, isfinite, log
from typing import Literal

import numpy as np
from scipy.special import chdtrc, ndtri

from trialkit.methods._common_effects import breslow_day, common_difference, common_odds_ratio, common_ratio, score_test
from trialkit.methods._contingency import left_out
from trialkit.methods._groups import pairs
from trialkit.methods._hypergeometric import conditional
from trialkit.methods._stratified import Strata, stratified
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.words import many


@dataclass(frozen=True)
class Params:
    """Parameters of ``mantel_haenszel``.

    Attributes:
        strata: columns of the population whose combinations are the strata.
        variable: a column of two categories, or None: whether a subject has a row.
        levels: the two categories in order; the effect is of the second one.
        difference_variance: variance of the risk difference.
        correction: continuity correction of the test.
        tarone: Tarone's correction of the test of homogeneity.
        exact: the exact conditional odds ratio too.
        compare: each arm against the reference, or every pair.
        confidence: level of all intervals.
    """

    strata: tuple[str, ...]
    variable: str | None = None
    levels: tuple[str, ...] = ()
    difference_variance: Literal["sato", "greenland_robins"] = "sato"
    correction: bool = False
    tarone: bool = False
    exact: bool = False
    compare: Literal["reference", "all"] = "reference"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per pair: the three estimates with limits, the test, the test of homogeneity, and exact ones if asked.

    Raises MethodError for a column that has not two categories or for fewer than two arms with subjects.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    found = stratified(inputs, params.variable, params.levels, params.strata)
    if len(found.levels) != 2:
        raise MethodError(f"{len(found.levels)} categories {list(found.levels)}; name the two in 'levels'")
    made = [left_out(inputs, params.variable)]
    warning = (
        f"{many(len(found.gone), 'subject')} left out: no value in {' or '.join(params.strata)}"
        if len(found.gone)
        else ""
    )
    made.append(Row("n_no_stratum", float(len(found.gone)), units=found.gone, warning=warning))
    for arm, versus in pairs(found.arms, inputs.reference, params.compare):
        made += _pair(found, arm, versus, params)
    return made


def _pair(found: Strata, arm: str, versus: str, params: Params) -> Iterator[Row]:
    at = [found.arms.index(arm), found.arms.index(versus)]
    counts = found.counts[:, at, :].astype(float)
    both = (counts.sum(axis=2) > 0).all(axis=1)
    alone = [name for name, inside in zip(found.names, both, strict=True) if not inside and name]
    warning = f"strata without both arms, left out: {', '.join(alone)}" if alone else ""
    level = found.levels[1] if params.variable else ""
    mine, rows = np.isin(found.arm, at), found.row[np.isin(found.row_arm, at)]
    blank = Row("n", arm=arm, reference=versus, variable=params.variable or "", variable_level=level,
                rows=rows, units=found.unit[mine])  # fmt: skip
    used = counts[both]
    yield blank.but(value=float(used.sum()), warning=warning)
    yield blank.but(stat="strata", value=float(both.sum()))
    if not both.any():
        yield blank.but(stat="risk_difference", error="no stratum has subjects of both arms")
        return
    yield from _estimates(used, params, blank)
    yield from _tests(used, params, blank)
    if params.exact:
        yield from _exact(used, params, blank)


def _estimates(counts: np.ndarray, params: Params, blank: Row) -> Iterator[Row]:
    z = float(ndtri((1 + params.confidence) / 2))
    value, se = common_difference(counts, params.difference_variance)
    for stat, number in (("", value), ("_se", se), ("_ci_low", value - z * se), ("_ci_high", value + z * se)):
        yield blank.but(stat=f"risk_difference{stat}", value=number)
    for name, estimate in (("risk_ratio", common_ratio), ("odds_ratio", common_odds_ratio)):
        found = estimate(counts)
        if found is None:
            yield blank.but(stat=name, text="NE", warning="the sum of products of the cells is 0 in an arm")
            continue
        value, se = found
        limits = exp(log(value) - z * se), exp(log(value) + z * se)
        for stat, number in (("", value), ("_se", se), ("_ci_low", limits[0]), ("_ci_high", limits[1])):
            yield blank.but(stat=f"{name}{stat}", value=number)


def _tests(counts: np.ndarray, params: Params, blank: Row) -> Iterator[Row]:
    chisq = score_test(counts, params.correction)
    if chisq is None:
        yield blank.but(stat="p", error="in every stratum all subjects are in one category: nothing to test")
        return
    for stat, value in (("chisq", chisq), ("df", 1.0), ("p", float(chdtrc(1, chisq)))):
        yield blank.but(stat=stat, value=value)
    common = common_odds_ratio(counts)
    found = breslow_day(counts, common[0], params.tarone) if common else None
    if found is None:
        why = "it needs two strata with both categories and a finite common odds ratio"
        yield blank.but(stat="breslow_day_p", text="NE", warning=f"no test of homogeneity: {why}")
        return
    chisq, df = found
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", float(chdtrc(df, chisq)))):
        yield blank.but(stat=f"breslow_day_{stat}", value=value)


def _exact(counts: np.ndarray, params: Params, blank: Row) -> Iterator[Row]:
    found = conditional(counts[:, :, ::-1])
    if len(found.support) == 1:
        yield blank.but(stat="exact_odds_ratio", error="in every stratum all subjects are in one category")
        return
    low, high = found.limits(params.confidence)
    values = {"exact_odds_ratio": found.estimate(), "exact_ci_low": low, "exact_ci_high": high, "exact_p": found.p()}
    for stat, value in values.items():
        given = blank.but(stat=stat, value=float(value))
        yield given if isfinite(value) else replace(given, value=None, text="NE", warning="infinite: an empty cell")

"""Proportions per arm, and their differences, ratios and odds ratios, with confidence intervals.

Of the n subjects of an arm, x are in the second category: the proportion x / n, and for each pair of arms the
difference, the ratio and the sample odds ratio, each with the interval asked for. The formulas are in ``_binomial``
and ``_two_binomials``; exact limits of an odds ratio are those of the noncentral hypergeometric distribution.

Source: Newcombe (1998) Stat Med 17, 857-872 and 873-890; Miettinen and Nurminen (1985) Stat Med 4, 213-226.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, isfinite, log, sqrt
from typing import Literal

import numpy as np
from scipy.special import ndtri

from trialkit.methods._binomial import Interval, exact_p, limits
from trialkit.methods._contingency import coded, left_out
from trialkit.methods._groups import arm_codes, pairs
from trialkit.methods._hypergeometric import conditional
from trialkit.methods._two_binomials import Difference, Pair, Ratio, difference_limits, ratio_limits, ratio_se
from trialkit.methods.base import Inputs, MethodError, Row

EMPTY = "a count is 0: no finite limit"


@dataclass(frozen=True)
class Params:
    """Parameters of ``proportions``.

    Attributes:
        variable: a column of two categories, or None: whether a subject has a row.
        levels: the two categories in order; the proportion is of the second one.
        interval: interval of a proportion.
        difference: interval of a difference of two proportions.
        ratio: interval of a ratio of two proportions.
        odds_ratio: interval of an odds ratio.
        null: a proportion that each arm's own is tested against, exactly; no test if None.
        compare: each arm against the reference, every pair, or no comparison.
        measures: by what two arms are compared.
        confidence: level of all intervals.
    """

    variable: str | None = None
    levels: tuple[str, ...] = ()
    interval: Interval = "wilson"
    difference: Difference = "miettinen_nurminen"
    ratio: Ratio = "miettinen_nurminen"
    odds_ratio: Literal["wald", "exact"] = "wald"
    null: float | None = None
    compare: Literal["reference", "all", "none"] = "reference"
    measures: tuple[Literal["difference", "ratio", "odds_ratio"], ...] = ("difference", "ratio", "odds_ratio")
    confidence: float = 0.95


@dataclass(frozen=True)
class Arm:
    """x of n subjects of an arm, with a row that says where they stand, and one for the x."""

    x: int
    n: int
    blank: Row
    hit: Row


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm n, count, proportion with limits (and exact p); per pair difference, ratio and odds ratio.

    Raises MethodError for a column that has not two categories, or for no arm to compare with.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    if params.null is not None and not 0 < params.null < 1:
        raise MethodError(f"null is {params.null}; a proportion to test against lies between 0 and 1")
    arms, level = _arms(inputs, params)
    made = [left_out(inputs, params.variable)]
    for arm in arms.values():
        made += _own(arm, params)
    if params.compare != "none":
        for name, versus in pairs(list(arms), inputs.reference, params.compare):
            made += _pair(arms[name], arms[versus], level, params)
    return made


def _arms(inputs: Inputs, params: Params) -> tuple[dict[str, Arm], str]:
    """The arms that have subjects, and the category counted ("" without a variable)."""
    arm, category, unit, row, names = coded(inputs, params.variable, params.levels)
    if len(names) != 2:
        raise MethodError(f"{len(names)} categories {list(names)}; name the two in 'levels', the counted one second")
    variable, level = params.variable or "", names[1] if params.variable else ""
    made = {}
    for i, name in enumerate(inputs.arms):
        mine = arm == i
        if mine.any():
            rows = row[arm_codes(inputs, inputs.frame)[row] == i]
            blank = Row("n", arm=name, variable=variable, variable_level=level, rows=rows, units=unit[mine])
            counted = mine & (category == 1)
            hit = blank.but(stat="count", rows=row[counted] if variable else rows, units=unit[counted])
            made[name] = Arm(int(counted.sum()), int(mine.sum()), blank, hit)
    return made, level


def _own(arm: Arm, params: Params) -> Iterator[Row]:
    low, high = limits(arm.x, arm.n, params.interval, params.confidence)
    values = {"n": arm.n, "count": arm.x, "proportion": arm.x / arm.n, "ci_low": low, "ci_high": high}
    if params.null is not None:
        values["exact_p"] = exact_p(arm.x, arm.n, params.null)
    for stat, value in values.items():
        yield replace(arm.hit if stat == "count" else arm.blank, stat=stat, value=float(value))


def _pair(arm: Arm, versus: Arm, level: str, params: Params) -> Iterator[Row]:
    pair, z = Pair(arm.x, arm.n, versus.x, versus.n), float(ndtri((1 + params.confidence) / 2))
    joined = [np.sort(np.concatenate([a, b])) for a, b in zip(_behind(arm), _behind(versus), strict=True)]
    blank = replace(arm.blank, reference=versus.blank.arm, rows=joined[0], units=joined[1])
    if "difference" in params.measures:
        yield blank.but(stat="risk_difference", value=pair.difference)
        yield blank.but(stat="risk_difference_se", value=pair.difference_se)
        yield from _limits("risk_difference", difference_limits(pair, params.difference, z), blank)
    if "ratio" in params.measures:
        yield from _ratio(pair, params, z, blank)
    if "odds_ratio" in params.measures:
        yield from _odds(pair, params, z, blank)


def _behind(arm: Arm) -> tuple[np.ndarray, np.ndarray]:
    assert arm.blank.rows is not None and arm.blank.units is not None
    return arm.blank.rows, arm.blank.units


def _ratio(pair: Pair, params: Params, z: float, blank: Row) -> Iterator[Row]:
    if not pair.x2:
        yield blank.but(stat="risk_ratio", text="NE", warning="nobody in the reference arm is in the category")
    else:
        yield blank.but(stat="risk_ratio", value=pair.p1 / pair.p2)
    if pair.x1 * pair.x2:
        yield blank.but(stat="risk_ratio_se", value=ratio_se(pair))
    yield from _limits("risk_ratio", ratio_limits(pair, params.ratio, z), blank)


def _odds(pair: Pair, params: Params, z: float, blank: Row) -> Iterator[Row]:
    cells = [pair.x1, pair.n1 - pair.x1, pair.x2, pair.n2 - pair.x2]
    full = all(cells)
    warning = "" if full else "a cell is empty"
    value = cells[0] * cells[3] / (cells[1] * cells[2]) if full else None
    yield blank.but(stat="odds_ratio", value=value, text="" if full else "NE", warning=warning)
    if params.odds_ratio == "exact":
        yield from _exact_odds(np.array([[cells[:2], cells[2:]]]), params.confidence, blank)
        return
    if full and value is not None:
        se = sqrt(sum(1 / cell for cell in cells))
        yield blank.but(stat="odds_ratio_se", value=se)
        yield from _limits("odds_ratio", (exp(log(value) - z * se), exp(log(value) + z * se)), blank)


def _exact_odds(table: np.ndarray, confidence: float, blank: Row) -> Iterator[Row]:
    found = conditional(table)
    if len(found.support) == 1:
        yield blank.but(stat="odds_ratio_conditional", error="everyone is in one category: no odds ratio")
        return
    estimate = found.estimate()
    text, warning = ("", "") if isfinite(estimate) else ("NE", EMPTY)
    value = estimate if isfinite(estimate) else None
    yield blank.but(stat="odds_ratio_conditional", value=value, text=text, warning=warning)
    yield from _limits("odds_ratio", found.limits(confidence), blank)


def _limits(name: str, found: tuple[float, float], blank: Row) -> Iterator[Row]:
    for stat, value in zip(("ci_low", "ci_high"), found, strict=True):
        given = blank.but(stat=f"{name}_{stat}", value=float(value))
        yield given if isfinite(value) else replace(given, value=None, text="NE", warning=EMPTY)

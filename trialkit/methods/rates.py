"""Exposure-adjusted incidence rates with intervals, and their differences and ratios.

An arm has x events in a total exposure T: the rate x / T, Poisson. With chi2 and z the quantiles:

    exact       chi2(alpha / 2; 2 x) / 2T  to  chi2(1 - alpha / 2; 2 x + 2) / 2T  (Garwood)
    byar        x (1 - 1 / 9x - z / (3 sqrt x))^3 / T  to  y (1 - 1 / 9y + z / (3 sqrt y))^3 / T,  y = x + 1
    wald        exp(log rate -/+ z / sqrt x)
    difference  D = x1 / T1 - x2 / T2: wald with variance x1 / T1^2 + x2 / T2^2; score: all D that |score| <= z keeps,
                with the variance at the rates that are most likely under D
    ratio       exact: given x1 + x2, x1 is binomial with share p = R T1 / (R T1 + T2), Clopper-Pearson limits of p;
                wald: exp(log ratio -/+ z sqrt(1 / x1 + 1 / x2))

Source: Garwood (1936) Biometrika 28, 437-442; Breslow and Day (1987) Statistical Methods in Cancer Research II, p 69;
Przyborowski and Wilenski (1940) Biometrika 31, 313-323; Miettinen and Nurminen (1985) Stat Med 4, 213-226.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt
from typing import Literal

import numpy as np
from scipy.special import chdtri, ndtri

from trialkit.methods._binomial import Limits, exact_p, limits
from trialkit.methods._columns import numbers
from trialkit.methods._groups import arm_codes, dropped_row, one_row_each, pairs
from trialkit.methods._root import root
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Params:
    """Parameters of ``rates``.

    Attributes:
        count: column with the number of events of a subject (or 0 and 1: subjects with an event).
        exposure: column with the time at risk.
        per: rates and differences are per this much exposure.
        interval: interval of a rate.
        difference: interval of a difference of rates.
        ratio: interval of a ratio of rates.
        compare: each arm against the reference, every pair, or no comparison.
        measures: by what two arms are compared; the exact p goes with the ratio.
        confidence: level of the intervals.
    """

    count: str
    exposure: str
    per: float = 1.0
    interval: Literal["exact", "byar", "wald"] = "exact"
    difference: Literal["score", "wald"] = "score"
    ratio: Literal["exact", "wald"] = "exact"
    compare: Literal["reference", "all", "none"] = "reference"
    measures: tuple[Literal["difference", "ratio"], ...] = ("difference", "ratio")
    confidence: float = 0.95


@dataclass(frozen=True)
class Arm:
    """Events and exposure of an arm, with the positions of its rows."""

    events: float
    exposure: float
    rows: np.ndarray


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped; per arm n, events, exposure, rate with limits; per pair difference, ratio and exact p.

    Raises MethodError for counts that are not whole, exposure that is not positive, or a second row of a subject.
    """
    check_confidence(params.confidence)
    if not params.per > 0:
        raise MethodError(f"per is {params.per:g}; rates are per a positive amount of exposure")
    arms, account = _arms(inputs, params)
    made = [account]
    for name, arm in arms.items():
        low, high = rate_limits(arm.events, params.interval, params.confidence)
        values = {"n": float(len(arm.rows)), "events": arm.events, "exposure": arm.exposure}
        values |= {"rate": _rate(arm, params), "ci_low": low / arm.exposure * params.per}
        values |= {"ci_high": high / arm.exposure * params.per}
        made += [_row(Row(stat, arm=name, rows=arm.rows), value) for stat, value in values.items()]
    if params.compare != "none":
        for name, versus in pairs(list(arms), inputs.reference, params.compare):
            rows = np.sort(np.concatenate([arms[name].rows, arms[versus].rows]))
            made += _pair(arms[name], arms[versus], Row("", arm=name, reference=versus, rows=rows), params)
    return made


def _arms(inputs: Inputs, params: Params) -> tuple[dict[str, Arm], Row]:
    x, t = numbers(inputs.frame, params.count), numbers(inputs.frame, params.exposure)
    missing = np.isnan(x) | np.isnan(t)
    at = positions(~missing)
    one_row_each(inputs, at)
    if ((x[at] < 0) | (x[at] != np.round(x[at]))).any():
        wrong = x[at][(x[at] < 0) | (x[at] != np.round(x[at]))][0]
        raise MethodError(f"column {params.count!r} holds {wrong:g}; counts are whole")
    if not (t[at] > 0).all():
        raise MethodError(f"column {params.exposure!r} holds {t[at][t[at] <= 0][0]:g}; exposure must be positive")
    code, made = arm_codes(inputs, inputs.frame), {}
    for i, name in enumerate(inputs.arms):
        rows = at[code[at] == i]
        if len(rows):
            made[name] = Arm(float(x[rows].sum()), float(t[rows].sum()), rows)
    why = f"no value in {params.count} or {params.exposure}"
    return made, dropped_row(positions(missing), len(x), why)


def _rate(arm: Arm, params: Params) -> float:
    return arm.events / arm.exposure * params.per


def rate_limits(x: float, how: str, confidence: float) -> Limits:
    """Limits of the mean of a Poisson count x; nan for wald limits of 0."""
    tail, z = (1 - confidence) / 2, float(ndtri((1 + confidence) / 2))
    if how == "exact":
        return 0.0 if x == 0 else float(chdtri(2 * x, 1 - tail)) / 2, float(chdtri(2 * x + 2, tail)) / 2
    if how == "wald":
        return (exp(log(x) - z / sqrt(x)), exp(log(x) + z / sqrt(x))) if x else (float("nan"), float("nan"))
    y = x + 1
    low = 0.0 if x == 0 else x * (1 - 1 / (9 * x) - z / (3 * sqrt(x))) ** 3
    return max(low, 0.0), y * (1 - 1 / (9 * y) + z / (3 * sqrt(y))) ** 3


def _pair(arm: Arm, versus: Arm, blank: Row, params: Params) -> Iterator[Row]:
    z = float(ndtri((1 + params.confidence) / 2))
    if "difference" in params.measures:
        yield from _difference(arm, versus, z, blank, params)
    if "ratio" in params.measures:
        yield from _ratio(arm, versus, z, blank, params)


def _difference(arm: Arm, versus: Arm, z: float, blank: Row, params: Params) -> Iterator[Row]:
    d = arm.events / arm.exposure - versus.events / versus.exposure
    se = sqrt(arm.events / arm.exposure**2 + versus.events / versus.exposure**2)
    low, high = (d - z * se, d + z * se) if params.difference == "wald" else score_difference(arm, versus, z)
    values = {"rate_difference": d, "rate_difference_se": se}
    values |= {"rate_difference_ci_low": low, "rate_difference_ci_high": high}
    yield from (_row(blank.but(stat=stat), value * params.per) for stat, value in values.items())


def score_difference(arm: Arm, versus: Arm, z: float) -> Limits:
    """Score limits of the difference of two rates; nan without an event in either arm."""
    t1, t2 = arm.exposure, versus.exposure
    if not arm.events + versus.events:
        return float("nan"), float("nan")
    d = arm.events / t1 - versus.events / t2

    def score(delta: float) -> float:
        b = (t1 + t2) * delta - (arm.events + versus.events)
        rate = (-b + sqrt(b * b + 4 * (t1 + t2) * versus.events * delta)) / (2 * (t1 + t2))
        rate = max(rate, 0.0, -delta)
        return (d - delta) / sqrt(max((rate + delta) / t1 + rate / t2, 1e-300))

    step = (z + 1) * (sqrt(arm.events + 1) / t1 + sqrt(versus.events + 1) / t2)

    def found(sign: float) -> float:
        far = d + sign * step
        while score(far) * sign > -z:
            far += sign * step
        low, high = sorted((d, far))
        return float(root(lambda v: score(v) + sign * z, low, high, xtol=1e-15 * step, rtol=1e-15))

    return found(-1.0), found(1.0)


def _ratio(arm: Arm, versus: Arm, z: float, blank: Row, params: Params) -> Iterator[Row]:
    x1, x2, t1, t2 = arm.events, versus.events, arm.exposure, versus.exposure
    ratio = (x1 / t1) / (x2 / t2) if x2 else inf if x1 else float("nan")
    yield _row(blank.but(stat="rate_ratio"), ratio)
    if params.ratio == "wald":
        half = z * sqrt(1 / x1 + 1 / x2) if x1 * x2 else float("nan")
        low, high = (ratio * exp(-half), ratio * exp(half)) if x1 * x2 else (half, half)
    elif x1 + x2:
        p, q = limits(x1, x1 + x2, "clopper_pearson", params.confidence)
        low, high = p * t2 / ((1 - p) * t1), inf if q >= 1 else q * t2 / ((1 - q) * t1)
    else:
        low, high = float("nan"), float("nan")
    yield _row(blank.but(stat="rate_ratio_ci_low"), low)
    yield _row(blank.but(stat="rate_ratio_ci_high"), high)
    if x1 + x2:
        yield blank.but(stat="exact_p", value=exact_p(int(x1), int(x1 + x2), t1 / (t1 + t2)))


def _row(blank: Row, value: float) -> Row:
    if isfinite(value):
        return blank.but(value=float(value))
    return blank.but(text="NE", warning="too few events: the number is infinite or does not exist")

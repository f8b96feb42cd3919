"""Descriptive statistics of numeric columns.

For the n non-missing values of an arm: the mean, the standard deviation s with divisor n - 1, the standard error
s / sqrt(n), the t interval mean -/+ t(n-1) s / sqrt(n), and quantiles by SAS definition 5 (R type 2): with sorted
values x(1) <= ... <= x(n) and j = floor(np), the p-quantile is x(j+1), or (x(j) + x(j+1)) / 2 where np is whole. If
asked for, also: the geometric mean exp(mean log x) and coefficient of variation 100 sqrt(exp(var log x) - 1), and
skewness and excess kurtosis as in SAS (m(k) the k-th central moment with divisor n, g1 = m3 / m2^1.5,
g2 = m4 / m2^2 - 3):

    skewness  g1 sqrt(n (n - 1)) / (n - 2);    kurtosis  (n - 1) / ((n - 2) (n - 3)) ((n + 1) g2 + 6)

Source: SAS PROC UNIVARIATE, PCTLDEF=5; Hyndman and Fan (1996), The American Statistician 50, 361-365; Joanes and Gill
(1998) J R Stat Soc D 47, 183-189.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from trialkit.methods._columns import numbers
from trialkit.methods._groups import Group, groups
from trialkit.methods.base import Inputs, MethodError, Row, positions

Statistic = Literal[
    "n", "missing", "mean", "sd", "se", "ci_low", "ci_high", "median", "q1", "q3", "min", "max",
    "geometric_mean", "geometric_cv", "skewness", "kurtosis",
]  # fmt: skip
Quantiles = Literal["sas5", "sas4", "r7"]
STATISTICS: tuple[Statistic, ...] = (
    "n", "missing", "mean", "sd", "se", "ci_low", "ci_high", "median", "q1", "q3", "min", "max",
)  # fmt: skip


@dataclass(frozen=True)
class Params:
    """Parameters of ``summary``.

    Attributes:
        variables: numeric columns.
        statistics: which statistics, in order.
        probabilities: further quantiles, each a row with the probability as ``at``.
        quantiles: quantile definition: SAS 5, SAS 4 (R type 6), or type 7 (the default of R).
        confidence: level of the interval of the mean.
    """

    variables: tuple[str, ...]
    statistics: tuple[Statistic, ...] = STATISTICS
    probabilities: tuple[float, ...] = ()
    quantiles: Quantiles = "sas5"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """One row per variable, arm and statistic; n counts rows.

    Raises MethodError for an absent column, one that holds text, dates or infinite values, or a confidence that is not
    between 0 and 1. A column in which all values are missing has rows with a warning.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    wrong = [p for p in params.probabilities if not 0 < p < 1]
    if wrong:
        raise MethodError(f"{wrong[0]:g} is no probability of a quantile; it must lie between 0 and 1")
    made, columns = list[Row](), groups(inputs)
    for variable in params.variables:
        values = numbers(inputs.frame, variable)
        for group in columns:
            made += _one(variable, values, group, params)
    return made


def _one(variable: str, values: np.ndarray, group: Group, params: Params) -> Iterator[Row]:
    missing = np.isnan(values)
    used = positions(group.rows & ~missing)
    blank = positions(group.rows & missing)
    found = describe(values[used], params.confidence, params.quantiles)
    if set(FURTHER) & set(params.statistics):
        found |= further(values[used])
    few = {0: "no data", 1: "one value: no spread"}.get(len(used), "")
    for stat in params.statistics:
        value = float(len(blank)) if stat == "missing" else found[stat]
        warning = few or UNDEFINED.get(stat, "")
        yield Row(
            stat,
            value,
            arm=group.label,
            variable=variable,
            warning=warning if value is None else "",
            rows=blank if stat == "missing" else used,
        )
    for p in params.probabilities:
        value = quantile(values[used], p, params.quantiles) if len(used) else None
        yield Row("quantile", value, arm=group.label, variable=variable, at=p, warning=few * (not len(used)), rows=used)


FURTHER = ("geometric_mean", "geometric_cv", "skewness", "kurtosis")
UNDEFINED = dict.fromkeys(FURTHER[:2], "a value is not above 0: no logarithm") | dict.fromkeys(
    FURTHER[2:], "too few different values"
)
"""Why a statistic has no value although there are two values or more."""


def further(x: np.ndarray) -> dict[str, float | None]:
    """Geometric mean and coefficient of variation (percent), skewness and excess kurtosis; None where undefined."""
    n, made = len(x), dict[str, float | None].fromkeys(FURTHER)
    if n and x.min() > 0:
        made["geometric_mean"] = float(np.exp(np.log(x).mean()))
        if n > 1:
            made["geometric_cv"] = 100 * float(np.sqrt(np.expm1(np.log(x).var(ddof=1))))
    if n > 2 and np.ptp(x) > 0:
        d = x - x.mean()
        m2 = float((d**2).mean())
        made["skewness"] = float((d**3).mean()) / m2**1.5 * float(np.sqrt(n * (n - 1))) / (n - 2)
        if n > 3:
            excess = float((d**4).mean()) / m2**2 - 3
            made["kurtosis"] = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    return made


def describe(x: np.ndarray, confidence: float = 0.95, how: Quantiles = "sas5") -> dict[str, float | None]:
    """Statistics of values without nan, shape (n,), in the unit of x; None where n is too small."""
    n = len(x)
    made: dict[str, float | None] = dict.fromkeys(STATISTICS)
    made["n"] = float(n)
    mean = float(x.mean()) if n else 0.0
    if n:
        ordered = np.sort(x)
        q1, median, q3 = (quantile_of(ordered, p, how) for p in (0.25, 0.5, 0.75))
        made |= {"mean": mean, "median": median, "q1": q1, "q3": q3}
        made |= {"min": float(ordered[0]), "max": float(ordered[-1])}
    if n > 1:
        sd = float(x.std(ddof=1))
        se = sd / float(np.sqrt(n))
        half = float(stdtrit(n - 1, (1 + confidence) / 2)) * se
        made |= {"sd": sd, "se": se, "ci_low": mean - half, "ci_high": mean + half}
    return made


def quantile(x: np.ndarray, p: float, how: Quantiles = "sas5") -> float:
    """The p-quantile of values without nan, n >= 1; n p counts as whole within rounding."""
    return quantile_of(np.sort(x), p, how)


def quantile_of(ordered: np.ndarray, p: float, how: Quantiles = "sas5") -> float:
    """The same of values in their order."""
    if how != "sas5":
        return float(np.quantile(ordered, p, method="weibull" if how == "sas4" else "linear"))
    n, target = len(ordered), len(ordered) * p
    j = math.floor(target + 1e-9)
    if j < 1 or j >= n:
        return float(ordered[min(j, n - 1)])
    return float((ordered[j - 1] + ordered[j]) / 2 if abs(target - j) < 1e-9 else ordered[j])

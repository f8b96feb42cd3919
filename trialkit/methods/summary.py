"""Descriptive statistics of numeric columns.

For the n non-missing values of an arm: the mean, the standard deviation s with divisor n - 1, the standard error
s / sqrt(n), the t interval mean -/+ t(n-1) s / sqrt(n), and quantiles by SAS definition 5 (R type 2): with sorted
values x(1) <= ... <= x(n) and j = floor(np), the p-quantile is x(j+1), or (x(j) + x(j+1)) / 2 where np is whole.

Source: SAS PROC UNIVARIATE, PCTLDEF=5; Hyndman and Fan (1996), The American Statistician 50, 361-365.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from trialkit.methods._columns import numbers
from trialkit.methods._groups import Group, groups
from trialkit.methods.base import Inputs, MethodError, Row, positions

Statistic = Literal["n", "missing", "mean", "sd", "se", "ci_low", "ci_high", "median", "q1", "q3", "min", "max"]
STATISTICS: tuple[Statistic, ...] = (
    "n", "missing", "mean", "sd", "se", "ci_low", "ci_high", "median", "q1", "q3", "min", "max",
)  # fmt: skip


@dataclass(frozen=True)
class Params:
    """Parameters of ``summary``.

    Attributes:
        variables: numeric columns.
        statistics: which statistics, in order; all by default.
        quantiles: quantile definition; only SAS definition 5.
        confidence: level of the interval of the mean.
    """

    variables: tuple[str, ...]
    statistics: tuple[Statistic, ...] = STATISTICS
    quantiles: Literal["sas5"] = "sas5"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """One row per variable, arm and statistic; n counts rows.

    Raises MethodError for an absent column, one that holds text, dates or infinite values, or a confidence that is not
    between 0 and 1. A column in which all values are missing has rows with a warning.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    made: list[Row] = []
    for variable in params.variables:
        values = numbers(inputs.frame, variable)
        for group in groups(inputs):
            made += _one(variable, values, group, params)
    return made


def _one(variable: str, values: np.ndarray, group: Group, params: Params) -> Iterator[Row]:
    missing = np.isnan(values)
    used = positions(group.rows & ~missing)
    blank = positions(group.rows & missing)
    found = describe(values[used], params.confidence)
    warning = {0: "no data", 1: "one value: no spread"}.get(len(used), "")
    for stat in params.statistics:
        value = float(len(blank)) if stat == "missing" else found[stat]
        yield Row(
            stat,
            value,
            arm=group.label,
            variable=variable,
            warning=warning if value is None else "",
            rows=blank if stat == "missing" else used,
        )


def describe(x: np.ndarray, confidence: float = 0.95) -> dict[str, float | None]:
    """Statistics of values without nan, shape (n,), in the unit of x; None where n is too small."""
    n = len(x)
    made: dict[str, float | None] = dict.fromkeys(STATISTICS)
    made["n"] = float(n)
    if n:
        q1, median, q3 = (quantile(x, p) for p in (0.25, 0.5, 0.75))
        made |= {"mean": float(x.mean()), "median": median, "q1": q1, "q3": q3}
        made |= {"min": float(x.min()), "max": float(x.max())}
    if n > 1:
        sd = float(x.std(ddof=1))
        se = sd / float(np.sqrt(n))
        half = float(stdtrit(n - 1, (1 + confidence) / 2)) * se
        made |= {"sd": sd, "se": se, "ci_low": float(x.mean()) - half, "ci_high": float(x.mean()) + half}
    return made


def quantile(x: np.ndarray, p: float) -> float:
    """The p-quantile by SAS definition 5 of values without nan, n >= 1; n p counts as whole within rounding."""
    ordered, target = np.sort(x), len(x) * p
    j = int(np.floor(target + 1e-9))
    if j < 1 or j >= len(x):
        return float(ordered[min(j, len(x) - 1)])
    return float((ordered[j - 1] + ordered[j]) / 2 if abs(target - j) < 1e-9 else ordered[j])

"""The t test of two means, with unequal (Welch) or equal variances.

For arms with n1, n2 values, means m1, m2 and standard deviations s1, s2, v = s^2 / n:

    welch   t = (m1 - m2) / sqrt(v1 + v2) on (v1 + v2)^2 / (v1^2 / (n1 - 1) + v2^2 / (n2 - 1)) degrees of freedom
    pooled  t = (m1 - m2) / (s sqrt(1 / n1 + 1 / n2)) on n1 + n2 - 2, s^2 = ((n1 - 1) s1^2 + (n2 - 1) s2^2) / df

Source: Student (1908) Biometrika 6, 1-25; Welch (1947) Biometrika 34, 28-35.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from trialkit.methods._groups import absent, pairs
from trialkit.methods._samples import check_confidence, samples
from trialkit.methods.base import Inputs, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``t_test``.

    Attributes:
        variable: numeric column, one row per subject.
        variance: unequal variances (Welch), or one for both arms.
        compare: each arm against the reference, or every pair.
        confidence: level of the interval.
    """

    variable: str
    variance: Literal["welch", "pooled"] = "welch"
    compare: Literal["reference", "all"] = "reference"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, n and mean per arm, and diff, se, df, t, p and limits per pair.

    Raises MethodError for a second row of a subject or fewer than two arms with values.
    """
    check_confidence(params.confidence)
    found = samples(inputs, params.variable)
    made = [found.account]
    for arm in found.arms:
        (x,) = found.of(arm)
        for stat, value in (("n", float(len(x))), ("mean", float(x.mean()))):
            made.append(Row(stat, value, arm=arm, variable=params.variable, rows=found.rows(arm)))
    for arm, versus in pairs(found.arms, inputs.reference, params.compare):
        blank = Row("", arm=arm, reference=versus, variable=params.variable, rows=found.rows(arm, versus))
        x, y = found.of(arm, versus)
        made += _pair(x, y, blank, params, absent(inputs, found.arms))
    return made


def _pair(x: np.ndarray, y: np.ndarray, blank: Row, params: Params, warning: str) -> Iterator[Row]:
    if min(len(x), len(y)) < 2:
        yield blank.but(stat="diff", error="an arm has one value: no variance")
        return
    v, w = (float(values.var(ddof=1)) / len(values) for values in (x, y))
    if v + w == 0:
        yield blank.but(stat="diff", error="the values of each arm are all equal: no variance")
        return
    df = (v + w) ** 2 / (v**2 / (len(x) - 1) + w**2 / (len(y) - 1))
    se = sqrt(v + w)
    if params.variance == "pooled":
        df = float(len(x) + len(y) - 2)
        pooled = ((len(x) - 1) * x.var(ddof=1) + (len(y) - 1) * y.var(ddof=1)) / df
        se = sqrt(float(pooled) * (1 / len(x) + 1 / len(y)))
    diff = float(x.mean() - y.mean())
    half, t = float(stdtrit(df, (1 + params.confidence) / 2)) * se, diff / se
    values = {"diff": diff, "se": se, "df": df, "t": t, "p": 2 * float(stdtr(df, -abs(t)))}
    for stat, value in (values | {"ci_low": diff - half, "ci_high": diff + half}).items():
        yield blank.but(stat=stat, value=value, warning=warning)

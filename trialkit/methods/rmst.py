"""Restricted mean survival time up to tau: the area under the Kaplan-Meier curve, and its complement (time lost).

    RMST = integral from 0 to tau of S(t)
    variance = sum over event times t(i) <= tau of [integral from t(i) to tau of S]^2 d(i) / (n(i) (n(i) - d(i)))

(a term is 0 where all at risk fail: its integral is 0). Arms are compared by the difference, and by the ratios of RMST
and of time lost with delta-method standard errors on the log scale. tau must be within the follow-up of every arm.

Source: Klein and Moeschberger (2003) Survival Analysis, sec 4.5; Royston and Parmar (2013) BMC Med Res Methodol
13, 152; Uno et al. (2014) J Clin Oncol 32, 2380-2385.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trialkit.methods._contrast import normal_rows
from trialkit.methods._groups import coded_arms, groups, pairs
from trialkit.methods._risk_table import risk_table
from trialkit.methods._survival import time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``rmst``.

    Attributes:
        time: time column.
        tau: end of the restricted mean, in the unit of the time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        confidence: level of the intervals.
    """

    time: str
    tau: float
    event: str | None = None
    censor: str | None = None
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm rmst and rmtl, and per arm against the reference rmst_diff, rmst_ratio, rmtl_ratio.

    Raises MethodError where tau is not positive or beyond the follow-up of an arm.
    """
    if not params.tau > 0 or not 0 < params.confidence < 1:
        raise MethodError("tau must be positive and confidence lie between 0 and 1")
    data = time_to_event(inputs, params.time, params.event, params.censor)
    made, found = [data.account], dict[str, tuple[float, float]]()
    for group in groups(inputs):
        mine = group.rows[data.at]
        blank = Row("n", float(mine.sum()), arm=group.label, at=params.tau, rows=data.at[mine])
        made.append(blank)
        if mine.any():
            found[group.label] = restricted_mean(data.time[mine], data.event[mine], params.tau)
            made += _arm(blank.but(value=None), *found[group.label], params)
        else:
            made.append(blank.but(stat="rmst", value=None, warning="no data"))
    if inputs.arm and inputs.reference:
        code, arms = coded_arms(inputs, data.at)
        for arm, versus in pairs(arms, inputs.reference, "reference"):
            both = data.at[(code == arms.index(arm)) | (code == arms.index(versus))]
            blank = Row("", arm=arm, reference=versus, at=params.tau, rows=both)
            made += _pair(blank, found[arm], found[versus], params)
    return made


def restricted_mean(time: np.ndarray, event: np.ndarray, tau: float) -> tuple[float, float]:
    """RMST up to tau and its standard error, from arrays of shape (n,).

    Raises MethodError where tau is beyond the largest time.
    """
    table = risk_table(time, event)
    if tau > table.time[-1]:
        raise MethodError(f"tau {tau:g} is beyond the follow-up of an arm, {table.time[-1]:g}; choose a smaller tau")
    n, d = table.at_risk[:, 0].astype(float), table.events[:, 0]
    some = (d > 0) & (table.time <= tau)
    t, n, d = table.time[some], n[some], d[some]
    s = np.cumprod(1 - d / n)
    area = np.diff(np.concatenate([[0.0], t, [tau]])) * np.concatenate([[1.0], s])
    after = np.cumsum(area[::-1])[::-1][1:]
    left = n > d
    variance = float(np.sum(after[left] ** 2 * d[left] / (n[left] * (n[left] - d[left]))))
    return float(area.sum()), variance**0.5


def _arm(blank: Row, mean: float, se: float, params: Params) -> Iterator[Row]:
    for name, value in (("rmst", mean), ("rmtl", params.tau - mean)):
        rows = normal_rows(name, value, se, params.confidence, blank)
        yield from (row for row in rows if not row.stat.endswith(("_z", "_p")))


def _pair(blank: Row, arm: tuple[float, float], versus: tuple[float, float], params: Params) -> Iterator[Row]:
    (m1, s1), (m0, s0), tau = arm, versus, params.tau
    yield from normal_rows("rmst_diff", m1 - m0, float(np.hypot(s1, s0)), params.confidence, blank)
    for name, a, b in (("rmst_ratio", m1, m0), ("rmtl_ratio", tau - m1, tau - m0)):
        if min(a, b) <= 0:
            yield blank.but(stat=name, warning="one of the two is 0: no ratio")
            continue
        yield from normal_rows(
            name, float(np.log(a / b)), float(np.hypot(s1 / a, s0 / b)), params.confidence, blank, True
        )

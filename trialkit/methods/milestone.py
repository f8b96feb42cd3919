"""Survival at milestones, compared between arms.

At a time t the arms' Kaplan-Meier estimates S1, S0 with Greenwood standard errors s1, s0 are compared by the difference
(normal, s1^2 + s0^2) and on the complementary log-log scale: g = log(-log S) with standard error s / (S |log S|), the
difference of g squared over its variance being chi-square on 1 degree of freedom.

Source: Klein, Logan, Harhoff and Andersen (2007) Stat Med 26, 4505-4519.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._contrast import normal_rows
from trialkit.methods._groups import coded_arms, pairs
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.methods.kaplan_meier import kaplan_meier


@dataclass(frozen=True)
class Params:
    """Parameters of ``milestone``.

    Attributes:
        time: time column.
        times: the milestones, in the unit of the time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        confidence: level of the intervals.
    """

    time: str
    times: tuple[float, ...]
    event: str | None = None
    censor: str | None = None
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per milestone and arm survival and survival_se; against the reference diff and cloglog statistics.

    A milestone after the last time of an arm gives a row with text NE and a warning, and no comparison.
    """
    if not params.times or any(not t > 0 for t in params.times) or not 0 < params.confidence < 1:
        raise MethodError("name at least one milestone above 0, and a confidence between 0 and 1")
    data = time_to_event(inputs, params.time, params.event, params.censor)
    code, arms = coded_arms(inputs, data.at)
    made, found = [data.account], dict[tuple[str, float], tuple[float, float]]()
    for i, arm in enumerate(arms):
        made += _arm(arm, data, code == i, params, found)
    for t in params.times:
        for arm, versus in pairs(arms, inputs.reference, "reference"):
            both = data.at[(code == arms.index(arm)) | (code == arms.index(versus))]
            blank = Row("", arm=arm, reference=versus, at=float(t), rows=both)
            made += _pair(blank, found[arm, t], found[versus, t], params)
    return made


def _arm(
    arm: str, data: TimeToEvent, mine: np.ndarray, params: Params, found: dict[tuple[str, float], tuple[float, float]]
) -> Iterator[Row]:
    curve = kaplan_meier(data.time[mine], data.event[mine])
    for t, point in zip(params.times, curve.at(np.array(params.times, float)), strict=True):
        found[arm, t] = float(point[0]), float(point[1])
        late = not np.isfinite(point[0])
        warning = "the milestone is after the last time of the arm" if late else ""
        for stat, value in zip(("survival", "survival_se"), point[:2], strict=True):
            known = bool(np.isfinite(value))
            text = "" if known else "NE"
            yield Row(
                stat, float(value) if known else None, text, arm, at=float(t), warning=warning, rows=data.at[mine]
            )


def _pair(blank: Row, arm: tuple[float, float], versus: tuple[float, float], params: Params) -> Iterator[Row]:
    (s, e), (s0, e0) = arm, versus
    if not (np.isfinite(s) and np.isfinite(s0)):
        yield blank.but(stat="diff", text="NE", warning="the milestone is after the last time of an arm")
        return
    yield from normal_rows("diff", s - s0, float(np.hypot(_or0(e), _or0(e0))), params.confidence, blank)
    if not (0 < s < 1 and 0 < s0 < 1):
        yield blank.but(stat="cloglog_diff", text="NE", warning="survival is 0 or 1 in an arm: no log-log scale")
        return
    g = float(np.log(-np.log(s)) - np.log(-np.log(s0)))
    se = float(np.hypot(e / (s * abs(np.log(s))), e0 / (s0 * abs(np.log(s0)))))
    chisq = (g / se) ** 2
    values = {"cloglog_diff": g, "cloglog_se": se, "cloglog_chisq": chisq, "cloglog_p": float(chdtrc(1, chisq))}
    yield from (blank.but(stat=stat, value=value) for stat, value in values.items())


def _or0(se: float) -> float:
    """A standard error that does not exist (S = 0) counts as 0."""
    return se if np.isfinite(se) else 0.0

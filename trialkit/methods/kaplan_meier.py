"""Kaplan-Meier survival.

With d(i) events among n(i) at risk at the event times t(i): S(t) = prod over t(i) <= t of (1 - d(i) / n(i)), and
Greenwood's standard error S(t) sqrt(v(t)), v(t) = sum d(i) / (n(i) (n(i) - d(i))). Pointwise limits with normal z:

    log-log   exp(-exp(log(-log S) -/+ z sqrt(v) / log S))
    log       S exp(-/+ z sqrt(v)), at most 1
    plain     S -/+ z S sqrt(v), within 0 and 1
    arcsine   sin^2(arcsin sqrt S -/+ (z / 2) sqrt(v S / (1 - S))), the angle within 0 and pi / 2
    logit     odds S / (1 - S) times exp(-/+ z sqrt(v) / (1 - S))

A quantile is the first time at which S falls to 1 - p or below; its limits are where the limits of S do. Where S
equals 1 - p on a flat piece it is the middle of that piece; where that piece lasts to the end of follow-up, R takes
the middle up to the last time and SAS gives none (``quantile_rule``). Follow-up is the median of the same estimate
with events and censorings exchanged (reverse Kaplan-Meier).

Source: Kaplan and Meier (1958) JASA 53, 457-481; Greenwood (1926); Brookmeyer and Crowley (1982) Biometrics 38, 29-41;
Borgan and Liestol (1990) Scand J Stat 17, 35-41; Schemper and Smith (1996) Control Clin Trials 17, 343-346.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._groups import groups
from trialkit.methods._product_limit import ConfType, Curve, quantile, survival_curve
from trialkit.methods._risk_table import TIE, risk_table
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row

NOT_REACHED = "NE"


@dataclass(frozen=True)
class Params:
    """Parameters of ``kaplan_meier``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        times: times of the numbers at risk, also points of the curve.
        conf_type: scale of the pointwise limits; SAS uses log-log, R log.
        confidence: level of all intervals.
        quantiles: event probabilities p of the quantiles.
        quantile_rule: what to do where the curve is flat at the level to the end of follow-up.
        follow_up: whether the median follow-up by reverse Kaplan-Meier is added.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    times: tuple[float, ...] = ()
    conf_type: ConfType = "log-log"
    confidence: float = 0.95
    quantiles: tuple[float, ...] = (0.25, 0.5, 0.75)
    quantile_rule: Literal["r", "sas"] = "r"
    follow_up: bool = False


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm: n, events, censored, quantiles, numbers at risk and the curve. Raises MethodError (see docs)."""
    _check(params)
    data = time_to_event(inputs, params.time, params.event, params.censor)
    made = [data.account]
    for group in groups(inputs):
        made += _arm(group.label, data, group.rows[data.at], params)
    return made


def _check(params: Params) -> None:
    if not 0 < params.confidence < 1 or any(not 0 < p < 1 for p in params.quantiles):
        raise MethodError("confidence and quantiles must lie between 0 and 1")
    if any(not np.isfinite(t) or t < 0 for t in params.times):
        raise MethodError("times must be finite and not negative")


def kaplan_meier(
    time: np.ndarray, event: np.ndarray, conf_type: ConfType = "log-log", confidence: float = 0.95
) -> Curve:
    """The curve of one group from arrays of shape (n,): finite times not below 0, events 0/1 or bool."""
    return survival_curve(risk_table(time, event), conf_type, confidence)


def _arm(label: str, data: TimeToEvent, mine: np.ndarray, params: Params) -> Iterator[Row]:
    time, event, at = data.time[mine], data.event[mine], data.at[mine]
    yield Row("n", float(len(time)), arm=label, rows=at, warning="" if len(time) else "no data")
    yield Row("events", float(event.sum()), arm=label, rows=at[event])
    yield Row("censored", float((~event).sum()), arm=label, rows=at[~event])
    curve = kaplan_meier(time, event, params.conf_type, params.confidence)
    for p in params.quantiles:
        name = "median" if p == 0.5 else f"quantile_{100 * p:g}"
        yield from _quantile(Row(name, arm=label, at=p, rows=at), curve, params)
    if params.follow_up:
        reverse = kaplan_meier(time, ~event, params.conf_type, params.confidence)
        yield from _quantile(Row("follow_up_median", arm=label, at=0.5, rows=at), reverse, params)
    for t in sorted(set(params.times)):
        yield from _numbers_at_risk(label, t, time, event, at)
    yield from _points(Row("survival", arm=label, rows=at), curve, params)
    yield from _leaving(label, curve.time, data, mine)


def _quantile(blank: Row, curve: Curve, params: Params) -> Iterator[Row]:
    for end, line in (("", curve.survival), ("_ci_low", curve.low), ("_ci_high", curve.high)):
        found = quantile(curve.time, line, blank.at or 0.0, params.quantile_rule)
        text = "" if found is not None else NOT_REACHED
        yield blank.but(stat=f"{blank.stat}{end}", value=found, text=text)


def _numbers_at_risk(label: str, t: float, time: np.ndarray, event: np.ndarray, at: np.ndarray) -> Iterator[Row]:
    before = time < t - TIE * max(1.0, t)
    for stat, who in (("at_risk", ~before), ("events_before", before & event), ("censored_before", before & ~event)):
        yield Row(stat, float(who.sum()), arm=label, at=float(t), rows=at[who])


def _points(blank: Row, curve: Curve, params: Params) -> Iterator[Row]:
    """The curve at every distinct time and every time asked for; none after the last time unless S is 0."""
    times = np.union1d(curve.time, np.array(params.times, float))
    for t, point in zip(times, curve.at(times), strict=True):
        for stat, value in zip(("", "_se", "_ci_low", "_ci_high"), point, strict=True):
            known = bool(np.isfinite(value))
            text = "" if known else NOT_REACHED
            number = float(value) if known else None
            yield blank.but(stat=f"{blank.stat}{stat}", value=number, text=text, at=float(t))


def _leaving(label: str, times: np.ndarray, data: TimeToEvent, mine: np.ndarray) -> Iterator[Row]:
    """Events and censorings at each distinct time, for the steps and ticks of a figure."""
    time, event, at = data.time[mine], data.event[mine], data.at[mine]
    edge = np.searchsorted(times, time + TIE * np.maximum(1.0, time), side="right") - 1
    order = np.argsort(edge, kind="stable")
    ends = np.searchsorted(edge[order], np.arange(len(times) + 1))
    for i, t in enumerate(times):
        here = np.sort(order[ends[i] : ends[i + 1]])
        for stat, who in (("events_at", here[event[here]]), ("censored_at", here[~event[here]])):
            if len(who):
                yield Row(stat, float(len(who)), arm=label, at=float(t), rows=at[who])

"""Kaplan-Meier survival.

With d(i) events among n(i) at risk at the event times t(i): S(t) = prod over t(i) <= t of (1 - d(i) / n(i)), and
Greenwood's standard error S(t) sqrt(v(t)), v(t) = sum d(i) / (n(i) (n(i) - d(i))). Pointwise limits with normal z:

    log-log   exp(-exp(log(-log S) -/+ z sqrt(v) / log S))
    log       S exp(-/+ z sqrt(v)), at most 1
    plain     S -/+ z S sqrt(v), within 0 and 1

A quantile is the first time at which S falls to 1 - p or below; its limits are where the limits of S do. Where S
equals 1 - p on a flat piece it is the middle of that piece; where that piece lasts to the end of follow-up, R takes
the middle up to the last time and SAS gives none (``quantile_rule``).

Source: Kaplan and Meier (1958) JASA 53, 457-481; Greenwood (1926); Brookmeyer and Crowley (1982) Biometrics 38, 29-41.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from trialkit.methods._groups import groups
from trialkit.methods._risk_table import TIE, RiskTable, risk_table
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row

ConfType = Literal["log-log", "log", "plain"]
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
    """

    time: str
    event: str | None = None
    censor: str | None = None
    times: tuple[float, ...] = ()
    conf_type: ConfType = "log-log"
    confidence: float = 0.95
    quantiles: tuple[float, ...] = (0.25, 0.5, 0.75)
    quantile_rule: Literal["r", "sas"] = "r"


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


@dataclass(frozen=True)
class Curve:
    """Survival at m distinct times: estimate, Greenwood standard error and limits, each of shape (m,)."""

    time: np.ndarray
    survival: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray


def survival_curve(table: RiskTable, conf_type: ConfType = "log-log", confidence: float = 0.95) -> Curve:
    """The estimate of a one-group table; nan where a limit does not exist (S = 0; S = 1 on the log-log scale)."""
    n, d = table.at_risk[:, 0].astype(float), table.events[:, 0].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.cumprod((n - d) / n)
        root = np.sqrt(np.cumsum(np.where(d > 0, d / (n * (n - d)), 0.0)))
        low, high = _limits(s, root, conf_type, float(ndtri((1 + confidence) / 2)))
        return Curve(table.time, s, s * root, low, high)


def _limits(s: np.ndarray, root: np.ndarray, conf_type: ConfType, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits of S; ``root`` is the standard error of log S."""
    if conf_type == "log-log":
        inside = np.where((s > 0) & (s < 1), s, np.nan)
        middle, half = np.log(-np.log(inside)), z * root / np.log(inside)
        return np.exp(-np.exp(middle - half)), np.exp(-np.exp(middle + half))
    if conf_type == "log":
        inside = np.where(s > 0, s, np.nan)
        return inside * np.exp(-z * root), np.minimum(inside * np.exp(z * root), 1)
    return np.maximum(s - z * s * root, 0), np.minimum(s + z * s * root, 1)


def quantile(time: np.ndarray, survival: np.ndarray, p: float, rule: str = "r") -> float | None:
    """First time at which a curve falls to 1 - p, the middle of a flat piece at that level; None if not reached.

    ``time`` and ``survival`` have shape (m,), nan where the curve is not defined.
    """
    if not len(time):
        return None
    fallen = 1 - survival
    reached, passed = np.flatnonzero(fallen >= p - TIE), np.flatnonzero(fallen >= p + TIE)
    if not len(reached):
        return None
    if len(passed):
        return float((time[reached[0]] + time[passed[0]]) / 2)
    flat_to_end = rule == "r" and abs(fallen[-1] - p) < TIE
    return float((time[reached[0]] + time[-1]) / 2) if flat_to_end else None


def _arm(label: str, data: TimeToEvent, mine: np.ndarray, params: Params) -> Iterator[Row]:
    time, event, at = data.time[mine], data.event[mine], data.at[mine]
    yield Row("n", float(len(time)), arm=label, rows=at, warning="" if len(time) else "no data")
    yield Row("events", float(event.sum()), arm=label, rows=at[event])
    yield Row("censored", float((~event).sum()), arm=label, rows=at[~event])
    table = risk_table(time, event)
    curve = survival_curve(table, params.conf_type, params.confidence)
    yield from _quantiles(label, curve, params)
    for t in sorted(set(params.times)):
        yield from _numbers_at_risk(label, t, time, event, at)
    yield from _points(label, curve, params)
    yield from _leaving(label, table, time, event, at)


def _quantiles(label: str, curve: Curve, params: Params) -> Iterator[Row]:
    for p in params.quantiles:
        name = "median" if p == 0.5 else f"quantile_{100 * p:g}"
        for stat, line in ((name, curve.survival), (f"{name}_ci_low", curve.low), (f"{name}_ci_high", curve.high)):
            found = quantile(curve.time, line, p, params.quantile_rule)
            yield Row(stat, found, text="" if found is not None else NOT_REACHED, arm=label, at=p)


def _numbers_at_risk(label: str, t: float, time: np.ndarray, event: np.ndarray, at: np.ndarray) -> Iterator[Row]:
    before = time < t - TIE * max(1.0, t)
    for stat, who in (("at_risk", ~before), ("events_before", before & event), ("censored_before", before & ~event)):
        yield Row(stat, float(who.sum()), arm=label, at=float(t), rows=at[who])


def _points(label: str, curve: Curve, params: Params) -> Iterator[Row]:
    """The curve at every distinct time and every time asked for; none after the last time unless S is 0."""
    for t in np.union1d(curve.time, np.array(params.times, float)):
        i = int(np.searchsorted(curve.time, t, side="right")) - 1
        beyond = not len(curve.time) or (t > curve.time[-1] and curve.survival[-1] > 0)
        point = (1.0, 0.0, 1.0, 1.0) if i < 0 else (curve.survival[i], curve.se[i], curve.low[i], curve.high[i])
        for stat, value in zip(("", "_se", "_ci_low", "_ci_high"), point, strict=True):
            known = not beyond and np.isfinite(value)
            text = "" if known else NOT_REACHED
            yield Row(f"survival{stat}", float(value) if known else None, text, arm=label, at=float(t))


def _leaving(label: str, table: RiskTable, time: np.ndarray, event: np.ndarray, at: np.ndarray) -> Iterator[Row]:
    """Events and censorings at each distinct time, for the steps and ticks of a figure."""
    edge = np.searchsorted(table.time, time + TIE * np.maximum(1.0, time), side="right") - 1
    for i, t in enumerate(table.time):
        for stat, who in (("events_at", event), ("censored_at", ~event)):
            rows = at[(edge == i) & who]
            if len(rows):
                yield Row(stat, float(len(rows)), arm=label, at=float(t), rows=rows)

"""Mean cumulative function of recurrent events: the expected number of events per subject by time t.

With d(i) events among n(i) subjects under observation (start < t(i) <= stop): M(t) = sum over t(i) <= t of d(i) / n(i).
The robust variance is the sum over subjects of the square of sum over t(i) <= t of (dN - Y d(i) / n(i)) / n(i), N and Y
the subject's events and presence; it needs no Poisson process. Limits M exp(-/+ z se / M).

Source: Lawless and Nadeau (1995) Technometrics 37, 158-168; Nelson (2003) Recurrent Events Data Analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trialkit.methods._columns import once
from trialkit.methods._cox.risk_sets import risk_sets
from trialkit.methods._groups import groups
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row

CHUNK = 512


@dataclass(frozen=True)
class Params:
    """Parameters of ``mean_cumulative``: rows are intervals (start, time], an event happens at the end of one.

    Attributes:
        time: column with the end of the interval.
        start: column with its start.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        times: times of the numbers at risk, also points of the curve.
        confidence: level of the intervals.
    """

    time: str
    start: str
    event: str | None = None
    censor: str | None = None
    times: tuple[float, ...] = ()
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm: n (subjects), events, at_risk and events_before at the times, and the curve with se and limits."""
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    data = time_to_event(inputs, params.time, params.event, params.censor, start=params.start)
    who = np.unique(inputs.frame[inputs.subject].iloc[data.at].astype(str), return_inverse=True)[1]
    made = [data.account]
    for group in groups(inputs):
        made += _arm(group.label, data, who, group.rows[data.at], params)
    return made


@dataclass(frozen=True)
class Mean:
    """At the m event times: subjects at risk, events, the mean, and its robust and Poisson variance, each (m,)."""

    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    mean: np.ndarray
    robust: np.ndarray
    poisson: np.ndarray


def mean_cumulative(start: np.ndarray, stop: np.ndarray, event: np.ndarray, subject: np.ndarray) -> Mean:
    """The estimate from intervals of shape (n,); ``subject`` are integer codes."""
    sets = risk_sets(stop, event, start)
    n, d = sets.sums(np.ones(len(stop))), sets.d.astype(float)
    code = np.unique(subject, return_inverse=True)[1]
    robust = np.zeros(len(d))
    first = np.zeros(len(stop), np.intp) if sets.first is None else sets.first
    for low in range(0, int(code.max(initial=-1)) + 1, CHUNK):
        mine = (code >= low) & (code < low + CHUNK)
        change = np.zeros((CHUNK, len(d) + 1))
        np.add.at(change, (code[mine] - low, first[mine]), 1)
        np.add.at(change, (code[mine] - low, sets.last[mine]), -1)
        residual = -change.cumsum(axis=1)[:, :-1] * (d / n)
        dead = mine[sets.dead]
        np.add.at(residual, (code[sets.dead[dead]] - low, sets.dead_at[dead]), 1)
        robust += ((residual / n).cumsum(axis=1) ** 2).sum(axis=0)
    return Mean(sets.time, n, d, np.cumsum(d / n), robust, np.cumsum(d / n**2))


def _arm(label: str, data: TimeToEvent, who: np.ndarray, mine: np.ndarray, params: Params) -> Iterator[Row]:
    start, stop, event, at = np.asarray(data.start)[mine], data.time[mine], data.event[mine], data.at[mine]
    yield Row("n", float(len(once(who[mine]))), arm=label, rows=at, warning="" if len(at) else "no data")
    yield Row("events", float(event.sum()), arm=label, rows=at[event])
    for t in sorted(set(params.times)):
        under = (start < t) & (stop >= t) if t > 0 else start == 0
        yield Row("at_risk", float(len(once(who[mine][under]))), arm=label, at=float(t), rows=at[under])
        before = event & (stop < t)
        yield Row("events_before", float(before.sum()), arm=label, at=float(t), rows=at[before])
    if len(at):
        blank = Row("events_per_subject", arm=label, rows=at)
        yield from _points(blank, mean_cumulative(start, stop, event, who[mine]), float(stop.max()), params)


def _points(blank: Row, found: Mean, end: float, params: Params) -> Iterator[Row]:
    """The curve at every event time and every time asked for; none after the last time of observation."""
    z = float(ndtri((1 + params.confidence) / 2))
    held = np.vstack([[0.0, 0.0], np.column_stack([found.mean, np.sqrt(found.robust)])])
    times = np.union1d(found.time, np.array(params.times, float))
    for t, (mean, se) in zip(times, held[np.searchsorted(found.time, times, side="right")], strict=True):
        spread = float(np.exp(z * se / mean)) if mean > 0 else 1.0
        values = {"": mean, "_se": se, "_ci_low": mean / spread, "_ci_high": mean * spread}
        for stat, value in values.items():
            known, text = (None, "NE") if t > end else (float(value), "")
            yield blank.but(stat=f"{blank.stat}{stat}", value=known, text=text, at=float(t))

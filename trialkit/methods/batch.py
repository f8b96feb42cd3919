"""Time-to-event analyses of many simulated trials at once: matrices in, one row a trial.

Every function takes times and events of shape (trials, subjects), rows being trials of the same size; times are finite,
events 0/1 or bool, and the second of two groups is 1. Tied times are exactly equal times here: simulated times carry no
rounding (the single-trial functions allow for it). Formulas and sources: ``log_rank``, ``kaplan_meier``, ``cox``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trialkit.methods.base import MethodError

COX_STEPS = 30


@dataclass(frozen=True)
class _Sorted:
    """Trials in descending time: times, events, group (all (k, n)); the last place of each tie from the left, and d.

    At place i the risk set is places 0..last(i); d is the number of events at the place's time, counted at its last.
    """

    time: np.ndarray
    event: np.ndarray
    second: np.ndarray
    last: np.ndarray


def _sorted(time: np.ndarray, event: np.ndarray, second: np.ndarray) -> _Sorted:
    order = np.argsort(-time, axis=1)
    t, e, g = (np.take_along_axis(a, order, axis=1) for a in (time, event, second))
    return _Sorted(t, e.astype(float), g.astype(float), _last(t))


def _last(t: np.ndarray) -> np.ndarray:
    """The last place with the same time, for each place of sorted times (k, n)."""
    k, n = t.shape
    ends = np.concatenate([t[:, 1:] != t[:, :-1], np.ones((k, 1), bool)], axis=1)
    place = np.where(ends, np.arange(n), n)
    return np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]


def _check(time: np.ndarray, event: np.ndarray, second: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    time, event = np.atleast_2d(np.asarray(time, float)), np.atleast_2d(np.asarray(event))
    arrays = [time, event]
    if second is not None:
        arrays.append(np.broadcast_to(np.asarray(second), time.shape))
    if any(a.shape != time.shape for a in arrays):
        raise MethodError(f"times and events need one shape, (trials, subjects); they have {[a.shape for a in arrays]}")
    if not np.isfinite(time).all():
        raise MethodError("a time is missing or infinite; simulated trials must be censored at their end")
    for a, name in zip(arrays[1:], ("event", "second"), strict=False):
        if not ((a == 0) | (a == 1)).all():
            raise MethodError(f"{name} must hold 0 and 1 only")
    return tuple(arrays)


@dataclass(frozen=True)
class LogRanks:
    """Per trial, shape (k,): events observed less expected in the second group, variance, z (nan where none)."""

    u: np.ndarray
    variance: np.ndarray
    z: np.ndarray


def log_rank_many(time: np.ndarray, event: np.ndarray, second: np.ndarray) -> LogRanks:
    """Two-group log-rank test of each trial; ``second`` has shape (trials, subjects) or (subjects,)."""
    s = _sorted(*_check(time, event, second))
    n = np.arange(1.0, s.time.shape[1] + 1)
    n2 = np.cumsum(s.second, axis=1)
    tied = (s.last != np.arange(s.time.shape[1])).any()
    if not tied:
        p = n2 / n
        u = ((s.second - p) * s.event).sum(axis=1)
        v = (p * (1 - p) * s.event).sum(axis=1)
    else:
        at = n[s.last]
        p = np.take_along_axis(n2, s.last, axis=1) / at
        d = _at_last(s.event, s.last)
        u = ((s.second - p) * s.event).sum(axis=1)
        v = (p * (1 - p) * s.event * (at - d) / np.maximum(at - 1, 1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return LogRanks(u, v, np.where(v > 0, u / np.sqrt(v), np.nan))


def _at_last(values: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Sum of values (k, n) over all places with the same time, at each place."""
    total = np.cumsum(values, axis=1)
    whole = np.take_along_axis(total, last, axis=1)
    k, n = last.shape
    first = np.concatenate([np.ones((k, 1), bool), last[:, 1:] != last[:, :-1]], axis=1)
    start = np.maximum.accumulate(np.where(first, np.arange(n), 0), axis=1)
    before = np.take_along_axis(np.concatenate([np.zeros((k, 1)), total], axis=1), start, axis=1)
    return whole - before


def survival_many(time: np.ndarray, event: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kaplan-Meier S and its Greenwood standard error of each trial at the times, both (trials, number of times).

    After a trial's last time the last value is carried forward.
    """
    t, e = _check(time, event)
    order = np.argsort(t, axis=1)
    t, e = np.take_along_axis(t, order, axis=1), np.take_along_axis(e, order, axis=1).astype(float)
    n = t.shape[1] - np.arange(t.shape[1])
    same = np.concatenate([np.zeros((len(t), 1), bool), t[:, 1:] == t[:, :-1]], axis=1)
    e = _events_first(e, same)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.cumprod(1 - e / n, axis=1)
        v = np.cumsum(np.where(e > 0, e / (n * (n - e)), 0.0), axis=1)
    grid = np.asarray(times, float)
    place = (t[:, None, :] <= grid[None, :, None]).sum(axis=2)
    s, v = (np.concatenate([np.full((len(t), 1), start), a], axis=1) for start, a in ((1.0, s), (0.0, v)))
    survival, root = np.take_along_axis(s, place, axis=1), np.sqrt(np.take_along_axis(v, place, axis=1))
    with np.errstate(invalid="ignore"):
        return survival, survival * root


def _events_first(e: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Events moved before censorings of the same time; one by one they give the same product and the same sum."""
    if not same.any():
        return e
    block = np.cumsum(~same, axis=1)
    return np.take_along_axis(e, np.lexsort((-e, block), axis=1), axis=1)


@dataclass(frozen=True)
class Coxes:
    """Per trial, shape (k,): log hazard ratio of the second group, its standard error; nan where there is none."""

    coef: np.ndarray
    se: np.ndarray

    def limits(self, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Limits of the hazard ratio."""
        half = float(ndtri((1 + confidence) / 2)) * self.se
        return np.exp(self.coef - half), np.exp(self.coef + half)


def cox_many(time: np.ndarray, event: np.ndarray, second: np.ndarray) -> Coxes:
    """Two-group Cox model with Efron's ties of each trial, by Newton's method on all trials at once.

    nan where a trial has no finite estimate: no events in a group, or one group all before the other.
    """
    s = _sorted(*_check(time, event, second))
    ends = np.arange(s.time.shape[1]) == s.last
    d, d2 = (np.where(s.event > 0, _at_last(v, s.last), 0.0) for v in (s.event, s.event * s.second))
    n = s.last + 1.0
    n2 = np.take_along_axis(np.cumsum(s.second, axis=1), s.last, axis=1)
    f = _fractions(s, d) if bool((d > 1).any()) or not ends.all() else np.zeros_like(n)
    c = (n2 - f * d2) * s.event, (n - n2 - f * (d - d2)) * s.event
    return _newton(*c, (s.event * s.second).sum(axis=1), s.event)


def _fractions(s: _Sorted, d: np.ndarray) -> np.ndarray:
    """l / d of each event among the events of its time, l = 0, 1 ..."""
    total = np.cumsum(s.event, axis=1)
    before = total - s.event - (np.take_along_axis(total, s.last, axis=1) - d)
    return np.where(s.event > 0, before / np.maximum(d, 1), 0.0)


def _newton(second: np.ndarray, first: np.ndarray, events2: np.ndarray, event: np.ndarray) -> Coxes:
    """Each event has weights ``second`` and ``first`` at risk: p = second r / (second r + first) with r = exp b."""
    b = np.zeros(len(second))
    found = np.zeros(len(b), bool)
    with np.errstate(all="ignore"):
        for _ in range(COX_STEPS):
            p = np.where(event > 0, second / (second + first * np.exp(-b)[:, None]), 0.0)
            u, info = events2 - p.sum(axis=1), (p * (1 - p)).sum(axis=1)
            step = np.clip(u / info, -2, 2)
            found = np.abs(step) * np.sqrt(info) < 1e-9
            b = np.where(np.isfinite(step), b + step, np.nan)
            if (found | ~np.isfinite(b)).all():
                break
        se = 1 / np.sqrt(info)
        fine = found & (se < 20) & (events2 > 0) & (events2 < event.sum(axis=1))
    return Coxes(np.where(fine, b, np.nan), np.where(fine, se, np.nan))

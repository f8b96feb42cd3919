"""Turnbull's estimate of survival from interval-censored times.

Each event lies in (left, right]; left = right is an exact time. Mass can only sit on the innermost intervals, those
that start with a left and end with a right limit and hold no other; how it is spread inside one is not determined, and
neither is S there. The masses maximize the likelihood: p(j) becomes p(j) times the mean over rows of 1(j in row) /
P(row), squared-extrapolated, until no mass would gain by more than 1e-10 (Karush-Kuhn-Tucker).

Source: Turnbull (1976) J R Stat Soc B 38, 290-295; Gentleman and Geyer (1994) Biometrika 81, 618-623; Varadhan and
Roland (2008) Scand J Stat 35, 335-353.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trialkit.methods._groups import groups
from trialkit.methods._intervals import intervals
from trialkit.methods.base import Inputs, MethodError, Row

ROUNDS = 100_000
GAIN = 1e-10
SMALL = 1e-9
"""Mass below which an interval is not reported."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``turnbull``.

    Attributes:
        left: column with the last time without the event; missing or 0 for left-censored.
        right: column with the first time with the event; missing for right-censored.
        times: times at which survival is given.
    """

    left: str
    right: str
    times: tuple[float, ...] = ()


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm n, log_likelihood, interval_left and mass (at the interval's right end), survival at the times.

    Inside an interval survival is not determined: its bounds survival_low and survival_high are given.
    """
    data = intervals(inputs, params.left, params.right)
    made = [data.account]
    for group in groups(inputs):
        mine = group.rows[data.at]
        at = data.at[mine]
        made.append(Row("n", float(len(at)), arm=group.label, rows=at, warning="" if len(at) else "no data"))
        if len(at):
            found = turnbull(data.left[mine], data.right[mine])
            made += _rows(Row("", arm=group.label, rows=at), found, params)
    return made


@dataclass(frozen=True)
class Masses:
    """Innermost intervals (left, right] with mass, each (k,), the log likelihood and the largest possible gain."""

    left: np.ndarray
    right: np.ndarray
    mass: np.ndarray
    log_likelihood: float
    gain: float


def turnbull(left: np.ndarray, right: np.ndarray) -> Masses:
    """The estimate from limits of shape (n,), right may be infinite. Raises MethodError if it does not converge."""
    exact = left == right
    rows, weight = np.unique(np.column_stack([left, ~exact, right]), axis=0, return_counts=True)
    start, stop = _innermost(rows)
    inside = _covers(rows, start, stop)
    p = _masses(inside, weight / weight.sum())
    q = inside @ p
    gain = float((inside.T @ (weight / weight.sum() / q)).max()) - 1
    keep = p > SMALL
    return Masses(start[keep, 0], stop[keep], p[keep], float(weight @ np.log(q)), gain)


def _innermost(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Innermost intervals: starts (k, 2) as (value, 1 after or 0 just before it) and ends (k,)."""
    starts, ends = rows[:, :2], np.column_stack([rows[:, 2], np.ones(len(rows))])
    points = np.vstack([starts, ends])
    is_end = np.repeat([False, True], len(rows))
    order = np.lexsort((~is_end, points[:, 1], points[:, 0]))
    points, is_end = points[order], is_end[order]
    here = np.flatnonzero(~is_end[:-1] & is_end[1:])
    return points[here], points[here + 1, 0]


def _covers(rows: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Whether each row's interval covers each innermost one, as 0/1 of shape (rows, k)."""
    after = (rows[:, :1] < start[:, 0]) | ((rows[:, :1] == start[:, 0]) & (rows[:, 1:2] <= start[:, 1]))
    return (after & (rows[:, 2:] >= stop)).astype(float)


def _masses(inside: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Self-consistent masses by squared extrapolation, each round kept only if the likelihood does not fall."""

    def once(p: np.ndarray) -> np.ndarray:
        return np.asarray(p * (inside.T @ (weight / (inside @ p))))

    def value(p: np.ndarray) -> float:
        return float(weight @ np.log(inside @ p)) if (p >= 0).all() and (inside @ p > 0).all() else -np.inf

    p = np.full(inside.shape[1], 1 / inside.shape[1])
    for _ in range(ROUNDS):
        first = once(p)
        second = once(first)
        r, v = first - p, second - 2 * first + p
        size = float(np.sqrt(v @ v))
        if float((inside.T @ (weight / (inside @ p))).max()) - 1 < GAIN and np.abs(r).max() < 1e-14:
            return second
        step = -np.sqrt(r @ r) / size if size > 0 else -1.0
        far = np.maximum(p - 2 * step * r + step * step * v, 0)
        far = once(far / far.sum()) if (inside @ far > 0).all() else second
        p = far if value(far) >= value(second) else second
    raise MethodError("Turnbull's estimate did not converge")


def _rows(blank: Row, found: Masses, params: Params) -> Iterator[Row]:
    yield blank.but(stat="log_likelihood", value=found.log_likelihood)
    for left, right, mass in zip(found.left, found.right, found.mass, strict=True):
        end = float(right) if np.isfinite(right) else None
        text = "" if end is not None else "no upper end"
        for stat, number in (("interval_left", left), ("mass", mass)):
            yield blank.but(stat=stat, value=float(number), at=end, text=text)
    for t in sorted(set(params.times)):
        high = 1 - float(found.mass[found.right <= t].sum())
        low = high - float(found.mass[(found.left < t) & (found.right > t)].sum())
        known = abs(high - low) < SMALL
        here, value = blank.but(at=float(t)), high if known else None
        yield replace(here, stat="survival", value=value, text="" if known else "not determined")
        if not known:
            yield replace(here, stat="survival_low", value=max(low, 0.0))
            yield replace(here, stat="survival_high", value=high)

"""Who is at risk when: the counting process (start, stop], event, by stratum, as integer codes.

Row i is at risk at the event times numbered first(i) <= j < last(i); event times are numbered through all strata, so
that strata and delayed entry need no further code. Sums over risk sets are differences of reversed cumulative sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods._risk_table import distinct


@dataclass(frozen=True)
class RiskSets:
    """n rows, m event times (per stratum), D events.

    Attributes:
        time: event times, shape (m,), ascending within a stratum.
        stratum: stratum code of each event time, shape (m,).
        first, last: shape (n,); ``first`` is None where everybody of a single stratum enters at the start.
        dead: rows with an event, shape (D,); dead_at: their event times, shape (D,).
        d: events at each event time, shape (m,).
    """

    time: np.ndarray
    stratum: np.ndarray
    first: np.ndarray | None
    last: np.ndarray
    dead: np.ndarray
    dead_at: np.ndarray
    d: np.ndarray

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sum over each risk set of values of shape (n,) or (n, k); shape (m,) or (m, k)."""
        if values.ndim == 2:
            return np.column_stack([self.sums(column) for column in values.T])
        m = len(self.time)
        made = np.bincount(self.last, values, m + 1)
        if self.first is not None:
            made -= np.bincount(self.first, values, m + 1)
        return made[:0:-1].cumsum()[::-1]

    def at_events(self, values: np.ndarray) -> np.ndarray:
        """Sum over the events at each event time of values given per event, shape (D,) or (D, k)."""
        m = len(self.time)
        if values.ndim == 1:
            return np.bincount(self.dead_at, values, m)
        return np.column_stack([np.bincount(self.dead_at, column, m) for column in values.T])

    def between(self, values: np.ndarray) -> np.ndarray:
        """Sum of values per event time, shape (m,) or (m, k), over the times at which each row is at risk."""
        total = np.concatenate([np.zeros((1, *values.shape[1:])), values.cumsum(axis=0)])
        return total[self.last] if self.first is None else total[self.last] - total[self.first]


def risk_sets(
    stop: np.ndarray, event: np.ndarray, start: np.ndarray | None = None, stratum: np.ndarray | None = None
) -> RiskSets:
    """Codes from arrays of shape (n,): times, events (0/1 or bool), entry times, stratum codes 0..s-1."""
    rank = distinct(stop)[1] + 1 if start is None else distinct(np.concatenate([start, stop]))[1] + 1
    before, rank = (np.zeros(len(stop), np.intp), rank) if start is None else (rank[: len(stop)], rank[len(stop) :])
    width = int(rank.max(initial=0)) + 1
    if stratum is not None:
        before, rank = before + stratum * width, rank + stratum * width
    dead = np.flatnonzero(event)
    present = np.zeros(int(rank.max(initial=0)) + 2, np.intp)
    present[rank[dead]] = 1
    key, number = np.flatnonzero(present), present.cumsum()
    dead_at = number[rank[dead]] - 1
    time = np.empty(len(key))
    time[dead_at] = stop[dead]
    first = None if start is None and stratum is None else number[before]
    return RiskSets(time, key // width, first, number[rank], dead, dead_at, np.bincount(dead_at, minlength=len(key)))

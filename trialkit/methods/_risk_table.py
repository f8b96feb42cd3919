"""The counting table of survival analysis: at each distinct time, who is at risk, who fails, who is censored.

At risk at t means time >= t; a censoring tied with an event comes after it. Times that differ by no more than
rounding (1.5e-8 of their mean, as R's ``timefix``) are one time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TIE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class RiskTable:
    """Counts at m distinct ascending times for g groups.

    Attributes:
        time: shape (m,), in the unit of the data.
        at_risk, events, censored: shape (m, g), numbers of subjects.
    """

    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray


def distinct(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct times (m,), and for each of the n rows its place among them."""
    order = np.argsort(time)
    ranked = time[order]
    new = _new(ranked)
    place = np.empty(len(time), np.intp)
    place[order] = np.cumsum(new) - 1
    return ranked[new], place


def _new(ranked: np.ndarray) -> np.ndarray:
    """Which of the sorted times differ from the one before, shape (n,)."""
    new = np.empty(len(ranked), bool)
    new[:1] = True
    if len(ranked):
        np.greater(ranked[1:] - ranked[:-1], TIE * max(1.0, float(ranked.sum()) / len(ranked)), out=new[1:])
    return new


def risk_table(time: np.ndarray, event: np.ndarray, group: np.ndarray | None = None, groups: int = 1) -> RiskTable:
    """Count subjects by time and group.

    Args:
        time: shape (n,), finite and not negative.
        event: shape (n,), 1 (or True) for an event, 0 for a censored time.
        group: shape (n,), integers 0..groups-1; None for one group.
    """
    n = len(time)
    if not n:
        none = np.zeros((0, groups), np.intp)
        return RiskTable(np.zeros(0), none, none, none)
    order = np.argsort(time)
    ranked = time[order]
    start = np.flatnonzero(_new(ranked))
    died = np.asarray(event, np.intp)[order]
    at_risk, events = np.empty((len(start), groups), np.intp), np.empty((len(start), groups), np.intp)
    at_risk[:, 0], events[:, 0] = n - start, _sums(died, start)
    for k in range(1, groups):
        mine = (group[order] == k).astype(np.intp)  # type: ignore[index]
        seen = np.cumsum(mine)
        at_risk[:, k] = (seen[-1] - seen + mine)[start]
        events[:, k] = _sums(died * mine, start)
        at_risk[:, 0] -= at_risk[:, k]
        events[:, 0] -= events[:, k]
    leaving = at_risk.copy()
    leaving[:-1] -= at_risk[1:]
    return RiskTable(ranked[start], at_risk, events, leaving - events)


def _sums(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Sum of values, shape (n,), over each block that begins at a start, shape (m,)."""
    return values if len(start) == len(values) else np.add.reduceat(values, start)

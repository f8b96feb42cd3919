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
    new = np.empty(len(time), bool)
    new[:1] = True
    np.greater(np.diff(ranked), TIE * max(1.0, float(ranked.mean()) if len(ranked) else 1.0), out=new[1:])
    place = np.empty(len(time), np.intp)
    place[order] = np.cumsum(new) - 1
    return ranked[new], place


def risk_table(time: np.ndarray, event: np.ndarray, group: np.ndarray | None = None, groups: int = 1) -> RiskTable:
    """Count subjects by time and group.

    Args:
        time: shape (n,), finite and not negative.
        event: shape (n,), 1 (or True) for an event, 0 for a censored time.
        group: shape (n,), integers 0..groups-1; None for one group.
    """
    at, place = distinct(time)
    cell = place * groups if group is None else place * groups + group
    shape, size = (len(at), groups), len(at) * groups
    leaving = np.bincount(cell, minlength=size).reshape(shape)
    events = np.bincount(cell[np.asarray(event, bool)], minlength=size).reshape(shape)
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    return RiskTable(at, at_risk, events, leaving - events)

"""Nelson-Aalen cumulative hazard, not smoothed.

With d(i) events among n(i) at risk: H(t) = sum over t(i) <= t of d(i) / n(i), variance sum d(i) / n(i)^2 (Poisson),
limits H exp(-/+ z se / H).

Source: Nelson (1972) Technometrics 14, 945-966; Aalen (1978) Ann Stat 6, 701-726.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trialkit.methods._groups import groups
from trialkit.methods._risk_table import risk_table
from trialkit.methods._survival import time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``nelson_aalen``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        times: further points of the curve.
        confidence: level of the intervals.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    times: tuple[float, ...] = ()
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm: n, events, and the cumulative hazard with standard error and limits at each time."""
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    data = time_to_event(inputs, params.time, params.event, params.censor)
    made = [data.account]
    for group in groups(inputs):
        mine = group.rows[data.at]
        made.append(Row("n", float(mine.sum()), arm=group.label, rows=data.at[mine]))
        made.append(Row("events", float(data.event[mine].sum()), arm=group.label, rows=data.at[mine & data.event]))
        blank = Row("cumulative_hazard", arm=group.label, rows=data.at[mine])
        made += _points(blank, data.time[mine], data.event[mine], params)
    return made


def cumulative_hazard(time: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct times, H and its standard error, each of shape (m,), from arrays of shape (n,)."""
    table = risk_table(time, event)
    n, d = table.at_risk[:, 0].astype(float), table.events[:, 0]
    return table.time, np.cumsum(d / n), np.sqrt(np.cumsum(d / n**2))


def _points(blank: Row, time: np.ndarray, event: np.ndarray, params: Params) -> Iterator[Row]:
    """H at every distinct time and every time asked for; none after the last time."""
    at, h, se = cumulative_hazard(time, event)
    z = float(ndtri((1 + params.confidence) / 2))
    held = np.vstack([[0.0, 0.0], np.column_stack([h, se])])
    times = np.union1d(at, np.array(params.times, float))
    for t, (value, error) in zip(times, held[np.searchsorted(at, times, side="right")], strict=True):
        over = not len(at) or t > at[-1]
        spread = float(np.exp(z * error / value)) if value > 0 else 1.0
        point = {"": value, "_se": error, "_ci_low": value / spread, "_ci_high": value * spread}
        for stat, number in point.items():
            known = None if over else float(number)
            text = "NE" if over else ""
            yield blank.but(stat=f"{blank.stat}{stat}", value=known, text=text, at=float(t))

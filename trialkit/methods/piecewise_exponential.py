"""Piecewise exponential model: a constant hazard within each piece of time, proportional between arms.

With events d and time at risk e per piece and arm, log hazard = piece + arm, fitted as Poisson counts d with exposure e
(the same likelihood). Crude rates d / e are given per piece and arm.

Source: Holford (1980) Biometrics 36, 299-305; Laird and Olivier (1981) JASA 76, 231-240.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._count_models import poisson
from trialkit.methods._groups import coded_arms
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``piecewise_exponential``.

    Attributes:
        time: time column.
        cuts: inner ends of the pieces, ascending; an event at a cut belongs to the piece that ends there.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        confidence: level of the intervals.
    """

    time: str
    cuts: tuple[float, ...]
    event: str | None = None
    censor: str | None = None
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per piece (at = its start) and arm events, exposure, rate; per arm hazard_ratio, ci, coef, se, z, p.

    Raises MethodError for a piece or an arm without events.
    """
    edges = np.array([0.0, *params.cuts, np.inf])
    if not (np.diff(edges) > 0).all() or not 0 < params.confidence < 1:
        raise MethodError("cuts must be positive and ascending, confidence between 0 and 1")
    data = time_to_event(inputs, params.time, params.event, params.censor)
    code, arms = coded_arms(inputs, data.at)
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows; hazard ratios need it")
    d, e = _table(data, code, len(arms), edges)
    if not d.sum(axis=0).all() or not d.sum(axis=1).all():
        raise MethodError("a piece or an arm has no events: its hazard has no finite logarithm; join pieces")
    made = [data.account]
    for j, (start, end) in enumerate(itertools.pairwise(edges)):
        for i, arm in enumerate(arms):
            there = (code == i) & (data.time > start)
            blank = Row("", arm=arm, at=float(start), rows=data.at[there])
            made.append(blank.but(stat="events", value=float(d[j, i]), rows=_events(data, code == i, start, end)))
            made += _crude(blank, float(d[j, i]), float(e[j, i]))
    return made + list(_ratios(inputs, arms, (d, e), params, data.at))


def _events(data: TimeToEvent, mine: np.ndarray, start: float, end: float) -> np.ndarray:
    """Positions of an arm's events in a piece; one at time 0 is in the first."""
    begun = data.time >= 0 if start == 0 else data.time > start
    return data.at[mine & data.event & begun & (data.time <= end)]


def _crude(blank: Row, events: float, exposure: float) -> list[Row]:
    warning = "" if exposure > 0 else "nobody at risk in this piece"
    rate = events / exposure if exposure > 0 else None
    return [blank.but(stat="exposure", value=exposure), blank.but(stat="rate", value=rate, warning=warning)]


def _table(data: TimeToEvent, code: np.ndarray, arms: int, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Events and exposure by piece and arm."""
    pieces = len(edges) - 1
    piece = np.searchsorted(edges[1:-1], data.time, side="left")
    d = np.bincount((piece * arms + code)[data.event], minlength=pieces * arms).reshape(pieces, arms)
    inside = np.clip(data.time[:, None] - edges[:-1], 0, np.diff(edges))
    return d, np.column_stack([inside[code == i].sum(axis=0) for i in range(arms)])


def _ratios(
    inputs: Inputs, arms: list[str], table: tuple[np.ndarray, np.ndarray], params: Params, used: np.ndarray
) -> Iterator[Row]:
    d, e = (part.ravel() for part in table)
    pieces, versus = len(table[0]), arms.index(str(inputs.reference))
    others = [i for i in range(len(arms)) if i != versus]
    piece, arm = np.divmod(np.arange(pieces * len(arms)), len(arms))
    pieces_x = [(piece == j).astype(float) for j in range(pieces)]
    x = np.column_stack([*pieces_x, *((arm == i).astype(float) for i in others)])
    some = e > 0
    fit = poisson(d[some].astype(float), x[some], e[some])
    z, se = float(ndtri((1 + params.confidence) / 2)), np.sqrt(np.diag(fit.given))
    for j in range(pieces):
        start = float([0.0, *params.cuts][j])
        yield Row("log_hazard", float(fit.b[j]), at=start, rows=used)
        yield Row("log_hazard_se", float(se[j]), at=start, rows=used)
    for i, b, s in zip(others, fit.b[pieces:], se[pieces:], strict=True):
        values = {"hazard_ratio": np.exp(b), "ci_low": np.exp(b - z * s), "ci_high": np.exp(b + z * s)}
        values |= {"coef": b, "se": s, "z": b / s, "p": 2 * ndtr(-abs(b / s))}
        for stat, value in values.items():
            yield Row(stat, float(value), arm=arms[i], reference=str(inputs.reference), rows=used)

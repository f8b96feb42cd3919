"""Weighted log-rank sums: observed minus expected and its covariance, under one or several weights at once.

Formulas and sources: see ``log_rank``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._risk_table import RiskTable, risk_table
from trialkit.methods.base import MethodError

Weight = tuple[str, float, float]
"""Name, rho and gamma; the last two are those of Fleming and Harrington."""
PLAIN: Weight = ("log_rank", 0.0, 0.0)


@dataclass(frozen=True)
class LogRank:
    """Observed and expected events (g,), the weighted U (g,) and its covariance (g, g), the statistic, df and p."""

    observed: np.ndarray
    expected: np.ndarray
    u: np.ndarray
    covariance: np.ndarray
    chisq: float
    df: int
    p: float

    @property
    def z(self) -> float | None:
        """U / sd of the second of two groups, None with more groups."""
        return float(self.u[1] / np.sqrt(self.covariance[1, 1])) if len(self.u) == 2 else None


def time_weight(weight: Weight, n: np.ndarray, d: np.ndarray) -> np.ndarray | float:
    """The weight at the event times of a stratum, from numbers at risk n and events d, each (m,)."""
    name, rho, gamma = weight
    if name == "log_rank":
        return 1.0
    if name == "gehan_wilcoxon":
        return n
    if name == "tarone_ware":
        return np.sqrt(n)
    if name == "peto_peto":
        return np.cumprod(1 - d / (n + 1))
    before = np.cumprod(np.concatenate([[1.0], 1 - d / n]))[:-1]
    return before**rho * (1 - before) ** gamma


def at_times(table: RiskTable) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """At the m distinct times: events by group (m, g) and in total (m,), at risk by group and in total.

    A time without an event adds nothing to any sum.
    """
    nj = table.at_risk.astype(float)
    if nj.shape[1] == 2:
        return table.events, table.events[:, 0] + table.events[:, 1], nj, nj[:, 0] + nj[:, 1]
    return table.events, table.events.sum(axis=1), nj, nj.sum(axis=1)


def strata_of(stratum: np.ndarray | None) -> Iterator[slice | np.ndarray]:
    """The rows of each stratum."""
    if stratum is None:
        yield slice(None)
        return
    for s in np.unique(stratum):
        yield stratum == s


def log_rank(
    time: np.ndarray,
    event: np.ndarray,
    group: np.ndarray,
    groups: int,
    stratum: np.ndarray | None = None,
    weight: Weight = PLAIN,
) -> LogRank:
    """The test on arrays of shape (n,): times, events (0/1 or bool), group codes 0..groups-1, stratum codes.

    Raises MethodError where no event time has two groups at risk.
    """
    o, e, u, v = np.zeros(groups), np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    for inside in strata_of(stratum):
        parts = _sums(risk_table(time[inside], event[inside], group[inside], groups), weight)
        o, e, u, v = o + parts[0], e + parts[1], u + parts[2], v + parts[3]
    chisq, df = _statistic(u, v, e > 0)
    return LogRank(o, e, u, v, chisq, df, float(chdtrc(df, chisq)))


def _sums(table: RiskTable, weight: Weight) -> tuple[np.ndarray, ...]:
    """Observed, expected, weighted U and covariance of one stratum."""
    dj, d, nj, n = at_times(table)
    share = nj / n[:, None]
    o, e = dj.sum(axis=0), d @ share
    scale = d * (n - d) / np.maximum(n - 1, 1)
    if weight[0] == "log_rank":
        u = o - e
    else:
        w = time_weight(weight, n, d)
        scale, u = scale * (w * w), w @ (dj - d[:, None] * share)  # type: ignore[operator]
    if len(o) == 2:
        v = float(scale @ (share[:, 0] * share[:, 1]))
        return o, e, u, np.array([[v, -v], [-v, v]])
    covariance = -((share * scale[:, None]).T @ share)
    covariance.flat[:: len(o) + 1] += scale @ share
    return o, e, u, covariance


def _statistic(u: np.ndarray, v: np.ndarray, use: np.ndarray) -> tuple[float, int]:
    """Quadratic form of u in the inverse of v, one of the groups in use left out."""
    keep = np.flatnonzero(use)[1:]
    if len(keep) == 1 and v[keep[0], keep[0]] > 0:
        return float(u[keep[0]] ** 2 / v[keep[0], keep[0]]), 1
    inner = v[np.ix_(keep, keep)]
    if not len(keep) or np.linalg.matrix_rank(inner, hermitian=True) < len(keep):
        raise MethodError("no event happens while two arms are at risk: the log-rank statistic does not exist")
    return float(u[keep] @ np.linalg.solve(inner, u[keep])), len(keep)


def combined(
    time: np.ndarray, event: np.ndarray, second: np.ndarray, weights: Sequence[Weight], stratum: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """U (k,) of the second of two groups under k weights, and their covariance (k, k).

    ``second`` is 1 for the second group, 0 for the first; all arrays have shape (n,).
    """
    k = len(weights)
    u, v = np.zeros(k), np.zeros((k, k))
    for inside in strata_of(stratum):
        dj, d, nj, n = at_times(risk_table(time[inside], event[inside], second[inside], 2))
        w = np.column_stack([time_weight(weight, n, d) * np.ones(len(n)) for weight in weights])
        p = nj[:, 1] / n
        u += w.T @ (dj[:, 1] - d * p)
        v += w.T @ (w * (p * (1 - p) * d * (n - d) / np.maximum(n - 1, 1))[:, None])
    return u, v

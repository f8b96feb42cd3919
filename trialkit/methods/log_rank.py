"""Log-rank test.

At each event time, with n subjects at risk (n(j) in arm j) and d events (d(j) in arm j), d(j) is compared with its
hypergeometric mean d n(j) / n; the covariance is d (n - d) / (n - 1) (diag(n(j) / n) - n(j) n(l) / n^2). Sums over
times, and over strata if any, give observed O, expected E and the covariance V; the statistic is
(O - E)' V^- (O - E) on one degree of freedom less than there are arms with E > 0.

Source: Mantel (1966) Cancer Chemother Rep 50, 163-170; Peto and Peto (1972) J R Stat Soc A 135, 185-207.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._columns import labels
from trialkit.methods._groups import absent, coded_arms, pairs
from trialkit.methods._risk_table import risk_table
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``log_rank``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        strata: columns whose combinations are the strata.
        compare: one test of all arms, each arm against the reference, or every pair.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    strata: tuple[str, ...] = ()
    compare: Literal["overall", "reference", "all"] = "overall"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows chisq, df, p, and observed and expected per arm. Raises MethodError (see docs)."""
    data = time_to_event(inputs, params.time, params.event, params.censor, text=params.strata)
    code, arms = coded_arms(inputs, data.at)
    stratum = _strata(inputs, data, params)
    made = [data.account]
    if params.compare == "overall":
        return made + list(_overall(data, code, arms, stratum, absent(inputs, arms)))
    for arm, versus in pairs(arms, inputs.reference, params.compare):
        made += _pair(data, code, (arms.index(versus), arms.index(arm)), (versus, arm), stratum)
    return made


def _strata(inputs: Inputs, data: TimeToEvent, params: Params) -> np.ndarray:
    made = np.zeros(len(data.at), np.intp)
    for name in params.strata:
        _, level = np.unique(labels(inputs.frame, name)[data.at].astype(str), return_inverse=True)
        made = np.unique(made * (level.max(initial=0) + 1) + level, return_inverse=True)[1]
    return made


@dataclass(frozen=True)
class LogRank:
    """Observed and expected events, shape (g,), their covariance (g, g), the statistic, its df and p."""

    observed: np.ndarray
    expected: np.ndarray
    covariance: np.ndarray
    chisq: float
    df: int
    p: float


def log_rank(
    time: np.ndarray, event: np.ndarray, group: np.ndarray, groups: int, stratum: np.ndarray | None = None
) -> LogRank:
    """The test on arrays of shape (n,): times, events (0/1 or bool), group codes 0..groups-1, stratum codes.

    Raises MethodError where no event time has two groups at risk.
    """
    o, e, v = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    for inside in [slice(None)] if stratum is None else [stratum == s for s in np.unique(stratum)]:
        oi, ei, vi = _sums(time[inside], event[inside], group[inside], groups)
        o, e, v = o + oi, e + ei, v + vi
    chisq, df = _statistic(o - e, v, e > 0)
    return LogRank(o, e, v, chisq, df, float(chdtrc(df, chisq)))


def _sums(time: np.ndarray, event: np.ndarray, group: np.ndarray, groups: int) -> tuple[np.ndarray, ...]:
    """Observed, expected and covariance of one stratum."""
    table = risk_table(time, event, group, groups)
    d = table.events.sum(axis=1)
    some = d > 0
    d, nj = d[some], table.at_risk[some].astype(float)
    n = nj.sum(axis=1)
    weight = d * (n - d) / np.maximum(n - 1, 1) / n
    covariance = np.diag(weight @ nj) - (nj * (weight / n)[:, None]).T @ nj
    return table.events.sum(axis=0), (d / n) @ nj, covariance


def _statistic(u: np.ndarray, v: np.ndarray, use: np.ndarray) -> tuple[float, int]:
    """Quadratic form of u in the inverse of v, one of the groups in use left out."""
    keep = np.flatnonzero(use)[1:]
    inner = v[np.ix_(keep, keep)]
    if not len(keep) or np.linalg.matrix_rank(inner, hermitian=True) < len(keep):
        raise MethodError("no event happens while two arms are at risk: the log-rank statistic does not exist")
    return float(u[keep] @ np.linalg.solve(inner, u[keep])), len(keep)


def _overall(data: TimeToEvent, code: np.ndarray, arms: list[str], stratum: np.ndarray, warning: str) -> Iterator[Row]:
    found = log_rank(data.time, data.event, code, len(arms), stratum)
    unseen = [arm for arm, e in zip(arms, found.expected, strict=True) if e == 0]
    if unseen:
        warning = "; ".join(filter(None, (warning, f"never at risk at an event, left out: {', '.join(unseen)}")))
    for stat, value in (("chisq", found.chisq), ("df", float(found.df)), ("p", found.p)):
        yield Row(stat, value, warning=warning, rows=data.at)
    for i, arm in enumerate(arms):
        yield Row("observed", float(found.observed[i]), arm=arm, rows=data.at[(code == i) & data.event])
        yield Row("expected", float(found.expected[i]), arm=arm, rows=data.at[code == i])


def _pair(
    data: TimeToEvent, code: np.ndarray, codes: tuple[int, int], names: tuple[str, str], stratum: np.ndarray
) -> Iterator[Row]:
    mine = (code == codes[0]) | (code == codes[1])
    versus, arm = names
    try:
        found = log_rank(data.time[mine], data.event[mine], (code[mine] == codes[1]).astype(np.intp), 2, stratum[mine])
    except MethodError as error:
        yield Row("p", error=str(error), arm=arm, reference=versus)
        return
    values = {"chisq": found.chisq, "df": found.df, "p": found.p, "observed": found.observed[1]}
    values |= {"expected": found.expected[1], "observed_reference": found.observed[0]}
    for stat, value in (values | {"expected_reference": found.expected[0]}).items():
        yield Row(stat, float(value), arm=arm, reference=versus, rows=data.at[mine])

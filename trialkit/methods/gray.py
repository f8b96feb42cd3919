"""Gray's test: do arms differ in the cumulative incidence of a cause?

Group k has Y(k) at risk, Kaplan-Meier estimate S(k) for any cause and cumulative incidence F(k) of the cause. With
R(k) = Y(k) / S(k, t-) and Q(k) = R(k) (1 - F(k, t-)), the score of group k is the sum over event times of
d(k) - d Q(k) / sum Q: a log-rank test of the subdistribution hazard. Its variance is a sum over groups l and event
times of the squared influence of the counting processes of the cause and of the others: with F0 the pooled estimate
(steps d / sum R), a(k, l) = R(k) (1(k = l) - R(l) / sum R), C(k, l) the integral of a(k, l) dF0 / (1 - F0-) over the
time after t,

    cause:   a(k, l) + (1 - (1 - F0) / S(l)) C(k, l)    with variance  S(l-) d / (sum R Y(l))
    others:  ((1 - F0) / S(l)) C(k, l)                  with variance  S(l-)^2 d'(l) / Y(l)^2

each variance reduced where events are tied. Strata add scores and variances.

Source: Gray (1988) Ann Stat 16, 1141-1154 (rho = 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._competing import Counts, competing, counts
from trialkit.methods._groups import absent, coded_arms
from trialkit.methods._rank_tests import strata_of
from trialkit.methods._survival import strata_codes
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``gray``.

    Attributes:
        time: time column.
        reason: column with the cause of each event.
        event: event indicator (1 = event of any cause), or
        censor: censoring indicator (0 = event); exactly one of the two.
        strata: columns whose combinations are the strata.
    """

    time: str
    reason: str
    event: str | None = None
    censor: str | None = None
    strata: tuple[str, ...] = ()


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows chisq, df, p per cause (a group); a cause whose test does not exist has a row with the error."""
    found = competing(inputs, params.time, params.event, params.censor, params.reason, params.strata)
    data = found.data
    code, arms = coded_arms(inputs, data.at)
    stratum = strata_codes(inputs, data.at, params.strata)
    made = [data.account]
    for k, name in enumerate(found.names, start=1):
        blank = Row("", groups=((params.reason, name),), rows=data.at, warning=absent(inputs, arms))
        made += _cause(blank, (data.time, found.cause, k), (code, len(arms)), stratum)
    return made


def _cause(
    blank: Row, data: tuple[np.ndarray, np.ndarray, int], arms: tuple[np.ndarray, int], stratum: np.ndarray | None
) -> Iterator[Row]:
    try:
        chisq, df = gray_test(*data, *arms, stratum)
    except MethodError as error:
        yield Row("p", groups=blank.groups, error=str(error))
        return
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", float(chdtrc(df, chisq)))):
        yield Row(stat, value, groups=blank.groups, rows=blank.rows, warning=blank.warning)


def gray_test(
    time: np.ndarray, cause: np.ndarray, which: int, group: np.ndarray, groups: int, stratum: np.ndarray | None = None
) -> tuple[float, int]:
    """Statistic and degrees of freedom from arrays of shape (n,): cause 0 censored, group codes 0..groups-1.

    Raises MethodError where the covariance of the scores is singular.
    """
    u, v = np.zeros(groups), np.zeros((groups, groups))
    for inside in strata_of(stratum):
        ui, vi = _sums(counts(time[inside], cause[inside], which, group[inside], groups))
        u, v = u + ui, v + vi
    inner = v[1:, 1:]
    if np.linalg.matrix_rank(inner, hermitian=True) < groups - 1:
        raise MethodError("the covariance of the scores is singular: too few events of the cause")
    return float(u[1:] @ np.linalg.solve(inner, u[1:])), groups - 1


def _sums(c: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Scores (g,) and their covariance (g, g) of one stratum."""
    some = (c.own + c.other).sum(axis=1) > 0
    y, before, s = c.at_risk[some], c.before[some], c.survival[some]
    own, other, f = c.own[some], c.other[some], c.incidence[some]
    d = own.sum(axis=1).astype(float)
    f_before = np.vstack([np.zeros((1, y.shape[1])), f[:-1]])
    r = np.divide(y, before, out=np.zeros_like(y), where=y > 0)
    q, r_all = r * (1 - f_before), r.sum(axis=1)
    u = (own - d[:, None] * q / np.maximum(q.sum(axis=1), 1e-300)[:, None]).sum(axis=0)
    f0 = np.cumsum(d / r_all)
    f0_before = np.concatenate([[0.0], f0[:-1]])
    a = r[:, :, None] * (np.eye(y.shape[1]) - (r / r_all[:, None])[:, None, :])
    left = r_all * (1 - f0_before)
    step = a * np.divide(d, left, out=np.zeros_like(d), where=left > 0)[:, None, None]
    after = step.sum(axis=0) - np.cumsum(step, axis=0)
    return u, _variance((y, before, s, other), (d, r_all, f0), (a, after))


def _variance(
    at_risk: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    pooled: tuple[np.ndarray, np.ndarray, np.ndarray],
    influence: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    (y, before, s, other), (d, r_all, f0), (a, after) = at_risk, pooled, influence
    share = np.divide(1 - f0[:, None], s, out=np.zeros_like(s), where=s > 0)
    size = r_all[:, None] * before - 1
    tied = 1 - np.divide(d[:, None] - 1, size, out=np.zeros_like(s), where=(d[:, None] > 1) & (y > 0))
    v1 = np.divide(tied * before * d[:, None], r_all[:, None] * y, out=np.zeros_like(s), where=y > 0)
    z1 = a + (1 - share)[:, None, :] * after
    tied = 1 - np.divide(other - 1, y - 1, out=np.zeros_like(s), where=other > 1)
    v2 = np.divide(before**2 * tied * other, y**2, out=np.zeros_like(s), where=(y > 0) & (s > 0))
    z2 = share[:, None, :] * after
    return np.einsum("tkl,tl,tjl->kj", z1, v1, z1) + np.einsum("tkl,tl,tjl->kj", z2, v2, z2)

"""Wilcoxon's rank-sum test, the Hodges-Lehmann shift with its interval, and van Elteren's stratified test.

With m values of an arm, n of the reference, N = m + n, midranks r and t the sizes of tied groups:

    W = sum of r over the arm - m (m + 1) / 2      (pairs in which the arm's value is larger, ties half)
    z = (W - m n / 2 - c) / sqrt(m n / 12 (N + 1 - sum (t^3 - t) / (N (N - 1))))   c: 0, or 1/2 towards 0 if corrected

The shift is the median of all m n differences D(1) <= ... The interval by Moses is D(C) to D(m n + 1 - C) with
C = floor(m n / 2 - z sqrt(m n (N + 1) / 12)), at least 1; the asymptotic one holds the shifts that z does not reject,
ties at each shift counted (R). Stratified: weights 1 / (N_h + 1) for the rank sums of the strata.

Source: Wilcoxon (1945) Biometrics Bull 1, 80-83; Hodges and Lehmann (1963) Ann Math Stat 34, 598-611; Hollander and
Wolfe (1999) Nonparametric Statistical Methods, section 4.3; van Elteren (1960) Bull Int Stat Inst 37, 351-361.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._groups import absent, pairs
from trialkit.methods._samples import Samples, check_confidence, samples
from trialkit.methods.base import Inputs, MethodError, Row

PAIRS = 50_000_000
"""Differences of two arms' values that are held in memory at most."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``wilcoxon``.

    Attributes:
        variable: numeric or ordered column, one row per subject.
        strata: columns whose combinations are the strata of van Elteren's test; no estimate is given then.
        correction: continuity correction of z.
        interval: interval of the shift: by order statistics (Moses), or R's asymptotic one.
        compare: each arm against the reference, or every pair.
        confidence: level of the interval.
    """

    variable: str
    strata: tuple[str, ...] = ()
    correction: bool = False
    interval: Literal["moses", "asymptotic"] = "moses"
    compare: Literal["reference", "all"] = "reference"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped and, per pair, n, w, z, p, and without strata shift, limits, probability and largest distance.

    Raises MethodError for a second row of a subject, fewer than two arms with values, or correction with strata.
    """
    check_confidence(params.confidence)
    if params.strata and params.correction:
        raise MethodError("the stratified test has no continuity correction; leave out correction or strata")
    found = samples(inputs, params.variable, params.strata)
    made = [found.account]
    for arm, versus in pairs(found.arms, inputs.reference, params.compare):
        blank = Row("n", arm=arm, reference=versus, variable=params.variable, rows=found.rows(arm, versus))
        made.append(blank.but(value=float(len(found.rows(arm, versus))), warning=absent(inputs, found.arms)))
        made += _stratified(found, arm, versus, blank) if params.strata else _pair(found, arm, versus, blank, params)
    return made


def _pair(found: Samples, arm: str, versus: str, blank: Row, params: Params) -> Iterator[Row]:
    x, y = found.of(arm, versus)
    w, sigma = rank_sum(x, y)
    yield blank.but(stat="w", value=w)
    if sigma == 0:
        yield blank.but(stat="p", error="all values are equal: there is nothing to test")
        return
    distance = w - len(x) * len(y) / 2
    z = (distance - (np.sign(distance) * 0.5 if params.correction else 0.0)) / sigma
    for stat, value in (("sigma", sigma), ("z", z), ("p", 2 * ndtr(-abs(z)))):
        yield blank.but(stat=stat, value=float(value))
    if len(x) * len(y) > PAIRS:
        yield blank.but(stat="shift", error=f"{len(x) * len(y)} differences; at most {PAIRS} are looked at")
        return
    d = np.sort((x[:, None] - y).ravel())
    limits = (moses if params.interval == "moses" else asymptotic)(d, x, y, params.confidence)
    values = {"shift": float(np.median(d)), "shift_ci_low": limits[0], "shift_ci_high": limits[1]}
    values |= {"probability": w / (len(x) * len(y)), "ks": largest_distance(x, y)}
    yield from (blank.but(stat=stat, value=value) for stat, value in values.items())


def _stratified(found: Samples, arm: str, versus: str, blank: Row) -> Iterator[Row]:
    mine = np.isin(found.code, [found.arms.index(a) for a in (arm, versus)])
    u, v = van_elteren(found.x[mine], found.code[mine] == found.arms.index(arm), found.stratum[mine])
    if v == 0:
        yield blank.but(stat="p", error="no stratum has different values in both arms: there is nothing to test")
        return
    z = u / float(np.sqrt(v))
    for stat, value in (("z", z), ("chisq", z * z), ("p", 2 * float(ndtr(-abs(z))))):
        yield blank.but(stat=stat, value=value)


def midranks(x: np.ndarray) -> np.ndarray:
    """Ranks 1..n of values (n,), ties sharing their mean."""
    _, back, count = np.unique(x, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[back])


def rank_sum(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """W and its standard deviation with ties, of values (m,) against (n,)."""
    m, n = len(x), len(y)
    both = np.concatenate([x, y])
    count = np.unique(both, return_counts=True)[1].astype(float)
    w = float(midranks(both)[:m].sum()) - m * (m + 1) / 2
    size = m + n
    ties = float((count**3 - count).sum()) / (size * (size - 1))
    return w, float(np.sqrt(max(m * n / 12 * (size + 1 - ties), 0.0)))


def moses(d: np.ndarray, x: np.ndarray, y: np.ndarray, confidence: float) -> tuple[float, float]:
    """Limits of the shift by order statistics of the sorted differences d."""
    spread = np.sqrt(len(d) * (len(x) + len(y) + 1) / 12)
    c = max(int(np.floor(len(d) / 2 - float(ndtri((1 + confidence) / 2)) * spread)), 1)
    return float(d[c - 1]), float(d[len(d) - c])


def asymptotic(d: np.ndarray, x: np.ndarray, y: np.ndarray, confidence: float) -> tuple[float, float]:
    """The differences at which z, a falling step function of the shift, passes the normal quantiles."""
    half = float(ndtri((1 + confidence) / 2))
    steps = np.unique(d)

    def z(shift: float) -> float:
        w, sigma = rank_sum(x - shift, y)
        return (w - len(d) / 2) / sigma if sigma else 0.0

    def crossing(level: float) -> float:
        low, high = -1, len(steps)
        while high - low > 1:
            i = (low + high) // 2
            after = z((steps[i] + steps[i + 1]) / 2) if i + 1 < len(steps) else -np.inf
            low, high = (i, high) if after > level else (low, i)
        return float(steps[min(high, len(steps) - 1)])

    return crossing(half), crossing(-half)


def largest_distance(x: np.ndarray, y: np.ndarray) -> float:
    """Kolmogorov and Smirnov's D: the largest distance of the two empirical distributions."""
    at = np.unique(np.concatenate([x, y]))
    f, g = (np.searchsorted(np.sort(v), at, side="right") / len(v) for v in (x, y))
    return float(np.abs(f - g).max())


def van_elteren(x: np.ndarray, second: np.ndarray, stratum: np.ndarray) -> tuple[float, float]:
    """Weighted sum over strata of rank sums less their expectation, and its variance with ties."""
    u, v = 0.0, 0.0
    for h in np.unique(stratum):
        r, own = midranks(x[stratum == h]), second[stratum == h]
        n, m = len(r), int(own.sum())
        if n > 1:
            u += float(r[own].sum() - m * (n + 1) / 2) / (n + 1)
            v += m * (n - m) / (n * (n - 1)) * float(((r - (n + 1) / 2) ** 2).sum()) / (n + 1) ** 2
    return u, v

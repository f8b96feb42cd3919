"""Confidence limits of the difference, ratio and odds ratio of two proportions, x1 of n1 against x2 of n2.

Score limits are the values D (or R) at which |score| is z, with variances from the probabilities p1~, p2~ that are
most likely under p1 - p2 = D (or p1 = R p2); Miettinen and Nurminen multiply the variance by N / (N - 1), Mee and
Koopman do not. p2~ is the root of a cubic (quadratic for R) given in closed form. Newcombe's limits combine Wilson's
limits (l1, u1), (l2, u2):

    D - sqrt((p1 - l1)^2 + (u2 - p2)^2),  D + sqrt((u1 - p1)^2 + (p2 - l2)^2)

Source: Miettinen and Nurminen (1985) Stat Med 4, 213-226; Mee (1984) Biometrics 40, 1175-1176; Koopman (1984)
Biometrics 40, 513-517; Newcombe (1998) Stat Med 17, 873-890; Agresti and Caffo (2000) Am Stat 54, 280-288.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import acos, cos, exp, inf, log, pi, sqrt
from typing import Literal

from trialkit.methods._binomial import Limits, wilson
from trialkit.methods._root import root

Difference = Literal["miettinen_nurminen", "mee", "newcombe", "agresti_caffo", "wald", "wald_cc"]
Ratio = Literal["miettinen_nurminen", "koopman", "wald"]


@dataclass(frozen=True)
class Pair:
    """x1 of n1 in an arm, x2 of n2 in the one it is compared with; both n at least 1."""

    x1: float
    n1: float
    x2: float
    n2: float

    @property
    def p1(self) -> float:
        """Proportion of the arm."""
        return self.x1 / self.n1

    @property
    def p2(self) -> float:
        """Proportion of the reference."""
        return self.x2 / self.n2

    @property
    def difference(self) -> float:
        """p1 - p2, without the rounding of two divisions where it is 0 or 1."""
        return (self.x1 * self.n2 - self.x2 * self.n1) / (self.n1 * self.n2)

    @property
    def difference_se(self) -> float:
        """Wald standard error of the difference."""
        return sqrt(self.p1 * (1 - self.p1) / self.n1 + self.p2 * (1 - self.p2) / self.n2)


def difference_limits(pair: Pair, how: Difference, z: float) -> Limits:
    """Limits of p1 - p2. Wald and Agresti-Caffo limits can leave -1..1."""
    d = pair.difference
    if how in ("miettinen_nurminen", "mee"):
        return _score_difference(pair, how == "miettinen_nurminen", z)
    if how == "newcombe":
        (l1, u1), (l2, u2) = wilson(pair.x1, pair.n1, z), wilson(pair.x2, pair.n2, z)
        return d - sqrt((pair.p1 - l1) ** 2 + (u2 - pair.p2) ** 2), d + sqrt((u1 - pair.p1) ** 2 + (pair.p2 - l2) ** 2)
    if how == "agresti_caffo":
        more = Pair(pair.x1 + 1, pair.n1 + 2, pair.x2 + 1, pair.n2 + 2)
        return difference_limits(more, "wald", z)
    half = z * pair.difference_se + ((1 / pair.n1 + 1 / pair.n2) / 2 if how == "wald_cc" else 0.0)
    return d - half, d + half


def _score_difference(pair: Pair, corrected: bool, z: float) -> Limits:
    n = pair.n1 + pair.n2
    factor, d = n / (n - 1) if corrected else 1.0, pair.difference

    def score(delta: float) -> float:
        p2 = restricted(pair, delta)
        p1 = p2 + delta
        v = (p1 * (1 - p1) / pair.n1 + p2 * (1 - p2) / pair.n2) * factor
        return (d - delta) / sqrt(max(v, 1e-300))

    edge = 1 - 1e-12
    low = -1.0 if d <= -1 else _root(lambda v: score(v) - z, -edge, d)
    high = 1.0 if d >= 1 else _root(lambda v: score(v) + z, d, edge)
    return low, high


def restricted(pair: Pair, delta: float) -> float:
    """The most likely p2 under p1 - p2 = delta."""
    n, x = pair.n1 + pair.n2, pair.x1 + pair.x2
    l3, l2 = n, (pair.n1 + 2 * pair.n2) * delta - n - x
    l1 = (pair.n2 * delta - n - 2 * pair.x2) * delta + x
    l0 = pair.x2 * delta * (1 - delta)
    q = l2**3 / (3 * l3) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    size = sqrt(max(0.0, l2**2 / (3 * l3) ** 2 - l1 / (3 * l3)))
    p = size if q >= 0 else -size
    angle = (pi + acos(max(-1.0, min(1.0, q / p**3)))) / 3 if p else 0.0
    made = 2 * p * cos(angle) - l2 / (3 * l3)
    return min(max(made, 0.0, -delta), 1.0, 1 - delta)


def ratio_limits(pair: Pair, how: Ratio, z: float) -> Limits:
    """Limits of p1 / p2: 0 and infinity where a count is 0 (by the score; Wald limits do not exist then: nan)."""
    if how == "wald":
        if not pair.x1 * pair.x2:
            return float("nan"), float("nan")
        half = z * ratio_se(pair)
        return exp(log(pair.p1 / pair.p2) - half), exp(log(pair.p1 / pair.p2) + half)
    if not pair.x1 + pair.x2:
        return 0.0, inf
    return _score_ratio(pair, how == "miettinen_nurminen", z)


def ratio_se(pair: Pair) -> float:
    """Standard error of log p1 / p2; both counts above 0."""
    return sqrt(1 / pair.x1 - 1 / pair.n1 + 1 / pair.x2 - 1 / pair.n2)


def _score_ratio(pair: Pair, corrected: bool, z: float) -> Limits:
    n = pair.n1 + pair.n2
    factor = n / (n - 1) if corrected else 1.0

    def score(log_ratio: float) -> float:
        r = exp(log_ratio)
        b = -(pair.n1 * r + pair.x1 + pair.n2 + pair.x2 * r)
        p2 = (-b - sqrt(max(0.0, b * b - 4 * n * r * (pair.x1 + pair.x2)))) / (2 * n * r)
        p1 = p2 * r
        v = (p1 * (1 - p1) / pair.n1 + r * r * p2 * (1 - p2) / pair.n2) * factor
        return (pair.p1 - pair.p2 * r) / sqrt(max(v, 1e-300))

    start = log(max(pair.p1, 0.5 / pair.n1) / max(pair.p2, 0.5 / pair.n2))
    low = 0.0 if not pair.x1 else exp(_outwards(lambda v: score(v) - z, start, -1.0))
    high = inf if not pair.x2 else exp(_outwards(lambda v: score(v) + z, start, 1.0))
    return low, high


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    return float(root(f, low, high, xtol=1e-15, rtol=1e-15))


def _outwards(f: Callable[[float], float], start: float, step: float) -> float:
    """The root of a falling function in the direction of ``step`` from the start (or just behind it)."""
    inner = start
    while f(inner) * step < 0:
        inner -= step
    outer = inner + step
    while f(outer) * step > 0:
        inner, outer = outer, outer + 2 * (outer - inner)
    return _root(f, min(inner, outer), max(inner, outer))

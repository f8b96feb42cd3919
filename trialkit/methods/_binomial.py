"""Confidence intervals of one proportion, x of n.

With p = x / n, z the normal quantile of the confidence and Beta the quantiles of the beta distribution:

    wald             p -/+ z sqrt(p (1 - p) / n)
    wilson           (p + z^2 / 2n -/+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
    wilson_cc        the same with |p - limit| less 1 / 2n; the correction is at most |p - 1/2|, as R does
    agresti_coull    wald with (x + z^2 / 2) of n + z^2
    clopper_pearson  Beta(alpha / 2; x, n - x + 1), Beta(1 - alpha / 2; x + 1, n - x)
    jeffreys         Beta(alpha / 2 and 1 - alpha / 2; x + 1/2, n - x + 1/2); 0 where x = 0, 1 where x = n
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import betaincinv, gammaln, ndtri, xlogy

Interval = Literal["wilson", "wilson_cc", "clopper_pearson", "agresti_coull", "jeffreys", "wald"]
Limits = tuple[float, float]


def wald(x: float, n: float, z: float) -> Limits:
    """Wald limits; they can leave 0..1."""
    p = x / n
    half = z * sqrt(p * (1 - p) / n)
    return p - half, p + half


def wilson(x: float, n: float, z: float) -> Limits:
    """Wilson's score limits."""
    p, extra = x / n, z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + extra / (2 * n))
    return (p + extra - half) / (1 + 2 * extra), (p + extra + half) / (1 + 2 * extra)


def wilson_cc(x: float, n: float, z: float) -> Limits:
    """Wilson's limits with continuity correction, in the form of R ``prop.test``."""
    p, extra = x / n, z * z / (2 * n)
    shift = min(0.5, abs(x - n / 2)) / n
    low, high = p - shift, p + shift
    down = low + extra - z * sqrt(max(low * (1 - low) / n + extra / (2 * n), 0.0))
    up = high + extra + z * sqrt(max(high * (1 - high) / n + extra / (2 * n), 0.0))
    return max(down / (1 + 2 * extra), 0.0), min(up / (1 + 2 * extra), 1.0)


def agresti_coull(x: float, n: float, z: float) -> Limits:
    """Agresti and Coull's limits; they can leave 0..1."""
    return wald(x + z * z / 2, n + z * z, z)


INTERVALS: dict[str, Callable[[float, float, float], Limits]] = {
    "wald": wald,
    "wilson": wilson,
    "wilson_cc": wilson_cc,
    "agresti_coull": agresti_coull,
}


def limits(x: float, n: float, how: Interval, confidence: float = 0.95) -> Limits:
    """The limits of x of n >= 1 by a named interval."""
    if how in INTERVALS:
        return INTERVALS[how](x, n, float(ndtri((1 + confidence) / 2)))
    tail, shape = (1 - confidence) / 2, (0.5, 0.5) if how == "jeffreys" else (0.0, 1.0)
    low = 0.0 if x == 0 else float(betaincinv(x + shape[0], n - x + shape[1], tail))
    high = 1.0 if x == n else float(betaincinv(x + shape[1], n - x + shape[0], 1 - tail))
    return low, high


def exact_p(x: int, n: int, p: float) -> float:
    """Two-sided exact test of a proportion p: the probability of all counts no more probable than x (R's rule)."""
    k = np.arange(n + 1)
    log_density = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, p) + xlogy(n - k, 1 - p)
    density = np.exp(log_density)
    return min(1.0, float(density[density <= density[x] * (1 + 1e-7)].sum()))

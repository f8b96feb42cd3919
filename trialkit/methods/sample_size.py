"""Sample sizes of two arms: means, proportions, survival. Sizes are not rounded; round up.

Two-sided alpha, z(a) = normal quantile of 1 - alpha / 2, z(b) of the power, ratio r = arm over reference:

    means        n(ref) = (1 + 1 / r) (sd / delta)^2 (z(a) + z(b))^2, or the n at which the t test has the power, both
                 tails of the noncentral t counted
    proportions  pooled: (z(a) sqrt(2 p (1 - p)) + z(b) sqrt(p1 q1 + p2 q2))^2 / (p2 - p1)^2 per arm, p their mean;
                 unpooled, with continuity correction (Fleiss), and by the arcsine
    log-rank     events: (1 + r)^2 / r ((z(a) + z(b)) / log h)^2 (Schoenfeld), or
                 ((1 + r h) / (1 - h))^2 / r (z(a) + z(b))^2 (Freedman); subjects: events / P(event), exponential times

Source: Schoenfeld (1981) Biometrika 68, 316-319; Freedman (1982) Stat Med 1, 121-129; Fleiss, Tytun and Ury (1980)
Biometrics 36, 343-346.
"""

from __future__ import annotations

from math import asin, exp, log, sqrt

from scipy.special import nctdtr, ndtri, stdtrit

from trialkit.methods._root import root
from trialkit.methods.base import MethodError


def _quantiles(power: float, alpha: float) -> tuple[float, float]:
    if not (0 < alpha < 1 and alpha / 2 < power < 1):
        raise MethodError(f"alpha {alpha} and power {power}: alpha lies between 0 and 1, power between alpha / 2 and 1")
    return float(ndtri(1 - alpha / 2)), float(ndtri(power))


def two_means(delta: float, sd: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> dict[str, float]:
    """Subjects of the reference arm, by the normal quantiles and by the noncentral t; the arm has ``ratio`` times them.

    Raises MethodError for delta 0, sd not positive, or a power out of reach.
    """
    za, zb = _quantiles(power, alpha)
    if not delta or sd <= 0 or ratio <= 0:
        raise MethodError(f"delta {delta}, sd {sd}, ratio {ratio}: delta must not be 0, the others must be positive")
    normal = (1 + 1 / ratio) * (sd / delta) ** 2 * (za + zb) ** 2

    def lack(n: float) -> float:
        df, center = n * (1 + ratio) - 2, abs(delta) / (sd * sqrt((1 + 1 / ratio) / n))
        limit = float(stdtrit(df, 1 - alpha / 2))
        return float(1 - nctdtr(df, center, limit) + nctdtr(df, center, -limit)) - power

    low = 2.5 / (1 + ratio)
    if normal < 0.1 * low or lack(low) > 0:
        raise MethodError("fewer than two subjects have the power: look at delta and sd again")
    return {"normal": normal, "noncentral_t": float(root(lack, low, normal + 20, xtol=1e-11, rtol=1e-13))}


def two_proportions(p1: float, p2: float, power: float, alpha: float = 0.05) -> dict[str, float]:
    """Subjects per arm of two equal arms, by four formulas. Raises MethodError for equal proportions."""
    za, zb = _quantiles(power, alpha)
    if not (0 < p1 < 1 and 0 < p2 < 1) or p1 == p2:
        raise MethodError(f"proportions {p1} and {p2}: they must lie between 0 and 1 and differ")
    mean, d, own = (p1 + p2) / 2, abs(p2 - p1), p1 * (1 - p1) + p2 * (1 - p2)
    pooled = (za * sqrt(2 * mean * (1 - mean)) + zb * sqrt(own)) ** 2 / d**2
    corrected = pooled / 4 * (1 + sqrt(1 + 4 / (pooled * d))) ** 2
    arcsine = (za + zb) ** 2 / (2 * asin(sqrt(p2)) - 2 * asin(sqrt(p1))) ** 2
    return {"pooled": pooled, "unpooled": (za + zb) ** 2 * own / d**2, "fleiss": corrected, "arcsine": arcsine}


def log_rank_events(hazard_ratio: float, power: float, alpha: float = 0.05, ratio: float = 1.0) -> dict[str, float]:
    """Events of both arms that a log-rank test needs. Raises MethodError for a hazard ratio of 1."""
    za, zb = _quantiles(power, alpha)
    if hazard_ratio <= 0 or hazard_ratio == 1 or ratio <= 0:
        raise MethodError(f"hazard ratio {hazard_ratio}, ratio {ratio}: they must be positive, the first other than 1")
    schoenfeld = (1 + ratio) ** 2 / ratio * ((za + zb) / log(hazard_ratio)) ** 2
    freedman = ((1 + ratio * hazard_ratio) / (1 - hazard_ratio)) ** 2 / ratio * (za + zb) ** 2
    return {"schoenfeld": schoenfeld, "freedman": freedman}


def event_probability(
    control_hazard: float, hazard_ratio: float, accrual: float, follow_up: float, ratio: float = 1.0
) -> float:
    """Share of subjects with an event: exponential times, uniform accrual, then follow-up; both arms together."""

    def share(hazard: float) -> float:
        return 1 - (exp(-hazard * follow_up) - exp(-hazard * (follow_up + accrual))) / (hazard * accrual)

    return (share(control_hazard) + ratio * share(control_hazard * hazard_ratio)) / (1 + ratio)

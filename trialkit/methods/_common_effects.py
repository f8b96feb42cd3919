"""Common effects over 2 x 2 tables; formulas and sources: ``mantel_haenszel``.

Tables have shape (strata, 2, 2): the arm, then the reference; the first category, then the second, whose count is x.
Every stratum has subjects of both arms.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

Table = np.ndarray


def _parts(tables: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x1, n1, x2, n2 and N per stratum."""
    n = tables.sum(axis=2)
    return tables[:, 0, 1], n[:, 0], tables[:, 1, 1], n[:, 1], n.sum(axis=1)


def common_difference(tables: Table, variance: str) -> tuple[float, float]:
    """The risk difference and its standard error, "sato" or "greenland_robins"."""
    x1, n1, x2, n2, n = _parts(tables)
    w = n1 * n2 / n
    d = float((w * (x1 / n1 - x2 / n2)).sum() / w.sum())
    if variance == "sato":
        p = ((n1**2 * x2 - n2**2 * x1 + n1 * n2 * (n2 - n1) / 2) / n**2).sum()
        q = ((x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * n)).sum()
        v = d * p + q
    else:
        v = ((x1 * (n1 - x1) * n2**3 + x2 * (n2 - x2) * n1**3) / (n1 * n2 * n**2)).sum()
    return d, sqrt(max(float(v), 0.0)) / float(w.sum())


def common_ratio(tables: Table) -> tuple[float, float] | None:
    """The risk ratio and the standard error of its log; None where it is 0 or infinite."""
    x1, n1, x2, n2, n = _parts(tables)
    above, below = float((x1 * n2 / n).sum()), float((x2 * n1 / n).sum())
    if not above * below:
        return None
    v = ((n1 * n2 * (x1 + x2) - x1 * x2 * n) / n**2).sum() / (above * below)
    return above / below, sqrt(max(float(v), 0.0))


def common_odds_ratio(tables: Table) -> tuple[float, float] | None:
    """The odds ratio and the standard error of its log; None where it is 0 or infinite."""
    x1, n1, x2, n2, n = _parts(tables)
    r, s = x1 * (n2 - x2) / n, x2 * (n1 - x1) / n
    above, below = float(r.sum()), float(s.sum())
    if not above * below:
        return None
    p, q = (x1 + n2 - x2) / n, (x2 + n1 - x1) / n
    v = (p * r).sum() / (2 * above**2) + (p * s + q * r).sum() / (2 * above * below) + (q * s).sum() / (2 * below**2)
    return above / below, sqrt(float(v))


def score_test(tables: Table, correction: bool) -> float | None:
    """Mantel and Haenszel's chi-square; None where no stratum has both categories. The correction is R's."""
    x1, n1, x2, n2, n = _parts(tables)
    x, some = x1 + x2, n > 1
    v = float((n1 * n2 * x * (n - x))[some] @ (1 / (n**2 * (n - 1))[some]))
    if v <= 0:
        return None
    distance = abs(float((x1 - n1 * x / n).sum()))
    if correction and distance >= 0.5:
        distance -= 0.5
    return distance**2 / v


def breslow_day(tables: Table, odds_ratio: float, tarone: bool) -> tuple[float, int] | None:
    """Chi-square of equal odds ratios and its df; None with fewer than two strata that have both categories."""
    x1, n1, x2, n2, _ = _parts(tables)
    both = (x1 + x2 > 0) & (x1 + x2 < n1 + n2)
    if both.sum() < 2:
        return None
    x1, n1, x, n2 = x1[both], n1[both], (x1 + x2)[both], n2[both]
    e = _fitted(x, n1, n2, odds_ratio)
    v = 1 / (1 / e + 1 / (n1 - e) + 1 / (x - e) + 1 / (n2 - x + e))
    chisq = float(((x1 - e) ** 2 / v).sum())
    if tarone:
        chisq -= float((x1 - e).sum()) ** 2 / float(v.sum())
    return chisq, int(both.sum()) - 1


def _fitted(x: np.ndarray, n1: np.ndarray, n2: np.ndarray, odds_ratio: float) -> np.ndarray:
    """x1 of tables with these margins and this odds ratio: the root of a quadratic inside the margins.

    Written as 2c / (b + sqrt(..)), which loses no digits where the odds ratio is near 1.
    """
    a, b = odds_ratio - 1, odds_ratio * (n1 + x) + n2 - x
    return np.asarray(2 * odds_ratio * n1 * x / (b + np.sqrt(b * b - 4 * a * odds_ratio * n1 * x)))

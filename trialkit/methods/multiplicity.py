"""Adjusted p-values of several hypotheses: one rejects all whose adjusted p-value is at most alpha.

Single families: Bonferroni, Holm, Hochberg, Hommel (family-wise error; the last two under independence or positive
dependence), Benjamini and Hochberg, Benjamini and Yekutieli (false discovery rate). Ordered ones: a fixed sequence,
serial gatekeeping (a family is tested when all of the one before it is rejected), and graphs, which hold Holm, fixed
sequences and parallel gatekeeping as special cases. Dunnett's p-values compare several arms with one reference.

Source: Holm (1979) Scand J Stat 6, 65-70; Hochberg (1988) Biometrika 75, 800-802; Hommel (1988) Biometrika 75, 383-386;
Benjamini and Hochberg (1995) J R Stat Soc B 57, 289-300; Benjamini and Yekutieli (2001) Ann Stat 29, 1165-1188; Maurer,
Hothorn and Lehmacher (1995); Bretz et al. (2009) Stat Med 28, 586-604; Dunnett (1955) JASA 50, 1096-1121.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.special import chdtri, gammaln, ndtr

from trialkit.methods.base import MethodError

Multiplicity = Literal["none", "bonferroni", "holm", "hochberg", "hommel", "bh", "by"]


def adjusted(p: np.ndarray, how: Multiplicity) -> np.ndarray:
    """Adjusted p-values, shape (k,), in the order given."""
    k = len(p)
    if how == "none" or not k:
        return p
    if how == "bonferroni":
        return np.minimum(k * p, 1)
    if how == "hommel":
        return _hommel(p)
    order, made = np.argsort(p, kind="stable"), np.empty(k)
    rank = np.arange(1, k + 1)
    if how in ("holm", "hochberg"):
        scaled = (k + 1 - rank) * p[order]
    else:
        scaled = k / rank * p[order] * (float((1 / rank).sum()) if how == "by" else 1.0)
    if how == "holm":
        made[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    else:
        made[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return made


def _hommel(p: np.ndarray) -> np.ndarray:
    """Hommel's adjusted p-values: the largest Simes p-value of the sets that hold a hypothesis."""
    k = len(p)
    order = np.argsort(p, kind="stable")
    s = p[order]
    made = np.full(k, float((k * s / np.arange(1, k + 1)).min()))
    best = made.copy()
    for m in range(k - 1, 1, -1):
        low, high = np.arange(k - m + 1), np.arange(k - m + 1, k)
        q = float((m * s[high] / np.arange(2, m + 1)).min())
        made[low] = np.minimum(m * s[low], q)
        made[high] = made[k - m]
        best = np.maximum(best, made)
    result = np.empty(k)
    result[order] = np.maximum(best, s)
    return result


def fixed_sequence(p: np.ndarray) -> np.ndarray:
    """Hypotheses tested in the order given, each at full alpha, until the first that is not rejected."""
    return np.maximum.accumulate(p)


def serial_gatekeeping(families: Sequence[np.ndarray], how: Multiplicity = "holm") -> list[np.ndarray]:
    """Families tested in the order given, each by ``how`` at full alpha, once all of the one before is rejected."""
    made, gate = [], 0.0
    for p in families:
        own = np.maximum(adjusted(np.asarray(p, float), how), gate)
        made.append(own)
        gate = float(own.max(initial=gate))
    return made


def graphical(p: np.ndarray, weights: np.ndarray, transitions: np.ndarray) -> np.ndarray:
    """Adjusted p-values of a graph: weights (k,) of alpha, and the shares (k, k) that a rejected one hands on.

    Raises MethodError for weights or shares that are negative or add up to more than 1.
    """
    p, w, g = (np.array(a, float) for a in (p, weights, transitions))
    k = len(p)
    if w.shape != (k,) or g.shape != (k, k):
        raise MethodError(f"{k} p-values need {k} weights and {k} x {k} transitions, not {w.shape} and {g.shape}")
    if (w < 0).any() or (g < 0).any() or w.sum() > 1 + 1e-12 or (g.sum(axis=1) > 1 + 1e-12).any() or g.diagonal().any():
        raise MethodError("weights and each row of the transitions must not be negative nor add up to more than 1, and "
                          "nothing is handed to itself")  # fmt: skip
    made, left, worst = np.ones(k), np.ones(k, bool), 0.0
    while left.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(left, np.where(w > 0, p / w, np.inf), np.inf)
        j = int(ratio.argmin())
        if not np.isfinite(ratio[j]):
            break
        worst = max(worst, float(ratio[j]))
        made[j] = min(worst, 1.0)
        left[j] = False
        w, g = _handed_on(w, g, j, left)
    return made


def _handed_on(w: np.ndarray, g: np.ndarray, j: int, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and shares after hypothesis j has gone (Bretz et al. 2009, algorithm 1)."""
    made = np.zeros_like(g)
    for one in np.flatnonzero(left):
        loop = 1 - g[one, j] * g[j, one]
        if loop > 1e-12:
            made[one] = np.where(left, (g[one] + g[one, j] * g[j]) / loop, 0.0)
            made[one, one] = 0.0
    return np.where(left, w + w[j] * g[j], 0.0), made


def dunnett(t: np.ndarray, n: np.ndarray, n_reference: float, df: float) -> np.ndarray:
    """Two-sided p-values (k,) of t statistics of arms of n (k,) subjects against one reference, common variance.

    With l(i) = sqrt(n(i) / (n(i) + n(0))) the statistics are (sqrt(1 - l^2) X(i) - l Z) / s, X and Z independent
    normals, s^2 chi-square over df: the probability that all stay within |t| is a double integral.
    """
    share = np.sqrt(n / (n + n_reference))
    z, wz = np.polynomial.legendre.leggauss(240)
    z, wz = 9 * z, 9 * wz * np.exp(-((9 * z) ** 2) / 2) / np.sqrt(2 * np.pi)
    ends = np.sqrt(chdtri(df, np.array([1 - 1e-15, 1e-15])) / df)
    s, ws = np.polynomial.legendre.leggauss(160)
    half = (ends[1] - ends[0]) / 2
    s = ends[0] + half * (s + 1)
    log_density = np.log(2) + df / 2 * np.log(df / 2) - gammaln(df / 2) + (df - 1) * np.log(s) - df * s**2 / 2
    ws = half * ws * np.exp(log_density)
    made = []
    for value in np.abs(t):
        inside = np.ones((len(s), len(z)))
        for own in share:
            shift, root = own * z[None, :], np.sqrt(1 - own * own)
            inside *= ndtr((value * s[:, None] + shift) / root) - ndtr((-value * s[:, None] + shift) / root)
        made.append(1 - float(ws @ inside @ wz))
    return np.clip(np.array(made), 0.0, 1.0)

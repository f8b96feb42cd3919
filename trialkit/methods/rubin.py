"""Rubin's rules: one estimate from M imputed data sets, with the degrees of freedom of Barnard and Rubin.

With estimates Q(i) and squared standard errors U(i): Q their mean, W the mean of U, B the variance of Q(i),

    T = W + (1 + 1 / M) B,   l = (1 + 1 / M) B / T
    df_rubin = (M - 1) / l^2,   df_observed = (v + 1) / (v + 3) v (1 - l),   v the df of complete data
    df = 1 / (1 / df_rubin + 1 / df_observed)

    riv = (1 + 1 / M) B / W,   fmi = (riv + 2 / (df + 3)) / (riv + 1)

Source: Rubin (1987) Multiple Imputation for Nonresponse in Surveys, ch 3; Barnard and Rubin (1999) Biometrika 86,
948-955.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from trialkit.methods.base import MethodError


@dataclass(frozen=True)
class Pooled:
    """The pooled estimate; ``within``, ``between`` and ``total`` are variances, ``p`` of the estimate being 0."""

    estimate: float
    within: float
    between: float
    total: float
    df_rubin: float
    df: float
    t: float
    p: float
    ci_low: float
    ci_high: float
    riv: float
    lam: float
    fmi: float

    @property
    def se(self) -> float:
        """Standard error."""
        return float(np.sqrt(self.total))


def pool(estimate: np.ndarray, se: np.ndarray, df_complete: float, confidence: float = 0.95) -> Pooled:
    """Pool M estimates with their standard errors, (M,) each. Raises MethodError for fewer than two."""
    m = len(estimate)
    if m < 2 or not (np.asarray(se) > 0).all():
        raise MethodError(f"{m} imputations; Rubin's rules need two or more, each with a standard error above 0")
    q, within, between = float(np.mean(estimate)), float(np.mean(np.square(se))), float(np.var(estimate, ddof=1))
    extra = (1 + 1 / m) * between
    total, riv = within + extra, extra / within
    lam = extra / total
    df_rubin = (m - 1) / lam**2 if lam > 0 else np.inf
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - lam)
    df = 1 / (1 / df_rubin + 1 / observed)
    t, half = q / np.sqrt(total), float(stdtrit(df, (1 + confidence) / 2)) * np.sqrt(total)
    fmi = (riv + 2 / (df + 3)) / (riv + 1)
    values = (q, within, between, total, df_rubin, df, t, 2 * stdtr(df, -abs(t)), q - half, q + half, riv, lam, fmi)
    return Pooled(*(float(v) for v in values))

"""Logistic regression by maximum likelihood, with profile limits and a test of separation.

Source: Cox (1958) J R Stat Soc B 20, 215-242; Albert and Anderson (1984) Biometrika 71, 1-10 (separation); Venzon and
Moolgavkar (1988) Appl Stat 37, 87-94 (profile limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, expit

from trialkit.methods._linear import inverse
from trialkit.methods._newton import Maximum, maximize
from trialkit.methods._root import root
from trialkit.methods.base import MethodError

NEAR = 1e-6
"""A fitted probability this close to 0 or 1 is reason to look for separation."""


@dataclass(frozen=True)
class Logit:
    """A fit: y (n,) and x (n, p), coefficients (p,), their covariance (p, p) and the log likelihood."""

    y: np.ndarray
    x: np.ndarray
    b: np.ndarray
    v: np.ndarray
    log_likelihood: float

    @property
    def deviance(self) -> float:
        """-2 log likelihood: each subject is its own row."""
        return -2 * self.log_likelihood


def logit(y: np.ndarray, x: np.ndarray, names: Sequence[str]) -> Logit:
    """Fit y in 0, 1 on x, whose columns are independent and named. Raises MethodError where there is no maximum."""
    try:
        found = _maximum(y, x, np.zeros(x.shape[1]), None)
    except MethodError:
        _refuse_separation(y, x, names)
        raise
    fitted = expit(x @ found.b)
    if np.minimum(fitted, 1 - fitted).min() < NEAR:
        _refuse_separation(y, x, names)
    return Logit(y, x, found.b, inverse(found.information), found.value)


def _maximum(y: np.ndarray, x: np.ndarray, start: np.ndarray, free: np.ndarray | None) -> Maximum:
    def f(b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = x @ b
        p = expit(eta)
        return float(y @ eta - np.logaddexp(0, eta).sum()), x.T @ (y - p), x.T @ ((p * (1 - p))[:, None] * x)

    return maximize(f, start, free)


def _refuse_separation(y: np.ndarray, x: np.ndarray, names: Sequence[str]) -> None:
    """Raise MethodError if a direction b has x b >= 0 where y is 1, <= 0 where it is 0, and not 0 throughout."""
    from scipy.optimize import linprog

    scaled = x / np.maximum(np.abs(x).max(axis=0), 1e-300)
    signed = scaled * np.where(y == 1, 1.0, -1.0)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=[(-1, 1)] * x.shape[1])
    if found.status == 0 and -found.fun > 1e-7:
        worst = names[int(np.abs(found.x).argmax())]
        raise MethodError(
            f"the outcome is separated by the columns (most by {worst}): an odds ratio is infinite. Leave the column "
            "out, or compare proportions with exact limits"
        )


def profile_limits(fit: Logit, j: int, confidence: float) -> tuple[float, float]:
    """Limits of coefficient j at which twice the log likelihood has fallen by the chi-square quantile."""
    fall, se = float(chdtri(1, 1 - confidence)), float(np.sqrt(fit.v[j, j]))
    free = np.arange(len(fit.b)) != j

    def lack(value: float) -> float:
        start = fit.b + fit.v[:, j] / fit.v[j, j] * (value - fit.b[j])
        start[j] = value
        return 2 * (fit.log_likelihood - _maximum(fit.y, fit.x, start, free).value) - fall

    def found(sign: float) -> float:
        inner, outer = fit.b[j], fit.b[j] + sign * np.sqrt(fall) * se
        while lack(outer) < 0:
            inner, outer = outer, outer + sign * se
        low, high = sorted((inner, outer))
        return float(root(lack, low, high, xtol=1e-13 * se, rtol=1e-13))

    return found(-1.0), found(1.0)

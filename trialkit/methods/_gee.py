"""Generalized estimating equations with a working correlation by visit, and the robust (sandwich) covariance.

For subject i with rows X, response y, mean mu = g^-1(X b), variance phi v(mu), A = diag v, D = d mu / d b and working
correlation R at its visits, V = phi A^1/2 R A^1/2, b solves sum D' V^-1 (y - mu) = 0. With Pearson residuals r and the
N rows, phi = sum r^2 / N, and alpha is by least squares over all pairs of rows of a subject:

    exchangeable   alpha = mean of r(j) r(k) / phi
    ar1            sum |j - k| alpha^(|j - k| - 1) (r(j) r(k) / phi - alpha^|j - k|) = 0,  j, k positions of the visits

Covariance of b: B M B with B = (sum D' V^-1 D)^-1 and M = sum D' V^-1 (y - mu)(y - mu)' V^-1 D; the model's own is B.

Source: Liang and Zeger (1986) Biometrika 73, 13-22; Yan and Fine (2004) Stat Med 23, 859-874 (alpha and phi).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from trialkit.methods._linear import inverse
from trialkit.methods._root import root
from trialkit.methods.base import MethodError

Family = Literal["gaussian", "binomial"]
Correlation = Literal["independence", "exchangeable", "ar1"]
STEPS = 200
DONE = 1e-13
"""Largest step, in standard errors, after which the iteration ends."""


@dataclass(frozen=True)
class Data:
    """N rows: y, x (N, p), subject codes 0..n-1 and visit positions 0..m-1."""

    y: np.ndarray
    x: np.ndarray
    subject: np.ndarray
    visit: np.ndarray
    visits: int


@dataclass(frozen=True)
class Gee:
    """Coefficients (p,), robust and model covariance (p, p), scale phi, alpha (None if independent), steps taken."""

    b: np.ndarray
    robust: np.ndarray
    naive: np.ndarray
    scale: float
    alpha: float | None
    steps: int


def gee(data: Data, family: Family, correlation: Correlation) -> Gee:
    """Fit. Raises MethodError where the iteration does not converge."""
    blocks, b, alpha = _blocks(data), np.zeros(data.x.shape[1]), 0.0
    for steps in range(1, STEPS):
        mu, slope, root = _moments(data.x @ b, family)
        r = (data.y - mu) / root
        scale = float((r**2).mean())
        if not np.isfinite(scale) or scale < 1e-12:
            raise MethodError("the residual variance is zero or the means run away; look for a separating column")
        if correlation != "independence" and steps > 1:
            alpha = _alpha(data, blocks, r / np.sqrt(scale), correlation)
        bread, score, meat = _sums(data, blocks, r, slope / root, _matrix(data.visits, alpha, correlation), scale)
        naive = inverse(bread, "columns cannot be told apart in the estimating equations")
        step = naive @ score
        if steps > 2 and np.abs(step / np.sqrt(np.diag(naive))).max() < DONE:
            used = None if correlation == "independence" else alpha
            return Gee(b, naive @ meat @ naive, naive, scale, used, steps)
        b = b + step
    raise MethodError(f"the estimating equations did not converge in {STEPS} steps; name a simpler correlation")


def _moments(eta: np.ndarray, family: Family) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, d mean / d eta, and the root of the variance function."""
    if family == "gaussian":
        return eta, np.ones(len(eta)), np.ones(len(eta))
    mu = expit(eta)
    v = mu * (1 - mu)
    return mu, v, np.sqrt(v)


def _blocks(data: Data) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per pattern of visits: the visits (k,), and the rows (subjects, k) of the subjects that have exactly these."""
    order = np.lexsort((data.visit, data.subject))
    first = np.flatnonzero(np.diff(data.subject[order], prepend=-1))
    own: dict[tuple[int, ...], list[np.ndarray]] = {}
    for rows in np.split(order, first[1:]):
        own.setdefault(tuple(data.visit[rows]), []).append(rows)
    return [(np.array(visits), np.array(rows)) for visits, rows in own.items()]


def _matrix(m: int, alpha: float, correlation: Correlation) -> np.ndarray:
    lag = np.abs(np.subtract.outer(np.arange(m), np.arange(m)))
    if correlation == "ar1":
        return np.where(lag > 0, float(alpha) ** np.maximum(lag, 1), 1.0)
    return np.where(lag > 0, alpha if correlation == "exchangeable" else 0.0, 1.0)


def _sums(
    data: Data, blocks: list[tuple[np.ndarray, np.ndarray]], r: np.ndarray, weight: np.ndarray, corr: np.ndarray,
    scale: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """sum D'V^-1 D, sum D'V^-1 (y - mu), and the sum of the products of the latter's terms."""
    p = data.x.shape[1]
    bread, score, meat = np.zeros((p, p)), np.zeros(p), np.zeros((p, p))
    for visits, rows in blocks:
        try:
            w = np.linalg.inv(corr[np.ix_(visits, visits)]) / scale
        except np.linalg.LinAlgError:
            raise MethodError("the working correlation is singular; name a simpler one") from None
        d = data.x[rows] * weight[rows][:, :, None]
        wd = w @ d
        u = np.einsum("ikp,ik->ip", wd, r[rows])
        bread += np.einsum("ikp,ikq->pq", d, wd)
        score, meat = score + u.sum(axis=0), meat + u.T @ u
    return bread, score, meat


def _alpha(
    data: Data, blocks: list[tuple[np.ndarray, np.ndarray]], r: np.ndarray, correlation: Correlation
) -> float:  # fmt: skip
    """The correlation parameter from standardized residuals."""
    total, count = np.zeros(data.visits), np.zeros(data.visits)
    for visits, rows in blocks:
        products = r[rows].T @ r[rows]
        lag = np.abs(np.subtract.outer(visits, visits))
        j, k = np.triu_indices(len(visits), 1)
        np.add.at(total, lag[j, k], products[j, k])
        np.add.at(count, lag[j, k], float(len(rows)))
    if not count.any():
        raise MethodError("no subject has two rows: there is no correlation to estimate; use independence")
    if correlation == "exchangeable":
        return float(total.sum() / count.sum())
    lags = np.flatnonzero(count)

    def slope(a: float) -> float:
        return float((lags * a ** (lags - 1.0) * (total[lags] - count[lags] * a**lags)).sum())

    return _inner_root(slope)


def _inner_root(f: Callable[[float], float]) -> float:
    """The root of f in (0, 1), or in (-1, 0) if f starts below 0. Raises MethodError if there is none."""
    edge = 1 - 1e-9
    for low, high in ((1e-12, edge), (-edge, -1e-12)):
        if f(low) * f(high) < 0:
            return float(root(f, low, high, xtol=1e-16, rtol=1e-15))
    raise MethodError("the autoregressive correlation has no estimate inside -1..1; name exchangeable or independence")

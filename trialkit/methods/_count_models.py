"""Poisson and negative binomial regression of counts with exposure; formulas and sources: ``negative_binomial``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from trialkit.methods._linear import inverse
from trialkit.methods._newton import Maximum, maximize
from trialkit.methods.base import MethodError


class NoDispersion(MethodError):
    """The counts vary no more than Poisson counts do."""


@dataclass(frozen=True)
class CountFit:
    """Coefficients (p,), covariance (p, p) with the dispersion known and estimated, dispersion, log likelihood."""

    b: np.ndarray
    given: np.ndarray
    full: np.ndarray
    dispersion: float
    value: float


def poisson(y: np.ndarray, x: np.ndarray, exposure: np.ndarray) -> CountFit:
    """Poisson regression of counts y (n,) on x (n, p), log exposure as offset. Raises MethodError without a maximum."""
    offset = np.log(exposure)

    def f(b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = x @ b + offset
        mu = np.exp(eta)
        return float(y @ eta - mu.sum() - gammaln(y + 1).sum()), x.T @ (y - mu), x.T @ (mu[:, None] * x)

    start = np.linalg.lstsq(x, np.log((y + 0.5) / exposure), rcond=None)[0]
    found = maximize(f, start)
    v = inverse(found.information)
    return CountFit(found.b, v, v, 0.0, found.value)


def negative_binomial(y: np.ndarray, x: np.ndarray, exposure: np.ndarray) -> CountFit:
    """Negative binomial regression (variance mu + dispersion mu^2), maximum likelihood in b and the dispersion.

    Raises NoDispersion where the counts vary no more than Poisson counts: the maximum is at dispersion 0.
    """
    plain = poisson(y, x, exposure)
    mu = exposure * np.exp(x @ plain.b)
    if float(((y - mu) ** 2 - y).sum()) <= 0:
        raise NoDispersion(
            "the counts vary no more than Poisson counts: the dispersion has no interior maximum; use model: poisson"
        )
    offset = np.log(exposure)

    def f(q: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return _likelihood(q, y, x, offset)

    free = np.append(np.ones(x.shape[1], bool), False)

    def profile(log_theta: float) -> Maximum:
        return maximize(f, np.append(plain.b, log_theta), free)

    from scipy.optimize import minimize_scalar

    rough = minimize_scalar(lambda t: -profile(t).value, bounds=(-7, 12), method="bounded", options={"xatol": 1e-3})
    found = maximize(f, profile(float(rough.x)).b)
    theta = float(np.exp(found.b[-1]))
    mu = np.exp(x @ found.b[:-1] + offset)
    given = inverse(x.T @ ((mu / (1 + mu / theta))[:, None] * x))
    full = inverse(found.information)[:-1, :-1]
    return CountFit(found.b[:-1], given, full, 1 / theta, found.value)


def _likelihood(
    q: np.ndarray, y: np.ndarray, x: np.ndarray, offset: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log likelihood of (b, log theta), theta = 1 / dispersion, with gradient and information."""
    theta, mu = float(np.exp(q[-1])), np.exp(x @ q[:-1] + offset)
    s = mu + theta
    value = gammaln(y + theta) - gammaln(theta) - gammaln(y + 1) + theta * np.log(theta / s) + y * np.log(mu / s)
    d1 = digamma(y + theta) - digamma(theta) + np.log(theta / s) + 1 - (y + theta) / s
    d2 = polygamma(1, y + theta) - polygamma(1, theta) + 1 / theta - 2 / s + (y + theta) / s**2
    u = np.append(x.T @ (theta * (y - mu) / s), theta * d1.sum())
    cross = -x.T @ (theta * mu * (y - mu) / s**2)
    info = np.empty((len(q), len(q)))
    info[:-1, :-1] = x.T @ ((theta * mu * (y + theta) / s**2)[:, None] * x)
    info[:-1, -1] = info[-1, :-1] = cross
    info[-1, -1] = -(theta * d1.sum() + theta**2 * d2.sum())
    return float(value.sum()), u, info

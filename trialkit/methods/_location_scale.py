"""The likelihood of log T = x b + sigma W for censored times, W extreme value, logistic or normal.

Formulas and sources: see ``accelerated_failure``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_ndtr

Array = np.ndarray


@dataclass(frozen=True)
class Standard:
    """A standard distribution: log survival, density, its derivative, and log density with two derivatives at z."""

    log_survival: Callable[[Array], Array]
    density: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    log_density: Callable[[Array], tuple[Array, Array, Array]]


def _extreme(z: Array) -> tuple[Array, Array, Array]:
    return z - np.exp(z), 1 - np.exp(z), -np.exp(z)


def _logistic(z: Array) -> tuple[Array, Array, Array]:
    p = expit(z)
    return z - 2 * np.logaddexp(0, z), 1 - 2 * p, -2 * p * (1 - p)


def _normal(z: Array) -> tuple[Array, Array, Array]:
    return -z * z / 2 - 0.5 * np.log(2 * np.pi), -z, -np.ones_like(z)


def _from(
    log_density: Callable[[Array], tuple[Array, Array, Array]], log_survival: Callable[[Array], Array]
) -> Standard:
    def density(z: Array) -> Array:
        return np.exp(log_density(z)[0])

    def slope(z: Array) -> Array:
        value, first, _ = log_density(z)
        return np.exp(value) * first

    return Standard(log_survival, density, slope, log_density)


STANDARD = {
    "weibull": _from(_extreme, lambda z: -np.exp(z)),
    "exponential": _from(_extreme, lambda z: -np.exp(z)),
    "loglogistic": _from(_logistic, lambda z: -np.logaddexp(0, z)),
    "lognormal": _from(_normal, lambda z: log_ndtr(-z)),
}
"""The distribution of W by the distribution of T."""


class LocationScale:
    """Log likelihood of (b, log sigma) for times in (left, right], shape (n,), on columns x (n, p)."""

    def __init__(self, left: Array, right: Array, x: Array, distribution: str) -> None:
        self.w, self.x, self.fixed = STANDARD[distribution], x, distribution == "exponential"
        self.exact = left == right
        with np.errstate(divide="ignore"):
            self.low, self.high = np.log(left), np.log(right)

    def __call__(self, q: Array) -> tuple[float, Array, Array]:
        """Value, gradient and information at q, shape (p + 1,), or (p,) where sigma is fixed at 1."""
        b, s = (q, 0.0) if self.fixed else (q[:-1], float(q[-1]))
        sigma = float(np.exp(s))
        value, u, info = 0.0, np.zeros(len(b) + 1), np.zeros((len(b) + 1, len(b) + 1))
        for part in (self._at_times(b, sigma), self._in_intervals(b, sigma)):
            value, u, info = value + part[0], u + part[1], info + part[2]
        return (value, u[:-1], info[:-1, :-1]) if self.fixed else (value, u, info)

    def _at_times(self, b: Array, sigma: float) -> tuple[float, Array, Array]:
        x, t = self.x[self.exact], self.low[self.exact]
        z = (t - x @ b) / sigma
        value, first, second = self.w.log_density(z)
        v = _moves(x, z, sigma)
        u = v.T @ first
        u[-1] -= len(z)
        info = -(v.T @ (second[:, None] * v)) - _bends(x, z, sigma, first)
        return float((value - t).sum() - len(z) * np.log(sigma)), u, info

    def _in_intervals(self, b: Array, sigma: float) -> tuple[float, Array, Array]:
        rest = ~self.exact
        x = self.x[rest]
        a, c = ((t[rest] - x @ b) / sigma for t in (self.low, self.high))
        with np.errstate(all="ignore"):
            sa = np.where(np.isneginf(a), 0.0, self.w.log_survival(np.where(np.isneginf(a), 0.0, a)))
            sc = np.where(np.isposinf(c), -np.inf, self.w.log_survival(np.where(np.isposinf(c), 0.0, c)))
            log_p = sa + np.log(-np.expm1(sc - sa))
        za, zc = np.where(np.isfinite(a), a, 0.0), np.where(np.isfinite(c), c, 0.0)
        la, da = self._end(za, np.isfinite(a), log_p)
        lc, dc = self._end(zc, np.isfinite(c), log_p)
        la, da = -la, -da
        va, vc = _moves(x, za, sigma), _moves(x, zc, sigma)
        u = va.T @ la + vc.T @ lc
        cross = va.T @ ((-la * lc)[:, None] * vc)
        second = va.T @ ((da - la * la)[:, None] * va) + vc.T @ ((dc - lc * lc)[:, None] * vc) + cross + cross.T
        return float(log_p.sum()), u, -second - _bends(x, za, sigma, la) - _bends(x, zc, sigma, lc)

    def _end(self, z: Array, finite: Array, log_p: Array) -> tuple[Array, Array]:
        """Density and its slope at an end over the probability, 0 at an infinite end."""
        p = np.exp(log_p)
        return np.where(finite, self.w.density(z) / p, 0.0), np.where(finite, self.w.slope(z) / p, 0.0)


def _moves(x: Array, z: Array, sigma: float) -> Array:
    """dz / d(b, log sigma), shape (n, p + 1)."""
    return np.column_stack([-x / sigma, -z])


def _bends(x: Array, z: Array, sigma: float, first: Array) -> Array:
    """Sum of first times the second derivative of z, shape (p + 1, p + 1)."""
    made = np.zeros((x.shape[1] + 1, x.shape[1] + 1))
    made[:-1, -1] = made[-1, :-1] = x.T @ first / sigma
    made[-1, -1] = first @ z
    return made

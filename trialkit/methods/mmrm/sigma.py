"""Sigma as a function of its parameters theta, with first and second derivatives.

Two parameterizations, both with Sigma inside the positive definite matrices where it can be arranged:

    unstructured   Sigma = L L', L = diag(exp tau) M, M unit lower triangular                      (eq:us)
    others         Sigma_ab = exp(tau_a) exp(tau_b) R_ab(rho), rho a link of psi to its range       (eq:monomial)

Second derivatives are never stored in full where they are large: they are contracted with a matrix at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from trialkit.methods.mmrm.structures import Structure


class At(Protocol):
    """Sigma (m, m) at a theta (q,), its first derivatives (q, m, m), and contractions of the second ones."""

    @property
    def sigma(self) -> np.ndarray:
        """Sigma, (m, m)."""

    @property
    def first(self) -> np.ndarray:
        """d Sigma / d theta_h, (q, m, m)."""

    def against(self, g: np.ndarray) -> np.ndarray:
        """sum over a, b of g_ab d2 Sigma_ab / d theta_h d theta_j, shape (q, q); g symmetric."""

    def weighted(self, w: np.ndarray) -> np.ndarray:
        """sum over h, j of w_hj d2 Sigma / d theta_h d theta_j, shape (m, m); w symmetric."""


class Family(Protocol):
    """A parameterized covariance of m visits."""

    names: tuple[str, ...]

    def at(self, theta: np.ndarray) -> At:
        """Sigma and its derivatives."""

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        """Sigma alone."""

    def start(self, s: np.ndarray) -> np.ndarray:
        """theta near a positive definite matrix s, shape (m, m)."""


def family(structure: Structure, visits: tuple[str, ...]) -> Family:
    """A structure for these visits."""
    return Unstructured(visits) if structure.powers is None else Monomial(structure, visits)


class Unstructured:
    """Sigma = L L' with log diagonal (eq:us)."""

    def __init__(self, visits: tuple[str, ...]) -> None:
        self.m = m = len(visits)
        self.row, self.col = np.tril_indices(m, -1)
        self.names = (
            *(f"log standard deviation at {v}" for v in visits),
            *(f"dependence of {visits[a]} on {visits[b]}" for a, b in zip(self.row, self.col, strict=True)),
        )

    def lower(self, theta: np.ndarray) -> np.ndarray:
        """L, shape (m, m)."""
        made = np.eye(self.m)
        made[self.row, self.col] = theta[self.m :]
        return np.exp(theta[: self.m])[:, None] * made

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        """L L'."""
        lower = self.lower(theta)
        return lower @ lower.T

    def at(self, theta: np.ndarray) -> At:
        """Sigma and its derivatives."""
        return _UnstructuredAt(self, theta)

    def start(self, s: np.ndarray) -> np.ndarray:
        """theta of s."""
        lower = np.linalg.cholesky(s)
        d = np.diagonal(lower)
        return np.concatenate([np.log(d), (lower / d[:, None])[self.row, self.col]])


class _UnstructuredAt:
    def __init__(self, of: Unstructured, theta: np.ndarray) -> None:
        self.of, m, q = of, of.m, len(theta)
        self.lower, self.scale = of.lower(theta), np.exp(theta[:m])
        j = np.zeros((q, m, m))
        j[np.arange(m), np.arange(m)] = self.lower
        j[m + np.arange(q - m), of.row, of.col] = self.scale[of.row]
        self.j = j

    @property
    def sigma(self) -> np.ndarray:
        return self.lower @ self.lower.T

    @cached_property
    def first(self) -> np.ndarray:
        half = self.j @ self.lower.T
        return half + half.transpose(0, 2, 1)

    def against(self, g: np.ndarray) -> np.ndarray:
        m, q, of = self.of.m, len(self.j), self.of
        made = 2 * self.j.reshape(q, -1) @ (g @ self.j).reshape(q, -1).T
        y = 2 * (g @ self.lower)
        made[np.arange(m), np.arange(m)] += (y * self.lower).sum(axis=1)
        cross = (y[of.row, of.col]) * self.scale[of.row]
        k = m + np.arange(q - m)
        made[of.row, k] += cross
        made[k, of.row] += cross
        return made

    def weighted(self, w: np.ndarray) -> np.ndarray:
        m, q, of = self.of.m, len(self.j), self.of
        v = (w @ self.j.reshape(q, -1)).reshape(q, m, m)
        made = 2 * np.einsum("hac,hbc->ab", self.j, v)
        n = np.diagonal(w)[:m, None] * self.lower
        n[of.row, of.col] += 2 * w[of.row, m + np.arange(q - m)] * self.scale[of.row]
        return made + n @ self.lower.T + self.lower @ n.T


class Monomial:
    """Deviations and a correlation matrix of monomials (eq:monomial)."""

    def __init__(self, structure: Structure, visits: tuple[str, ...]) -> None:
        m = self.m = len(visits)
        self.structure = structure
        assert structure.powers is not None
        powers = structure.powers(m)
        self.mask = np.eye(m) if structure.independent else np.ones((m, m))
        self.powers = powers[:, :, :0] if structure.independent else powers
        self.owner = np.arange(m) if structure.heterogeneous else np.zeros(m, int)
        self.t = int(self.owner[-1]) + 1
        own = (self.owner[None, :] == np.arange(self.t)[:, None]).astype(float)
        self.u = own[:, :, None] + own[:, None, :]
        deviations = [f"log standard deviation at {v}" for v in visits] if self.t > 1 else ["log standard deviation"]
        count = self.powers.shape[2]
        self.names = (*deviations, *(f"correlation {k + 1}" if count > 1 else "correlation" for k in range(count)))

    def _monomial(self, rho: np.ndarray, lower: tuple[int, ...]) -> np.ndarray:
        """prod_k rho_k^E_k with the powers of ``lower`` taken down, times the factors that come off; shape (m, m)."""
        e, made = self.powers.copy(), self.mask
        for k in lower:
            made = made * e[:, :, k]
            e[:, :, k] = np.maximum(e[:, :, k] - 1, 0)
        return made * np.prod(rho**e, axis=2)

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        """Sigma alone."""
        s, psi = np.exp(theta[: self.t])[self.owner], theta[self.t :]
        return np.outer(s, s) * self._monomial(self.structure.link(psi, self.m)[0], ())

    def at(self, theta: np.ndarray) -> At:
        """Sigma with all derivatives."""
        s, psi, r, t = np.exp(theta[: self.t])[self.owner], theta[self.t :], self.powers.shape[2], self.t
        rho, d1, d2 = self.structure.link(psi, self.m)
        ss, q = np.outer(s, s), t + r
        sigma = ss * self._monomial(rho, ())
        by_rho = np.array([ss * self._monomial(rho, (k,)) for k in range(r)]).reshape(r, self.m, self.m)
        second = np.zeros((q, q, self.m, self.m))
        second[:t, :t] = self.u[:, None] * self.u[None, :] * sigma
        cross = self.u[:, None] * (d1[:, None, None] * by_rho)[None, :]
        second[:t, t:], second[t:, :t] = cross, cross.transpose(1, 0, 2, 3)
        for k in range(r):
            for j in range(k + 1):
                both = ss * self._monomial(rho, (k, j)) * d1[k] * d1[j]
                second[t + k, t + j] = second[t + j, t + k] = both + (d2[k] * by_rho[k] if k == j else 0)
        return _Stored(sigma, np.concatenate([self.u * sigma, d1[:, None, None] * by_rho]), second)

    def start(self, s: np.ndarray) -> np.ndarray:
        """theta near s: mean log deviations, and for each rho the mean of the correlations it stands alone in."""
        tau = np.log(np.sqrt(np.diagonal(s)))
        tau = np.array([tau[self.owner == k].mean() for k in range(self.t)])
        sd = np.sqrt(np.diagonal(s))
        r, alone = s / np.outer(sd, sd), self.powers.sum(axis=2) == 1
        rho = np.array([r[alone & (self.powers[:, :, k] == 1)].mean() for k in range(self.powers.shape[2])])
        for _ in range(60):
            theta = np.concatenate([tau, self.structure.unlink(rho, self.m)])
            if np.linalg.eigvalsh(self.sigma(theta))[0] > 1e-3 * np.exp(2 * tau.min()):
                break
            rho = 0.8 * rho
        return theta


@dataclass(frozen=True)
class _Stored:
    """Derivatives held in full: few parameters."""

    sigma: np.ndarray
    first: np.ndarray
    second: np.ndarray

    def against(self, g: np.ndarray) -> np.ndarray:
        return np.tensordot(self.second, g, 2)

    def weighted(self, w: np.ndarray) -> np.ndarray:
        return np.tensordot(w, self.second, 2)

"""The (restricted) likelihood of Sigma with exact gradient and Hessian in the elements of Sigma.

For subject i with visits S_i, Sigma_i is Sigma at S_i and Omega_i its inverse. With A = sum X_i' Omega_i X_i,
Phi = A^-1, b = Phi sum X_i' Omega_i y_i, G_i = Omega_i X_i and u_i = Omega_i (y_i - X_i b):

    2 f = (N - p) log 2 pi + sum log|Sigma_i| + log|A| + sum (y_i - X_i b)' u_i - sum log w       (eq:reml)

(maximum likelihood: N for N - p, no log|A|). For a direction E in Sigma, B_E = sum G_i' E G_i, v_E = sum G_i' E u_i:

    C_i = G_i Phi G_i' + u_i u_i'
    d f(E) = 1/2 sum tr E (Omega_i - C_i)                                                          (eq:gradient)
    d2 f(E, F) = sum tr(E Omega_i F (C_i - Omega_i / 2)) - 1/2 tr(Phi B_E Phi B_F) - v_E' Phi v_F  (eq:hessian)

Elements are the pairs a <= b of visits, a group at a time; E is symmetric with ones at (a, b) and (b, a).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from trialkit.methods.mmrm.stack import Stack

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Value:
    """f at a Sigma (groups, m, m), and what the derivatives need; gamma are the coefficients in the stack's basis."""

    f: float
    sigma: np.ndarray
    omega: np.ndarray
    omega_z: np.ndarray
    root: np.ndarray
    gamma: np.ndarray

    @property
    def phi(self) -> np.ndarray:
        """Phi, (p, p), in the stack's basis."""
        return self.root @ self.root.T


def value(data: Stack, sigma: np.ndarray, reml: bool) -> Value | None:
    """f by (eq:reml); None where Sigma is not positive definite."""
    both = data.seen[:, :, None] & data.seen[:, None, :]
    inside = np.where(both, sigma[data.group], np.eye(sigma.shape[1]))
    try:
        lower = np.linalg.cholesky(inside)
        omega = np.linalg.inv(inside) * both
        omega_z = omega[data.pattern] @ data.z
        p, width = data.p, data.p + 1
        moments = data.z.reshape(-1, width).T @ omega_z.reshape(-1, width)
        a = np.linalg.cholesky(moments[:p, :p])
    except np.linalg.LinAlgError:
        return None
    root = np.linalg.inv(a).T
    half = root.T @ moments[:p, p]
    log_sigma = 2 * data.count @ np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    twice = log_sigma + moments[p, p] - half @ half - data.log_weights
    if reml:
        twice += 2 * (np.log(np.diagonal(a)).sum() + data.log_r) + (data.rows - p) * LOG_2PI
    else:
        twice += data.rows * LOG_2PI
    return Value(float(twice) / 2, sigma, omega, omega_z, root, root @ half) if np.isfinite(twice) else None


@dataclass(frozen=True)
class Derivatives:
    """Gradient (s,) and Hessian (s, s) of f in the s elements of Sigma, group after group, and B (s, p, p)."""

    gradient: np.ndarray
    hessian: np.ndarray
    b: np.ndarray


def derivatives(data: Stack, at: Value, reml: bool) -> Derivatives:
    """(eq:gradient) and (eq:hessian)."""
    g, u = at.omega_z[:, :, :-1], at.omega_z[:, :, -1:] - at.omega_z[:, :, :-1] @ at.gamma[:, None]
    groups, m = len(at.sigma), at.sigma.shape[1]
    c = u @ u.transpose(0, 2, 1)
    if reml:
        half = g @ at.root
        c = c + half @ half.transpose(0, 2, 1)
    c = np.add.reduceat(c, data.first, axis=0)
    n_omega = data.count[:, None, None] * at.omega
    parts = [
        _elements(data, at, n_omega - c, c - n_omega / 2, np.concatenate([g, u], axis=2), k) for k in range(groups)
    ]
    s, p = groups * m * (m + 1) // 2, data.p
    b = np.concatenate([part[2] for part in parts])
    hessian = np.zeros((s, s))
    for k, part in enumerate(parts):
        own = slice(k * len(part[1]), (k + 1) * len(part[1]))
        hessian[own, own] = part[1]
    rooted = at.root.T @ b[:, :p, :p] @ at.root
    v = b[:, :p, p] @ at.root
    hessian -= v @ v.T
    if reml:
        hessian -= 0.5 * rooted.reshape(s, -1) @ rooted.reshape(s, -1).T
    return Derivatives(np.concatenate([part[0] for part in parts]), hessian, b[:, :p, :p])


def _elements(
    data: Stack, at: Value, slope: np.ndarray, curve: np.ndarray, gu: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One group's gradient (s,), its part of the Hessian by traces (s, s), and sums G_a' G_b with u beside G."""
    m = at.sigma.shape[1]
    i, j = pairs(m)
    mine, diagonal = data.group == k, i == j
    total = slope[mine].sum(axis=0)
    gradient = np.where(diagonal, 0.5, 1.0) * total[i, j]
    t = at.omega[mine].reshape(-1, m * m).T @ curve[mine].reshape(-1, m * m)
    t = t.reshape(m, m, m, m)
    a, b, c, d = i[:, None], j[:, None], i[None, :], j[None, :]
    size = np.where(diagonal, 0.5, 1.0)
    traces = t[b, c, d, a] + t[b, d, c, a] + t[a, c, d, b] + t[a, d, c, b]
    inside = gu[mine[data.pattern]]
    width = inside.shape[2]
    flat = inside.reshape(len(inside), -1)
    gram = (flat.T @ flat).reshape(m, width, m, width).transpose(0, 2, 1, 3)[i, j]
    gram = np.where(diagonal[:, None, None], gram, gram + gram.transpose(0, 2, 1))
    return gradient, traces * np.outer(size, size), gram


@cache
def pairs(m: int) -> tuple[np.ndarray, np.ndarray]:
    """The pairs a <= b of visits in the order of the elements."""
    return np.triu_indices(m)

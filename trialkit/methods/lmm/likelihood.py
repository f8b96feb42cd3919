"""The likelihood of y_i = X_i b + Z_i u_i + e_i, u_i ~ N(0, G), e_i ~ N(0, s2 I), by the covariance's directions.

Sigma_i = Z_i G Z_i' + s2 I is linear in phi = (elements of G, s2), with directions E_h,i = d Sigma_i / d phi_h, which
are Z_i E Z_i' for an element of G and I for s2. Value, gradient and Hessian are those of the mixed model for repeated
measures (eq:reml, eq:gradient, eq:hessian) with a Sigma for each subject and these directions for the elements:

    B_h = sum G_i' E_h,i G_i,   v_h = sum G_i' E_h,i u_i                                              (eq:directions)

The expected information, by which Kenward and Roger (1997) and pbkrtest weigh, is

    I_hj = 1/2 { sum tr(Omega_i E_h,i Omega_i E_j,i) - 2 tr(Phi Q_hj) + tr(Phi B_h Phi B_j) }          (eq:expected)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods.mmrm.likelihood import Value, pairs
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.stack import Stack, based


@dataclass(frozen=True)
class Effect:
    """Subjects' rows (a pattern each) and their random-effect columns Z, (n, m, k), 0 where a subject has no row."""

    data: Stack
    z: np.ndarray

    def sigma(self, g: np.ndarray, s2: float) -> np.ndarray:
        """Sigma of every subject, (n, m, m)."""
        return self.z @ g @ self.z.transpose(0, 2, 1) + s2 * np.eye(self.z.shape[1])

    def directions(self) -> np.ndarray:
        """E_h, (q, n, m, m): the elements a <= b of G, then s2."""
        made = []
        for a, b in zip(*pairs(self.z.shape[2]), strict=True):
            outer = self.z[:, :, a, None] * self.z[:, None, :, b]
            made.append(outer if a == b else outer + outer.transpose(0, 2, 1))
        own = self.data.seen[:, :, None] * np.eye(self.z.shape[1])
        return np.array([*made, own])


def effect(rows: Rows, z: np.ndarray) -> Effect:
    """Rows and their random-effect columns (N, k), by subject."""
    n = len(rows.subjects)
    order = np.argsort(rows.subject, kind="stable")
    count = np.bincount(rows.subject, minlength=n)
    place = np.zeros(len(order), int)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    m = int(count.max())
    both = np.zeros((n, m, rows.x.shape[1] + 1))
    both[rows.subject, place, :-1], both[rows.subject, place, -1] = rows.x, rows.y
    own = np.zeros((n, m, z.shape[1]))
    own[rows.subject, place] = z
    seen = np.arange(m)[None, :] < count[:, None]
    each = np.arange(n)
    return Effect(based(both, each, each, seen, each, np.ones(n, int), rows), own)


@dataclass(frozen=True)
class Slopes:
    """Gradient (q,) and Hessian (q, q) in phi, B (q, p, p), and Q (q, q, p, p) and expected information (q, q)."""

    gradient: np.ndarray
    hessian: np.ndarray
    b: np.ndarray
    q: np.ndarray
    information: np.ndarray


def slopes(of: Effect, at: Value, reml: bool) -> Slopes:
    """Derivatives in phi (eq:directions, eq:expected)."""
    g, u = at.omega_z[:, :, :-1], at.omega_z[:, :, -1:] - at.omega_z[:, :, :-1] @ at.gamma[:, None]
    c = u @ u.transpose(0, 2, 1)
    if reml:
        half = g @ at.root
        c = c + half @ half.transpose(0, 2, 1)
    e, phi, p = of.directions(), at.phi, of.data.p
    count = len(e)
    flat = g.reshape(-1, p)
    eg = e @ g
    b = np.array([flat.T @ one.reshape(-1, p) for one in eg])
    v = np.array([flat.T @ (one @ u).reshape(-1) for one in e])
    e_omega = e @ at.omega
    gradient = 0.5 * np.array([np.einsum("nab,nab->", one, at.omega - c) for one in e])
    hessian, information = np.zeros((count, count)), np.zeros((count, count))
    q = np.zeros((count, count, p, p))
    for h in range(count):
        left = at.omega @ eg[h]
        for j in range(h + 1):
            q[h, j] = left.reshape(-1, p).T @ eg[j].reshape(-1, p)
            q[j, h] = q[h, j].T
            traces = np.einsum("nab,nbc,nca->", e_omega[h], e[j], c - at.omega / 2)
            crossed = float(np.sum((phi @ b[h]) * (phi @ b[j]).T))
            hessian[h, j] = hessian[j, h] = traces - v[h] @ phi @ v[j] - (0.5 * crossed if reml else 0.0)
            both = np.einsum("nab,nba->", e_omega[h], e_omega[j])
            information[h, j] = information[j, h] = 0.5 * (both - 2 * np.sum(phi * q[h, j].T) + crossed)
    return Slopes(gradient, hessian, b, q, information)

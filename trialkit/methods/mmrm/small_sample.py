"""Kenward and Roger's adjusted covariance of b, without tensors of derivatives.

    Phi_A = Phi + 2 Phi { sum_hj W_hj (Q_hj - P_h Phi P_j - R_hj / 4) } Phi                          (eq:kr)
    Q_hj = sum_i G_i' Sigma_h Omega_i Sigma_j G_i,   R_hj = sum_i G_i' Sigma_hj G_i

with Sigma_h, Sigma_hj the derivatives at the visits of subject i. The sums over h, j are done first: sum W_hj Q_hj =
sum_i G_i' N_i G_i with N_i = sum W_hj Sigma_h Omega_i Sigma_j, one matrix a pattern; sum W_hj R_hj has one matrix for
all, sum W_hj Sigma_hj. The linear form leaves R out: it does not depend on how Sigma is parameterized, and it is
what a covariance linear in its parameters (unstructured) gives anyway.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods.mmrm.likelihood import pairs
from trialkit.methods.mmrm.optimum import Found
from trialkit.methods.mmrm.stack import Stack


def by_parameter(found: Found) -> np.ndarray:
    """P_h, shape (q, p, p), in the stack's basis."""
    b = found.derivatives.b
    return (found.jacobian.T @ b.reshape(len(b), -1)).reshape(-1, *b.shape[1:])


def adjusted(data: Stack, found: Found, p_h: np.ndarray, w: np.ndarray, linear: bool) -> np.ndarray:
    """Phi_A, (p, p), in the stack's basis (eq:kr)."""
    phi = found.value.phi
    inner = _weighted_q(data, found, w) - _squares(p_h, phi, w)
    if not linear:
        inner -= 0.25 * _weighted_r(found, w)
    made = phi + 2 * phi @ inner @ phi
    return (made + made.T) / 2


def _squares(p_h: np.ndarray, phi: np.ndarray, w: np.ndarray) -> np.ndarray:
    """sum W_hj P_h Phi P_j."""
    q, p, _ = p_h.shape
    left = (w @ p_h.reshape(q, -1)).reshape(q, p, p) @ phi
    return np.tensordot(left, p_h, axes=([0, 2], [0, 1]))


def _weighted_q(data: Stack, found: Found, w: np.ndarray) -> np.ndarray:
    """sum W_hj Q_hj."""
    g = found.value.omega_z[:, :, :-1]
    m, q = g.shape[1], found.families[0].first.shape[0]
    n = np.zeros((len(data.seen), m, m))
    for k, each in enumerate(found.families):
        own, mine = slice(k * q, (k + 1) * q), data.group == k
        flat = each.first.reshape(q, -1)
        both = (flat.T @ (w[own, own] @ flat)).reshape(m, m, m, m)
        inner = both.transpose(1, 2, 0, 3).reshape(m * m, m * m)
        n[mine] = (found.value.omega[mine].reshape(-1, m * m) @ inner).reshape(-1, m, m)
    ng = n[data.pattern] @ g
    return g.reshape(-1, data.p).T @ ng.reshape(-1, data.p)


def _weighted_r(found: Found, w: np.ndarray) -> np.ndarray:
    """sum W_hj R_hj."""
    b, q = found.derivatives.b, found.families[0].first.shape[0]
    s = len(b) // len(found.families)
    made = np.zeros(b.shape[1:])
    for k, each in enumerate(found.families):
        second = each.weighted(w[k * q : (k + 1) * q, k * q : (k + 1) * q])
        i, j = pairs(len(second))
        made += np.tensordot(second[i, j], b[k * s : (k + 1) * s], 1)
    return made

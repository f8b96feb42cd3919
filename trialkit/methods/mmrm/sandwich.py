"""Sandwich covariances of b, which hold though Sigma is wrong, and their degrees of freedom.

With Omega_i = L_i L_i' (Cholesky), Y_i = L_i' X_i, e_i = L_i'(y_i - X_i b) and M_i = I - Y_i Phi Y_i':

    V = Phi { sum_i Y_i' M_i^-k e_i e_i' M_i^-k Y_i } Phi                                            (eq:sandwich)

k = 0 is CR0 (Liang and Zeger 1986), k = 1/2 CR2 (Bell and McCaffrey 2002; its expectation is Phi if Sigma is right),
k = 1 CR3 (Mancl and DeRouen 2001; the jackknife over subjects with Sigma held). No factor such as n / (n - 1) is
applied. The df of a combination l are those of a chi-square with V's mean and variance if Sigma is right: with
t_i = M_i^-k Y_i Phi l', d_i = |t_i|^2, U the rows t_i' Y_i and P = diag(d) - U Phi U',

    df = (tr P)^2 / tr P^2                                                                           (eq:bell-mccaffrey)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.likelihood import Value
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.stack import Stack

Kind = Literal["CR0", "CR2", "CR3"]
POWERS: dict[str, float] = {"CR0": 0.0, "CR2": -0.5, "CR3": -1.0}
ALONE = 1e-10


@dataclass(frozen=True)
class Sandwich:
    """V (p, p) in the stack's basis, and what its df need: Y (n, m, p), powers of M (n, m, m), Phi."""

    v: np.ndarray
    y: np.ndarray
    power: np.ndarray
    phi: np.ndarray

    def df(self, own: np.ndarray) -> np.ndarray:
        """(eq:bell-mccaffrey) of each row of own (c, p), a combination in the stack's basis."""
        t = self.power @ (self.y @ (self.phi @ own.T))
        d = (t**2).sum(axis=1)
        u = np.einsum("nmc,nmp->cnp", t, self.y)
        made = []
        for k in range(len(own)):
            inner = u[k].T @ u[k] @ self.phi
            trace = d[:, k].sum() - np.trace(inner)
            own_part = np.einsum("np,pq,nq->n", u[k], self.phi, u[k])
            squares = (d[:, k] ** 2).sum() - 2 * d[:, k] @ own_part + np.trace(inner @ inner)
            made.append(trace**2 / squares)
        return np.array(made)


def sandwich(rows: Rows, data: Stack, at: Value, kind: str) -> Sandwich:
    """(eq:sandwich). Raises MethodError where a subject alone determines a coefficient (CR2, CR3)."""
    if kind not in POWERS:
        raise MethodError(f"there is no sandwich {kind!r}; there are: {', '.join(POWERS)}")
    y, e = _whitened(rows, data, at)
    phi = at.phi
    inner = np.eye(y.shape[1]) - y @ phi @ y.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh((inner + inner.transpose(0, 2, 1)) / 2)
    if POWERS[kind] and values.min() < ALONE:
        who = rows.subjects[int(values.min(axis=1).argmin())]
        raise MethodError(f"subject {who!r} alone determines a coefficient: {kind} does not exist; use CR0")
    power = (vectors * np.maximum(values, ALONE)[:, None, :] ** POWERS[kind]) @ vectors.transpose(0, 2, 1)
    scores = np.einsum("nmp,nm->np", y, np.einsum("nab,nb->na", power, e))
    return Sandwich(phi @ (scores.T @ scores) @ phi, y, power, phi)


def _whitened(rows: Rows, data: Stack, at: Value) -> tuple[np.ndarray, np.ndarray]:
    """Y (n, m, p) and e (n, m); a visit that a subject does not have is a zero row."""
    assert rows.visit is not None
    n, m = len(rows.subjects), len(rows.visits)
    scale = np.sqrt(rows.weight)
    z = np.zeros((n, m, data.p + 1))
    z[rows.subject, rows.visit.code, :-1] = (rows.x[:, data.keep] @ data.basis) * scale[:, None]
    beta = data.ols + data.basis @ at.gamma
    z[rows.subject, rows.visit.code, -1] = (rows.y - rows.x[:, data.keep] @ beta) * scale
    seen = np.zeros((n, m), bool)
    seen[rows.subject, rows.visit.code] = True
    both = seen[:, :, None] & seen[:, None, :]
    group = rows.group.code if rows.group else np.zeros(n, int)
    lower = np.linalg.cholesky(np.linalg.inv(np.where(both, at.sigma[group], np.eye(m))))
    white = lower.transpose(0, 2, 1) @ z
    return white[:, :, :-1], white[:, :, -1]

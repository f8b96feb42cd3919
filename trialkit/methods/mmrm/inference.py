"""From an optimum to standard errors, degrees of freedom and tests of linear combinations L b.

With Phi the covariance of b if Sigma were known, P_h = sum G_i' dSigma/dtheta_h G_i and W the inverse of the Hessian of
f in theta, d Phi / d theta_h = Phi P_h Phi. The degrees of freedom of one combination l (Satterthwaite 1946) are

    df = 2 (l Phi l')^2 / (g' W g),   g_h = l Phi P_h Phi l'                                        (eq:satterthwaite)

several combinations are tested by Fai and Cornelius (1996): L Phi L' = U D U', t^2 over the rows of U'L with their own
df nu_r; with E = sum nu_r / (nu_r - 2) over nu_r > 2, the denominator df is 2 E / (E - q)           (eq:fai)

Kenward and Roger (1997) Biometrics 53, 983 adjust Phi and scale F (see ``kenward_roger``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc, stdtr

from trialkit.methods.base import MethodError


@dataclass(frozen=True)
class Pieces:
    """What inference on L b needs, in the orthonormal basis T of the stack.

    Attributes:
        beta: coefficients of the kept columns (p,); basis T (p, p).
        phi: (p, p); p_h (q, p, p); w (q, q).
        used: the covariance that standard errors come from: phi, Kenward-Roger's, or a sandwich.
    """

    beta: np.ndarray
    basis: np.ndarray
    phi: np.ndarray
    p_h: np.ndarray
    w: np.ndarray
    used: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of b that standard errors come from, (p, p)."""
        return self.basis @ self.used @ self.basis.T

    @property
    def known(self) -> np.ndarray:
        """Covariance of b if Sigma were known, (p, p)."""
        return self.basis @ self.phi @ self.basis.T


@dataclass(frozen=True)
class Estimates:
    """Of c combinations: estimate, standard error, df, t and two-sided p, each (c,)."""

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    t: np.ndarray
    p: np.ndarray


@dataclass(frozen=True)
class Joint:
    """An F test: statistic (scaled under Kenward-Roger), df of numerator and denominator, p."""

    f: float
    num_df: int
    den_df: float
    p: float


DegreesOfFreedom = Callable[[Pieces, np.ndarray], np.ndarray]
"""(pieces, L (c, p)) -> df (c,)."""


def estimates(pieces: Pieces, L: np.ndarray, df: np.ndarray) -> Estimates:
    """Each row of L, (c, p), with its df (c,)."""
    own = L @ pieces.basis
    variance = np.einsum("ci,ij,cj->c", own, pieces.used, own)
    if not (variance > 0).all():
        raise MethodError("the adjusted variance of a combination is not positive; choose another df method")
    value, se = L @ pieces.beta, np.sqrt(variance)
    t = value / se
    return Estimates(value, se, df, t, 2 * stdtr(df, -np.abs(t)))


def satterthwaite(pieces: Pieces, L: np.ndarray) -> np.ndarray:
    """(eq:satterthwaite) for each row of L; shape (c,)."""
    x = L @ pieces.basis @ pieces.phi
    v = np.einsum("ci,ci->c", x, L @ pieces.basis)
    q, p = len(pieces.p_h), len(pieces.phi)
    g = ((x @ pieces.p_h.transpose(1, 0, 2).reshape(p, -1)).reshape(-1, q, p) * x[:, None, :]).sum(axis=2)
    return 2 * v**2 / np.einsum("ch,hj,cj->c", g, pieces.w, g)


def wald(pieces: Pieces, L: np.ndarray) -> float:
    """(L b)' (L V L')^-1 (L b) / q, with V the covariance in use. Raises MethodError if rows of L repeat each other."""
    own, value = L @ pieces.basis, L @ pieces.beta
    v = own @ pieces.used @ own.T
    if np.linalg.matrix_rank(v, hermitian=True) < len(L):
        raise MethodError(
            f"the {len(L)} combinations tested together are not independent of each other; leave some out"
        )
    return float(value @ np.linalg.solve(v, value)) / len(L)


def fai_cornelius(pieces: Pieces, L: np.ndarray, df: DegreesOfFreedom = satterthwaite) -> Joint:
    """(eq:fai) from a rule for the df of one combination."""
    if len(L) == 1:
        return _joint(wald(pieces, L), 1, float(df(pieces, L)[0]))
    own = L @ pieces.basis
    _, u = np.linalg.eigh(own @ pieces.used @ own.T)
    return _joint(wald(pieces, L), len(L), _combined(df(pieces, u.T @ L)))


def _combined(nu: np.ndarray) -> float:
    if np.ptp(nu) < 1e-8 * nu.mean():
        return float(nu.mean())
    if (nu <= 2).any():
        return 2.0
    e = float((nu / (nu - 2)).sum())
    return 2 * e / (e - len(nu))


def fixed_df(pieces: Pieces, L: np.ndarray, df: np.ndarray) -> Joint:
    """An F test with the smallest of given df."""
    return _joint(wald(pieces, L), len(L), float(df.min()))


def _joint(f: float, q: int, df: float, scale: float = 1.0) -> Joint:
    return Joint(scale * f, q, df, float(fdtrc(q, df, scale * f)))


def kenward_roger(pieces: Pieces, L: np.ndarray) -> Joint:
    """Kenward and Roger's scaled F: lambda and the denominator df from A1, A2, B (eq:kr-df).

    M = L'(L Phi L')^-1 L, A1 = sum W_hj tr(M Phi P_h Phi) tr(M Phi P_j Phi), A2 = sum W_hj tr(M Phi P_h Phi M Phi P_j
    Phi), B = (A1 + 6 A2) / 2q, and g, c1, c2, c3, E*, V*, rho, m, lambda as in their section 4.
    """
    f = wald(pieces, L)
    if len(L) == 1:
        return _joint(f, 1, float(satterthwaite(pieces, L)[0]))
    q, own = len(L), L @ pieces.basis
    half = own @ pieces.phi
    inner = np.linalg.cholesky(np.linalg.inv(half @ own.T))
    root = half.T @ inner
    m = root.T @ pieces.p_h @ root
    a1 = float(np.trace(m, axis1=1, axis2=2) @ pieces.w @ np.trace(m, axis1=1, axis2=2))
    flat = m.reshape(len(m), -1)
    a2 = float(((pieces.w @ flat) * flat).sum())
    b = (a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    c1, c2, c3 = (c / (3 * q + 2 * (1 - g)) for c in (g, q - g, q + 2 - g))
    e = 1 / (1 - a2 / q)
    v = 2 / q * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    rho = v / (2 * e**2)
    df = 4 + (q + 2) / (q * rho - 1)
    if not (a2 < q and df > 2):
        raise MethodError(f"too few degrees of freedom for the Kenward-Roger F test of {q} combinations together")
    return _joint(f, q, float(df), float(df / (e * (df - 2))))

"""Covariance structures of the visits, each a small function.

A structure is a list of correlation parameters rho_1..rho_r and the power to which each enters the correlation of two
visits: R_ab = prod_k rho_k^E[a,b,k]. Compound symmetry has one rho to the power 1, an autoregressive one has rho to
the power |a - b|, a Toeplitz one has one rho a lag, ante-dependence one rho a step. Standard deviations are common or
one a visit. The unstructured covariance is its own (see ``unstructured``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Powers = np.ndarray
"""E, shape (m, m, r): the power of each correlation parameter."""


def _lags(m: int) -> np.ndarray:
    return np.abs(np.subtract.outer(np.arange(m), np.arange(m)))


def compound_symmetry(m: int) -> Powers:
    """R_ab = rho."""
    return (_lags(m) > 0)[:, :, None].astype(int)


def autoregressive(m: int) -> Powers:
    """R_ab = rho^|a - b|."""
    return _lags(m)[:, :, None]


def toeplitz(m: int) -> Powers:
    """R_ab = rho_|a - b|."""
    return (_lags(m)[:, :, None] == np.arange(1, m)).astype(int)


def ante_dependence(m: int) -> Powers:
    """R_ab = rho_a rho_(a+1) ... rho_(b-1), a < b."""
    a, b = np.minimum.outer(np.arange(m), np.arange(m)), np.maximum.outer(np.arange(m), np.arange(m))
    k = np.arange(m - 1)
    return ((a[:, :, None] <= k) & (k < b[:, :, None])).astype(int)


def by_root(psi: np.ndarray, m: int) -> np.ndarray:
    """rho = psi / sqrt(1 + psi^2), between -1 and 1, with its first two derivatives; shape (3, r)."""
    return np.array([psi / np.sqrt(1 + psi**2), (1 + psi**2) ** -1.5, -3 * psi * (1 + psi**2) ** -2.5])


def by_logit(psi: np.ndarray, m: int) -> np.ndarray:
    """rho = (1 + a) / (1 + exp(-psi)) - a, between -a = -1/(m - 1) and 1, with derivatives; shape (3, r)."""
    a = 1 / (m - 1)
    share = 1 / (1 + np.exp(-psi))
    slope = (1 + a) * share * (1 - share)
    return np.array([(1 + a) * share - a, slope, slope * (1 - 2 * share)])


def from_root(rho: np.ndarray, m: int) -> np.ndarray:
    """psi of a rho, for ``by_root``."""
    return rho / np.sqrt(1 - rho**2)


def from_logit(rho: np.ndarray, m: int) -> np.ndarray:
    """psi of a rho, for ``by_logit``."""
    a = 1 / (m - 1)
    share = (np.maximum(rho, -0.9 * a) + a) / (1 + a)
    return np.log(share / (1 - share))


@dataclass(frozen=True)
class Structure:
    """A structure's words, its powers (None for unstructured) and whether each visit has its own deviation.

    ``link`` keeps the correlations inside their range: compound symmetry needs rho > -1/(m - 1).
    """

    name: str
    words: str
    powers: Callable[[int], Powers] | None
    heterogeneous: bool
    independent: bool = False
    link: Callable[[np.ndarray, int], np.ndarray] = by_root
    unlink: Callable[[np.ndarray, int], np.ndarray] = from_root

    def parameters(self, m: int) -> int:
        """Number of parameters for m visits."""
        if self.powers is None:
            return m * (m + 1) // 2
        correlations = 0 if self.independent else self.powers(m).shape[2]
        return (m if self.heterogeneous else 1) + correlations


STRUCTURES: dict[str, Structure] = {
    s.name: s
    for s in (
        Structure("us", "unstructured", None, True),
        Structure("toeph", "heterogeneous Toeplitz", toeplitz, True),
        Structure("toep", "Toeplitz", toeplitz, False),
        Structure("adh", "heterogeneous ante-dependence", ante_dependence, True),
        Structure("ad", "ante-dependence", ante_dependence, False),
        Structure("ar1h", "heterogeneous first-order autoregressive", autoregressive, True),
        Structure("ar1", "first-order autoregressive", autoregressive, False),
        Structure("csh", "heterogeneous compound symmetry", compound_symmetry, True, False, by_logit, from_logit),
        Structure("cs", "compound symmetry", compound_symmetry, False, False, by_logit, from_logit),
        Structure("indh", "independence, a variance a visit", compound_symmetry, True, independent=True),
        Structure("ind", "independence", compound_symmetry, False, independent=True),
    )
}
"""Every covariance structure by name, the richest first."""

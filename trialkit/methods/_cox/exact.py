"""The exact (discrete) partial likelihood: the conditional logistic likelihood of who fails among those at risk.

At an event time with d events the denominator is the sum over all sets of d subjects at risk of prod exp(x b): the
elementary symmetric polynomial E(d), built up subject by subject, E(k) += r E(k - 1), with its derivatives in b.
Without delayed entry risk sets only grow backwards in time, so each subject is added once.

Source: Cox (1972) J R Stat Soc B 34, 187-220; Gail, Lubin and Rubinstein (1981) Biometrika 68, 703-707.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods._cox.risk_sets import RiskSets
from trialkit.methods.base import MethodError

MOST = 300
"""Events tied at one time beyond which the polynomial leaves the range of floating point."""


class ExactLikelihood:
    """The exact partial likelihood of x, shape (n, p)."""

    def __init__(self, sets: RiskSets, x: np.ndarray) -> None:
        if sets.d.max(initial=0) > MOST:
            raise MethodError(f"{sets.d.max()} events at one time are too many for exact ties; use efron")
        self.sets, self.x = sets, x
        self.first = np.zeros(len(x), np.intp) if sets.first is None else sets.first
        self.blocks = [np.flatnonzero(sets.stratum == s) for s in np.unique(sets.stratum)]

    def __call__(self, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log likelihood, score (p,) and information (p, p) at b, shape (p,)."""
        eta = self.x @ b
        dead = self.sets.dead
        value, score, info = float(eta[dead].sum()), self.x[dead].sum(axis=0), np.zeros((len(b), len(b)))
        for block in self.blocks:
            for log_e, mean, variance in self._times(block, np.exp(eta)):
                value, score, info = value - log_e, score - mean, info + variance
        return value, score, info

    def _times(self, block: np.ndarray, r: np.ndarray):  # type: ignore[no-untyped-def]
        """log E(d), its gradient and Hessian at the event times of a stratum, from the last to the first."""
        inside = (self.sets.last > block[0]) & (self.first <= block[-1])
        nested = bool((self.first[inside] <= block[0]).all())
        most = int(self.sets.d[block].max())
        state, there = _State(most, self.x.shape[1]), np.zeros(len(r), bool)
        for j in block[::-1]:
            at_risk = (self.first <= j) & (j < self.sets.last)
            if not nested:
                state, there = _State(most, self.x.shape[1]), np.zeros(len(r), bool)
            for i in np.flatnonzero(at_risk & ~there):
                state.add(r[i], self.x[i])
            there |= at_risk
            yield state.log_derivatives(int(self.sets.d[j]))


class _State:
    """E(0..most), its gradient and Hessian, of the subjects added so far."""

    def __init__(self, most: int, p: int) -> None:
        self.e = np.zeros(most + 1)
        self.e[0] = 1.0
        self.g, self.hess = np.zeros((most + 1, p)), np.zeros((most + 1, p, p))

    def add(self, r: float, x: np.ndarray) -> None:
        """Add a subject with relative hazard r and columns x, shape (p,)."""
        e, g, h = self.e[:-1], self.g[:-1], self.hess[:-1]
        gx = g[:, :, None] * x
        self.hess[1:] += r * (h + gx + gx.transpose(0, 2, 1) + e[:, None, None] * np.outer(x, x))
        self.g[1:] += r * (g + e[:, None] * x)
        self.e[1:] += r * e

    def log_derivatives(self, d: int) -> tuple[float, np.ndarray, np.ndarray]:
        """log E(d) with gradient and Hessian."""
        mean = self.g[d] / self.e[d]
        return float(np.log(self.e[d])), mean, self.hess[d] / self.e[d] - np.outer(mean, mean)

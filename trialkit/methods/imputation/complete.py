"""The last visit completed: conditional means, or draws, of what is missing under a strategy.

A subject's responses are normal with mean mu and covariance Sigma. Own mean A, mean R in the reference arm, e the first
visit after the intercurrent event:

    MAR  mu = A                                 JR   mu = A before e, R from e on           (jump to reference)
    CR   mu = R (copy reference)                CIR  mu = A before e, A(e-1) + R - R(e-1) from e on (copy increments)

The missing last response has mean mu(last) + S(last, o) S(o, o)^-1 (y(o) - mu(o)), o the observed visits, and variance
S(last, last) - S(last, o) S(o, o)^-1 S(o, last). Where e is the first visit CIR starts from the common baseline: R.

Source: Carpenter, Roger and Kenward (2013) J Biopharm Stat 23, 1352-1371.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from trialkit.methods.imputation.grid import Grid
from trialkit.methods.imputation.refit import Estimates

Strategy = Literal["MAR", "JR", "CR", "CIR"]


def means(grid: Grid, own: np.ndarray, reference: np.ndarray, strategy: Strategy) -> np.ndarray:
    """mu of every subject at every visit, from the means A in its own and R in the reference arm; (n, m) each."""
    if strategy == "MAR":
        return own
    if strategy == "CR":
        return np.where((grid.event < own.shape[1])[:, None], reference, own)
    after = np.arange(own.shape[1]) >= grid.event[:, None]
    if strategy == "JR":
        return np.where(after, reference, own)
    before = np.maximum(grid.event - 1, 0)[:, None]
    step = np.take_along_axis(own - reference, before, axis=1)
    return np.where(after, reference + np.where(grid.event[:, None] > 0, step, 0.0), own)


class Completion:
    """The patterns of observed visits of the subjects whose last visit is missing."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        gap = grid.missing[:, -1]
        seen, pattern = np.unique(~grid.missing[gap], axis=0, return_inverse=True)
        place, pattern = np.flatnonzero(gap), pattern.reshape(-1)
        self.patterns = [(np.flatnonzero(one), place[pattern == k]) for k, one in enumerate(seen)]

    def last(
        self, at: Estimates, strategies: tuple[Strategy, ...], rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """The last response under each strategy, (n, strategies); a draw if a generator is given."""
        y, s = self.grid.y, at.sigma
        own, reference = self.grid.own @ at.b, self.grid.reference @ at.b
        mu = np.stack([means(self.grid, own, reference, strategy) for strategy in strategies], axis=2)
        made = np.repeat(y[:, -1:], len(strategies), axis=1)
        for seen, who in self.patterns:
            solved = np.linalg.solve(s[np.ix_(seen, seen)], s[seen, -1])
            rest = y[np.ix_(who, seen)][:, :, None] - mu[who][:, seen]
            made[who] = mu[who, -1] + np.einsum("iks,k->is", rest, solved)
            if rng is not None:
                spread = np.sqrt(max(float(s[-1, -1] - s[seen, -1] @ solved), 0.0))
                made[who] += (spread * rng.standard_normal(len(who)))[:, None]
        return made

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


def means(event: np.ndarray, own: np.ndarray, reference: np.ndarray, strategy: Strategy) -> np.ndarray:
    """mu of n subjects at every visit, from the means A in their own and R in the reference arm; (n, m) each.

    ``event`` (n,) is the position of e, m where there is none.
    """
    if strategy == "MAR":
        return own
    if strategy == "CR":
        return np.where((event < own.shape[1])[:, None], reference, own)
    after = np.arange(own.shape[1]) >= event[:, None]
    if strategy == "JR":
        return np.where(after, reference, own)
    before = np.maximum(event - 1, 0)[:, None]
    step = np.take_along_axis(own - reference, before, axis=1)
    return np.where(after, reference + np.where(event[:, None] > 0, step, 0.0), own)


class Completion:
    """The subjects whose last visit is missing, and their patterns of observed visits."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.gap = np.flatnonzero(grid.missing[:, -1])
        self.y, self.event = grid.y[self.gap], grid.event[self.gap]
        self.own, self.reference = grid.own[self.gap], grid.reference[self.gap]
        self.seen = ~grid.missing[self.gap]
        self.patterns, which = np.unique(self.seen, axis=0, return_inverse=True)
        self.pattern = which.reshape(-1)

    def last(
        self, at: Estimates, strategies: tuple[Strategy, ...], rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """The last response under each strategy, (n, strategies); a draw if a generator is given."""
        made = np.repeat(self.grid.y[:, -1:], len(strategies), axis=1)
        made[self.gap] = self._imputed(at, strategies, rng)
        return made

    def _imputed(self, at: Estimates, strategies: tuple[Strategy, ...], rng: np.random.Generator | None) -> np.ndarray:
        """The last response of those who miss it; S(o, o) stands in an identity, so that all patterns have one size."""
        s, own, reference = at.sigma, self.own @ at.b, self.reference @ at.b
        mu = np.stack([means(self.event, own, reference, strategy) for strategy in strategies], axis=2)
        both, toward = self.patterns[:, :, None] & self.patterns[:, None, :], self.patterns * s[-1]
        solved = np.linalg.solve(np.where(both, s, np.eye(len(s))), toward[:, :, None])[:, :, 0]
        rest = np.where(self.seen[:, :, None], self.y[:, :, None] - mu, 0.0)
        made: np.ndarray = mu[:, -1] + np.einsum("iks,ik->is", rest, solved[self.pattern])
        if rng is not None:
            spread, drawn = np.sqrt(np.maximum(s[-1, -1] - (toward * solved).sum(axis=1), 0.0)), np.empty(len(made))
            drawn[np.argsort(self.pattern, kind="stable")] = rng.standard_normal(len(made))
            made += (spread[self.pattern] * drawn)[:, None]
        return made

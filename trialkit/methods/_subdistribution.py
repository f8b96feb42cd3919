"""Fine and Gray's model as a weighted partial likelihood, with its sandwich covariance.

Formulas and sources: see ``fine_gray``.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods._risk_table import risk_table


class Subdistribution:
    """The log likelihood of columns x, shape (n, p); cause is 0 censored, 1 of interest, 2 other, shape (n,)."""

    def __init__(self, time: np.ndarray, cause: np.ndarray, x: np.ndarray) -> None:
        table = risk_table(time, cause == 1)
        self.x, self.cause, m = x, cause, len(table.time)
        self.place = np.searchsorted(table.time, time * (1 + 1e-12), side="right") - 1
        self.d, self.at_risk = table.events[:, 0].astype(float), table.at_risk[:, 0].astype(float)
        self.censored = np.bincount(self.place[cause == 0], minlength=m)
        self.g = np.cumprod(np.concatenate([[1.0], 1 - self.censored / self.at_risk]))[:-1]
        self.other = np.where(cause == 2, 1 / np.maximum(self.g[self.place], 1e-300), 0.0)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Weighted sum at each distinct time of values (n, k): those at risk, and those gone by another cause."""
        made = []
        for column in values.T:
            here = np.bincount(self.place, column, len(self.g))
            gone = np.bincount(self.place, column * self.other, len(self.g))
            made.append(here[::-1].cumsum()[::-1] + self.g * (gone.cumsum() - gone))
        return np.column_stack(made)

    def parts(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """r (n,), the weighted risk sum (m,) and mean of x (m, p)."""
        r = np.exp(self.x @ b)
        sums = self.sums(np.column_stack([r, r[:, None] * self.x]))
        s0 = np.where(self.d > 0, sums[:, 0], 1.0)
        return r, s0, sums[:, 1:] / s0[:, None]

    def exposure(self, h: np.ndarray) -> np.ndarray:
        """Integral of h (m, k) over each row's weighted time at risk, shape (n, k)."""
        total = np.cumsum(h, axis=0)
        weighted = np.cumsum(self.g[:, None] * h, axis=0)
        return total[self.place] + self.other[:, None] * (weighted[-1] - weighted[self.place])

    def __call__(self, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log likelihood, score (p,) and information (p, p) at b, shape (p,)."""
        r, s0, mean = self.parts(b)
        own = self.cause == 1
        value = float((self.x[own] @ b).sum() - self.d @ np.log(s0))
        weight = r * self.exposure((self.d / s0)[:, None])[:, 0]
        info = self.x.T @ (weight[:, None] * self.x) - mean.T @ (self.d[:, None] * mean)
        return value, self.x[own].sum(axis=0) - self.d @ mean, info

    def influence(self, b: np.ndarray) -> np.ndarray:
        """Score contribution of each row, with what estimating the censoring distribution adds, shape (n, p)."""
        r, s0, mean = self.parts(b)
        h = (self.d / s0)[:, None]
        eta = -r[:, None] * (self.x * self.exposure(h) - self.exposure(h * mean))
        own = self.cause == 1
        eta[own] += self.x[own] - mean[self.place[own]]
        return eta + self._censoring(r, h, mean)

    def _censoring(self, r: np.ndarray, h: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Integral of q(u) / at risk over the censoring martingale: q sums T < u <= t, what G moves at t by u."""
        weighted = np.cumsum(self.g[:, None] * np.column_stack([h, h * mean]), axis=0)
        from_here = np.vstack([weighted[-1:], weighted[-1] - weighted[:-1]])
        gone = []
        for column in (np.ones(len(r)), *self.x.T):
            left = np.bincount(self.place, r * self.other * column, len(self.g))
            gone.append(left.cumsum() - left)
        q = [x * from_here[:, 0] - gone[0] * rest for x, rest in zip(gone[1:], from_here[:, 1:].T, strict=True)]
        share = np.column_stack(q) / self.at_risk[:, None]
        made = -np.cumsum(share * (self.censored / self.at_risk)[:, None], axis=0)[self.place]
        out = self.cause == 0
        made[out] += share[self.place[out]]
        return made

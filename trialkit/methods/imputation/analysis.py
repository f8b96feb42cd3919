"""Analysis of covariance of the completed last visit, for several response columns at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods.base import MethodError


@dataclass(frozen=True)
class Analysis:
    """The design of n subjects: ``x`` (n, q) with intercept, covariates, factor indicators, indicators of arms.

    ``weight`` (q,) holds factor columns at equal weights and nan where a covariate is held at its mean; the last
    columns are those of the arms other than ``base``.
    """

    x: np.ndarray
    weight: np.ndarray
    arms: int
    base: int

    def contrasts(self, x: np.ndarray) -> np.ndarray:
        """L of the differences to the reference (arms - 1 rows), then of the means of all arms; (2 arms - 1, q)."""
        q, k = x.shape[1], self.arms - 1
        held = np.where(np.isnan(self.weight), x.mean(axis=0), self.weight)
        means = np.tile(held, (self.arms, 1))
        means[:, q - k :] = np.insert(np.eye(k), self.base, 0.0, axis=0)
        others = [i for i in range(self.arms) if i != self.base]
        return np.concatenate([means[others] - means[self.base], means])

    def estimates(self, y: np.ndarray, keep: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Differences and means, (2 arms - 1, columns of y), of some subjects."""
        x = self.x[keep]
        return np.asarray(self.contrasts(x) @ _solved(x, y[keep]))

    def with_errors(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Estimates and standard errors (2 arms - 1, columns), and the residual degrees of freedom."""
        b, L = _solved(self.x, y), self.contrasts(self.x)
        df = len(y) - self.x.shape[1]
        s2 = ((y - self.x @ b) ** 2).sum(axis=0) / df
        scale = ((L @ np.linalg.inv(self.x.T @ self.x)) * L).sum(axis=1)
        return L @ b, np.sqrt(np.outer(scale, s2)), float(df)


def _solved(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    q, r = np.linalg.qr(x)
    if np.abs(np.diagonal(r)).min() < 1e-9 * np.abs(np.diagonal(r)).max():
        raise MethodError("the analysis of the last visit has columns that cannot be told apart; leave one out")
    return np.asarray(np.linalg.solve(r, q.T @ y))

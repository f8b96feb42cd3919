"""Analysis of covariance of the completed last visit, for several response columns at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from trialkit.methods.base import MethodError

LOST = 1e-8
"""Where the others' x'x has less than this in the direction of a subject's row, they are factored anew."""


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

    def left_out(self, completed: Iterable[np.ndarray]) -> np.ndarray:
        """Estimates without each subject, (n, 2 arms - 1, columns), from the y that belongs to each.

        With x = q r, the others' x'x is r' (1 - q_i q_i') r, so that only products with the one row are taken off.
        """
        n, k = len(self.x), self.arms - 1
        q, r = _factored(self.x)
        lines, held = self.contrasts(self.x), np.isnan(self.weight)
        mean = (self.x[:, held].sum(axis=0) - self.x[:, held]) / (n - 1)
        made = []
        for i, y in enumerate(completed):
            left = 1 - q[i] @ q[i]
            if left < LOST:
                made.append(self.estimates(y, np.delete(np.arange(n), i)))
                continue
            rest = q.T @ y - np.outer(q[i], y[i])
            lines[k:, held] = mean[i]
            made.append(lines @ np.linalg.solve(r, rest + np.outer(q[i], q[i] @ rest / left)))
        return np.array(made)

    def with_errors(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Estimates and standard errors (2 arms - 1, columns), and the residual degrees of freedom."""
        b, L = _solved(self.x, y), self.contrasts(self.x)
        df = len(y) - self.x.shape[1]
        s2 = ((y - self.x @ b) ** 2).sum(axis=0) / df
        scale = ((L @ np.linalg.inv(self.x.T @ self.x)) * L).sum(axis=1)
        return L @ b, np.sqrt(np.outer(scale, s2)), float(df)


def _solved(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    q, r = _factored(x)
    return np.asarray(np.linalg.solve(r, q.T @ y))


def _factored(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    q, r = np.linalg.qr(x)
    if np.abs(np.diagonal(r)).min() < 1e-9 * np.abs(np.diagonal(r)).max():
        raise MethodError("the analysis of the last visit has columns that cannot be told apart; leave one out")
    return q, r

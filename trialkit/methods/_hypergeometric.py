"""Conditional inference on a common odds ratio of 2 x 2 tables: Fisher's noncentral hypergeometric distribution.

Given the margins, the sum s of the corner cells of K tables has P(s) proportional to c(s) w^s, w the odds ratio and
c the convolution of the tables' hypergeometric weights. The conditional maximum likelihood estimate makes the mean
equal to the observed s; the exact limits make a tail probability alpha / 2.

Source: Fisher (1935) J R Stat Soc 98, 39-82; Gart (1970) Biometrika 57, 471-475; Mehta, Patel and Gray (1985) JASA 80,
969-973.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from trialkit.methods._root import root

EQUAL = 1 + 1e-7
"""Tables at most this factor more probable count as equally probable (R's rule)."""


@dataclass(frozen=True)
class Conditional:
    """The distribution of s: its support (k,) from ``low``, the log weights (k,), and the observed s."""

    low: int
    log_weight: np.ndarray
    observed: int

    @property
    def support(self) -> np.ndarray:
        """The possible values of s."""
        return self.low + np.arange(len(self.log_weight))

    def density(self, log_odds: float) -> np.ndarray:
        """P(s) at an odds ratio exp(log_odds), shape (k,)."""
        made = self.log_weight + log_odds * self.support
        made = np.exp(made - made.max())
        return np.asarray(made / made.sum())

    def p(self) -> float:
        """Two-sided p of odds ratio 1: all s no more probable than the observed one."""
        density = self.density(0.0)
        return min(1.0, float(density[density <= density[self.observed - self.low] * EQUAL].sum()))

    def tail(self, log_odds: float, upper: bool) -> float:
        """P(s >= observed) or P(s <= observed)."""
        inside = self.support >= self.observed if upper else self.support <= self.observed
        return float(self.density(log_odds)[inside].sum())

    def estimate(self) -> float:
        """Conditional maximum likelihood estimate of the odds ratio: 0 or inf at the ends of the support."""
        ends = self._ends()
        if ends is not None:
            return ends
        return self._solved(lambda v: float(self.density(v) @ self.support) - self.observed)

    def limits(self, confidence: float) -> tuple[float, float]:
        """Exact limits of the odds ratio."""
        tail, ends = (1 - confidence) / 2, self._ends()
        low = 0.0 if ends == 0 else self._solved(lambda v: self.tail(v, True) - tail)
        high = np.inf if ends == np.inf else self._solved(lambda v: tail - self.tail(v, False))
        return low, float(high)

    def _ends(self) -> float | None:
        if len(self.support) == 1:
            return None
        return {self.support[0]: 0.0, self.support[-1]: np.inf}.get(self.observed)

    def _solved(self, f: Callable[[float], float]) -> float:
        low, high = -1.0, 1.0
        while f(low) > 0:
            low *= 2
        while f(high) < 0:
            high *= 2
        return float(np.exp(root(f, low, high, xtol=1e-14, rtol=1e-14)))


def conditional(tables: np.ndarray) -> Conditional:
    """The distribution for tables (K, 2, 2) of counts, of the sum of the cells [:, 0, 0]; no table is empty."""
    low, weight, observed = 0, np.zeros(1), 0
    for (a, b), (c, d) in tables.astype(int):
        own_low, own = _weights(a + b, c + d, a + c)
        low, observed, weight = low + own_low, observed + a, _convolved(weight, own)
    return Conditional(low, weight, int(observed))


def _weights(row: int, other: int, col: int) -> tuple[int, np.ndarray]:
    x = np.arange(max(0, col - other), min(row, col) + 1)
    made = -(gammaln(x + 1) + gammaln(row - x + 1) + gammaln(col - x + 1) + gammaln(other - col + x + 1))
    return int(x[0]), made - made.max()


def _convolved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Log weights of the sum of two independent counts."""
    short, long = (a, b) if len(a) < len(b) else (b, a)
    made = np.full(len(a) + len(b) - 1, -np.inf)
    for i, weight in enumerate(short):
        at = slice(i, i + len(long))
        made[at] = np.logaddexp(made[at], weight + long)
    return made

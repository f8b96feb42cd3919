"""The partial likelihood of Breslow and Efron with its first two derivatives.

With r = w exp(x b), risk-set sums S0, S1 and sums D0, D1 over the d events of an event time with mean weight v, Efron's
likelihood has a term for each l = 0..d-1: v log(S0 - (l/d) D0); Breslow's has d terms with D left out.

Source: Breslow (1974) Biometrics 30, 89-99; Efron (1977) JASA 72, 557-565.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods._cox.risk_sets import RiskSets


@dataclass(frozen=True)
class Terms:
    """At one b, for T terms: denominator, weighted mean of x (T, p), hazard weight / denominator; and r, shape (n,)."""

    r: np.ndarray
    denominator: np.ndarray
    mean: np.ndarray
    h: np.ndarray


class PartialLikelihood:
    """Breslow's or Efron's partial likelihood of x, shape (n, p), with weights and offset of shape (n,)."""

    def __init__(
        self, sets: RiskSets, x: np.ndarray, weight: np.ndarray | None = None, efron: bool = True,
        offset: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        self.sets, self.x, self.weight, self.offset = sets, x, weight, offset
        d, m = sets.d, len(sets.time)
        own = np.ones(len(sets.dead)) if weight is None else weight[sets.dead]
        total = sets.at_events(own)
        self.tied = efron and bool((d > 1).any())
        if self.tied:
            self.at = np.repeat(np.arange(m), d)
            self.fraction = (np.arange(len(self.at)) - np.repeat(np.cumsum(d) - d, d)) / d[self.at]
            self.v = (total / np.maximum(d, 1))[self.at]
        else:
            self.at, self.fraction, self.v = np.arange(m), np.zeros(m), total
        self.own, self.events_x = own, own @ x[sets.dead]

    def __call__(self, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log likelihood, score (p,) and information (p, p) at b, shape (p,)."""
        eta = self._eta(b)
        terms = self.terms(eta)
        value = float(self.own @ eta[self.sets.dead] - self.v @ np.log(terms.denominator))
        return value, self.events_x - self.v @ terms.mean, self.information(terms)

    def _eta(self, b: np.ndarray) -> np.ndarray:
        eta = self.x @ b
        return eta if self.offset is None else eta + self.offset

    def terms(self, eta: np.ndarray) -> Terms:
        """The terms at linear predictors of shape (n,)."""
        r = np.exp(eta) if self.weight is None else self.weight * np.exp(eta)
        rx = r[:, None] * self.x
        s0, s1 = self.sets.sums(r), self.sets.sums(rx)
        if self.tied:
            dead, f = self.sets.dead, self.fraction
            s0 = s0[self.at] - f * self.sets.at_events(r[dead])[self.at]
            s1 = s1[self.at] - f[:, None] * self.sets.at_events(rx[dead])[self.at]
        return Terms(r, s0, s1 / s0[:, None], self.v / s0)

    def exposure(self, h: np.ndarray) -> np.ndarray:
        """Sum over each row's time at risk of h, shape (T,) or (T, k); an event counts 1 - l/d of its own terms."""
        if not self.tied:
            return self.sets.between(h)
        made = self.sets.between(_by(self.at, h, len(self.sets.time)))
        own = _by(self.at, (h.T * self.fraction).T, len(self.sets.time))
        made[self.sets.dead] -= own[self.sets.dead_at]
        return made

    def information(self, terms: Terms, g: np.ndarray | None = None) -> np.ndarray:
        """Sum over the terms of g times the variance of x in the risk set, shape (p, p); g = 1 if None."""
        h, v = (terms.h, self.v) if g is None else (g * terms.h, g * self.v)
        whole = self.x.T @ ((terms.r * self.exposure(h))[:, None] * self.x)
        return whole - terms.mean.T @ (v[:, None] * terms.mean)


def _by(at: np.ndarray, values: np.ndarray, m: int) -> np.ndarray:
    """Sum by event time of values per term, shape (T,) or (T, k)."""
    if values.ndim == 1:
        return np.bincount(at, values, m)
    return np.column_stack([np.bincount(at, column, m) for column in values.T])

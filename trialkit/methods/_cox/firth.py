"""Firth's penalty: the log likelihood plus half the log determinant of the information, which always has a maximum.

The score gains tr(I^-1 dI/db(k)) / 2; standard errors come from I at the penalized maximum.

Source: Firth (1993) Biometrika 80, 27-38; Heinze and Schemper (2001) Biometrics 57, 114-119.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods._cox.partial_likelihood import PartialLikelihood, Terms
from trialkit.methods._linear import inverse


class FirthLikelihood:
    """A partial likelihood with Jeffreys' prior."""

    def __init__(self, base: PartialLikelihood) -> None:
        self.base = base

    def __call__(self, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Penalized log likelihood, its score (p,), and the information (p, p) of the likelihood itself."""
        value, score, info = self.base(b)
        terms = self.base.terms(self.base.x @ b)
        v = inverse(info)
        change = [float(np.sum(v * self._derivative(terms, k))) for k in range(len(b))]
        return value + 0.5 * float(np.linalg.slogdet(info)[1]), score + 0.5 * np.array(change), info

    def _derivative(self, terms: Terms, k: int) -> np.ndarray:
        """dI/db(k), shape (p, p)."""
        base, x, mean = self.base, self.base.x, terms.mean
        dh = -terms.h * mean[:, k]
        weight = terms.r * (x[:, k] * base.exposure(terms.h) + base.exposure(dh))
        second = self._second(terms, k)
        dmean = second - mean * mean[:, k : k + 1]
        cross = dmean.T @ (base.v[:, None] * mean)
        return x.T @ (weight[:, None] * x) - cross - cross.T

    def _second(self, terms: Terms, k: int) -> np.ndarray:
        """Weighted mean of x(k) x in each term's risk set, shape (T, p)."""
        base, sets = self.base, self.base.sets
        value = (terms.r * base.x[:, k])[:, None] * base.x
        made = sets.sums(value)
        if base.tied:
            made = made[base.at] - base.fraction[:, None] * sets.at_events(value[sets.dead])[base.at]
        return made / terms.denominator[:, None]

"""A fitted Cox model from arrays: coefficients, variances, tests; refusal where there is no maximum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._cox.exact import ExactLikelihood
from trialkit.methods._cox.firth import FirthLikelihood
from trialkit.methods._cox.partial_likelihood import PartialLikelihood
from trialkit.methods._cox.risk_sets import RiskSets, risk_sets
from trialkit.methods._linear import inverse, quadratic
from trialkit.methods._newton import Likelihood, Maximum, maximize
from trialkit.methods.base import MethodError

Ties = Literal["efron", "breslow", "exact"]
FEW_UNITS = "the robust covariance is singular: too few independent units for the coefficients"
LARGEST_SE = 20.0
"""Standard error of a column scaled to standard deviation 1 beyond which the likelihood has no maximum."""


@dataclass(frozen=True)
class Test:
    """A chi-square statistic with its degrees of freedom and p."""

    chisq: float
    df: int

    @property
    def p(self) -> float:
        """Upper tail probability."""
        return float(chdtrc(self.df, self.chisq))


@dataclass(frozen=True)
class CoxFit:
    """A fit of p columns. Everything is in the unit of the columns given.

    Attributes:
        coef, se: shape (p,); covariance: the inverse of the information, shape (p, p).
        log_likelihood, log_likelihood_null: at ``coef`` and at 0; penalized under Firth.
        score: the test of no effect from the derivative at 0.
        x: columns less ``center`` and divided by ``scale``; ``f`` is the likelihood of these.
    """

    coef: np.ndarray
    se: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    log_likelihood_null: float
    score: Test
    sets: RiskSets
    x: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    weight: np.ndarray | None
    f: Likelihood

    @property
    def lr(self) -> Test:
        """Likelihood-ratio test of no effect of any column."""
        return Test(2 * (self.log_likelihood - self.log_likelihood_null), len(self.coef))

    @property
    def inner(self) -> np.ndarray:
        """Coefficients of the scaled columns."""
        return self.coef * self.scale

    def wald(self, covariance: np.ndarray | None = None) -> Test:
        """Wald test of no effect, with the model's or another covariance of ``coef``.

        Raises MethodError where the covariance is singular (fewer independent units than coefficients).
        """
        v = self.covariance if covariance is None else covariance
        return Test(quadratic(self.coef, v, FEW_UNITS), len(self.coef))


def fit_cox(
    stop: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    start: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    ties: Ties = "efron",
    firth: bool = False,
    names: Sequence[str] = (),
) -> CoxFit:
    """Fit columns x, shape (n, p), to (start, stop] and events of shape (n,).

    Raises MethodError where there is no event or no finite maximum (unless ``firth``), or for exact ties with weights.
    """
    sets = risk_sets(stop, event, start, stratum)
    if not len(sets.dead):
        raise MethodError("there is no event: the partial likelihood says nothing")
    center = x.mean(axis=0)
    z = x - center
    scale = np.sqrt((z * z).mean(axis=0))
    scale[scale == 0] = 1.0
    z /= scale
    f = _likelihood(sets, z, weight, ties, firth)
    zero = np.zeros(x.shape[1])
    null = f(zero)
    found = maximize(f, zero, quadratic=not firth)
    return _made(found, null, (sets, z, center, scale, weight, f), names)


def _likelihood(sets: RiskSets, x: np.ndarray, weight: np.ndarray | None, ties: Ties, firth: bool) -> Likelihood:
    if ties == "exact":
        if weight is not None or firth:
            raise MethodError("exact ties go with neither weights nor Firth's penalty; use efron or breslow")
        return ExactLikelihood(sets, x)
    base = PartialLikelihood(sets, x, weight, ties == "efron")
    return FirthLikelihood(base) if firth else base


def _made(
    found: Maximum, null: tuple[float, np.ndarray, np.ndarray], inside: tuple, names: Sequence[str]
) -> CoxFit:  # fmt: skip
    sets, z, center, scale, weight, f = inside
    v = inverse(found.information)
    score = Test(quadratic(null[1], null[2]), len(scale))
    se = np.sqrt(np.maximum(np.diag(v), 0))
    bad = ~((se > 0) & (se < LARGEST_SE))
    if bad.any():
        j = int(np.flatnonzero(bad)[0])
        raise MethodError(
            f"the likelihood has no maximum: the events are separated by {names[j] if names else f'column {j + 1}'!r} "
            "(monotone likelihood); leave it out, or ask for Firth's penalty"
        )
    v /= np.outer(scale, scale)
    return CoxFit(
        found.b / scale, se / scale, v, found.value, null[0], score, sets, z, center, scale, weight, f
    )  # fmt: skip

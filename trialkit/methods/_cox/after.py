"""What follows from a fit: profile-likelihood limits, the baseline hazard, concordance."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from trialkit.methods._cox.firth import FirthLikelihood
from trialkit.methods._cox.fit import CoxFit
from trialkit.methods._cox.residuals import base_of
from trialkit.methods._newton import maximize
from trialkit.methods._root import root


def profile_limits(fit: CoxFit, j: int, confidence: float) -> tuple[float, float]:
    """Limits of coefficient j: where twice the drop of the profile likelihood is the chi-square quantile.

    Infinite where the likelihood does not drop so far (checked up to 50 standard errors).
    """
    free = np.arange(len(fit.coef)) != j
    target = fit.log_likelihood - float(chdtri(1, 1 - confidence)) / 2
    quadratic = not isinstance(fit.f, FirthLikelihood)
    start = fit.inner

    def above(value: float) -> float:
        b = start.copy()
        b[j] = value
        return maximize(fit.f, b, free, quadratic).value - target

    return _crossing(above, start[j], -fit.se[j] * fit.scale[j]) / fit.scale[j], (
        _crossing(above, start[j], fit.se[j] * fit.scale[j]) / fit.scale[j]
    )


def _crossing(above, middle: float, step: float) -> float:  # type: ignore[no-untyped-def]
    """The place beyond the middle, in steps, at which the function falls to 0."""
    for k in range(2, 51):
        if above(middle + k * step) < 0:
            return float(root(above, middle + (k - 2) * step, middle + k * step, xtol=1e-12, rtol=1e-12))
    return float(np.inf * np.sign(step))


def baseline_hazard(fit: CoxFit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stratum code, event time and cumulative hazard after it where all columns are 0, each of shape (m,)."""
    f = base_of(fit)
    terms = f.terms(f.x @ fit.inner)
    jump = np.bincount(f.at, terms.h, len(f.sets.time)) * np.exp(-float(fit.center @ fit.coef))
    total = np.cumsum(jump)
    first = np.flatnonzero(np.diff(f.sets.stratum, prepend=-1))
    lengths = np.diff(np.append(first, len(total)))
    return f.sets.stratum, f.sets.time, total - np.repeat(total[first] - jump[first], lengths)


def concordance(fit: CoxFit) -> float:
    """Share of comparable pairs in which the one who fails first has the larger hazard; ties in hazard count half.

    Comparable with an event is everybody still at risk after it in the same stratum. Cost: events times rows.
    """
    sets, eta = fit.sets, fit.x @ fit.inner
    first = np.zeros(len(eta), np.intp) if sets.first is None else sets.first
    died = np.full(len(eta), -1)
    died[sets.dead] = sets.dead_at
    good = pairs = 0.0
    for i, j in zip(sets.dead, sets.dead_at, strict=True):
        other = eta[(first <= j) & (sets.last > j) & (died != j)]
        pairs += len(other)
        good += float((eta[i] > other + 1e-12).sum()) + 0.5 * float((np.abs(eta[i] - other) <= 1e-12).sum())
    return good / pairs if pairs else 0.5

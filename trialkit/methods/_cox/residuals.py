"""Score residuals of a fit and the robust (sandwich) covariance; martingale and deviance residuals.

The score residual of row i is (x(i) - mean) at its own event less the integral of (x(i) - mean(t)) exp(x(i) b) dH(t)
over its time at risk; under Efron's ties an event counts 1 - l/d of its own terms, and its own mean is that of all d.

Source: Lin and Wei (1989) JASA 84, 1074-1078; Therneau, Grambsch and Fleming (1990) Biometrika 77, 147-160.
"""

from __future__ import annotations

import numpy as np

from trialkit.methods._cox.fit import FEW_UNITS, CoxFit, Test
from trialkit.methods._cox.partial_likelihood import PartialLikelihood, _by
from trialkit.methods._linear import quadratic
from trialkit.methods.base import MethodError


def base_of(fit: CoxFit) -> PartialLikelihood:
    """The fit's Breslow or Efron likelihood. Raises MethodError for exact ties, which have no residuals here."""
    f = getattr(fit.f, "base", fit.f)
    if not isinstance(f, PartialLikelihood):
        raise MethodError("robust standard errors, baseline hazard and PH test need efron or breslow ties, not exact")
    return f


def score_residuals(fit: CoxFit, inner: np.ndarray | None = None) -> np.ndarray:
    """Unweighted score residuals of the scaled columns, shape (n, p), at the fit (or at other scaled coefficients)."""
    f = base_of(fit)
    terms = f.terms(f.x @ (fit.inner if inner is None else inner))
    plain = terms.r if f.weight is None else terms.r / f.weight
    made = -plain[:, None] * (f.x * f.exposure(terms.h)[:, None] - f.exposure(terms.h[:, None] * terms.mean))
    count = np.bincount(f.at, minlength=len(f.sets.time))[:, None]
    mean = _by(f.at, terms.mean, len(f.sets.time)) / count
    made[f.sets.dead] += f.x[f.sets.dead] - mean[f.sets.dead_at]
    return made


def _by_cluster(residuals: np.ndarray, weight: np.ndarray | None, cluster: np.ndarray | None) -> np.ndarray:
    weighted = residuals if weight is None else residuals * weight[:, None]
    if cluster is None:
        return weighted
    return np.column_stack([np.bincount(cluster, column) for column in weighted.T])


def robust_covariance(fit: CoxFit, cluster: np.ndarray | None = None) -> np.ndarray:
    """Sandwich covariance of ``coef``, shape (p, p); ``cluster`` are codes 0.. of shape (n,), None for each row."""
    v = fit.covariance * np.outer(fit.scale, fit.scale)
    d = _by_cluster(score_residuals(fit), fit.weight, cluster) @ v / fit.scale
    return d.T @ d


def robust_score(fit: CoxFit, cluster: np.ndarray | None = None) -> Test:
    """Score test of no effect with the variance of the summed score residuals at 0. Raises MethodError if singular."""
    zero = np.zeros(len(fit.coef))
    s = _by_cluster(score_residuals(fit, zero), fit.weight, cluster)
    u = s.sum(axis=0)
    return Test(quadratic(u, s.T @ s, FEW_UNITS), len(u))


def martingale_residuals(fit: CoxFit) -> np.ndarray:
    """Events less expected events of each row, shape (n,)."""
    f = base_of(fit)
    terms = f.terms(f.x @ fit.inner)
    made = -(terms.r if f.weight is None else terms.r / f.weight) * f.exposure(terms.h)
    made[f.sets.dead] += 1
    return made


def deviance_residuals(fit: CoxFit) -> np.ndarray:
    """Martingale residuals made symmetric, shape (n,)."""
    m = martingale_residuals(fit)
    event = np.zeros(len(m))
    event[fit.sets.dead] = 1
    logs = np.where(event > 0, np.log(np.where(event > 0, event - m, 1.0)), 0.0)
    return np.sign(m) * np.sqrt(-2 * (m + event * logs))

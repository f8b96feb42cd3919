"""The mixed model fitted to all subjects but one, for every one of them at once.

The elements of an unstructured Sigma are its parameters. From the whole's optimum, which lies near, whole Newton steps
are taken in them, those of all fits together (``products``). A fit that they do not bring to an optimum is left to
``Refit.without``, which shortens steps and says why there is none; so are fits of other structures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods.imputation.refit import LOST, Estimates, Refit
from trialkit.methods.mmrm.likelihood import pairs
from trialkit.methods.mmrm.newton import ENOUGH, FLOOR, GOAL
from trialkit.methods.mmrm.optimum import SINGULAR, share_left
from trialkit.methods.mmrm.products import products
from trialkit.methods.mmrm.sigma import Unstructured

STEPS = 8
"""Whole steps before a fit is left to the search with shortened ones; four are usual."""
BLOCK = 2**22
"""Elements of the largest array of the fits made at once (32 MB)."""


def without_each(refit: Refit) -> list[Estimates]:
    """The fits without each subject of the model. Raises MethodError, as ``Refit.without``, without an optimum."""
    found: dict[int, Estimates] = {}
    if refit.fit.structure == "us":
        z = refit.based(refit.z)
        plain = _plain(refit, z)
        m, width = z.shape[1:]
        size = max(1, BLOCK // (m * m * max(width**2, len(refit.fit.data.count) * m * m)))
        for start in range(0, len(plain), size):
            found |= _fits(refit, z, plain[start : start + size])
    return [found[i] if i in found else refit.without(i) for i in range(len(refit.count))]


def _plain(refit: Refit, z: np.ndarray) -> np.ndarray:
    """The subjects without whom the others carry the basis, and see every pair of visits twice."""
    data, x = refit.fit.data, z[:, :, :-1]
    carried = np.linalg.eigvalsh(np.eye(data.p) - x.transpose(0, 2, 1) @ x)[:, 0] >= LOST
    seen = data.seen.astype(float)
    rare = (seen * data.count[:, None]).T @ seen < 3
    own = data.seen[refit.pattern]
    return np.flatnonzero(carried & ~(own[:, :, None] & own[:, None, :] & rare).any(axis=(1, 2)))


def _fits(refit: Refit, z: np.ndarray, who: np.ndarray) -> dict[int, Estimates]:
    """The fits without each of some subjects, by subject; not those that whole steps do not bring to an optimum."""
    made: dict[int, Estimates] = {}
    likelihoods = products(refit.fit.data, z[who], refit.pattern[who], refit.fit.reml)
    sigma, before = np.repeat(refit.fit.found.value.sigma, len(who), axis=0), np.full(len(who), np.inf)
    family, (i, j) = Unstructured(refit.fit.rows.visits), pairs(sigma.shape[1])
    for _ in range(STEPS):
        gradient, hessian, gamma = likelihoods.derivatives(sigma)
        step = _step(gradient, hessian)
        ended = (step.decrement <= GOAL) | ((step.decrement <= ENOUGH) & (step.decrement >= before / 4))
        for k in np.flatnonzero(ended & step.definite & (share_left(sigma).min(axis=1) >= SINGULAR)):
            made[int(who[k])] = _estimates(refit, family, sigma[k], gamma[k], gradient[k])
        moved = sigma.copy()
        moved[:, i, j] += step.move
        moved[:, j, i] = moved[:, i, j]
        on = ~ended & step.definite
        on[on] = np.linalg.eigvalsh(moved[on])[:, 0] > 0
        if not on.any():
            break
        who, sigma, before, likelihoods = who[on], moved[on], step.decrement[on], likelihoods.take(on)
    return made


@dataclass(frozen=True)
class _Step:
    """Newton steps (r, s), their decrements (r,), and whether the Hessian was positive definite (r,)."""

    move: np.ndarray
    decrement: np.ndarray
    definite: np.ndarray


def _step(gradient: np.ndarray, hessian: np.ndarray) -> _Step:
    """-H^-1 g, in the scale of a unit diagonal; nothing of use where H is not positive definite."""
    scale = 1 / np.sqrt(np.maximum(np.abs(np.diagonal(hessian, axis1=1, axis2=2)), np.finfo(float).tiny))
    e, q = np.linalg.eigh(hessian * scale[:, :, None] * scale[:, None, :])
    definite = e[:, 0] > FLOOR * e[:, -1]
    e = np.where(definite[:, None], e, 1.0)
    turned = (q.transpose(0, 2, 1) @ (scale * gradient)[:, :, None])[:, :, 0]
    return _Step(-scale * (q @ (turned / e)[:, :, None])[:, :, 0], (turned**2 / e).sum(axis=1), definite)


def _estimates(
    refit: Refit, family: Unstructured, sigma: np.ndarray, gamma: np.ndarray, gradient: np.ndarray
) -> Estimates:
    """As ``refit.estimates``; the gradient is in the parameters of other fits, not in the elements of Sigma."""
    data = refit.fit.data
    b = np.zeros(len(data.keep))
    b[data.keep] = data.ols + data.basis @ gamma
    i, j = pairs(len(sigma))
    slope = family.at(family.start(sigma)).first[:, i, j] @ gradient
    return Estimates(b, sigma, float(np.abs(slope).max()))

"""Newton's method on a log likelihood, with step halving, some coefficients fixed if asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialkit.methods.base import MethodError

Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]
"""b, shape (p,), to the log likelihood, its gradient (p,), and less its second derivative (p, p)."""
NEAR = 1e-12
"""Newton decrement below which one further step is the last: convergence is quadratic."""
CLOSE = 1e-18
"""Newton decrement below which a stationary point is taken as reached."""
STEPS = 200


@dataclass(frozen=True)
class Maximum:
    """Coefficients (p,), log likelihood, score (p,) and information (p, p) there, and the number of evaluations."""

    b: np.ndarray
    value: float
    score: np.ndarray
    information: np.ndarray
    steps: int


def maximize(f: Likelihood, b: np.ndarray, free: np.ndarray | None = None, quadratic: bool = True) -> Maximum:
    """The maximum from a start b, shape (p,), over the free coefficients (mask, all if None).

    ``quadratic`` says that the third value of f is the exact second derivative. Raises MethodError if it is not
    reached.
    """
    some = np.ones(len(b), bool) if free is None else free
    value, u, info = f(b)
    for steps in range(1, STEPS):
        step = np.zeros(len(b))
        step[some] = _uphill(info[np.ix_(some, some)], u[some])
        decrement = float(step @ u)
        if decrement < CLOSE:
            return Maximum(b, value, u, info, steps)
        b, value, u, info = _halved(f, b, step, value, decrement)
        if quadratic and decrement < NEAR:
            return Maximum(b, value, u, info, steps)
    raise MethodError("the model did not converge; look for a column that separates the events")


def _uphill(info: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The Newton step; where the likelihood curves upwards, along its eigenvectors with the curvature's size."""
    if not len(u):
        return u
    try:
        step = np.linalg.solve(info, u)
    except np.linalg.LinAlgError:
        raise MethodError("the information matrix is singular: columns cannot be told apart at the events") from None
    if step @ u >= 0 or not np.isfinite(step).all():
        return step
    values, vectors = np.linalg.eigh(info)
    size = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
    return np.asarray(vectors @ ((vectors.T @ u) / size))


def _halved(
    f: Likelihood, b: np.ndarray, step: np.ndarray, value: float, decrement: float
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """The point after the longest of the steps 1, 1/2, 1/4 ... that does not lower the likelihood."""
    slack = 1e-9 * (1 + abs(value)) * min(1.0, decrement) + 1e-12 * abs(value)
    for _ in range(40):
        with np.errstate(all="ignore"):
            new = f(b + step)
        if np.isfinite(new[0]) and np.isfinite(new[2]).all() and new[0] >= value - slack:
            return b + step, *new
        step = step / 2
    raise MethodError("the model did not converge: no step raises the likelihood")

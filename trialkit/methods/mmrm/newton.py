"""Newton's method for f(theta), with the Hessian's eigenvalues repaired and steps taken back until f falls.

The decrement g' H^-1 g is twice the fall of f that the next step promises. The iteration ends below 1e-20, or at
1e-12 when rounding lets it fall no further; then the Hessian must be positive definite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

GOAL = 1e-20
ENOUGH = 1e-12
STEPS = 60
FLOOR = 1e-8
"""Eigenvalues of the Hessian, scaled to a unit diagonal, are taken for at least this share of the largest."""
FAR = 200.0
"""A parameter (a log deviation, a correlation's psi) that goes farther than this from its start runs away."""


@dataclass(frozen=True)
class Optimum:
    """Where the iteration ended; state is what ``look`` gave there, ``failure`` why it is no optimum ("" if it is)."""

    theta: np.ndarray
    state: Any
    gradient: np.ndarray
    hessian: np.ndarray
    decrement: float
    steps: int
    failure: str

    @property
    def gradient_norm(self) -> float:
        """Largest absolute element of the gradient."""
        return float(np.abs(self.gradient).max())

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue of the Hessian; inf if one is not positive."""
        e = np.linalg.eigvalsh(self.hessian)
        return float(e[-1] / e[0]) if e[0] > 0 else float("inf")


def minimize(
    theta: np.ndarray,
    value: Callable[[np.ndarray], tuple[float, Any] | None],
    look: Callable[[np.ndarray, Any], tuple[Any, np.ndarray, np.ndarray]],
) -> Optimum:
    """Minimize from theta.

    Args:
        value: theta -> (f, what was found), None outside the domain.
        look: (theta, what was found) -> (state, gradient, Hessian).
    """
    at, origin, before = value(theta), theta, np.inf
    assert at is not None, "the start lies inside"
    for step in range(STEPS + 1):
        state, g, h = look(theta, at[1])
        move, definite = _newton_step(g, h)
        decrement = float(-g @ move)
        done = decrement <= GOAL or (decrement <= ENOUGH and decrement >= before / 4)
        if definite and done:
            return Optimum(theta, state, g, h, decrement, step, "")
        failure = "no step" if step < STEPS else "steps"
        found = _backtracked(theta, move, at[0], g, decrement, definite, value) if step < STEPS else None
        if found is not None and np.abs(found[0] - origin).max() > FAR:
            found, failure = None, "runs away"
        if found is None:
            flat = failure == "no step" and not definite
            return Optimum(theta, state, g, h, decrement, step, "flat" if flat else failure)
        theta, at, before = found[0], found[1], decrement
    raise AssertionError("the last step returns")


def _newton_step(g: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, bool]:
    """-H^-1 g with eigenvalues made positive, and whether they were (in the scale of a unit diagonal)."""
    d = 1 / np.sqrt(np.maximum(np.abs(np.diagonal(h)), np.finfo(float).tiny))
    e, q = np.linalg.eigh(h * np.outer(d, d))
    definite = bool(e[0] > FLOOR * e[-1])
    repaired = np.maximum(np.abs(e), FLOOR * max(float(np.abs(e).max()), 1e-300))
    return -d * (q @ ((q.T @ (d * g)) / repaired)), definite


def _backtracked(
    theta: np.ndarray, move: np.ndarray, f: float, g: np.ndarray, decrement: float, definite: bool,
    value: Callable[[np.ndarray], tuple[float, Any] | None],
) -> tuple[np.ndarray, tuple[float, Any]] | None:  # fmt: skip
    """The first of theta + move, theta + move / 2, ... that brings f down enough; None if none does.

    Close to the optimum the fall drowns in the rounding of f: there a full step of the true Newton is taken.
    """
    noise = 1e-12 * (1 + abs(f))
    largest = float(np.abs(move).max())
    t = 1.0 if largest <= 3 else 3 / largest
    for _ in range(25):
        new = value(theta + t * move)
        close = definite and t == 1.0 and decrement < 1e-6
        if new is not None and (new[0] <= f - 1e-4 * t * decrement or (close and new[0] <= f + noise)):
            return theta + t * move, new
        t /= 2
    return None

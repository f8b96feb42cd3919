"""Inverses and quadratic forms that refuse in words where a matrix is singular."""

from __future__ import annotations

import numpy as np

from trialkit.methods.base import MethodError

SINGULAR = "columns cannot be told apart at the events (the information matrix is singular)"


def inverse(m: np.ndarray, why: str = SINGULAR) -> np.ndarray:
    """The inverse of a matrix (p, p). Raises MethodError with the reason where there is none."""
    try:
        return np.asarray(np.linalg.inv(m))
    except np.linalg.LinAlgError:
        raise MethodError(why) from None


def quadratic(u: np.ndarray, v: np.ndarray, why: str = SINGULAR) -> float:
    """u' V^-1 u of u (p,) and V (p, p). Raises MethodError with the reason where V is singular."""
    try:
        return float(u @ np.linalg.solve(v, u))
    except np.linalg.LinAlgError:
        raise MethodError(why) from None

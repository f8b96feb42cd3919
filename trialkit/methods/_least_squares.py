"""Ordinary least squares with aliased columns left out and estimability checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trialkit.methods._design import Column, independent
from trialkit.methods.base import MethodError, positions


@dataclass(frozen=True)
class Fit:
    """A least-squares fit: coefficients of the kept columns (p,), their (X'X)^-1 (p, p), df, s and R squared.

    ``sandwich`` is a covariance of the coefficients (p, p) that stands in for s^2 (X'X)^-1, None for the model's own.
    """

    keep: np.ndarray
    null: np.ndarray
    b: np.ndarray
    inverse: np.ndarray
    df: int
    rss: float
    r2: float
    sandwich: np.ndarray | None = None

    @property
    def sigma(self) -> float:
        """Residual standard deviation, in the unit of the response."""
        return float(np.sqrt(self.rss / self.df))

    def estimate(self, contrast: np.ndarray) -> tuple[float, float] | None:
        """L b and its standard error for a contrast L over all columns; None if it is not estimable."""
        if np.abs(contrast @ self.null).max(initial=0) > 1e-6 * np.abs(contrast).max():
            return None
        kept = contrast[self.keep]
        if self.sandwich is not None:
            return float(kept @ self.b), float(np.sqrt(kept @ self.sandwich @ kept))
        return float(kept @ self.b), self.sigma * float(np.sqrt(kept @ self.inverse @ kept))


def least_squares(columns: Sequence[Column], y: np.ndarray) -> Fit:
    """Fit y, shape (n,), on an intercept and the columns. Raises MethodError where no residual variance is left."""
    x = np.column_stack([np.ones(len(y)), *(column.values for column in columns)])
    keep = independent(x)
    df = len(y) - int(keep.sum())
    if df < 1:
        raise MethodError(f"{len(y)} usable rows for {int(keep.sum())} parameters; leave out covariates or factors")
    q, r = np.linalg.qr(x[:, keep])
    inner = np.linalg.inv(r)
    b = inner @ (q.T @ y)
    rss, about_mean = float(((y - x[:, keep] @ b) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    if rss <= 1e-20 * max(float((y**2).sum()), np.finfo(float).tiny):
        raise MethodError("the residual variance is zero: the response is a constant or is given by the other columns")
    return Fit(keep, _null_space(x, keep), b, inner @ inner.T, df, rss, 1 - rss / about_mean)


def robust(fit: Fit, columns: Sequence[Column], y: np.ndarray, how: str) -> Fit:
    """The fit with a covariance that unequal variances do not spoil: (X'X)^-1 (sum w e^2 x x') (X'X)^-1.

    With residuals e and leverages h, w is 1 (HC0), n / (n - p) (HC1), 1 / (1 - h) (HC2) or 1 / (1 - h)^2 (HC3).

    Source: White (1980) Econometrica 48, 817-838; MacKinnon and White (1985) J Econometrics 29, 305-325.
    """
    x = np.column_stack([np.ones(len(y)), *(column.values for column in columns)])[:, fit.keep]
    e, h = y - x @ fit.b, ((x @ fit.inverse) * x).sum(axis=1)
    if how in ("HC2", "HC3") and h.max() > 1 - 1e-10:
        raise MethodError(
            f"{how} does not exist: a row determines a coefficient alone; choose HC1 or leave a column out"
        )
    w = {"HC0": 1.0, "HC1": len(y) / fit.df, "HC2": 1 / (1 - h), "HC3": 1 / (1 - h) ** 2}[how]
    inner = x.T @ ((w * e**2)[:, None] * x)
    return replace(fit, sandwich=np.asarray(fit.inverse @ inner @ fit.inverse))


def _null_space(x: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Directions of the coefficients that do not change X b, shape (p, number of aliased columns)."""
    made = np.zeros((x.shape[1], int((~keep).sum())))
    for k, j in enumerate(positions(~keep)):
        made[keep, k] = -np.linalg.lstsq(x[:, keep], x[:, j])[0]
        made[j, k] = 1
    return made

"""Data frame, formula and random effects -> the fitted model, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.lmm.fit import LmmFit, checked_df
from trialkit.methods.lmm.likelihood import Effect, Slopes, effect, slopes
from trialkit.methods.mmrm.formula import parse
from trialkit.methods.mmrm.likelihood import Value, pairs, value
from trialkit.methods.mmrm.newton import Optimum, minimize
from trialkit.methods.mmrm.rows import Rows, read_rows
from trialkit.methods.mmrm.sigma import Unstructured
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd

ZERO = 1e-8
"""Share of the residual variance below which a random effect's variance counts as zero."""


def lmm(
    data: pd.DataFrame,
    formula: str,
    subject: str,
    random: str = "1",
    reml: bool = True,
    df: str = "",
    confidence: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
) -> LmmFit:
    """Fit a linear mixed model with correlated random effects of a subject.

    Args:
        data: any number of rows per subject; rows with a missing value are left out and counted.
        formula: ``response ~ terms``, the fixed effects.
        subject: name of the subject column.
        random: ``1`` for a random intercept, ``1 + time`` for intercept and slope; numeric columns of the formula.
        reml: restricted maximum likelihood, else maximum likelihood.
        df: kenward-roger (the default under REML, expected information as in pbkrtest) or satterthwaite.
        confidence: level of all intervals.
        levels, reference: as in ``mmrm``.

    Raises MethodError, saying what to do, for rows or names that do not fit, and where a variance is estimated at zero.
    """
    if not 0 < confidence < 1:
        raise MethodError(f"confidence is {confidence}; it must lie between 0 and 1")
    method = checked_df(df, reml)
    rows = read_rows(data, formula, subject, levels=levels, reference=reference)
    return fitted(rows, random, reml, method, confidence)


def fitted(rows: Rows, random: str, reml: bool, df: str, confidence: float) -> LmmFit:
    """As ``lmm``, from rows."""
    names, z = _columns(rows, random)
    _refuse_few(rows, names)
    of = effect(rows, z)
    at, inner, run, g = _optimum(of, names, reml)
    return LmmFit(rows, of, at, inner, run, names, g, reml, df, confidence)


def _columns(rows: Rows, random: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and columns (N, k) of the random effects."""
    made: list[np.ndarray] = []
    names: list[str] = []
    for term in parse(f"y ~ {random}").terms:
        found = rows.design.variables.get(term[0]) if len(term) == 1 else None
        if term and (found is None or found.codes is not None):
            raise MethodError(f"the random effect {':'.join(term)!r} must be a numeric column of the formula")
        names.append(term[0] if term else "Intercept")
        made.append(found.number if found is not None else np.ones(len(rows.y)))
    return tuple(names), np.column_stack(made)


def _refuse_few(rows: Rows, names: tuple[str, ...]) -> None:
    most, k = int(np.bincount(rows.subject).max()), len(names)
    if most <= k:
        raise MethodError(
            f"no subject has more than {many(most, 'row')}: {k} random effects and a residual cannot be told apart; "
            "it takes a row more than random effects in some subjects"
        )


def _optimum(of: Effect, names: tuple[str, ...], reml: bool) -> tuple[Value, Slopes, Optimum, np.ndarray]:
    one, k = Unstructured(names), len(names)
    i, j = pairs(k)

    def evaluate(theta: np.ndarray) -> tuple[float, Value] | None:
        with np.errstate(over="ignore", invalid="ignore"):
            made = value(of.data, of.sigma(one.sigma(theta[:-1]), float(np.exp(theta[-1]))), reml)
        return None if made is None else (made.f, made)

    def look(theta: np.ndarray, at: Value) -> tuple[Any, np.ndarray, np.ndarray]:
        inner, g = slopes(of, at, reml), one.at(theta[:-1])
        q, s2 = len(theta), float(np.exp(theta[-1]))
        jacobian, curve = np.zeros((q, q)), np.zeros((q, q))
        jacobian[:-1, :-1], jacobian[-1, -1] = g.first[:, i, j].T, s2
        full = np.zeros((k, k))
        full[i, j] = 0.5 * inner.gradient[:-1]
        curve[:-1, :-1], curve[-1, -1] = g.against(full + full.T), inner.gradient[-1] * s2
        hessian = jacobian.T @ inner.hessian @ jacobian + curve
        return (at, inner), jacobian.T @ inner.gradient, (hessian + hessian.T) / 2

    run = minimize(_start(of, one), evaluate, look)
    g, s2 = one.sigma(run.theta[:-1]), float(np.exp(run.theta[-1]))
    _refuse_boundary(of, names, g, s2, run)
    return *run.state, run, g


def _start(of: Effect, one: Unstructured) -> np.ndarray:
    """Half of the least-squares residual variance to the residual, the rest in equal parts to the random effects."""
    s2 = float((of.data.z[:, :, -1] ** 2).sum()) / of.data.rows / 2
    size = (of.z**2).sum(axis=(0, 1)) / of.data.rows
    return np.append(one.start(np.diag(s2 / size / len(size))), np.log(s2))


def _refuse_boundary(of: Effect, names: tuple[str, ...], g: np.ndarray, s2: float, run: Optimum) -> None:
    """Refuse where a variance is zero, a correlation is 1 or no optimum was reached."""
    size = np.sqrt((of.z**2).sum(axis=(0, 1)) / of.data.rows)
    scaled = g * np.outer(size, size) / s2
    if run.failure or np.linalg.eigvalsh(scaled)[0] < ZERO or scaled.max() > 1 / ZERO:
        weakest = names[int(np.diagonal(scaled).argmin())]
        said = ", ".join(f"{name} {v:.3g}" for name, v in zip(names, np.diagonal(g), strict=True))
        raise MethodError(
            f"the covariance of the random effects has no interior optimum: a variance is estimated at zero or a "
            f"correlation at 1 (variances: {said}; residual {s2:.3g}). Leave the random effect {weakest!r} out"
        )

"""Rates of recurrent events as counts with exposure: negative binomial or Poisson regression.

A subject with columns x and exposure e has mean count mu = e exp(x b); the variance is mu + a mu^2 with dispersion
a > 0 (negative binomial) or mu (Poisson). b and a are maximum likelihood; standard errors come from the information
with a known (as R's glm.nb) or estimated too. For the Poisson model they may also come from the Pearson statistic X^2
(quasi: the model's times sqrt(X^2 / (n - p))) or the sandwich B (sum (y - mu)^2 x x') B with B the model's covariance
(robust, HC0). Crude rates per arm have exact Poisson limits.

Source: Lawless (1987) Can J Stat 15, 209-225; Garwood (1936) Biometrika 28, 437-442; Wedderburn (1974) Biometrika 61,
439-447; White (1982) Econometrica 50, 1-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtri, ndtr, ndtri, xlogy

from trialkit.methods._columns import labels, numbers
from trialkit.methods._count_models import CountFit, NoDispersion, negative_binomial, poisson
from trialkit.methods._design import Column, aliased, arm_columns, covariate_columns, independent, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms, dropped_row, one_row_each
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Params:
    """Parameters of ``negative_binomial``.

    Attributes:
        count: column with the number of events of a subject.
        exposure: column with the time at risk; rates are per unit of it.
        covariates: numeric columns.
        factors: categorical columns.
        model: the distribution of the counts.
        otherwise: a declared fall-back where the counts vary no more than Poisson counts; the result says so.
        variance: standard errors with the dispersion estimated, or taken as known; quasi or robust for poisson only.
        confidence: level of the intervals.
    """

    count: str
    exposure: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    model: Literal["negative_binomial", "poisson"] = "negative_binomial"
    otherwise: Literal["refuse", "poisson"] = "refuse"
    variance: Literal["estimated", "known", "quasi", "robust"] = "estimated"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm n, events, exposure, rate with exact limits; rate_ratio and coef per arm and term; dispersion.

    Raises MethodError for counts that are not whole, exposure not positive, an arm without events, or a dispersion
    without an interior maximum.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    if params.variance in ("quasi", "robust") and params.model != "poisson":
        raise MethodError(f"variance: {params.variance} is for model: poisson; the negative binomial has its own")
    at, account = _usable(inputs, params)
    y, e = numbers(inputs.frame, params.count)[at], numbers(inputs.frame, params.exposure)[at]
    _check(y, e, params)
    code, arms = coded_arms(inputs, at)
    columns = covariate_columns(inputs, at, params.covariates, params.factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    x = np.column_stack([np.ones(len(at)), *(c.values for c in columns)])
    keep = independent(x)
    refuse_aliased_arms(columns, keep[1:], str(inputs.arm))
    made = [account]
    for i, arm in enumerate(arms):
        made += _crude(Row("", arm=arm, rows=at[code == i]), y[code == i], e[code == i], params.confidence)
    _refuse(inputs, arms, code, y)
    fit, said = _fitted(y, x[:, keep], e, params)
    warning = "; ".join(filter(None, (said, absent(inputs, arms), aliased(columns, keep[1:]))))
    made.append(Row("dispersion", fit.dispersion, rows=at, warning=warning))
    made.append(Row("log_likelihood", fit.value, rows=at))
    made += [Row(stat, value, rows=at) for stat, value in goodness(fit, y, x[:, keep], e).items()]
    kept = [c for c, k in zip(columns, keep[1:], strict=True) if k]
    v = covariance(fit, params.variance, y, x[:, keep], e)
    return made + list(_terms(inputs, kept, fit, v, at, params))


def _fitted(y: np.ndarray, x: np.ndarray, e: np.ndarray, params: Params) -> tuple[CountFit, str]:
    """The fit of y (n,) on x (n, p) with exposure e (n,), and a warning if it is that of the fall-back."""
    if params.model == "poisson":
        return poisson(y, x, e), ""
    try:
        return negative_binomial(y, x, e), ""
    except NoDispersion:
        if params.otherwise == "refuse":
            raise
        return poisson(y, x, e), "Poisson is a declared fall-back: the counts vary no more than Poisson counts"


def _usable(inputs: Inputs, params: Params) -> tuple[np.ndarray, Row]:
    names = (params.count, params.exposure, *params.covariates)
    missing = np.zeros(len(inputs.frame), bool)
    for name in names:
        missing |= np.isnan(numbers(inputs.frame, name))
    for name in params.factors:
        missing |= labels(inputs.frame, name) == ""
    at = positions(~missing)
    one_row_each(inputs, at)
    why = "no value in " + " or ".join((*names, *params.factors))
    return at, dropped_row(positions(missing), len(missing), why)


def _check(y: np.ndarray, e: np.ndarray, params: Params) -> None:
    if ((y < 0) | (y != np.round(y))).any():
        raise MethodError(f"column {params.count!r} holds {y[(y < 0) | (y != np.round(y))][0]:g}; counts are whole")
    if not (e > 0).all():
        raise MethodError(f"column {params.exposure!r} holds {e[e <= 0][0]:g}; exposure must be positive")


def _refuse(inputs: Inputs, arms: list[str], code: np.ndarray, y: np.ndarray) -> None:
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows; rate ratios need it")
    for i, arm in enumerate(arms):
        if not y[code == i].any():
            raise MethodError(f"arm {arm!r} has no events: its rate ratio has no finite estimate")


def _crude(blank: Row, y: np.ndarray, e: np.ndarray, confidence: float) -> Iterator[Row]:
    events, total, tail = float(y.sum()), float(e.sum()), (1 - confidence) / 2
    low = 0.0 if events == 0 else float(chdtri(2 * events, 1 - tail)) / 2
    values = {"n": float(len(y)), "events": events, "exposure": total, "rate": events / total}
    values |= {"rate_ci_low": low / total, "rate_ci_high": float(chdtri(2 * events + 2, tail)) / 2 / total}
    yield from (blank.but(stat=stat, value=value) for stat, value in values.items())


def goodness(fit: CountFit, y: np.ndarray, x: np.ndarray, e: np.ndarray) -> dict[str, float]:
    """Pearson's statistic, the deviance, AIC and residual degrees of freedom of a fit to y (n,), x (n, p), e (n,)."""
    mu, a = e * np.exp(x @ fit.b), fit.dispersion
    variance = mu + a * mu**2
    parts = xlogy(y, y / mu) - (y - mu)
    if a > 0:
        parts = xlogy(y, y / mu) - (y + 1 / a) * np.log1p(a * (y - mu) / (1 + a * mu))
    parameters = len(fit.b) + (a > 0)
    made = {"pearson": float(((y - mu) ** 2 / variance).sum()), "deviance": 2 * float(parts.sum())}
    return made | {"aic": 2 * parameters - 2 * fit.value, "df_residual": float(len(y) - len(fit.b))}


def covariance(fit: CountFit, how: str, y: np.ndarray, x: np.ndarray, e: np.ndarray) -> np.ndarray:
    """The covariance (p, p) of the coefficients that ``variance`` asks for."""
    if how == "robust":
        residual = y - e * np.exp(x @ fit.b)
        return np.asarray(fit.given @ (x.T @ ((residual**2)[:, None] * x)) @ fit.given)
    if how == "quasi":
        found = goodness(fit, y, x, e)
        return fit.given * found["pearson"] / found["df_residual"]
    return fit.full if how == "estimated" else fit.given


def _terms(
    inputs: Inputs, columns: list[Column], fit: CountFit, v: np.ndarray, at: np.ndarray, params: Params
) -> Iterator[Row]:
    se = np.sqrt(np.diag(v))
    z = float(ndtri((1 + params.confidence) / 2))
    yield Row("intercept", float(fit.b[0]), rows=at)
    yield Row("intercept_se", float(se[0]), rows=at)
    for column, coef, error in sorted(
        zip(columns, fit.b[1:], se[1:], strict=True), key=lambda found: found[0].variable != inputs.arm
    ):
        blank = Row("", variable=column.variable, variable_level=column.level, rows=at)
        if column.variable == inputs.arm:
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=at)
        values = {"rate_ratio": np.exp(coef), "ci_low": np.exp(coef - z * error), "ci_high": np.exp(coef + z * error)}
        values |= {"coef": coef, "se": error, "z": coef / error, "p": 2 * ndtr(-abs(coef / error))}
        yield from (blank.but(stat=stat, value=float(value)) for stat, value in values.items())

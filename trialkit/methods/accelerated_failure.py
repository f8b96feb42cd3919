"""Parametric time to event: accelerated failure time models, also for interval-censored times.

log T = x b + sigma W with W extreme value (weibull; exponential with sigma = 1), logistic (loglogistic) or normal
(lognormal). exp(b) multiplies the time scale; under weibull exp(-b / sigma) is a hazard ratio. Rows are exact times,
right-censored times, or intervals (left, right]. b and log sigma are maximum likelihood by Newton's method, standard
errors from the observed information.

Source: Kalbfleisch and Prentice (2002) The Statistical Analysis of Failure Time Data, ch 3; as R survreg.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._design import Column, aliased, arm_columns, covariate_columns, independent, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms
from trialkit.methods._intervals import Intervals, intervals
from trialkit.methods._linear import inverse
from trialkit.methods._location_scale import LocationScale
from trialkit.methods._newton import maximize
from trialkit.methods._survival import time_to_event
from trialkit.methods.base import Inputs, MethodError, Row

LARGEST_SE = 20.0
"""Standard error of a column scaled to standard deviation 1 beyond which the likelihood has no maximum."""
Distribution = Literal["weibull", "exponential", "lognormal", "loglogistic"]


@dataclass(frozen=True)
class Params:
    """Parameters of ``accelerated_failure``.

    Attributes:
        time: time column, with
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); or instead of the three
        left: column with the last time without the event, and
        right: column with the first time with it (missing for right-censored).
        covariates: numeric columns.
        factors: categorical columns.
        distribution: distribution of the times.
        confidence: level of the intervals.
    """

    time: str | None = None
    event: str | None = None
    censor: str | None = None
    left: str | None = None
    right: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    distribution: Distribution = "weibull"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, log_likelihood, log_likelihood_null, scale, intercept; per arm and term time_ratio, coef, se, z, p.

    Under weibull and exponential also hazard_ratio of each arm. Raises MethodError for times at 0.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    data = _read(inputs, params)
    if ((data.left == data.right) & (data.left <= 0)).any() or (data.right <= 0).any():
        raise MethodError("a time of 0 has no logarithm; parametric models need times above 0")
    code, arms = coded_arms(inputs, data.at)
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows")
    columns = covariate_columns(inputs, data.at, params.covariates, params.factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    x = np.column_stack([np.ones(len(data.at)), *(c.values for c in columns)])
    keep = independent(x)
    refuse_aliased_arms(columns, keep[1:], str(inputs.arm))
    fit = fit_location_scale(data.left, data.right, x[:, keep], params.distribution)
    null = fit_location_scale(data.left, data.right, x[:, :1], params.distribution)
    warning = "; ".join(filter(None, (absent(inputs, arms), aliased(columns, keep[1:]))))
    made = [data.account, Row("n", float(len(x)), rows=data.at, warning=warning)]
    made += [Row("log_likelihood", fit.value, rows=data.at), Row("log_likelihood_null", null.value, rows=data.at)]
    kept = [c for c, k in zip(columns, keep[1:], strict=True) if k]
    return made + list(_terms(inputs, kept, fit, data.at, params))


def _read(inputs: Inputs, params: Params) -> Intervals:
    if bool(params.time) == bool(params.left):
        raise MethodError("name either time with event or censor, or left and right")
    if params.left:
        if not params.right:
            raise MethodError("name the right column: the first time with the event, missing for right-censored")
        return intervals(inputs, params.left, params.right, params.covariates, params.factors)
    found = time_to_event(
        inputs, str(params.time), params.event, params.censor, params.covariates, params.factors
    )  # fmt: skip
    return Intervals(found.time, np.where(found.event, found.time, np.inf), found.at, found.account)


@dataclass(frozen=True)
class ParametricFit:
    """Coefficients (p,), log sigma (0 where fixed), covariance (without log sigma where fixed), log likelihood."""

    b: np.ndarray
    log_scale: float
    covariance: np.ndarray
    value: float


def fit_location_scale(left: np.ndarray, right: np.ndarray, x: np.ndarray, distribution: str) -> ParametricFit:
    """Fit columns x, shape (n, p) with the intercept, to times in (left, right]. Raises MethodError if it cannot."""
    f = LocationScale(left, right, x, distribution)
    middle = np.where(np.isinf(right), np.maximum(left, 1e-8), (left + right) / 2)
    b = np.linalg.lstsq(x, np.log(middle), rcond=None)[0]
    spread = float(np.log(max(np.std(np.log(middle) - x @ b), 0.05)))
    found = maximize(f, b if f.fixed else np.append(b, spread))
    v = inverse(found.information)
    if (
        not (np.diag(v) > 0).all()
        or not (np.sqrt(np.diag(v))[: len(b)] * np.maximum(x.std(axis=0), 1e-300) < 1e3).all()
    ):
        raise MethodError("the likelihood has no maximum: a column separates the events from the censored rows")
    if f.fixed:
        return ParametricFit(found.b, 0.0, v, found.value)
    return ParametricFit(found.b[:-1], float(found.b[-1]), v, found.value)


def _terms(inputs: Inputs, columns: list[Column], fit: ParametricFit, at: np.ndarray, params: Params) -> Iterator[Row]:
    se, z = np.sqrt(np.diag(fit.covariance)), float(ndtri((1 + params.confidence) / 2))
    sigma = float(np.exp(fit.log_scale))
    yield Row("scale", sigma, rows=at)
    if len(se) > len(fit.b):
        yield Row("log_scale_se", float(se[-1]), rows=at)
    yield Row("intercept", float(fit.b[0]), rows=at)
    yield Row("intercept_se", float(se[0]), rows=at)
    for column, coef, error in sorted(
        zip(columns, fit.b[1:], se[1 : len(fit.b)], strict=True), key=lambda found: found[0].variable != inputs.arm
    ):
        blank = Row("", variable=column.variable, variable_level=column.level, rows=at)
        if column.variable == inputs.arm:
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=at)
        values = {"time_ratio": np.exp(coef), "ci_low": np.exp(coef - z * error), "ci_high": np.exp(coef + z * error)}
        values |= {"coef": coef, "se": error, "z": coef / error, "p": 2 * ndtr(-abs(coef / error))}
        if params.distribution in ("weibull", "exponential"):
            values["hazard_ratio"] = np.exp(-coef / sigma)
        yield from (blank.but(stat=stat, value=float(value)) for stat, value in values.items())

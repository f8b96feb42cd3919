"""Fine and Gray's model of the subdistribution hazard of one cause.

Those who left by another cause stay in the risk set with weight G(t-) / G(T-), G the Kaplan-Meier estimate of being
uncensored: at time t the risk sum of exp(x b) runs over T >= t with weight 1 and over earlier other events with that
weight. b maximizes the partial likelihood with Breslow's ties. The covariance is I^-1 (sum of squared influences) I^-1,
the influence of a row being its score residual plus what the estimation of G adds. exp(b) orders the cumulative
incidences; it is not a ratio of rates among those still at risk (that is ``cause_specific``).

Source: Fine and Gray (1999) JASA 94, 496-509; conventions at ties as R cmprsk (crr).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._competing import chosen, competing
from trialkit.methods._design import (
    Column,
    aliased,
    arm_columns,
    covariate_columns,
    independent,
    refuse_aliased_arms,
)
from trialkit.methods._groups import absent, coded_arms
from trialkit.methods._linear import inverse
from trialkit.methods._newton import maximize
from trialkit.methods._subdistribution import Subdistribution
from trialkit.methods._survival import TimeToEvent
from trialkit.methods.base import Inputs, MethodError, Row

LARGEST_SE = 20.0


@dataclass(frozen=True)
class Params:
    """Parameters of ``fine_gray``.

    Attributes:
        time: time column.
        reason: column with the cause of each event.
        cause: the cause of interest, a value of ``reason``.
        event: event indicator (1 = event of any cause), or
        censor: censoring indicator (0 = event); exactly one of the two.
        covariates: numeric columns, without missing values.
        factors: categorical columns.
        confidence: level of the intervals.
    """

    time: str
    reason: str
    cause: str
    event: str | None = None
    censor: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, events, competing_events, log_likelihood; per arm hazard_ratio, ci_low, ci_high, coef, se, z, p.

    Raises MethodError where an arm has no event of the cause, or a covariate is missing.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    found = competing(inputs, params.time, params.event, params.censor, params.reason, params.factors)
    which, data = chosen(found.names, params.cause), found.data
    code, arms = coded_arms(inputs, data.at)
    cause = np.where(found.cause == which, 1, np.where(found.cause > 0, 2, 0))
    _refuse(inputs, code, arms, cause)
    columns = covariate_columns(inputs, data.at, params.covariates, params.factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    x = np.column_stack([c.values for c in columns])
    if np.isnan(x).any():
        raise MethodError("a covariate has missing values; select rows with values, or leave it out")
    keep = independent(np.column_stack([np.ones(len(x)), x]))[1:]
    refuse_aliased_arms(columns, keep, str(inputs.arm))
    kept = [c for c, k in zip(columns, keep, strict=True) if k]
    coef, covariance, value = fit_fine_gray(data.time, cause, x[:, keep])
    warning = "; ".join(filter(None, (absent(inputs, arms), aliased(columns, keep))))
    made = [
        data.account,
        Row("log_likelihood", value, rows=data.at, warning=warning),
        Row("n", float(len(x)), rows=data.at),
    ]
    for stat, k in (("events", 1), ("competing_events", 2)):
        made.append(Row(stat, float((cause == k).sum()), rows=data.at[cause == k]))
    return made + list(_terms(inputs, data, kept, (coef, np.sqrt(np.diag(covariance))), params.confidence))


def _refuse(inputs: Inputs, code: np.ndarray, arms: list[str], cause: np.ndarray) -> None:
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows; hazard ratios need it")
    for i, arm in enumerate(arms):
        if not (cause[code == i] == 1).any():
            raise MethodError(f"arm {arm!r} has no events of the cause: its ratio has no finite estimate; use gray")


def fit_fine_gray(time: np.ndarray, cause: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients (p,), sandwich covariance (p, p) and log likelihood of columns x, shape (n, p).

    ``cause`` (n,) is 0 censored, 1 of interest, 2 other. Raises MethodError where there is no maximum.
    """
    center, scale = x.mean(axis=0), x.std(axis=0)
    f = Subdistribution(time, cause, (x - center) / scale)
    found = maximize(f, np.zeros(x.shape[1]))
    v = inverse(found.information)
    if not (np.sqrt(np.diag(v)) < LARGEST_SE).all():
        raise MethodError("the likelihood has no maximum: a column separates the events (monotone likelihood)")
    d = f.influence(found.b) @ v / scale
    covariance = d.T @ d
    if not (np.diag(covariance) > 0).all():
        raise MethodError("the sandwich variance is 0: too few event times for this model")
    return found.b / scale, covariance, found.value


def _terms(
    inputs: Inputs, data: TimeToEvent, columns: list[Column], fit: tuple[np.ndarray, np.ndarray], confidence: float
) -> Iterator[Row]:
    z = float(ndtri((1 + confidence) / 2))
    order = sorted(range(len(columns)), key=lambda i: columns[i].variable != inputs.arm)
    for i in order:
        column, coef, se = columns[i], float(fit[0][i]), float(fit[1][i])
        blank = Row("", variable=column.variable, variable_level=column.level, rows=data.at)
        if column.variable == inputs.arm:
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=data.at)
        values = {"hazard_ratio": np.exp(coef), "ci_low": np.exp(coef - z * se), "ci_high": np.exp(coef + z * se)}
        values |= {"coef": coef, "se": se, "z": coef / se, "p": 2 * ndtr(-abs(coef / se))}
        for stat, value in values.items():
            yield blank.but(stat=stat, value=float(value))

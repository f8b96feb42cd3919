"""Cox proportional hazards model with Efron's treatment of ties.

The hazard of a subject with columns x is h0(t) exp(x b), h0 common to all (or to its stratum). b maximizes Efron's
partial likelihood; standard errors come from the inverse of the observed information. The hazard ratio of an arm
against the reference is exp(b), with limits exp(b -/+ z se). Fitted by lifelines, which is made to go on until the
Newton decrement is below 1e-20: its default gives four to five digits of b, precision 1e-12 alone six to seven.

Source: Cox (1972) J R Stat Soc B 34, 187-220; Efron (1977) JASA 72, 557-565.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from trialkit.methods._columns import labels
from trialkit.methods._design import Column, aliased, arm_columns, covariate_columns, independent, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row

FIT = {"precision": 1e-20, "r_precision": 0.0}
"""lifelines stops at a Newton decrement below ``precision``, and never because the likelihood hardly changes."""
LARGEST_SE = 20.0
"""Standard error of a column scaled to standard deviation 1 beyond which the likelihood has no maximum."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``cox``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        covariates: numeric columns.
        factors: categorical columns.
        strata: columns whose combinations have their own baseline hazard.
        ties: only Efron.
        confidence: level of the intervals.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    ties: Literal["efron"] = "efron"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, events, log_likelihood, and per arm hazard_ratio, ci_low, ci_high, coef, se, z, p.

    The same statistics follow for each covariate and factor level. Raises MethodError where the likelihood has no
    maximum (see docs).
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    text = (*params.factors, *params.strata)
    data = time_to_event(inputs, params.time, params.event, params.censor, params.covariates, text)
    code, arms = coded_arms(inputs, data.at)
    _refuse(inputs, data, code, arms)
    columns = covariate_columns(inputs, data.at, params.covariates, params.factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    keep = independent(np.column_stack([np.ones(len(data.at)), *(c.values for c in columns)]))[1:]
    refuse_aliased_arms(columns, keep, str(inputs.arm))
    kept = [column for column, k in zip(columns, keep, strict=True) if k]
    fit = fit_cox(data.time, data.event, kept, [labels(inputs.frame, s)[data.at] for s in params.strata])
    warning = "; ".join(filter(None, (absent(inputs, arms), aliased(columns, keep), fit.warning)))
    made = [data.account, *_fit_rows(data, code, arms, fit, warning)]
    return made + list(_terms(inputs, data, code, arms, kept, fit, params))


def _refuse(inputs: Inputs, data: TimeToEvent, code: np.ndarray, arms: Sequence[str]) -> None:
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows; hazard ratios need it")
    for i, arm in enumerate(arms):
        if not data.event[code == i].any():
            raise MethodError(f"arm {arm!r} has no events: its hazard ratio has no finite estimate; use log_rank")


@dataclass(frozen=True)
class CoxFit:
    """Coefficients and standard errors, shape (p,), the log likelihood at them, and warnings in words."""

    coef: np.ndarray
    se: np.ndarray
    log_likelihood: float
    warning: str


def fit_cox(time: np.ndarray, event: np.ndarray, columns: Sequence[Column], strata: Sequence[np.ndarray]) -> CoxFit:
    """Fit through lifelines. Raises MethodError if it does not converge to a finite maximum."""
    frame = pd.DataFrame({"t": time, "e": event.astype(int)})
    for i, column in enumerate(columns):
        frame[f"x{i}"] = column.values
    for i, level in enumerate(strata):
        frame[f"s{i}"] = level
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = _lifelines(frame, [f"s{i}" for i in range(len(strata))])
    names = [f"x{i}" for i in range(len(columns))]
    coef, se = fitted.params_[names].to_numpy(), fitted.standard_errors_[names].to_numpy()
    _refuse_infinite(coef, se, columns, caught)
    words = sorted({" ".join(str(w.message).split())[:200] for w in caught if _said_of_data(w)})
    return CoxFit(coef, se, float(fitted.log_likelihood_), "; ".join(words))


def _lifelines(frame: pd.DataFrame, strata: list[str]):  # type: ignore[no-untyped-def]
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    try:
        fitter = CoxPHFitter()
        return fitter.fit(frame, "t", "e", strata=strata or None, fit_options=FIT)
    except (ConvergenceError, np.linalg.LinAlgError, ValueError) as error:
        raise MethodError(f"the Cox model did not converge: {' '.join(str(error).split())[:200]}") from None


def _refuse_infinite(
    coef: np.ndarray, se: np.ndarray, columns: Sequence[Column], caught: list[warnings.WarningMessage]
) -> None:
    scaled = se * np.array([column.values.std() for column in columns])
    bad = ~np.isfinite(coef) | ~np.isfinite(se) | (scaled > LARGEST_SE)
    if bad.any():
        name = columns[int(np.flatnonzero(bad)[0])].name
        raise MethodError(f"the likelihood has no maximum: the events are separated by {name!r} (monotone likelihood)")
    for warning in caught:
        if warning.category.__name__ == "ConvergenceWarning":
            raise MethodError(f"the Cox model did not converge: {' '.join(str(warning.message).split())[:200]}")


def _said_of_data(warning: warnings.WarningMessage) -> bool:
    return not issubclass(warning.category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning))


def _fit_rows(data: TimeToEvent, code: np.ndarray, arms: list[str], fit: CoxFit, warning: str) -> Iterator[Row]:
    yield Row("log_likelihood", fit.log_likelihood, rows=data.at, warning=warning)
    yield Row("n", float(len(data.at)), rows=data.at, warning=warning)
    yield Row("events", float(data.event.sum()), rows=data.at[data.event], warning=warning)
    for i, arm in enumerate(arms):
        mine = code == i
        yield Row("n", float(mine.sum()), arm=arm, rows=data.at[mine])
        yield Row("events", float((mine & data.event).sum()), arm=arm, rows=data.at[mine & data.event])


def _terms(
    inputs: Inputs,
    data: TimeToEvent,
    code: np.ndarray,
    arms: list[str],
    columns: list[Column],
    fit: CoxFit,
    params: Params,
) -> Iterator[Row]:
    """The statistics of each column, arms first."""
    order = sorted(range(len(columns)), key=lambda i: columns[i].variable != inputs.arm)
    for i in order:
        column = columns[i]
        blank = Row("", variable=column.variable, variable_level=column.level, rows=data.at)
        if column.variable == inputs.arm:
            mine = np.isin(code, [arms.index(column.level), arms.index(str(inputs.reference))])
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=data.at[mine])
        for stat, value in _statistics(float(fit.coef[i]), float(fit.se[i]), params.confidence).items():
            yield replace(blank, stat=stat, value=value)


def _statistics(coef: float, se: float, confidence: float) -> dict[str, float]:
    """Hazard ratio with limits, and the Wald test of the coefficient."""
    half, z = float(ndtri((1 + confidence) / 2)) * se, coef / se
    ratio = {"hazard_ratio": coef, "ci_low": coef - half, "ci_high": coef + half}
    made = {stat: float(np.exp(value)) for stat, value in ratio.items()}
    return made | {"coef": coef, "se": se, "z": z, "p": 2 * float(ndtr(-abs(z)))}

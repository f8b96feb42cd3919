"""Analysis of covariance.

Ordinary least squares of the response y on X = [1, covariates, factors, arms], treatment-coded: b = (X'X)^- X'y,
s^2 = |y - Xb|^2 / (n - p). The least-squares mean of an arm is L b with the covariates at their mean over the rows
used and each factor's levels weighted equally (or as observed); a difference of two arms is the difference of
their L. Standard error s sqrt(L (X'X)^-1 L'), t with n - p degrees of freedom. The F test of the arms is partial
(type II = type III where nothing is crossed with the arms; it is left out otherwise). Columns crossed with the arms
have an effect of their own in each arm: then L of an arm has the products, at the same means and weights. Tests of
terms by types I to III: ``_term_tests``; standard errors robust to unequal variances: ``_least_squares``. With doses,
a second fit has the dose as a number in place of the arms, and its slope is tested.

Source: Searle, Speed and Milliken (1980) The American Statistician 34, 216-221.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from trialkit.methods._columns import labels, numbers
from trialkit.methods._design import Column, aliased, arm_columns, covariate_columns, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms, dropped_row, one_row_each, pairs
from trialkit.methods._least_squares import Fit, least_squares, robust
from trialkit.methods._mean_contrast import mean_contrast
from trialkit.methods._term_tests import Type, term_tests, terms
from trialkit.methods.base import Inputs, MethodError, Row, positions

DOSE = "dose response"


@dataclass(frozen=True)
class Params:
    """Parameters of ``ancova``.

    Attributes:
        response: numeric response column.
        covariates: numeric columns.
        factors: categorical columns.
        compare: each arm against the reference, or every pair.
        margins: weights of the factor levels in the least-squares means: equal, or as observed.
        crossed: those of the covariates and factors whose effect differs between arms.
        tests: types of the F tests of the terms; none if empty.
        robust: standard errors that unequal variances do not spoil (HC0 to HC3).
        dose: dose of each arm, for the linear dose-response test; none if empty.
        confidence: level of all intervals.
    """

    response: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    compare: Literal["reference", "all"] = "reference"
    margins: Literal["equal", "observed"] = "equal"
    crossed: tuple[str, ...] = ()
    tests: tuple[Type, ...] = ()
    robust: Literal["none", "HC0", "HC1", "HC2", "HC3"] = "none"
    dose: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.95


@dataclass(frozen=True)
class Used:
    """The n rows of the fit: positions, response, arm codes among ``arms``, covariate and factor columns."""

    at: np.ndarray
    y: np.ndarray
    code: np.ndarray
    arms: list[str]
    columns: list[Column]
    warning: str


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fit, the least-squares means, the differences and the dose response.

    Raises MethodError where the rows do not identify the model (see docs).
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    _check(params)
    used, account = _used(inputs, params)
    compared = pairs(used.arms, inputs.reference, params.compare)
    base = inputs.reference if inputs.reference in used.arms else used.arms[0]
    arms = arm_columns(str(inputs.arm), used.code, used.arms, str(base))
    found = terms([*used.columns, *arms], _crossed(inputs, params, used))
    columns = [column for block in found.treatment.values() for column in block]
    fit = least_squares(columns, used.y)
    refuse_aliased_arms(columns, fit.keep[1:], str(inputs.arm))
    plain = fit
    if params.robust != "none":
        fit = robust(fit, columns, used.y, params.robust)
    equal = params.margins == "equal"
    means = {arm: mean_contrast(columns, str(inputs.arm), arm, params.factors, equal) for arm in used.arms}
    made = [account, *_fit_rows(used, fit, aliased(columns, fit.keep[1:]))]
    made += [] if params.crossed else _arm_test(used, fit)
    for kind in params.tests:
        made += term_tests(found, used.y, plain, kind, used.at)
    made += _lsmeans(used, fit, means, params)
    for arm, versus in compared:
        made += _difference(fit, means[arm] - means[versus], params, Row("", arm=arm, reference=versus, rows=used.at))
    return made + (list(_dose(used, params)) if params.dose else [])


def _check(params: Params) -> None:
    strange = [name for name in params.crossed if name not in (*params.covariates, *params.factors)]
    if strange:
        raise MethodError(f"crossed names {strange[0]!r}, which is neither a covariate nor a factor of the analysis")
    if params.crossed and params.dose:
        raise MethodError("the dose response has one slope; make it an analysis without 'crossed'")


def _crossed(inputs: Inputs, params: Params, used: Used) -> list[tuple[str, str]]:
    """The products with the arms, of the crossed variables that have a column."""
    there = {column.variable for column in used.columns}
    return [(name, str(inputs.arm)) for name in params.crossed if name in there]


def _used(inputs: Inputs, params: Params) -> tuple[Used, Row]:
    y = numbers(inputs.frame, params.response)
    missing = np.isnan(y)
    for name in params.covariates:
        missing |= np.isnan(numbers(inputs.frame, name))
    for name in params.factors:
        missing |= labels(inputs.frame, name) == ""
    at = positions(~missing)
    one_row_each(inputs, at)
    code, arms = coded_arms(inputs, at)
    names = [params.response, *params.covariates, *params.factors]
    account = dropped_row(positions(missing), len(y), "no value in " + " or ".join(names))
    columns = covariate_columns(inputs, at, params.covariates, params.factors)
    return Used(at, y[at], code, arms, columns, absent(inputs, arms)), account


def _fit_rows(used: Used, fit: Fit, warning: str) -> Iterator[Row]:
    warning = "; ".join(filter(None, (used.warning, warning)))
    values = {"n": float(len(used.y)), "sigma": fit.sigma, "r2": fit.r2, "df_residual": float(fit.df)}
    for stat, value in values.items():
        yield Row(stat, value, rows=used.at, warning=warning)
    for i, arm in enumerate(used.arms):
        rows = used.at[used.code == i]
        yield Row("n", float(len(rows)), arm=arm, rows=rows)


def _arm_test(used: Used, fit: Fit) -> Iterator[Row]:
    """Partial F test of the arms: the fit without them."""
    without = least_squares(used.columns, used.y)
    df = without.df - fit.df
    f = (without.rss - fit.rss) / df / (fit.rss / fit.df)
    for stat, value in (("f", f), ("f_df", float(df)), ("f_p", float(fdtrc(df, fit.df, f)))):
        yield Row(stat, value, rows=used.at)


def _lsmeans(used: Used, fit: Fit, means: dict[str, np.ndarray], params: Params) -> Iterator[Row]:
    half = float(stdtrit(fit.df, (1 + params.confidence) / 2))
    for i, (arm, contrast) in enumerate(means.items()):
        blank, found = Row("lsmean", arm=arm, rows=used.at[used.code == i]), fit.estimate(contrast)
        if found is None:
            yield blank.but(error="not estimable: the columns left out make this mean ambiguous")
            continue
        mean, se = found
        limits = {"ci_low": mean - half * se, "ci_high": mean + half * se}
        for stat, value in ({"lsmean": mean, "se": se, "df": float(fit.df)} | limits).items():
            yield blank.but(stat=stat, value=value)


def _difference(fit: Fit, contrast: np.ndarray, params: Params, blank: Row, name: str = "diff") -> Iterator[Row]:
    found = fit.estimate(contrast)
    if found is None:
        yield blank.but(stat=name, error="not estimable: the columns left out make this difference ambiguous")
        return
    value, se = found
    half = float(stdtrit(fit.df, (1 + params.confidence) / 2)) * se
    t = value / se
    values = {name: value, "se": se, "df": float(fit.df), "t": t, "p": 2 * float(stdtr(fit.df, -abs(t)))}
    for stat, number in (values | {"ci_low": value - half, "ci_high": value + half}).items():
        yield blank.but(stat=stat, value=number)


def _dose(used: Used, params: Params) -> Iterator[Row]:
    """Slope of the response in dose, with stats dose_slope, dose_se, dose_df, dose_t, dose_p and limits."""
    lacking = [arm for arm in used.arms if arm not in params.dose]
    if lacking:
        raise MethodError(f"no dose is given for arm {lacking[0]!r}; give one for each arm")
    doses = np.array([params.dose[arm] for arm in used.arms], float)
    if not np.isfinite(doses).all() or len(set(doses)) < 2:
        raise MethodError("the doses must be finite and not all the same")
    column = Column("dose", "", doses[used.code])
    fit = least_squares([*used.columns, column], used.y)
    contrast = np.append(np.zeros(1 + len(used.columns)), 1.0)
    blank = Row("", variable_level=DOSE, rows=used.at)
    for row in _difference(fit, contrast, params, blank, "slope"):
        yield row.but(stat=f"dose_{row.stat}")

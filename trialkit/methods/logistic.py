"""Logistic regression: odds ratios, and risks standardized over the covariates of all subjects.

With p(x) = 1 / (1 + exp(-x b)) and b, V by maximum likelihood: the odds ratio exp(b(j)) with limits by Wald or by the
profile of the likelihood; likelihood-ratio tests of the terms; and per arm a the standardized risk

    r(a) = mean over all n subjects of p(x(i) with arm a)     (g-computation)
    G(a) = mean of p (1 - p) x,   cov r = G V G'              (delta method, covariates taken as fixed)

The difference r(a) - r(0) and the ratio r(a) / r(0) (limits on the log scale) follow. They are marginal; the odds
ratio is conditional on the covariates.

Source: Cox (1958) J R Stat Soc B 20, 215-242; Lane and Nelder (1982) Biometrics 38, 613-621; Ge et al. (2011) Drug Inf
J 45, 481-493.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc, expit, ndtr, ndtri

from trialkit.methods._columns import labels, numbers, ordered
from trialkit.methods._design import Column, aliased, arm_columns, covariate_columns, independent, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms, dropped_row, one_row_each, pairs
from trialkit.methods._logit import Logit, logit, profile_limits
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Params:
    """Parameters of ``logistic``.

    Attributes:
        response: a column of two categories, one row per subject.
        levels: the two categories in order; the probability is of the second one.
        covariates: numeric columns.
        factors: categorical columns.
        interval: limits of the odds ratios, by Wald or by the profile of the likelihood.
        confidence: level of all intervals.
    """

    response: str
    levels: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    interval: Literal["wald", "profile"] = "wald"
    confidence: float = 0.95


@dataclass(frozen=True)
class Model:
    """The rows used: positions, outcome, arm codes among ``arms``, kept columns (the first is the intercept)."""

    at: np.ndarray
    y: np.ndarray
    code: np.ndarray
    arms: list[str]
    columns: list[Column]
    warning: str
    account: Row

    @property
    def x(self) -> np.ndarray:
        """The design, (n, p)."""
        return np.column_stack([np.ones(len(self.y)), *(c.values for c in self.columns)])

    @property
    def names(self) -> list[str]:
        """Names of the design's columns."""
        return ["intercept", *(c.name for c in self.columns)]


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fit, odds ratios of arms and terms, tests of terms, standardized risks and their comparisons.

    Raises MethodError for a response without two categories, or one that the columns separate.
    """
    check_confidence(params.confidence)
    model = read(inputs, params.response, params.levels, params.covariates, params.factors)
    pairs(model.arms, inputs.reference, "reference")
    fit = logit(model.y, model.x, model.names)
    made = [model.account, *_fit_rows(model, fit)]
    made += _coefficients(inputs, model, fit, params)
    made += _term_tests(inputs, model, fit)
    return made + list(_risks(inputs, model, fit, params.confidence))


def read(
    inputs: Inputs, response: str, levels: Sequence[str], covariates: Sequence[str], factors: Sequence[str]
) -> Model:
    """The usable rows. Raises MethodError for other than two categories of the response or a repeated subject."""
    text = labels(inputs.frame, response)
    missing = text == ""
    for name in covariates:
        missing |= np.isnan(numbers(inputs.frame, name))
    for name in factors:
        missing |= labels(inputs.frame, name) == ""
    at = positions(~missing)
    one_row_each(inputs, at)
    names, found = list(levels) or ordered(text[at]), set(text[at])
    if len(names) != 2 or not found <= set(names):
        raise MethodError(f"{response!r} holds {sorted(found)}; name its two categories in 'levels', the event second")
    code, arms = coded_arms(inputs, at)
    columns = covariate_columns(inputs, at, covariates, factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    keep = independent(np.column_stack([np.ones(len(at)), *(c.values for c in columns)]))
    refuse_aliased_arms(columns, keep[1:], str(inputs.arm))
    warning = "; ".join(filter(None, (absent(inputs, arms), aliased(columns, keep[1:]))))
    kept = [c for c, k in zip(columns, keep[1:], strict=True) if k]
    account = dropped_row(
        positions(missing), len(text), "no value in " + " or ".join((response, *covariates, *factors))
    )
    return Model(at, (text[at] == names[1]).astype(float), code, arms, kept, warning, account)


def _fit_rows(model: Model, fit: Logit) -> Iterator[Row]:
    n, p = len(model.y), float(model.y.mean())
    null = 0.0 if p in (0, 1) else -2 * n * (p * float(np.log(p)) + (1 - p) * float(np.log1p(-p)))
    values = {"n": float(n), "events": float(model.y.sum()), "log_likelihood": fit.log_likelihood}
    values |= {"deviance": fit.deviance, "null_deviance": null, "aic": fit.deviance + 2 * len(fit.b)}
    for stat, value in values.items():
        yield Row(stat, value, rows=model.at, warning=model.warning if stat == "n" else "")
    for i, arm in enumerate(model.arms):
        mine = model.code == i
        for stat, value in (("n", float(mine.sum())), ("events", float(model.y[mine].sum()))):
            yield Row(stat, value, arm=arm, rows=model.at[mine])


def _coefficients(inputs: Inputs, model: Model, fit: Logit, params: Params) -> Iterator[Row]:
    z, se = float(ndtri((1 + params.confidence) / 2)), np.sqrt(np.diag(fit.v))
    yield Row("intercept", float(fit.b[0]), rows=model.at)
    yield Row("intercept_se", float(se[0]), rows=model.at)
    for j, column in sorted(enumerate(model.columns, 1), key=lambda found: found[1].variable != inputs.arm):
        blank = Row("", variable=column.variable, variable_level=column.level, rows=model.at)
        if column.variable == inputs.arm:
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=model.at)
        b, error = float(fit.b[j]), float(se[j])
        low, high = (b - z * error, b + z * error)
        if params.interval == "profile":
            low, high = profile_limits(fit, j, params.confidence)
        values = {"odds_ratio": np.exp(b), "ci_low": np.exp(low), "ci_high": np.exp(high), "coef": b, "se": error}
        values |= {"z": b / error, "p": 2 * ndtr(-abs(b / error))}
        yield from (blank.but(stat=stat, value=float(value)) for stat, value in values.items())


def _term_tests(inputs: Inputs, model: Model, fit: Logit) -> Iterator[Row]:
    """Likelihood-ratio test of each term: the fit without its columns."""
    for term in dict.fromkeys(c.variable for c in model.columns):
        keep = [True, *(c.variable != term for c in model.columns)]
        smaller = logit(model.y, model.x[:, keep], [n for n, k in zip(model.names, keep, strict=True) if k])
        chisq, df = 2 * (fit.log_likelihood - smaller.log_likelihood), len(keep) - sum(keep)
        for stat, value in (("chisq", chisq), ("df", float(df)), ("p", float(chdtrc(df, max(chisq, 0.0))))):
            yield Row(f"lr_{stat}", value, variable="" if term == inputs.arm else term, rows=model.at)


def _risks(inputs: Inputs, model: Model, fit: Logit, confidence: float) -> Iterator[Row]:
    z, risk, gradient = float(ndtri((1 + confidence) / 2)), {}, {}
    for arm in model.arms:
        x = model.x
        for j, column in enumerate(model.columns, 1):
            if column.variable == inputs.arm:
                x[:, j] = float(column.level == arm)
        p = expit(x @ fit.b)
        risk[arm], gradient[arm] = float(p.mean()), (p * (1 - p)) @ x / len(p)
        se = float(np.sqrt(gradient[arm] @ fit.v @ gradient[arm]))
        values = {
            "risk": risk[arm],
            "risk_se": se,
            "risk_ci_low": risk[arm] - z * se,
            "risk_ci_high": risk[arm] + z * se,
        }
        yield from (Row(stat, value, arm=arm, rows=model.at) for stat, value in values.items())
    for arm, versus in pairs(model.arms, inputs.reference, "reference"):
        blank, base = Row("", arm=arm, reference=versus, rows=model.at), risk[versus]
        d, g = risk[arm] - base, gradient[arm] - gradient[versus]
        se = float(np.sqrt(g @ fit.v @ g))
        values = {"": d, "_se": se, "_ci_low": d - z * se, "_ci_high": d + z * se, "_p": 2 * float(ndtr(-abs(d / se)))}
        yield from (blank.but(stat=f"risk_difference{stat}", value=value) for stat, value in values.items())
        ratio, g = risk[arm] / base, gradient[arm] / risk[arm] - gradient[versus] / base
        se = float(np.sqrt(g @ fit.v @ g))
        values = {"": ratio, "_se": se, "_ci_low": ratio * np.exp(-z * se), "_ci_high": ratio * np.exp(z * se)}
        values |= {"_p": 2 * float(ndtr(-abs(np.log(ratio) / se)))}
        yield from (blank.but(stat=f"risk_ratio{stat}", value=float(value)) for stat, value in values.items())

"""Cox proportional hazards model.

The hazard of a subject with columns x is h0(t) exp(x b), h0 common to all (or to its stratum). b maximizes the partial
likelihood with Efron's, Breslow's or the exact treatment of ties, by Newton's method until the decrement is below
1e-12 and one further step is made. Standard errors come from the inverse of the observed information, or (robust) from
the score residuals, summed over a cluster. The hazard ratio of an arm against the reference is exp(b), with limits
exp(b -/+ z se) or those of the profile likelihood. Rows may be intervals (start, stop]; a row is at risk at t if
start < t <= stop. Where the likelihood has no maximum nothing is reported, unless Firth's penalty is asked for.

Source: Cox (1972) J R Stat Soc B 34, 187-220; Efron (1977) JASA 72, 557-565; Breslow (1974) Biometrics 30, 89-99; Lin
and Wei (1989) JASA 84, 1074-1078; Heinze and Schemper (2001) Biometrics 57, 114-119.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._columns import labels
from trialkit.methods._cox.after import baseline_hazard, concordance, profile_limits
from trialkit.methods._cox.fit import CoxFit, Test, fit_cox
from trialkit.methods._cox.model import Model, Parameters, clusters, fitted
from trialkit.methods._cox.residuals import robust_covariance, robust_score
from trialkit.methods.base import Inputs, MethodError, Row

__all__ = ["CoxFit", "Params", "fit_cox", "run", "term_rows"]


@dataclass(frozen=True)
class Params(Parameters):
    """Parameters of ``cox``: those of every Cox model, and what is made of the fit.

    Attributes:
        robust: standard errors from the score residuals.
        cluster: column whose values are the independent units of robust standard errors.
        ci: limits of the coefficients by their standard error or by the profile likelihood.
        baseline: times at which the cumulative hazard with all columns at 0 is given.
        concordance: whether the concordance is given (its cost grows with rows times events).
    """

    robust: bool = False
    cluster: str | None = None
    ci: Literal["wald", "profile"] = "wald"
    baseline: tuple[float, ...] = ()
    concordance: bool = False


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, events, log_likelihood, tests of the model; per arm hazard_ratio, ci_low, ci_high, coef, se, z, p.

    The same statistics follow for each covariate and factor level. Raises MethodError where the likelihood has no
    maximum (see docs).
    """
    if params.cluster and not params.robust:
        raise MethodError("a cluster column goes with robust: true")
    if params.ci == "profile" and params.robust:
        raise MethodError("profile limits rest on the likelihood; they do not go with robust standard errors")
    model = fitted(inputs, params, (params.cluster,) if params.cluster else ())
    made = [model.data.account, *_fit_rows(model)]
    covariance = None
    if params.robust:
        cluster = clusters(inputs, model.data, params.cluster)
        covariance = robust_covariance(model.fit, cluster)
        made += _tried("robust_score", lambda: robust_score(model.fit, cluster), model)
    made += _tried("wald", lambda: model.fit.wald(covariance), model)
    made += term_rows(inputs, model, params, covariance)
    return made + list(_further(inputs, model, params))


def _test_rows(name: str, test: Test, model: Model) -> list[Row]:
    values = {"chisq": test.chisq, "df": float(test.df), "p": test.p}
    return [Row(f"{name}_{stat}", value, rows=model.data.at) for stat, value in values.items()]


def _tried(name: str, test: Callable[[], Test], model: Model) -> list[Row]:
    """The rows of a test, or why it does not exist: the coefficients stand without it."""
    try:
        return _test_rows(name, test(), model)
    except MethodError as error:
        return [Row(f"{name}_p", warning=str(error))]


def _fit_rows(model: Model) -> Iterator[Row]:
    data, warning = model.data, model.warning
    yield Row("log_likelihood", model.fit.log_likelihood, rows=data.at, warning=warning)
    yield Row("log_likelihood_null", model.fit.log_likelihood_null, rows=data.at)
    yield from _test_rows("lr", model.fit.lr, model)
    yield from _test_rows("score", model.fit.score, model)
    yield Row("n", float(len(data.at)), rows=data.at, warning=warning)
    yield Row("events", float(data.event.sum()), rows=data.at[data.event], warning=warning)
    for i, arm in enumerate(model.arms):
        mine = model.code == i
        yield Row("n", float(mine.sum()), arm=arm, rows=data.at[mine])
        yield Row("events", float((mine & data.event).sum()), arm=arm, rows=data.at[mine & data.event])


def term_rows(inputs: Inputs, model: Model, params: Params, covariance: np.ndarray | None = None) -> Iterator[Row]:
    """The statistics of each column, arms first; ``covariance`` replaces the model's, shape (p, p)."""
    data, fit = model.data, model.fit
    se = fit.se if covariance is None else np.sqrt(np.diag(covariance))
    for i in model.first_arms:
        column = model.columns[i]
        blank = Row("", variable=column.variable, variable_level=column.level, rows=data.at)
        if column.variable == inputs.arm:
            mine = np.isin(model.code, [model.arms.index(column.level), model.arms.index(str(inputs.reference))])
            blank = Row("", arm=column.level, reference=str(inputs.reference), rows=data.at[mine])
        coef = float(fit.coef[i])
        half = float(ndtri((1 + params.confidence) / 2)) * float(se[i])
        limits = coef - half, coef + half
        if params.ci == "profile":
            limits = profile_limits(fit, i, params.confidence)
        for stat, value in _statistics(coef, float(se[i]), limits).items():
            known = bool(np.isfinite(value))
            yield blank.but(stat=stat, value=value if known else None, text="" if known else "NE")
        if covariance is not None:
            yield blank.but(stat="se_model", value=float(fit.se[i]))


def _statistics(coef: float, se: float, limits: tuple[float, float]) -> dict[str, float]:
    """Hazard ratio with limits, and the Wald test of the coefficient."""
    ratio = {"hazard_ratio": coef, "ci_low": limits[0], "ci_high": limits[1]}
    z = coef / se
    made = {stat: float(np.exp(value)) for stat, value in ratio.items()}
    return made | {"coef": coef, "se": se, "z": z, "p": 2 * float(ndtr(-abs(z)))}


def _further(inputs: Inputs, model: Model, params: Params) -> Iterator[Row]:
    if params.concordance:
        yield Row("concordance", concordance(model.fit), rows=model.data.at)
    if not params.baseline:
        return
    stratum, time, h = baseline_hazard(model.fit)
    codes = np.zeros(len(model.data.at), np.intp) if model.stratum is None else model.stratum
    for s in np.unique(codes):
        mine, at = stratum == s, model.data.at[codes == s]
        name = ", ".join(str(labels(inputs.frame, c)[at[0]]) for c in params.strata)
        held = np.concatenate([[0.0], h[mine]])
        for t in params.baseline:
            over = t > model.data.time[codes == s].max()
            value = None if over else float(held[np.searchsorted(time[mine], t, side="right")])
            words = ", ".join(params.strata)
            yield Row(
                "baseline_hazard",
                value,
                "NE" if over else "",
                variable=words,
                variable_level=name,
                at=float(t),
                rows=at,
            )

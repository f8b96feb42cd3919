"""Hazard ratios by subgroup, with a test of interaction.

In each level of each subgroup column a Cox model (``cox``) is fitted to the rows of that level. The interaction of arm
and column is tested by the likelihood ratio of two models on all rows: arm, column and their products against arm and
column (both with the strata and covariates asked for). A subgroup's own p-value is not given: it is no evidence that
an effect differs between subgroups.

Source: Cox (1972) J R Stat Soc B 34, 187-220; Assmann et al. (2000) Lancet 355, 1064-1069.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from trialkit.methods import cox
from trialkit.methods._columns import labels, ordered
from trialkit.methods._cox.fit import Ties
from trialkit.methods._cox.model import Model, Parameters, fitted
from trialkit.methods._design import independent
from trialkit.methods._subset import run_on
from trialkit.methods.base import Inputs, MethodError, Row

SHOWN = ("n", "events", "hazard_ratio", "ci_low", "ci_high", "coef", "se")


@dataclass(frozen=True)
class Params:
    """Parameters of ``cox_subgroups``.

    Attributes:
        time: time column.
        subgroups: categorical columns, each with its own subgroups.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        covariates: numeric columns of every model.
        strata: columns whose combinations have their own baseline hazard.
        ties: treatment of tied events.
        confidence: level of the intervals.
    """

    time: str
    subgroups: tuple[str, ...]
    event: str | None = None
    censor: str | None = None
    covariates: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    ties: Ties = "efron"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of all subjects (no variable), of each subgroup (variable and level), and interaction_chisq, _df, _p.

    A subgroup or an interaction without an estimate has a row with the error.
    """
    if not params.subgroups:
        raise MethodError("name at least one subgroup column")
    made = [row for row in cox.run(inputs, _model(params)) if row.stat in ("n_dropped", *SHOWN) and not row.variable]
    for name in params.subgroups:
        found = labels(inputs.frame, name)
        for level in ordered(found):
            made += _level(inputs, name, level, np.flatnonzero(found == level), params)
        made += _interaction(inputs, name, params)
    return made


def _model(params: Params, factors: tuple[str, ...] = ()) -> cox.Params:
    return cox.Params(
        params.time, params.event, params.censor, covariates=params.covariates, factors=factors, strata=params.strata,
        ties=params.ties, confidence=params.confidence,
    )  # fmt: skip


def _level(inputs: Inputs, name: str, level: str, at: np.ndarray, params: Params) -> Iterator[Row]:
    blank = Row("", variable=name, variable_level=level, rows=at)
    try:
        for row in run_on(cox.run, inputs, at, _model(params)):
            if row.stat in SHOWN and not row.variable:
                yield row.but(variable=name, variable_level=level)
    except MethodError as error:
        yield blank.but(stat="n", value=float(len(at)))
        yield blank.but(stat="hazard_ratio", error=str(error))


def _interaction(inputs: Inputs, name: str, params: Params) -> Iterator[Row]:
    try:
        statistic, df, at = interaction(inputs, name, _model(params, (name,)))
    except MethodError as error:
        yield Row("interaction_p", variable=name, error=str(error))
        return
    for stat, value in (("chisq", statistic), ("df", float(df)), ("p", float(chdtrc(df, statistic)))):
        yield Row(f"interaction_{stat}", value, variable=name, rows=at)


def interaction(inputs: Inputs, name: str, params: Parameters) -> tuple[float, int, np.ndarray]:
    """Likelihood-ratio statistic of arm times the factor ``name``, its degrees of freedom, and the rows used.

    Raises MethodError where a product of the two has no finite coefficient.
    """
    model = fitted(inputs, params)
    arm = [c for c in model.columns if c.variable == inputs.arm]
    level = [c for c in model.columns if c.variable == name]
    main = np.column_stack([c.values for c in model.columns])
    products = np.column_stack([a.values * b.values for a in arm for b in level]) if level else main[:, :0]
    keep = independent(np.column_stack([np.ones(len(main)), main, products]))[1 + main.shape[1] :]
    if not keep.any():
        raise MethodError(f"{name!r} has one level, or none of its products with arm is estimable")
    names = [f"{a.level} and {b.level}" for a in arm for b in level]
    return _compare(
        model, np.column_stack([main, products[:, keep]]), params, [n for n, k in zip(names, keep, strict=True) if k]
    )


def _compare(model: Model, x: np.ndarray, params: Parameters, names: list[str]) -> tuple[float, int, np.ndarray]:
    data, fit = model.data, model.fit
    every = [c.name for c in model.columns] + names
    larger = cox.fit_cox(data.time, data.event, x, data.start, model.stratum, fit.weight, params.ties, names=every)
    return 2 * (larger.log_likelihood - fit.log_likelihood), len(names), data.at

"""Does the effect of the arms differ between subgroups? The test of interaction, as an analysis of its own.

For each subgroup column two models are compared on the same subjects: arm, column, covariates and factors; and these
with the products of arm and column. Gaussian: F = ((RSS0 - RSS1) / q) / (RSS1 / (n - p)). Binomial: the likelihood
ratio of two logistic regressions on q degrees of freedom. Effects within subgroups are another analysis (``by``).

Source: Pocock et al. (2002) Stat Med 21, 2917-2930; Assmann et al. (2000) Lancet 355, 1064-1069.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from trialkit.methods._columns import labels, numbers
from trialkit.methods._design import Column, arm_columns, covariate_columns, independent, refuse_aliased_arms
from trialkit.methods._groups import absent, coded_arms, dropped_row, one_row_each
from trialkit.methods._least_squares import least_squares
from trialkit.methods._logit import logit
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row, positions
from trialkit.methods.logistic import read


@dataclass(frozen=True)
class Params:
    """Parameters of ``interaction``.

    Attributes:
        response: numeric column (gaussian), or one of two categories (binomial); one row per subject.
        subgroups: categorical columns, each tested on its own.
        covariates: numeric columns.
        factors: categorical columns.
        family: gaussian (analysis of covariance) or binomial (logistic regression).
        levels: the two categories of a binomial response in order.
    """

    response: str
    subgroups: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    family: Literal["gaussian", "binomial"] = "gaussian"
    levels: tuple[str, ...] = ()


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, n, statistic, degrees of freedom and p per subgroup column, named as ``variable``.

    A column that gives no test has an error row. Raises MethodError if no subgroup column is named.
    """
    if not params.subgroups:
        raise MethodError("name at least one subgroup column")
    made: list[Row] = []
    for name in params.subgroups:
        made += _one(inputs, name, params)
    return made


def _one(inputs: Inputs, name: str, params: Params) -> Iterator[Row]:
    factors = tuple(dict.fromkeys((*params.factors, name)))
    try:
        yield from (_binomial if params.family == "binomial" else _gaussian)(inputs, name, factors, params)
    except NeedsArms:
        raise
    except MethodError as error:
        yield Row("interaction_p", variable=name, error=str(error))


def _binomial(inputs: Inputs, name: str, factors: tuple[str, ...], params: Params) -> Iterator[Row]:
    model = read(inputs, params.response, params.levels, params.covariates, factors)
    columns = model.columns
    products = _products(columns, str(inputs.arm), name)
    x = np.column_stack([model.x, *(c.values for c in products)])
    smaller = logit(model.y, model.x, model.names)
    larger = logit(model.y, x, [*model.names, *(c.name for c in products)])
    chisq, df = max(2 * (larger.log_likelihood - smaller.log_likelihood), 0.0), len(products)
    yield replace(model.account, variable=name)
    blank = Row("n", variable=name, rows=model.at)
    yield blank.but(value=float(len(model.y)), warning=model.warning)
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", float(chdtrc(df, chisq)))):
        yield blank.but(stat=f"interaction_{stat}", value=value)


def _gaussian(inputs: Inputs, name: str, factors: tuple[str, ...], params: Params) -> Iterator[Row]:
    y = numbers(inputs.frame, params.response)
    missing = np.isnan(y)
    for column in params.covariates:
        missing |= np.isnan(numbers(inputs.frame, column))
    for column in factors:
        missing |= labels(inputs.frame, column) == ""
    at = positions(~missing)
    one_row_each(inputs, at)
    code, arms = coded_arms(inputs, at)
    columns = covariate_columns(inputs, at, params.covariates, factors)
    base = inputs.reference if inputs.reference in arms else arms[0]
    columns += arm_columns(str(inputs.arm), code, arms, str(base))
    smaller = least_squares(columns, y[at])
    refuse_aliased_arms(columns, smaller.keep[1:], str(inputs.arm))
    larger = least_squares([*columns, *_products(columns, str(inputs.arm), name)], y[at])
    df = smaller.df - larger.df
    f = (smaller.rss - larger.rss) / df / (larger.rss / larger.df)
    why = "no value in " + " or ".join((params.response, *params.covariates, *factors))
    yield replace(dropped_row(positions(missing), len(y), why), variable=name)
    blank = Row("n", variable=name, rows=at)
    yield blank.but(value=float(len(at)), warning=absent(inputs, arms))
    values = {"f": f, "df": float(df), "df_residual": float(larger.df), "p": float(fdtrc(df, larger.df, max(f, 0.0)))}
    yield from (blank.but(stat=f"interaction_{stat}", value=value) for stat, value in values.items())


def _products(columns: list[Column], arm: str, name: str) -> list[Column]:
    """Products of arm and subgroup that add to the columns. Raises MethodError if there are none."""
    made = [Column(f"{a.variable}:{b.variable}", f"{a.level} {b.level}", a.values * b.values)
            for a in columns if a.variable == arm for b in columns if b.variable == name]  # fmt: skip
    n = len(columns[0].values) if columns else 0
    keep = independent(np.column_stack([np.ones(n), *(c.values for c in [*columns, *made])]))[1 + len(columns) :]
    if not keep.any():
        raise MethodError(f"{name!r} has one level, or none of its products with arm is estimable")
    return [column for column, kept in zip(made, keep, strict=True) if kept]

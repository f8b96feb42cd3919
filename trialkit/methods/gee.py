"""Generalized estimating equations: marginal means of repeated measurements, with robust standard errors.

The mean depends on arm, time and covariates through the identity (gaussian) or the logit (binomial); the correlation
of a subject's visits is a working assumption that standard errors do not rest on. Formulas: ``_gee``.

Source: Liang and Zeger (1986) Biometrika 73, 13-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc, expit, ndtri

from trialkit.methods._columns import labels, ordered
from trialkit.methods._design import independent
from trialkit.methods._gee import Correlation, Data, Family, Gee, gee
from trialkit.methods._groups import absent, dropped_row, pairs
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row
from trialkit.methods.mmrm.means import means
from trialkit.methods.mmrm.rows import Rows, read_rows


@dataclass(frozen=True)
class Params:
    """Parameters of ``gee``.

    Attributes:
        response: numeric column (gaussian), or one of two categories (binomial); a row per subject and visit.
        visit: column of visits.
        time: numeric column of time; the mean is then linear in it, by arm. Else each visit has its own mean, by arm.
        covariates: numeric columns.
        factors: categorical columns.
        family: distribution of the response, gaussian with identity link or binomial with logit link.
        levels: the two categories of a binomial response in order; the probability is of the second one.
        correlation: working correlation of a subject's visits.
        visits: the visits in order; in natural order if empty.
        variance: robust standard errors, or the model's own.
        confidence: level of all intervals.
    """

    response: str
    visit: str
    time: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    family: Family = "gaussian"
    levels: tuple[str, ...] = ()
    correlation: Correlation = "exchangeable"
    visits: tuple[str, ...] = ()
    variance: Literal["robust", "model"] = "robust"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fit, every coefficient, and (without ``time``) means and comparisons of the arms by visit.

    Raises MethodError for rows that do not identify the model, or where the iteration does not converge.
    """
    check_confidence(params.confidence)
    if not inputs.arm or inputs.reference not in inputs.arms:
        raise NeedsArms("this method compares arms; name a treatment column and a reference arm")
    if params.time == params.visit:
        raise MethodError("time and visit are one column; make a numeric column of time beside that of the visits")
    rows, keep, warning = design_rows(inputs, params)
    assert rows.visit is not None
    data = Data(rows.y, rows.x[:, keep], rows.subject, rows.visit.code, len(rows.visits))
    found = gee(data, params.family, params.correlation)
    columns = (
        params.response,
        params.visit,
        *((params.time,) if params.time else ()),
        *params.covariates,
        *params.factors,
    )
    made = [dropped_row(rows.dropped, len(inputs.frame), "no value in " + " or ".join(columns))]
    made += _fit_rows(rows, found, params, warning)
    made += _coefficients(rows, keep, found, params)
    return made if params.time else made + list(_by_visit(inputs, rows, keep, found, params))


def design_rows(inputs: Inputs, params: Params) -> tuple[Rows, np.ndarray, str]:
    """The rows of the model, which of its columns are independent, and a warning naming the others."""
    frame = inputs.frame
    if params.family == "binomial":
        frame = frame.assign(**{params.response: _binary(inputs, params)})
    time = f"`{params.time or params.visit}`"
    plain = [f"`{name}`" for name in (*params.covariates, *params.factors)]
    formula = f"`{params.response}` ~ {' + '.join([*plain, f'`{inputs.arm}` * {time}'])}"
    levels = {params.visit: params.visits} if params.visits else {}
    levels |= {str(inputs.arm): inputs.arms} | dict.fromkeys(params.factors, ())
    numeric = (*params.covariates, *((params.time,) if params.time else ()))
    reference = {str(inputs.arm): str(inputs.reference)}
    rows = read_rows(frame, formula, inputs.subject, params.visit, None, None, levels, reference, numeric)
    keep = independent(rows.x)
    gone = [name for name, kept in zip(rows.design.names, keep, strict=True) if not kept]
    said = [absent(inputs, rows.design.variables[str(inputs.arm)].levels)]
    said += [f"left out because they repeat other columns: {', '.join(gone)}"] if gone else []
    return rows, keep, "; ".join(filter(None, said))


def _binary(inputs: Inputs, params: Params) -> np.ndarray:
    text = labels(inputs.frame, params.response)
    found = ordered(text)
    names = list(params.levels) or found
    if len(names) != 2 or not set(found) <= set(names):
        raise MethodError(f"{params.response!r} holds {found}; name its two categories in 'levels', the event second")
    return np.where(text == "", np.nan, (text == names[1]).astype(float))


def _covariance(found: Gee, params: Params) -> np.ndarray:
    return found.robust if params.variance == "robust" else found.naive


def _fit_rows(rows: Rows, found: Gee, params: Params, warning: str) -> Iterator[Row]:
    yield Row("n", float(len(rows.subjects)), rows=rows.at, warning=warning)
    values = {"observations": float(len(rows.y)), "scale": found.scale, "iterations": float(found.steps)}
    values |= {} if found.alpha is None else {"alpha": found.alpha}
    yield from (Row(stat, value, rows=rows.at) for stat, value in values.items())
    yield Row("correlation", text=params.correlation, rows=rows.at)
    yield Row("standard_errors", text=params.variance, rows=rows.at)


def _coefficients(rows: Rows, keep: np.ndarray, found: Gee, params: Params) -> Iterator[Row]:
    se = np.sqrt(np.diag(_covariance(found, params)))
    names = [name for name, kept in zip(rows.design.names, keep, strict=True) if kept]
    for name, b, error in zip(names, found.b, se, strict=True):
        wald = (b / error) ** 2
        values = {"coef": b, "coef_se": error, "coef_wald": wald, "coef_p": chdtrc(1, wald)}
        yield from (Row(stat, float(value), variable=name, rows=rows.at) for stat, value in values.items())


def _by_visit(inputs: Inputs, rows: Rows, keep: np.ndarray, found: Gee, params: Params) -> Iterator[Row]:
    arm, v, z = str(inputs.arm), _covariance(found, params), float(ndtri((1 + params.confidence) / 2))
    known = rows.design.variables[arm]
    arms = [name for name in inputs.arms if name in known.levels]
    assert rows.visit is not None
    for k, visit in enumerate(rows.visits):
        made = means(rows, (arm,), "equal", {params.visit: visit})
        L = dict(zip((cell[0] for cell in made.cells), made.L[:, keep], strict=True))
        here = {name: rows.at[(rows.visit.code == k) & (known.code == known.levels.index(name))] for name in arms}
        groups = ((params.visit, visit),)
        for name in arms:
            blank = Row("n", arm=name, groups=groups, rows=here[name])
            yield blank.but(value=float(len(here[name])))
            yield from _mean(L[name], found.b, v, z, blank, params.family)
        for name, versus in pairs(arms, inputs.reference, "reference"):
            at = np.sort(np.concatenate([here[name], here[versus]]))
            blank = Row("", arm=name, reference=versus, groups=groups, rows=at)
            yield from _difference(L[name] - L[versus], found.b, v, z, blank, params.family)


def _mean(contrast: np.ndarray, b: np.ndarray, v: np.ndarray, z: float, blank: Row, family: Family) -> Iterator[Row]:
    """The mean of an arm; for a binomial response the probability, with limits from the logit."""
    value, se = float(contrast @ b), float(np.sqrt(contrast @ v @ contrast))
    limits = (value - z * se, value + z * se)
    if family == "binomial":
        p = float(expit(value))
        value, se, limits = p, p * (1 - p) * se, (float(expit(limits[0])), float(expit(limits[1])))
    name = "lsmean" if family == "gaussian" else "probability"
    for stat, number in ((name, value), ("se", se), ("ci_low", limits[0]), ("ci_high", limits[1])):
        yield blank.but(stat=stat, value=number)


def _difference(
    contrast: np.ndarray, b: np.ndarray, v: np.ndarray, z: float, blank: Row, family: Family
) -> Iterator[Row]:
    value, se = float(contrast @ b), float(np.sqrt(contrast @ v @ contrast))
    wald = (value / se) ** 2
    values = {"diff": value, "se": se, "ci_low": value - z * se, "ci_high": value + z * se}
    if family == "binomial":
        limits = float(np.exp(value - z * se)), float(np.exp(value + z * se))
        values = {"odds_ratio": float(np.exp(value)), "se": se, "ci_low": limits[0], "ci_high": limits[1]}
    for stat, number in (values | {"wald": wald, "p": float(chdtrc(1, wald))}).items():
        yield blank.but(stat=stat, value=number)

"""Random-effects model, as an analysis: slopes of the arms in time, and means at given times.

The response of subject i at time t is X b + u_i0 + u_i1 t + e, with (u_i0, u_i1) normal with any covariance and e
independent with one variance. X has the covariates, the factors, the arm, the time and arm by time. b and the
variances by restricted maximum likelihood.

Source: Laird and Ware (1982) Biometrics 38, 963-974; Kenward and Roger (1997) Biometrics 53, 983-997.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._groups import absent, dropped_row, pairs
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row
from trialkit.methods.lmm.fit import METHODS_DF, LmmFit
from trialkit.methods.lmm.fitting import fitted
from trialkit.methods.mmrm.result_rows import estimate_rows, term_rows
from trialkit.methods.mmrm.rows import read_rows


@dataclass(frozen=True)
class Params:
    """Parameters of ``lmm``.

    Attributes:
        response: numeric response column.
        time: numeric time column; a straight line in it for each arm.
        covariates: numeric columns.
        factors: categorical columns.
        random: a random intercept, or intercept and slope in time, of each subject.
        times: times at which arms' means are estimated.
        df: method of the degrees of freedom.
        compare: each arm against the reference, or every pair.
        margins: weights of the factor levels in the means.
        confidence: level of all intervals.
    """

    response: str
    time: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    random: Literal["intercept", "slope"] = "slope"
    times: tuple[float, ...] = ()
    df: Literal["kenward-roger", "satterthwaite"] = "kenward-roger"
    compare: Literal["reference", "all"] = "reference"
    margins: Literal["equal", "observed"] = "equal"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fit, slope and slope_diff per arm, lsmean and diff at each of the times, and the tests of terms.

    Raises MethodError where the rows do not identify the model or a variance is estimated at zero (see docs).
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    if not inputs.arm or inputs.reference not in inputs.arms:
        raise NeedsArms("this method compares arms; the analysis names no treatment column or no reference arm")
    arm = str(inputs.arm)
    names = [f"`{name}`" for name in (*params.covariates, *params.factors)]
    formula = f"`{params.response}` ~ {' + '.join([*names, f'`{arm}` * `{params.time}`'])}"
    levels = {arm: inputs.arms} | dict.fromkeys(params.factors, ())
    rows = read_rows(
        inputs.frame, formula, inputs.subject, levels=levels, reference={arm: str(inputs.reference)},
        numbers_in=(*params.covariates, params.time),
    )  # fmt: skip
    random = f"1 + `{params.time}`" if params.random == "slope" else "1"
    fit = fitted(rows, random, True, params.df, params.confidence)
    used = ", ".join([params.response, params.time, *params.covariates, *params.factors])
    made = [dropped_row(rows.dropped, len(inputs.frame), f"no value in one of {used}"), *_fit_rows(fit, inputs, arm)]
    return [*made, *_lines(fit, inputs, params, arm), *term_rows(fit)]


def _fit_rows(fit: LmmFit, inputs: Inputs, arm: str) -> Iterator[Row]:
    rows, found = fit.rows, fit.rows.design.variables[arm]
    gone = [name for name, keep in zip(rows.design.names, fit.keep, strict=True) if not keep]
    aliased = f"left out because they repeat other columns: {', '.join(gone)}" if gone else ""
    warning = "; ".join(filter(None, (absent(inputs, found.levels), aliased)))
    yield Row("n", float(len(rows.subjects)), rows=rows.at, warning=warning)
    yield Row("observations", float(len(rows.y)), rows=rows.at)
    for level in (a for a in inputs.arms if a in found.levels):
        here = found.code == found.levels.index(level)
        yield Row("n", float(len(np.unique(rows.subject[here]))), arm=level, rows=rows.at[here])
    yield Row("random_effects", text=" and ".join(fit.random), rows=rows.at)
    yield Row("df_method", text=METHODS_DF[fit.df], rows=rows.at)
    yield Row("likelihood", text="REML", rows=rows.at)
    values = {
        "log_likelihood": fit.log_likelihood, "aic": fit.aic, "bic": fit.bic, "gradient_norm": fit.gradient_norm,
        "iterations": float(fit.iterations), "condition_number": fit.condition_number,
        "residual_variance": fit.residual_variance,
    }  # fmt: skip
    for stat, value in values.items():
        yield Row(stat, value, rows=rows.at)
    for i, name in enumerate(fit.random):
        for j in range(i + 1):
            level = name if i == j else f"{fit.random[j]}, {name}"
            stat = "random_variance" if i == j else "random_covariance"
            yield Row(stat, float(fit.g[i, j]), variable_level=level, rows=rows.at)


def _lines(fit: LmmFit, inputs: Inputs, params: Params, arm: str) -> Iterator[Row]:
    """Slopes of the arms and their differences, then means and differences at the times."""
    found = fit.rows.design.variables[arm]
    arms = [a for a in inputs.arms if a in found.levels]
    here = {a: fit.rows.at[found.code == found.levels.index(a)] for a in arms}
    against = pairs(arms, inputs.reference, params.compare)

    def means(time: float) -> dict[str, np.ndarray]:
        made = fit.means((arm,), params.margins, {params.time: time})
        return {cell[0]: row for cell, row in zip(made.cells, made.L, strict=True)}

    def both(lines: dict[str, np.ndarray], stats: tuple[str, str], blank: Row) -> Iterator[Row]:
        own = [blank.but(arm=a, rows=here[a]) for a in arms]
        yield from estimate_rows(fit, np.array([lines[a] for a in arms]), stats[0], own)
        two = [blank.but(arm=a, reference=b, rows=np.sort(np.concatenate([here[a], here[b]]))) for a, b in against]
        yield from estimate_rows(fit, np.array([lines[a] - lines[b] for a, b in against]), stats[1], two, True)

    one, zero = means(1.0), means(0.0)
    slopes = {a: one[a] - zero[a] for a in arms}
    yield from both(slopes, ("slope", "slope_diff"), Row("", variable=params.time))
    for time in params.times:
        yield from both(means(time), ("lsmean", "diff"), Row("", at=float(time)))

"""Straight line through a numeric response and a numeric predictor, by least squares, per arm or over all rows.

For the n rows with both values, with mx the mean of x and Sxx the sum of (x - mx)^2:

    slope  b = sum (x - mx) y / Sxx,   intercept  a = mean y - b mx,   s^2 = sum (y - a - b x)^2 / (n - 2)
    errors model    Var b = s^2 / Sxx, t quantiles on n - 2 degrees of freedom; one row per subject
    errors cluster  (X'X)^-1 (sum over subjects of u u') (X'X)^-1 g / (g - 1) (n - 1) / (n - 2), u a subject's sum of
                    (1, x) times its residuals, t quantiles on g - 1 degrees of freedom, g subjects
    line at x       a + b x with the standard error of (1, x)

The parts are the rows between quantiles of x (SAS definition 5); a value equal to a cut belongs to the lower part.

Source: Draper and Smith (1998) Applied Regression Analysis, chapter 1; Liang and Zeger (1986) Biometrika 73, 13-22;
Cameron and Miller (2015) J Hum Resour 50, 317-372.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from trialkit.methods._columns import numbers
from trialkit.methods._design import Column
from trialkit.methods._groups import Group, dropped_row, groups, one_row_each, row_units
from trialkit.methods._least_squares import Fit, least_squares
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, Row, positions
from trialkit.methods.summary import describe, quantile

FEW = "fewer than three rows, or all predictors equal: no line"


@dataclass(frozen=True)
class Params:
    """Parameters of ``regression``.

    Attributes:
        response: numeric column, the dependent variable.
        predictor: numeric column, the independent variable.
        errors: the model's standard errors, for one row per subject; or those that let rows of a subject depend.
        line_points: at so many equally spaced values of the predictor the line is given with limits; 0 for none.
        parts: in so many parts by quantiles of the predictor the response is summarized; 0 for none.
        confidence: level of the intervals.
    """

    response: str
    predictor: str
    errors: Literal["model", "cluster"] = "model"
    line_points: int = 0
    parts: int = 0
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped and, per arm (and total), n, subjects, slope and intercept with limits, line and parts.

    Raises MethodError for a second row of a subject under the model's errors, for one line point or one part, and
    where no residual variance is left.
    """
    check_confidence(params.confidence)
    for name, many in (("line_points", params.line_points), ("parts", params.parts)):
        if many < 0 or many == 1:
            raise MethodError(f"{name} is {many}; write two or more, or 0 for none")
    x, y = numbers(inputs.frame, params.predictor), numbers(inputs.frame, params.response)
    missing = np.isnan(x) | np.isnan(y)
    if params.errors == "model":
        one_row_each(inputs, positions(~missing))
    made = [dropped_row(positions(missing), len(x), f"no value in {params.predictor} or {params.response}")]
    unit = row_units(inputs)
    for group in groups(inputs):
        at = positions(group.rows & ~missing)
        made += _group(x[at], y[at], unit[at], (group, at), params)
    return made


def _group(
    x: np.ndarray, y: np.ndarray, unit: np.ndarray, who: tuple[Group, np.ndarray], params: Params
) -> Iterator[Row]:  # fmt: skip
    group, at = who
    blank = Row("n", arm=group.label, variable=params.predictor, rows=at)
    yield blank.but(value=float(len(x)))
    yield blank.but(stat="subjects", value=float(len(np.unique(unit))))
    if len(x) < 3 or np.ptp(x) == 0:
        yield blank.but(stat="slope", text="NE", warning=FEW)
    else:
        yield from _line(x, y, unit, blank, params)
    yield from _parts(x, y, at, blank, params)


def _line(x: np.ndarray, y: np.ndarray, unit: np.ndarray, blank: Row, params: Params) -> Iterator[Row]:
    columns = [Column(params.predictor, "", x)]
    fit, df = least_squares(columns, y), len(x) - 2
    if params.errors == "cluster":
        fit, df = clustered(fit, x, y, unit), len(np.unique(unit)) - 1
    t = float(stdtrit(df, (1 + params.confidence) / 2))
    for name, contrast in (("slope", (0.0, 1.0)), ("intercept", (1.0, 0.0))):
        value, se = _estimate(fit, contrast)
        found = {name: value, f"{name}_se": se, f"{name}_ci_low": value - t * se, f"{name}_ci_high": value + t * se}
        found |= {f"{name}_p": 2 * float(stdtr(df, -abs(value / se)))}
        for stat, number in found.items():
            yield blank.but(stat=stat, value=number)
    for stat, number in (("df", float(df)), ("residual_sd", fit.sigma), ("r_squared", fit.r2)):
        yield blank.but(stat=stat, value=number)
    for place in np.linspace(float(x.min()), float(x.max()), params.line_points) if params.line_points else ():
        value, se = _estimate(fit, (1.0, float(place)))
        for stat, number in (("line", value), ("line_ci_low", value - t * se), ("line_ci_high", value + t * se)):
            yield blank.but(stat=stat, at=float(place), value=number)


def _estimate(fit: Fit, contrast: tuple[float, float]) -> tuple[float, float]:
    found = fit.estimate(np.array(contrast))
    if found is None:
        raise MethodError("the predictor cannot be told apart from a constant; its values differ too little")
    return found


def clustered(fit: Fit, x: np.ndarray, y: np.ndarray, unit: np.ndarray) -> Fit:
    """The fit with a covariance (2, 2) that lets the rows of a subject depend; ``unit`` (n,) tells the subjects.

    Raises MethodError for rows of one subject.
    """
    design = np.column_stack([np.ones(len(x)), x])[:, fit.keep]
    code = np.unique(unit, return_inverse=True)[1]
    g, n = int(code.max()) + 1, len(x)
    if g < 2:
        raise MethodError("all rows are of one subject; errors by cluster need two or more")
    scores = np.zeros((g, design.shape[1]))
    np.add.at(scores, code, design * (y - design @ fit.b)[:, None])
    factor = g / (g - 1) * (n - 1) / (n - design.shape[1])
    return replace(fit, sandwich=factor * fit.inverse @ (scores.T @ scores) @ fit.inverse)


def _parts(x: np.ndarray, y: np.ndarray, at: np.ndarray, blank: Row, params: Params) -> Iterator[Row]:
    """Per part: n, the ends of the predictor, mean and standard deviation of the response."""
    if not params.parts or not len(x):
        return
    cuts = [quantile(x, k / params.parts) for k in range(1, params.parts)]
    part = np.searchsorted(np.array(cuts), x, side="left")
    for k in range(params.parts):
        mine = part == k
        own = blank.but(variable=params.response, groups=((params.predictor, str(k + 1)),), rows=at[mine])
        found = describe(y[mine], params.confidence)
        yield replace(own, value=found["n"])
        ends = {"from": float(x[mine].min()), "to": float(x[mine].max())} if mine.any() else {}
        for stat, value in ({name: found[name] for name in ("mean", "sd", "ci_low", "ci_high")}).items():
            yield replace(
                own, stat=stat, value=value, warning="" if value is not None else "one row or none: no spread"
            )
        for stat, end in ends.items():
            yield replace(own, stat=stat, variable=params.predictor, value=end)

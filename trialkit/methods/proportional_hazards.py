"""Test of proportional hazards after a Cox model (the score test of a coefficient that changes with time).

Each column x of the model gets a companion g(t) x; the test asks whether its coefficient is 0. g is the transformed
time: 1 - S(t-) of the pooled Kaplan-Meier estimate (km), t, its rank, or log t. ``p`` is given per column, per factor
with all its columns, and for all columns together (global).

Source: Grambsch and Therneau (1994) Biometrika 81, 515-526, in the exact score form of R survival 3 (cox.zph).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialkit.methods._cox.model import Model, Parameters, fitted
from trialkit.methods._cox.ph_test import Transform, ph_tests, transformed
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params(Parameters):
    """Parameters of ``proportional_hazards``: those of every Cox model, and the time scale.

    Attributes:
        transform: the function g of time.
    """

    transform: Transform = "km"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows chisq, df, p per column (arm against reference, covariate, factor level), per term, and global.

    Raises MethodError where the Cox model cannot be fitted, for exact ties, or log time at time 0.
    """
    model = fitted(inputs, params)
    data = model.data
    if params.transform == "log" and (model.fit.sets.time <= 0).any():
        raise MethodError("an event at time 0 has no logarithm; use another transform")
    if len(set(model.fit.sets.time.tolist())) < 2:
        raise MethodError("all events happen at one time: a change with time cannot be tested")
    g = transformed(model.fit, params.transform, data.time, data.event, data.start)
    subsets = _subsets(inputs, model)
    found = ph_tests(model.fit, g, [columns for _, columns in subsets])
    made = [data.account]
    for (blank, _), test in zip(subsets, found, strict=True):
        for stat, value in (("chisq", test.chisq), ("df", float(test.df)), ("p", test.p)):
            made.append(
                Row(f"{blank.stat}{stat}", value, arm=blank.arm, reference=blank.reference, variable=blank.variable,
                    variable_level=blank.variable_level, warning=model.warning, rows=data.at)
            )  # fmt: skip
    return made


def _subsets(inputs: Inputs, model: Model) -> list[tuple[Row, list[int]]]:
    """What is tested: a row that says what it is, and the columns."""
    return [*_columns(inputs, model), *_terms(inputs, model), (Row("global_"), list(range(len(model.columns))))]


def _columns(inputs: Inputs, model: Model) -> Iterator[tuple[Row, list[int]]]:
    for i in model.first_arms:
        column = model.columns[i]
        if column.variable == inputs.arm:
            yield Row("", arm=column.level, reference=str(inputs.reference)), [i]
        else:
            yield Row("", variable=column.variable, variable_level=column.level), [i]


def _terms(inputs: Inputs, model: Model) -> Iterator[tuple[Row, list[int]]]:
    for name in dict.fromkeys(model.columns[i].variable for i in model.first_arms):
        yield Row("term_", variable=name), [i for i, c in enumerate(model.columns) if c.variable == name]

"""Subgroup hazard ratios and interaction tests against the same models fitted with lifelines."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest
from scipy.stats import chi2

from trialkit.methods import METHODS

METHOD = METHODS["cox_subgroups"]
FIT = {"precision": 1e-20, "r_precision": 0.0}


def lifelines_fit(frame: pd.DataFrame) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import CoxPHFitter

        return CoxPHFitter().fit(frame, "t", "e", fit_options=FIT)


@pytest.mark.parametrize(("name", "column"), [("lung", "ph.ecog"), ("gbsg2", "menostat"), ("retention", "stratum")])
def test_lifelines(name: str, column: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, _ = survival_set(name)
    frame = inputs.frame
    if name == "lung":  # the level with one subject has no estimate
        inputs = tools.inputs(
            frame[frame[column] < 3].drop(columns=["subject_", "arm_"]), columns["arm"], columns["levels"]
        )
        frame = inputs.frame
    found = tools.found(METHOD.run(inputs, METHOD.params(columns["time"], (column,), event=columns["status"])))
    data = pd.DataFrame({"t": frame[columns["time"]], "e": frame[columns["status"]]})
    for arm in inputs.arms[1:]:
        data[f"a{arm}"] = (frame["arm_"] == arm).astype(float)
    levels = sorted(frame[column].unique())
    for level in levels:
        second = lifelines_fit(data[frame[column] == level])
        text = str(int(level)) if isinstance(level, float) else str(level)
        for arm in inputs.arms[1:]:
            where = {"variable": column, "variable_level": text}
            se = float(second.standard_errors_[f"a{arm}"])
            coef = found.value("coef", arm, inputs.reference, **where)
            deviation("cox_subgroups", tools.near(coef, float(second.params_[f"a{arm}"]), 1e-6, scale=se))
            tools.near(found.value("se", arm, inputs.reference, **where), se, 1e-6)
    for level in levels[1:]:
        data[f"l{level}"] = (frame[column] == level).astype(float)
    smaller = lifelines_fit(data).log_likelihood_
    for level in levels[1:]:
        for arm in inputs.arms[1:]:
            data[f"x{arm}{level}"] = data[f"a{arm}"] * data[f"l{level}"]
    df = (len(levels) - 1) * (len(inputs.arms) - 1)
    statistic = 2 * (lifelines_fit(data).log_likelihood_ - smaller)
    deviation(
        "cox_subgroups", tools.near(found.value("interaction_chisq", variable=column), statistic, 1e-6, scale=1.0)
    )
    assert found.value("interaction_df", variable=column) == df
    tools.near(found.value("interaction_p", variable=column), float(chi2.sf(statistic, df)), 1e-6)


def test_a_subgroup_without_events_says_so(tools: Any) -> None:
    frame = pd.DataFrame({"t": range(1, 13), "e": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], "a": ["x", "y"] * 6,
                          "g": ["u"] * 8 + ["v"] * 4})  # fmt: skip
    found = METHOD.run(tools.inputs(frame, "a", ("x", "y")), METHOD.params("t", ("g",), event="e"))
    row = next(r for r in found if r.variable_level == "v" and r.stat == "hazard_ratio")
    assert row.error and row.value is None
    assert next(r for r in found if r.variable_level == "u" and r.stat == "hazard_ratio").value

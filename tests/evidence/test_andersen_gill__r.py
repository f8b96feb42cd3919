"""Andersen-Gill and LWYY against R survival 3.5-3 (coxph on intervals), coefficient (of its se) and se 1e-8."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

METHOD = METHODS["andersen_gill"]
FITS = {
    "andersen_gill_naive": {"robust": False}, "andersen_gill_naive_breslow": {"robust": False, "ties": "breslow"},
    "lwyy": {}, "lwyy_breslow": {"ties": "breslow"}, "lwyy_adjusted": {},
}  # fmt: skip
COVARIATE = {"recurrent": "base", "recur_package": "AGE"}


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_data_sets(name: str, fit: str, recurrent: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = recurrent(name)
    values, more = expected[fit], dict(FITS[fit])
    if fit == "lwyy_adjusted":
        more["covariates"] = (COVARIATE[name],)
    params = METHOD.params(columns["stop"], event=columns["event"], start=columns["start"], **more)
    found = tools.found(METHOD.run(inputs, params))
    deviation("andersen_gill", tools.near(found.value("log_likelihood"), values["loglik"][1], 1e-8))
    errors = values["robust_se" if "robust_se" in values else "se"]
    errors = errors if isinstance(errors, list) else [errors]
    assert ("robust_se" in values) == more.get("robust", True)
    for (column, coef), se in zip(values["coef"].items(), errors, strict=True):
        arm = {"arm": column[3:], "reference": inputs.reference}
        where = arm if column.startswith("arm") else {"variable": column}
        deviation("andersen_gill", tools.near(found.value("coef", **where), coef, 1e-8, scale=se))
        deviation("andersen_gill", tools.near(found.value("se", **where), se, 1e-8))
    if "robust_score" in values:
        tools.near(found.value("robust_score_chisq"), values["robust_score"][0], 1e-8)


@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_first_event(name: str, recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent(name)
    values = expected["first_event"]
    frame = inputs.frame[inputs.frame[columns["enum"]] == 1].reset_index(drop=True)
    one = tools.inputs(frame.drop(columns=["subject_", "arm_"]).assign(a=frame["arm_"]), "a", inputs.arms)
    test, model = METHODS["log_rank"], METHODS["cox"]
    found = tools.found(test.run(one, test.params(columns["stop"], event=columns["event"])))
    for stat, value in values["logrank"].items():
        tools.near(found.value(stat), value, 1e-9)
    found = tools.found(model.run(one, model.params(columns["stop"], event=columns["event"])))
    for column, coef in values["cox"]["coef"].items():
        tools.near(found.value("coef", column[3:], inputs.reference), coef, 1e-8)

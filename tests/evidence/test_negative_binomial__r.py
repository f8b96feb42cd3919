"""Negative binomial and Poisson rates against R MASS (glm.nb) and glm: 1e-5, Poisson 1e-8."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

METHOD = METHODS["negative_binomial"]


def per_subject(inputs: Any, columns: dict[str, str], tools: Any) -> Any:
    frame = inputs.frame.assign(fu=inputs.frame[columns["stop"]] - inputs.frame[columns["start"]])
    grouped = frame.groupby("subject_", sort=True)
    made = pd.DataFrame(
        {"ev": grouped[columns["event"]].sum(), "fu": grouped["fu"].sum(), "a": grouped["arm_"].first()}
    )
    return tools.inputs(made.reset_index(drop=True), "a", inputs.arms)


def check(tools: Any, found: Any, reference: str, coef: dict[str, float], se: list[float], tolerance: float) -> float:
    worst = [0.0]
    for (column, value), error in zip(coef.items(), se, strict=True):
        if column == "(Intercept)":
            worst.append(tools.near(found.value("intercept"), value, tolerance, scale=error))
            worst.append(tools.near(found.value("intercept_se"), error, tolerance))
            continue
        worst.append(tools.near(found.value("coef", column[3:], reference), value, tolerance, scale=error))
        worst.append(tools.near(found.value("se", column[3:], reference), error, tolerance))
    return max(worst)


@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_poisson(name: str, recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent(name)
    values, one = expected["poisson_rate"], per_subject(inputs, columns, tools)
    found = tools.found(METHOD.run(one, METHOD.params("ev", "fu", model="poisson")))
    check(tools, found, inputs.reference, values["coef"], values["se"], 1e-8)
    tools.near(found.value("log_likelihood"), values["loglik"], 1e-8)


def test_negative_binomial(recurrent: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = recurrent("recurrent")
    values, one = expected["negative_binomial"], per_subject(inputs, columns, tools)
    for variance, key in (("known", "se_given_theta"), ("estimated", "se_full_information")):
        found = tools.found(METHOD.run(one, METHOD.params("ev", "fu", variance=variance)))
        deviation("negative_binomial", check(tools, found, inputs.reference, values["coef"], values[key], 1e-5))
        tools.near(found.value("dispersion"), values["dispersion"], 1e-5)
        tools.near(found.value("log_likelihood"), values["loglik"], 1e-8)


def test_no_dispersion_is_refused(recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent("recur_package")
    assert "no interior maximum" in expected["negative_binomial"]["error"]
    with pytest.raises(MethodError, match="no interior maximum"):
        METHOD.run(per_subject(inputs, columns, tools), METHOD.params("ev", "fu"))


def test_crude_rate_limits(tools: Any) -> None:
    """10 events: exact limits 4.795 and 18.39 (Garwood 1936)."""
    frame = pd.DataFrame({"ev": [10, 0, 5, 3], "fu": [1.0, 1.0, 1.0, 2.0], "a": ["x", "y", "z", "z"]})
    with pytest.raises(MethodError, match="no events"):
        METHOD.run(tools.inputs(frame, "a", ("x", "y", "z")), METHOD.params("ev", "fu"))
    some = tools.inputs(frame[frame["a"] != "y"], "a", ("x", "z"))
    found = tools.found(METHOD.run(some, METHOD.params("ev", "fu", model="poisson")))
    assert round(found.value("rate_ci_low", "x"), 3) == 4.795 and round(found.value("rate_ci_high", "x"), 2) == 18.39

"""Parametric models against R survival 3.5-3 (survreg): coefficient (of its se), se and scale 1e-8."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from trialkit.methods import METHODS

METHOD = METHODS["accelerated_failure"]
DISTRIBUTIONS = ["weibull", "exponential", "lognormal", "loglogistic"]


def check(tools: Any, found: Any, inputs: Any, values: dict[str, Any]) -> float:
    worst = [tools.near(found.value("log_likelihood"), values["loglik"][1], 1e-8)]
    worst.append(tools.near(found.value("log_likelihood_null"), values["loglik"][0], 1e-8))
    worst.append(tools.near(found.value("scale"), values["scale"], 1e-8))
    for (column, coef), se in zip(values["coef"].items(), values["se"], strict=False):
        arm = (column[3:], inputs.reference)
        names = ("intercept", "intercept_se") if column == "(Intercept)" else ("coef", "se")
        where = () if column == "(Intercept)" else arm
        worst.append(tools.near(found.value(names[0], *where), coef, 1e-8, scale=se))
        worst.append(tools.near(found.value(names[1], *where), se, 1e-8))
    if len(values["se"]) > len(values["coef"]):
        worst.append(tools.near(found.value("log_scale_se"), values["se"][-1], 1e-8))
    return max(worst)


def fit(inputs: Any, tools: Any, **params: Any) -> Any:
    return tools.found(METHOD.run(inputs, METHOD.params(**params)))


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_right_censored(distribution: str, survival: Any, survival_set: Any, tools: Any, deviation: Any) -> None:
    sets = [name for name, values in survival.items() if isinstance(values, dict) and "survreg" in values]
    for name in [s for s in sets if not s.startswith("interval")]:
        inputs, columns, expected = survival_set(name)
        found = fit(inputs, tools, time=columns["time"], event=columns["status"], distribution=distribution)
        deviation("accelerated_failure", check(tools, found, inputs, expected["survreg"][distribution]))
    assert "retention" in sets and len(sets) == 4


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("name", ["interval", "interval_package"])
def test_intervals(name: str, distribution: str, survival: Any, read: Any, tools: Any, deviation: Any) -> None:
    about = {"interval": ("interval", "arm", ("placebo", "low", "high"))}
    file, arm, levels = about.get(name, ("lifelines_diabetes", "gender", ("female", "male")))
    inputs = tools.inputs(read(file), arm, levels)
    found = fit(inputs, tools, left="left", right="right", distribution=distribution)
    deviation("accelerated_failure", check(tools, found, inputs, survival[name]["survreg"][distribution]))


def test_lifelines(survival_set: Any, tools: Any) -> None:
    inputs, columns, _ = survival_set("lung")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import WeibullAFTFitter

        frame = inputs.frame[[columns["time"], columns["status"]]].assign(x=(inputs.frame["arm_"] == "2").astype(float))
        second = WeibullAFTFitter().fit(frame, columns["time"], columns["status"])
    found = fit(inputs, tools, time=columns["time"], event=columns["status"])
    tools.near(found.value("coef", "2", "1"), float(second.params_["lambda_"]["x"]), 1e-4)
    tools.near(found.value("se", "2", "1"), float(second.standard_errors_["lambda_"]["x"]), 1e-4)

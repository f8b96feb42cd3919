"""Log-rank test against R survival 3.5-3 (survdiff), plain, stratified and pairwise, tolerance 1e-9."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]


@pytest.mark.parametrize("name", SETS)
def test_overall(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method, values = METHODS["log_rank"], expected["tests"]["logrank"]
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"])))
    for stat in ("chisq", "df", "p"):
        deviation("log_rank", tools.near(found.value(stat), values[stat], 1e-9))
    for i, arm in enumerate(inputs.arms):
        deviation("log_rank", tools.near(found.value("observed", arm), values["obs"][i], 1e-9))
        deviation("log_rank", tools.near(found.value("expected", arm), values["exp"][i], 1e-9))


@pytest.mark.parametrize("name", ["lung", "rossi", "gbsg2", "leukemia", "retention"])
def test_stratified(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method, values = METHODS["log_rank"], expected["tests"]["stratified_logrank"]
    params = method.params(columns["time"], event=columns["status"], strata=(columns["strata"],))
    found = tools.found(method.run(inputs, params))
    for stat in ("chisq", "df", "p"):
        deviation("log_rank", tools.near(found.value(stat), values[stat], 1e-9))
    for i, arm in enumerate(inputs.arms):
        difference = found.value("observed", arm) - found.value("expected", arm)
        deviation("log_rank", tools.near(difference, values["U"][i], 1e-9))


@pytest.mark.parametrize("name", ["gbsg2", "retention"])
def test_pairwise(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method = METHODS["log_rank"]
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"], compare="all")))
    versus = tools.found(
        method.run(inputs, method.params(columns["time"], event=columns["status"], compare="reference"))
    )
    for pair, values in expected["tests"]["pairwise"].items():
        arm, reference = pair.split(" vs ")
        for stat in ("chisq", "df", "p"):
            deviation("log_rank", tools.near(found.value(stat, arm, reference), values[stat], 1e-9))
            if reference == inputs.reference:
                assert versus.value(stat, arm, reference) == found.value(stat, arm, reference)
        sign = found.value("observed", arm, reference) - found.value("expected", arm, reference)
        assert (sign > 0) == (values["z"] > 0)


@pytest.mark.parametrize("name", ["one_arm_no_event", "two_arm_ties", "monotone"])
def test_tiny(name: str, survival: Any, tools: Any, deviation: Any) -> None:
    frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
    method, values = METHODS["log_rank"], survival["tiny"][name]["tests"]["logrank"]
    found = tools.found(method.run(tools.inputs(frame, "arm", ("a", "b")), method.params("time", event="status")))
    for stat in ("chisq", "df", "p"):
        deviation("log_rank", tools.near(found.value(stat), values[stat], 1e-9))

"""Log-rank test against R survival 3.5-3 (survdiff), plain, stratified and pairwise, tolerance 1e-9."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS
from trialkit.methods.log_rank import log_rank

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


FAMILY = {
    "gehan_wilcoxon": {"weight": "gehan_wilcoxon"},
    "tarone_ware": {"weight": "tarone_ware"},
    "peto_peto_modified": {"weight": "peto_peto"},
    **{
        f"FH_{rho:g}_{gamma:g}": {"weight": "fleming_harrington", "rho": rho, "gamma": gamma}
        for rho, gamma in ((0, 1), (1, 0), (1, 1), (0.5, 0.5), (0.5, 2))
    },
    "stratified_gehan": {"weight": "gehan_wilcoxon"},
    "stratified_FH_0_1": {"weight": "fleming_harrington", "rho": 0, "gamma": 1},
}


@pytest.mark.parametrize("test", FAMILY)
@pytest.mark.parametrize("name", SETS)
def test_family(name: str, test: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    values = expected["tests"].get(test)
    if values is None:
        assert test.startswith("stratified") and not columns.get("strata")
        return
    strata = (columns["strata"],) if test.startswith("stratified") else ()
    method = METHODS["log_rank"]
    params = method.params(columns["time"], event=columns["status"], strata=strata, **FAMILY[test])
    found = tools.found(method.run(inputs, params))
    for stat in ("chisq", "df", "p"):
        deviation("log_rank", tools.near(found.value(stat), values[stat], 1e-9))
    code = [inputs.arms.index(a) for a in inputs.frame["arm_"]]
    stratum = None if not strata else inputs.frame[columns["strata"]].astype("category").cat.codes.to_numpy()
    time, event = (inputs.frame[columns[k]].to_numpy(float) for k in ("time", "status"))
    kernel = log_rank(time, event, np.array(code), len(inputs.arms), stratum, params.weighting)
    lower = kernel.covariance[np.tril_indices(len(inputs.arms))]
    for ours, theirs in zip([*kernel.u, *lower], [*values["U"], *values["V"]], strict=True):
        tools.near(float(ours), theirs, 1e-9)
    if "z" in values:
        tools.near(kernel.z, values["z"], 1e-9)


@pytest.mark.parametrize("name", ["gbsg2", "retention", "larynx"])
def test_trend_and_multiplicity(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method, values = METHODS["log_rank"], expected["tests"]
    common = {"time": columns["time"], "event": columns["status"]}
    if "trend" not in values:
        assert len(inputs.arms) == 2
        return
    found = tools.found(method.run(inputs, method.params(**common, compare="trend")))
    for stat in ("z", "chisq", "p"):
        deviation("log_rank", tools.near(found.value(stat), values["trend"][stat], 1e-9))
    tools.near(found.value("chisq"), values["trend"]["cox_exact_score_chisq"], 1e-9)
    adjusted = values["pairwise_adjusted"]
    for how in ("bonferroni", "holm", "hochberg"):
        found = tools.found(method.run(inputs, method.params(**common, compare="all", multiplicity=how)))
        for i, pair in enumerate(adjusted["pairs"]):
            arm, reference = pair.split(" vs ")
            deviation("log_rank", tools.near(found.value("p_adjusted", arm, reference), adjusted[how][i], 1e-9))
            tools.near(found.value("z", arm, reference), values["pairwise"][pair]["z"], 1e-9)


@pytest.mark.parametrize("name", ["one_arm_no_event", "two_arm_ties", "monotone"])
def test_tiny_family(name: str, survival: Any, tools: Any) -> None:
    frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
    method = METHODS["log_rank"]
    for test, more in FAMILY.items():
        values = survival["tiny"][name]["tests"].get(test)
        if values is None:
            assert test.startswith("stratified")
            continue
        found = tools.found(
            method.run(tools.inputs(frame, "arm", ("a", "b")), method.params("time", event="status", **more))
        )
        tools.near(found.value("chisq"), values["chisq"], 1e-9)

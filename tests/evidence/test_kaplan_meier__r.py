"""Kaplan-Meier against R survival 3.5-3 (survfit, quantile.survfit), tolerance 1e-9."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS

TYPES = ("log-log", "log", "plain", "arcsine", "logit")
R_NAME = {"arcsine": "arcsin"}
SINGLE = ("flat_half", "flat_half_then_event", "all_events", "all_events_ties", "no_event", "single_event",
          "single_censored", "tied_event_and_censoring", "float_noise", "last_is_censored")  # fmt: skip


def check(tools: Any, found: Any, arm: str, expected: dict[str, Any], last: float, conf_type: str) -> float:
    worst = [
        tools.near(found.value("n", arm), expected["n"], 0),
        tools.near(found.value("events", arm), expected["events"], 0),
    ]
    for i, t in enumerate(expected["times"]):
        assert found.value("at_risk", arm, at=t) == expected["n_risk"][i]
        ended = t > last and expected["surv"][i] > 0
        for stat, values in {
            "survival": expected["surv"],
            "survival_se": expected["se_greenwood"],
            "survival_ci_low": expected["ci"][R_NAME.get(conf_type, conf_type)]["lower"],
            "survival_ci_high": expected["ci"][R_NAME.get(conf_type, conf_type)]["upper"],
        }.items():
            row = found.row(stat, arm, at=t)
            if ended:  # R carries the last value forward; we say that nobody is left
                assert expected["n_risk"][i] == 0 and row.value is None and row.text == "NE"
            else:
                worst.append(tools.near(row.value, values[i], 1e-9))
    quantiles = expected["quantile"][R_NAME.get(conf_type, conf_type)]
    for p, name in ((0.25, "quantile_25"), (0.5, "median"), (0.75, "quantile_75")):
        i = quantiles["p"].index(p)
        for stat, key in ((name, "est"), (f"{name}_ci_low", "lower"), (f"{name}_ci_high", "upper")):
            row = found.row(stat, arm, at=p)
            worst.append(tools.near(row.value, quantiles[key][i], 1e-9))
            assert (row.text == "NE") == (row.value is None)
    if conf_type == "log-log":
        for stat, value in zip(("", "_ci_low", "_ci_high"), expected["reverse_km_median"], strict=True):
            worst.append(tools.near(found.value(f"follow_up_median{stat}", arm, at=0.5), value, 1e-9))
    return max(worst)


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"])
def test_data_sets(name: str, conf_type: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method = METHODS["kaplan_meier"]
    params = method.params(
        columns["time"],
        event=columns["status"],
        times=tuple(map(float, expected["km_all"]["times"])),
        conf_type=conf_type,
        follow_up=True,
    )
    found = tools.found(method.run(inputs, params))
    time = inputs.frame[columns["time"]]
    for arm, values in {**expected["km"], "all": expected["km_all"]}.items():
        mine = time if arm == "all" else time[inputs.frame["arm_"] == arm]
        deviation("kaplan_meier", check(tools, found, arm, values, mine.max(), conf_type))


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", SINGLE)
def test_tiny(name: str, conf_type: str, survival: Any, tools: Any, deviation: Any) -> None:
    frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
    expected, method = survival["tiny"][name], METHODS["kaplan_meier"]
    values = expected["km"]
    params = method.params(
        "time", event="status", times=tuple(map(float, values["times"])), conf_type=conf_type, follow_up=True
    )
    found = tools.found(method.run(tools.inputs(frame, None, ()), params))
    deviation("kaplan_meier", check(tools, found, "", values, frame["time"].max(), conf_type))
    sas = method.params("time", event="status", quantile_rule="sas")
    row = tools.found(method.run(tools.inputs(frame, None, ()), sas)).row("median", at=0.5)
    tools.near(row.value, expected["median_sas_rule"], 1e-9)


@pytest.mark.parametrize("name", ["one_arm_no_event", "two_arm_ties", "monotone"])
def test_tiny_arms(name: str, survival: Any, tools: Any) -> None:
    frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
    method, expected = METHODS["kaplan_meier"], survival["tiny"][name]["km"]
    times = tuple(map(float, expected["a"]["times"]))
    found = tools.found(
        method.run(
            tools.inputs(frame, "arm", ("a", "b")), method.params("time", event="status", times=times, follow_up=True)
        )
    )
    for arm in ("a", "b"):
        check(tools, found, arm, expected[arm], frame["time"][frame["arm"] == arm].max(), "log-log")


@pytest.mark.parametrize("name", ["lung", "gbsg2", "leukemia"])
def test_numbers_at_risk_add_up(name: str, survival_set: Any, tools: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method, times = METHODS["kaplan_meier"], tuple(map(float, expected["km_all"]["times"]))
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"], times=times)))
    for arm in (*inputs.arms, "all"):
        for t in times:
            parts = [found.value(stat, arm, at=t) for stat in ("at_risk", "events_before", "censored_before")]
            assert sum(p for p in parts if p is not None) == found.value("n", arm)

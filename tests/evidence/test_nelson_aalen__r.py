"""Nelson-Aalen cumulative hazard against R survival 3.5-3 (survfit, stype 2, ctype 1), tolerance 1e-9."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS

SINGLE = ("flat_half", "all_events_ties", "no_event", "single_event", "single_censored", "tied_event_and_censoring",
          "float_noise", "last_is_censored")  # fmt: skip


def check(tools: Any, found: Any, arm: str, expected: dict[str, Any], last: float) -> float:
    worst = [tools.near(found.value("n", arm), expected["n"], 0)]
    for t, h, se in zip(
        expected["times"], expected["nelson_aalen"]["cumhaz"], expected["nelson_aalen"]["se"], strict=True
    ):
        row = found.row("cumulative_hazard", arm, at=t)
        if t > last:
            assert row.value is None and row.text == "NE"
            continue
        worst += [tools.near(row.value, h, 1e-9)]
        worst += [tools.near(found.value("cumulative_hazard_se", arm, at=t), se, 1e-9)]
    return max(worst)


@pytest.mark.parametrize("name", ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"])
def test_data_sets(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    method = METHODS["nelson_aalen"]
    times = tuple(map(float, expected["km_all"]["times"]))
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"], times=times)))
    time = inputs.frame[columns["time"]]
    for arm, values in {**expected["km"], "all": expected["km_all"]}.items():
        mine = time if arm == "all" else time[inputs.frame["arm_"] == arm]
        deviation("nelson_aalen", check(tools, found, arm, values, mine.max()))


@pytest.mark.parametrize("name", SINGLE)
def test_tiny(name: str, survival: Any, tools: Any, deviation: Any) -> None:
    frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
    expected, method = survival["tiny"][name]["km"], METHODS["nelson_aalen"]
    params = method.params("time", event="status", times=tuple(map(float, expected["times"])))
    found = tools.found(method.run(tools.inputs(frame, None, ()), params))
    deviation("nelson_aalen", check(tools, found, "", expected, frame["time"].max()))

"""Turnbull's estimate against R (own EM to the fixed point there), masses 1e-7, and survfit's looser values."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS
from trialkit.methods.turnbull import turnbull

METHOD = METHODS["turnbull"]


def inputs_of(name: str, read: Any, tools: Any) -> tuple[Any, str]:
    if name == "interval":
        return tools.inputs(read("interval"), "arm", ("placebo", "low", "high")), "arm_"
    return tools.inputs(read("lifelines_diabetes"), "gender", ("female", "male")), "arm_"


@pytest.mark.parametrize("name", ["interval", "interval_package"])
def test_masses(name: str, survival: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, _ = inputs_of(name, read, tools)
    for arm, values in survival[name]["turnbull"].items():
        times = tuple(map(float, values["times"]))
        found = tools.found(METHOD.run(inputs, METHOD.params("left", "right", times)))
        assert found.value("n", arm) == values["n"]
        tools.near(found.value("log_likelihood", arm), values["loglik"], 1e-9)
        rows = [r for r in found.rows if r.arm == arm and r.stat == "mass"]
        assert [r.at for r in rows] == values["interval_right"]
        lefts = [r.value for r in found.rows if r.arm == arm and r.stat == "interval_left"]
        assert lefts == values["interval_left"]
        for row, mass in zip(rows, values["mass"], strict=True):
            deviation("turnbull", tools.near(row.value, mass, 1e-7))
        for t, s, inside in zip(times, values["surv_if_right_end"], values["inside_an_interval"], strict=True):
            row = found.row("survival", arm, at=t)
            if inside:
                assert row.value is None
                assert abs(found.value("survival_high", arm, at=t) - s) < 1e-7
                assert found.value("survival_low", arm, at=t) < s
            else:
                assert abs(row.value - s) < 1e-7


@pytest.mark.parametrize("name", ["interval", "interval_package"])
def test_no_mass_would_gain(name: str, read: Any, tools: Any) -> None:
    inputs, arm = inputs_of(name, read, tools)
    for level in inputs.arms:
        mine = inputs.frame[inputs.frame[arm] == level]
        found = turnbull(mine["left"].to_numpy(float), mine["right"].fillna(float("inf")).to_numpy(float))
        assert found.gain < 1e-9 and abs(found.mass.sum() - 1) < 1e-8

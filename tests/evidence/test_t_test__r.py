"""The t test against R 4.2.2 t.test, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS

ARMS = ("placebo", "low", "high")
METHOD = METHODS["t_test"]


@pytest.mark.parametrize("name", ["conc", "base"])
def test_two_samples(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    for how in ("welch", "pooled"):
        found = tools.found(METHOD.run(inputs, METHOD.params(name, variance=how)))
        for arm in ARMS[1:]:
            values = other["two_sample"][f"{name}|{arm} - placebo"][how]
            expected = {"t": values["t"], "df": values["df"], "p": values["p"]}
            expected |= {"ci_low": values["ci"][0], "ci_high": values["ci"][1], "diff": sum(values["ci"]) / 2}
            for stat, value in expected.items():
                given = found.value(stat, arm, "placebo", variable=name)
                deviation("t_test", tools.near(given, value, 1e-9, scale=abs(values["ci"][1] - values["ci"][0]) / 4))


def test_no_variance_is_told(tools: Any) -> None:
    frame = pd.DataFrame({"arm": list("pqqrr"), "x": [1.0, 2, 2, 3, 3]})
    found = tools.found(METHOD.run(tools.inputs(frame, "arm", ("p", "q", "r")), METHOD.params("x", compare="all")))
    assert "one value" in found.row("diff", "q", "p", variable="x").error
    assert "all equal" in found.row("diff", "r", "q", variable="x").error

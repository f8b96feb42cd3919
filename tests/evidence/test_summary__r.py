"""Descriptive statistics against R 4.2.2 (mean, sd, t.test, quantile type 2), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS
from trialkit.methods.summary import quantile

ARMS = ("placebo", "low", "high")


@pytest.mark.parametrize("name", ["conc", "exposure_days", "n_ae", "base"])
def test_statistics(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["summary"]
    found = tools.found(method.run(inputs, method.params((name,))))
    for arm in ARMS:
        values = other["summaries"][f"{name}|{arm}"]
        expected = {stat: values[stat] for stat in ("n", "mean", "sd", "se", "median", "min", "max")}
        expected |= {"ci_low": values["t_ci"][0], "ci_high": values["t_ci"][1], "missing": 0.0}
        at = dict(zip(values["p"], values["type2_SAS_definition5"], strict=True))
        for stat, value in (expected | {"q1": at[0.25], "q3": at[0.75]}).items():
            deviation("summary", tools.near(found.value(stat, arm, variable=name), value, 1e-9))
        x = inputs.frame.loc[inputs.frame["arm_"] == arm, name].to_numpy(float)
        for p, value in at.items():
            deviation("summary", tools.near(quantile(x, p), value, 1e-9))


def test_rounding_does_not_move_a_quantile() -> None:
    """0.55 of 20 values is the mean of the 11th and 12th, although 20 * 0.55 is not 11 in binary."""
    assert quantile(np.arange(1.0, 21.0), 0.55) == 11.5

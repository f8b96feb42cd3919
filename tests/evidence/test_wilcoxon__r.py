"""Rank-sum test, Hodges-Lehmann shift and van Elteren's test against R 4.2.2, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["wilcoxon"]
SETS = ("conc", "base")


def run(inputs: Any, tools: Any, name: str, **more: Any) -> Any:
    return tools.found(METHOD.run(inputs, METHOD.params(name, **more)))


@pytest.mark.parametrize("name", SETS)
def test_two_samples(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    plain, corrected = run(inputs, tools, name), run(inputs, tools, name, correction=True)
    in_r = run(inputs, tools, name, interval="asymptotic")
    for arm in ARMS[1:]:
        values, where = other["two_sample"][f"{name}|{arm} - placebo"], (arm, "placebo")
        expected = {"w": "W", "sigma": "sigma", "z": "z", "p": "p_no_correction", "shift": "hodges_lehmann"}
        expected |= {"probability": "auc", "ks": "ks_D"}
        for stat, key in expected.items():
            deviation("wilcoxon", tools.near(plain.value(stat, *where, variable=name), values[key], 1e-9))
        p = corrected.value("p", *where, variable=name)
        deviation("wilcoxon", tools.near(p, values["p_with_correction"], 1e-9))
        for found, key in ((plain, "moses_ci"), (in_r, "r_wilcox_ci")):
            for stat, value in zip(("shift_ci_low", "shift_ci_high"), values[key], strict=True):
                deviation("wilcoxon", tools.near(found.value(stat, *where, variable=name), value, 1e-9, scale=1.0))
        tools.near(plain.value("shift", *where, variable=name), values["r_wilcox_estimate"], 1e-9, scale=1.0)


def test_stratified(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found = run(tools.inputs(read("adverse"), "arm", ARMS), tools, "conc", strata=("stratum",))
    for pair, values in other["wilcoxon_stratified"].items():
        for stat in ("chisq", "z", "p"):
            given = found.value(stat, *pair.split(" - "), variable="conc")
            deviation("wilcoxon", tools.near(given, values[stat], 1e-9))


def test_shift_moves_with_the_data(read: Any, tools: Any) -> None:
    """A constant added to an arm moves shift and both intervals by it; swapped arms change the sign."""
    frame = read("adverse")
    frame = frame[frame["arm"] != "high"]
    for interval in ("moses", "asymptotic"):
        plain = run(tools.inputs(frame, "arm", ARMS[:2]), tools, "conc", interval=interval)
        moved = frame.assign(conc=frame["conc"] + 2.5 * (frame["arm"] == "low"))
        shifted = run(tools.inputs(moved, "arm", ARMS[:2]), tools, "conc", interval=interval)
        swapped = run(tools.inputs(frame, "arm", ARMS[:2], reference="low"), tools, "conc", interval=interval)
        for stat, mirror in (("shift", "shift"), ("shift_ci_low", "shift_ci_high"), ("shift_ci_high", "shift_ci_low")):
            value = plain.value(stat, "low", "placebo", variable="conc")
            tools.near(shifted.value(stat, "low", "placebo", variable="conc"), value + 2.5, 1e-9)
            tools.near(swapped.value(mirror, "placebo", "low", variable="conc"), -value, 1e-9)


def test_nothing_to_test(tools: Any) -> None:
    frame = pd.DataFrame({"arm": list("ppqq"), "x": [1.0, 1, 1, 1], "s": list("abab")})
    inputs = tools.inputs(frame, "arm", ("p", "q"))
    assert "all values are equal" in run(inputs, tools, "x").row("p", "q", "p", variable="x").error
    assert "no stratum" in run(inputs, tools, "x", strata=("s",)).row("p", "q", "p", variable="x").error
    with pytest.raises(MethodError, match="no continuity correction"):
        run(inputs, tools, "x", strata=("s",), correction=True)
    missing = run(tools.inputs(frame.assign(x=[1, 2, 3, np.nan]), "arm", ("p", "q")), tools, "x")
    assert missing.value("n_dropped") == 1 and missing.value("n", "q", "p", variable="x") == 3

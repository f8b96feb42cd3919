"""Descriptive statistics against R 4.2.2 (mean, sd, t.test, quantile type 2), tolerance 1e-9.

An interval other than 95 percent is compared with statsmodels (second program).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError
from trialkit.methods.summary import quantile

ARMS = ("placebo", "low", "high")
COLUMNS = ("conc", "exposure_days", "n_ae", "base")


def of_r(values: dict[str, Any]) -> dict[str, float]:
    """R's statistics of one column in one arm, by the names of this method."""
    made = {stat: values[stat] for stat in ("n", "mean", "sd", "se", "median", "min", "max")}
    at = dict(zip(values["p"], values["type2_SAS_definition5"], strict=True))
    return made | {"ci_low": values["t_ci"][0], "ci_high": values["t_ci"][1], "q1": at[0.25], "q3": at[0.75]}


@pytest.mark.parametrize("name", COLUMNS)
def test_statistics(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["summary"]
    found = tools.found(method.run(inputs, method.params((name,))))
    for arm in ARMS:
        values = other["summaries"][f"{name}|{arm}"]
        for stat, value in (of_r(values) | {"missing": 0.0}).items():
            deviation("summary", tools.near(found.value(stat, arm, variable=name), value, 1e-9))
        at = dict(zip(values["p"], values["type2_SAS_definition5"], strict=True))
        x = inputs.frame.loc[inputs.frame["arm_"] == arm, name].to_numpy(float)
        for p, value in at.items():
            deviation("summary", tools.near(quantile(x, p), value, 1e-9))


@pytest.mark.parametrize("name", COLUMNS)
def test_further_statistics_and_other_quantiles(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["summary"]
    keys = {"geometric_mean": "geometric_mean", "geometric_cv": "geometric_cv_percent"}
    keys |= {"skewness": "skewness_type2", "kurtosis": "kurtosis_type2"}
    for how, key in (("sas5", "type2_SAS_definition5"), ("sas4", "type6"), ("r7", "type7_R_default")):
        p = tuple(other["summaries"][f"{name}|low"]["p"])
        params = method.params((name,), tuple(keys), probabilities=p, quantiles=how)
        found = tools.found(method.run(inputs, params))
        for arm in ARMS:
            values = other["summaries"][f"{name}|{arm}"]
            for at, value in zip(p, values[key], strict=True):
                deviation("summary", tools.near(found.value("quantile", arm, variable=name, at=at), value, 1e-9))
            for stat, of in keys.items():
                value = values.get(of) or None
                deviation("summary", tools.near(found.value(stat, arm, variable=name), value, 1e-9))


def test_what_has_no_further_statistic(tools: Any) -> None:
    frame, method = pd.DataFrame({"arm": list("aaabbb"), "x": [0.0, 1, 2, 5, 5, 5]}), METHODS["summary"]
    params = method.params(("x",), ("geometric_mean", "geometric_cv", "skewness", "kurtosis"))
    found = tools.found(method.run(tools.inputs(frame, "arm", ("a", "b")), params))
    assert found.row("geometric_mean", "a", variable="x").warning == "a value is not above 0: no logarithm"
    assert found.row("skewness", "b", variable="x").warning == "too few different values"
    assert found.row("kurtosis", "a", variable="x").value is None
    with pytest.raises(MethodError, match="no probability"):
        method.run(tools.inputs(frame, "arm", ("a", "b")), method.params(("x",), probabilities=(50.0,)))


def test_rounding_does_not_move_a_quantile() -> None:
    """0.55 of 20 values is the mean of the 11th and 12th, although 20 * 0.55 is not 11 in binary."""
    assert quantile(np.arange(1.0, 21.0), 0.55) == 11.5


@pytest.mark.parametrize("name", COLUMNS)
def test_missing_values_are_counted_and_left_out(name: str, other: Any, read: Any, tools: Any) -> None:
    """1, 2 and 3 subjects without a value are added to the arms, first or last: R's statistics stay what they are."""
    people = read("adverse")
    blank = pd.DataFrame({"arm": [arm for i, arm in enumerate(ARMS) for _ in range(i + 1)], name: np.nan})
    method = METHODS["summary"]
    for frames in ([people, blank], [blank, people]):
        inputs = tools.inputs(pd.concat(frames, ignore_index=True), "arm", ARMS)
        found = tools.found(method.run(inputs, method.params((name,))))
        for i, arm in enumerate(ARMS):
            expected = of_r(other["summaries"][f"{name}|{arm}"]) | {"missing": i + 1.0}
            for stat, value in expected.items():
                tools.near(found.value(stat, arm, variable=name), value, 1e-9)
            assert inputs.frame.loc[found.row("missing", arm, variable=name).rows, name].isna().all()
            assert inputs.frame.loc[found.row("mean", arm, variable=name).rows, name].notna().all()


def test_an_arm_with_one_value_and_an_arm_with_none(tools: Any) -> None:
    frame = pd.DataFrame({"arm": ["a", "a", "b", "b"], "x": [2.5, np.nan, np.nan, np.nan]})
    method = METHODS["summary"]
    found = tools.found(method.run(tools.inputs(frame, "arm", ("a", "b")), method.params(("x",))))
    one = {stat: found.value(stat, "a", variable="x") for stat in ("n", "missing", "mean", "q1", "q3", "sd", "se")}
    assert one == {"n": 1, "missing": 1, "mean": 2.5, "q1": 2.5, "q3": 2.5, "sd": None, "se": None}
    assert found.row("ci_low", "a", variable="x").warning == "one value: no spread"
    assert [found.value(stat, "b", variable="x") for stat in ("n", "missing", "mean", "q1")] == [0.0, 2.0, None, None]
    assert found.row("mean", "b", variable="x").warning == "no data"


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_an_interval_other_than_95_percent(confidence: float, read: Any, tools: Any) -> None:
    from statsmodels.stats.weightstats import DescrStatsW

    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["summary"]
    found = tools.found(method.run(inputs, method.params(("conc",), confidence=confidence)))
    for arm in ARMS:
        x = inputs.frame.loc[inputs.frame["arm_"] == arm, "conc"]
        low, high = DescrStatsW(x).tconfint_mean(alpha=1 - confidence)
        tools.near(found.value("ci_low", arm, variable="conc"), float(low), 1e-9)
        tools.near(found.value("ci_high", arm, variable="conc"), float(high), 1e-9)

"""Cochran-Mantel-Haenszel tests against R 4.2.2, tolerance 1e-9.

General association: ``mantelhaen.test``. Correlation without strata is (N - 1) / N of ``prop.trend.test``. The row
means of ranks are Kruskal-Wallis's statistic without strata, those of modified ridits of two arms van Elteren's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["cmh"]


def run(inputs: Any, tools: Any, **more: Any) -> Any:
    return tools.found(METHOD.run(inputs, METHOD.params(**more)))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_general_association(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found = run(tools.inputs(read("adverse"), "arm", ARMS), tools, strata=("stratum",), variable=name)
    values = other["binary"][name]["all_arms"]["cmh_general_association"]
    for stat, key in (("", "stat"), ("_df", "df"), ("_p", "p")):
        given = found.value(f"general_association{stat}", variable=name)
        deviation("cmh", tools.near(given, values[key], 1e-9))
    tools.near(found.value("row_means", variable=name), found.value("general_association", variable=name), 1e-9)


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_correlation_is_the_trend(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found = run(tools.inputs(read("adverse"), "arm", ARMS), tools, variable=name)
    n, values = found.value("n", variable=name), other["binary"][name]["all_arms"]["cochran_armitage"]
    deviation("cmh", tools.near(found.value("correlation", variable=name), values["chisq"] * (n - 1) / n, 1e-9))


@pytest.mark.parametrize("name", ["conc", "base"])
def test_row_means_of_ranks_are_kruskal_wallis(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, values = (
        run(tools.inputs(read("adverse"), "arm", ARMS), tools, variable=name, scores="rank"),
        other["k_sample"],
    )
    for stat, key in (("", "H"), ("_df", "df"), ("_p", "p")):
        given = found.value(f"row_means{stat}", variable=name)
        deviation("cmh", tools.near(given, values[name]["kruskal"][key], 1e-9))


def test_row_means_of_ridits_are_van_elteren(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    more = {"strata": ("stratum",), "variable": "conc", "scores": "modridit", "versus": "reference"}
    found = run(tools.inputs(read("adverse"), "arm", ARMS), tools, **more)
    for pair, values in other["wilcoxon_stratified"].items():
        for stat, key in (("row_means", "chisq"), ("row_means_p", "p")):
            given = found.value(stat, *pair.split(" - "), variable="conc")
            deviation("cmh", tools.near(given, values[key], 1e-9))


def test_scores(read: Any, tools: Any) -> None:
    """Given scores count by their distances only; arm scores as they are."""
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    plain = run(inputs, tools, variable="n_ae", strata=("site",))
    levels = plain.value("general_association_df", variable="n_ae") / 2 + 1
    moved = run(inputs, tools, variable="n_ae", strata=("site",), arm_scores=(0.0, 5.0, 10.0))
    tools.near(moved.value("correlation", variable="n_ae"), plain.value("correlation", variable="n_ae"), 1e-9)
    with pytest.raises(MethodError, match="level_scores for the"):
        run(inputs, tools, variable="n_ae", level_scores=tuple(range(int(levels) + 1)))
    with pytest.raises(MethodError, match="2 arm_scores for 3 arms"):
        run(inputs, tools, variable="n_ae", arm_scores=(1.0, 2.0))


def test_one_category_has_no_test(read: Any, tools: Any) -> None:
    frame = read("adverse").assign(same="x")
    found = run(tools.inputs(frame, "arm", ARMS), tools, variable="same")
    assert {
        found.row(f"{t}_p", variable="same").error for t in ("general_association", "row_means", "correlation")
    } == {"the table has one arm or one category in every stratum"}
    assert np.isfinite(found.value("n", variable="same"))

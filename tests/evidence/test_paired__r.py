"""Paired comparisons and correlations against R 4.2.2, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pandas as pd

from trialkit.methods import METHODS

METHOD = METHODS["paired"]


def pairs(read: Any) -> pd.DataFrame:
    """One row a subject: the score at baseline, at day 1 and at the last day."""
    frame = read("cows_complete")
    last = frame[frame["day"] == frame["day"].max()].set_index("subject")["cows"]
    first = frame[frame["day"] == 1].set_index("subject")
    made = pd.DataFrame({"base": first["base"], "first": first["cows"], "last": last})
    return made.reset_index(drop=True)


def test_last_day_against_baseline(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, values = tools.inputs(pairs(read), None, ()), other["paired"]
    found = tools.found(METHOD.run(inputs, METHOD.params("last", "base", threshold=13)))
    mcnemar, pearson = values["mcnemar"], values["pearson"]
    expected = {"signed_rank_v": values["signed_rank_V"], "signed_rank_p": values["p"]}
    expected |= {"t": values["t"], "p": values["t_p"], "ci_low": values["t_ci"][0], "ci_high": values["t_ci"][1]}
    expected |= {"mcnemar_up": mcnemar["b_c"][0], "mcnemar_down": mcnemar["b_c"][1], "mcnemar_chisq": mcnemar["chisq"]}
    expected |= {"mcnemar_p": mcnemar["p"], "mcnemar_exact_p": mcnemar["exact_p"], "pearson": pearson["r"]}
    expected |= {"pearson_p": pearson["p"], "pearson_ci_low": pearson["ci"][0], "pearson_ci_high": pearson["ci"][1]}
    expected |= {"spearman": values["spearman"], "kendall": values["kendall_tau_b"]}
    for stat, value in expected.items():
        deviation("paired", tools.near(found.value(stat, variable="last"), value, 1e-9))


def test_what_does_not_exist_is_told(tools: Any) -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 2, 3, 4]})
    found = tools.found(METHOD.run(tools.inputs(frame, None, ()), METHOD.params("a", "b", threshold=2)))
    for stat in ("diff", "signed_rank_p", "mcnemar_p"):
        assert found.row(stat, variable="a").error
    assert found.value("pearson", variable="a") == 1.0
    assert ("pearson_p", "", "", "a", "", None, ()) not in found.by

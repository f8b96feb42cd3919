"""Tests of several arms against R 4.2.2, tolerance 1e-9; Tukey's by the studentized range, p absolutely 1e-9.

R's ``ptukey`` itself claims about 1e-10 in the probability, so a small p-value has fewer right digits.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["k_samples"]
EVERY = ("kruskal", "anova", "welch", "bartlett", "tukey")


@pytest.mark.parametrize("name", ["conc", "base"])
def test_several_arms(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found = tools.found(METHOD.run(tools.inputs(read("adverse"), "arm", ARMS), METHOD.params(name, EVERY)))
    values = other["k_sample"][name]
    expected = {"kruskal_chisq": values["kruskal"]["H"], "kruskal_df": values["kruskal"]["df"]}
    expected |= {"kruskal_p": values["kruskal"]["p"], "bartlett_p": values["bartlett"]["p"]}
    expected |= {"bartlett_chisq": values["bartlett"]["stat"], "welch_f": values["welch_anova"]["F"]}
    for test, key in (("welch", "welch_anova"), ("anova", "anova")):
        of = values[key]
        expected |= {f"{test}_f": of["F"], f"{test}_df": of["df"][0], f"{test}_df_residual": of["df"][1]}
        expected |= {f"{test}_p": of["p"]}
    for stat, value in expected.items():
        deviation("k_samples", tools.near(found.value(stat, variable=name), value, 1e-9))
    of = values["tukey"]
    for i, pair in enumerate(of["pair"]):
        where, width = pair.split("-"), of["upper"][i] - of["lower"][i]
        for stat, key in (("tukey", "diff"), ("tukey_ci_low", "lower"), ("tukey_ci_high", "upper")):
            given = found.value(stat, *where, variable=name)
            deviation("k_samples", tools.near(given, of[key][i], 1e-9, scale=width))
        deviation("k_samples p", tools.near(found.value("tukey_p", *where, variable=name), of["p"][i], 1e-9, scale=1.0))


def test_no_variance_is_told(tools: Any) -> None:
    frame = pd.DataFrame({"arm": list("pqqrr"), "x": [1.0, 1, 1, 1, 1]})
    inputs = tools.inputs(frame, "arm", ("p", "q", "r"))
    found = tools.found(METHOD.run(inputs, METHOD.params("x", EVERY)))
    assert all(found.row(f"{test}_p", variable="x").error for test in EVERY)
    with pytest.raises(MethodError, match="no test is named"):
        METHOD.run(inputs, METHOD.params("x", ()))

"""Pearson's chi-square against R 4.2.2 chisq.test, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

ARMS = ("placebo", "low", "high")


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_two_by_two(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    plain = tools.found(method.run(inputs, method.params(name)))
    yates = tools.found(method.run(inputs, method.params(name, correction=True)))
    for pair, values in other["binary"][name]["versus"].items():
        where = pair.split(" - ")
        for found, key in ((plain, "chisq"), (yates, "chisq_yates")):
            deviation("chi_square", tools.near(found.value("chisq", *where, variable=name), values[key], 1e-9))
            deviation("chi_square", tools.near(found.value("p", *where, variable=name), values[f"{key}_p"], 1e-9))
            assert found.value("df", *where, variable=name) == 1


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_all_arms(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    found = tools.found(method.run(inputs, method.params(name, versus="all")))
    for stat in ("chisq", "df", "p"):
        deviation(
            "chi_square", tools.near(found.value(stat, variable=name), other["binary"][name]["all_arms"][stat], 1e-9)
        )


def test_more_categories(read: Any, tools: Any) -> None:
    """A 3 x 4 table against scipy (second program)."""
    import pandas as pd
    from scipy.stats import chi2_contingency

    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    found = tools.found(method.run(inputs, method.params("site", versus="all")))
    second = chi2_contingency(pd.crosstab(inputs.frame["arm_"], inputs.frame["site"]), correction=False)
    tools.near(found.value("chisq", variable="site"), float(second.statistic), 1e-9)
    tools.near(found.value("p", variable="site"), float(second.pvalue), 1e-9)

"""Pearson's chi-square against R 4.2.2 chisq.test, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS, MethodError

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


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_likelihood_ratio_and_trend(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    found = tools.found(method.run(inputs, method.params(name, test="likelihood_ratio")))
    for pair, values in other["binary"][name]["versus"].items():
        for stat, key in (("chisq", "lr_chisq"), ("p", "lr_p")):
            given = found.value(stat, *pair.split(" - "), variable=name)
            deviation("chi_square", tools.near(given, values[key], 1e-9))
    for scores in ((), (3.0, 5.0, 7.0)):
        found = tools.found(method.run(inputs, method.params(name, versus="all", test="trend", scores=scores)))
        for stat in ("chisq", "p"):
            value = other["binary"][name]["all_arms"]["cochran_armitage"][stat]
            deviation("chi_square", tools.near(found.value(stat, variable=name), value, 1e-9))
    pairwise = tools.found(method.run(inputs, method.params(name, test="trend")))
    plain = tools.found(method.run(inputs, method.params(name)))
    for pair in other["binary"][name]["versus"]:
        given = [found.value("chisq", *pair.split(" - "), variable=name) for found in (pairwise, plain)]
        tools.near(given[0], given[1], 1e-9)
    for wrong in (
        {"scores": (1.0, 2.0, 3.0)},
        {"test": "trend", "correction": True},
        {"test": "trend", "scores": (1.0,)},
    ):
        with pytest.raises(MethodError, match=r"scores go with|correction is of"):
            method.run(inputs, method.params(name, **wrong))


def test_more_categories(read: Any, tools: Any) -> None:
    """A 3 x 4 table against scipy (second program)."""
    import pandas as pd
    from scipy.stats import chi2_contingency

    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    found = tools.found(method.run(inputs, method.params("site", versus="all")))
    second = chi2_contingency(pd.crosstab(inputs.frame["arm_"], inputs.frame["site"]), correction=False)
    tools.near(found.value("chisq", variable="site"), float(second.statistic), 1e-9)
    tools.near(found.value("p", variable="site"), float(second.pvalue), 1e-9)


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_odds_ratio(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["chi_square"]
    found = tools.found(method.run(inputs, method.params(name)))
    for pair, values in other["binary"][name]["versus"].items():
        ratio = found.value("odds_ratio", *pair.split(" - "), variable=name, variable_level="1")
        deviation("chi_square", tools.near(ratio, values["odds_ratio"]["est"], 1e-9))


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ((6, 4, 4, 6), ""),
        ((1, 9, 8, 2), "smallest expected count 4.5 is below 5"),
        ((1, 19, 2, 18), "smallest expected count 1.5 is below 5"),
        ((0, 10, 7, 3), "smallest expected count 3.5 is below 5"),
    ],
)
def test_a_small_expected_count_is_told(cells: tuple[int, ...], warning: str, tools: Any) -> None:
    """Expected counts by hand: row total x column total / total, the smallest of four."""
    import pandas as pd

    a, b, c, d = cells
    frame = pd.DataFrame({"arm": ["p"] * (a + b) + ["q"] * (c + d), "x": ["n"] * a + ["y"] * b + ["n"] * c + ["y"] * d})
    method = METHODS["chi_square"]
    found = tools.found(method.run(tools.inputs(frame, "arm", ("p", "q")), method.params("x")))
    assert {found.row(stat, "q", "p", variable="x").warning for stat in ("chisq", "df", "p")} == {warning}
    ratio = found.row("odds_ratio", "q", "p", variable="x", variable_level="y")
    assert (ratio.value, ratio.text) == ((a * d / (b * c), "") if a else (None, "NE"))

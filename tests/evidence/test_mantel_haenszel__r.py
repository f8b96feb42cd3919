"""Mantel-Haenszel estimates and tests against R 4.2.2, tolerance 1e-9.

R's exact odds ratio and its limits are roots found to 1.2e-4 (``uniroot``'s default): they are compared at that, and
as roots at 1e-12.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS
from trialkit.methods._common_effects import breslow_day, common_odds_ratio
from trialkit.methods._hypergeometric import conditional

ARMS = ("placebo", "low", "high")
METHOD = METHODS["mantel_haenszel"]


def run(read: Any, tools: Any, name: str, **more: Any) -> Any:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    return tools.found(METHOD.run(inputs, METHOD.params(("stratum",), name, **more)))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_estimates(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    plain, other_variance = run(read, tools, name), run(read, tools, name, difference_variance="greenland_robins")
    for pair, values in other["binary"][name]["stratified"].items():
        where = {"variable": name, "variable_level": "1"}
        rd, rr, oratio = values["rd"], values["rr"], values["or"]
        low, high = rd["ci_sato"]
        expected = {"risk_difference": rd["est"], "risk_difference_se": rd["se_sato"]}
        expected |= {"risk_difference_ci_low": low, "risk_difference_ci_high": high}
        for stat, of in (("risk_ratio", rr), ("odds_ratio", oratio)):
            expected |= {stat: of["est"], f"{stat}_se": of["se_log"]}
            expected |= {f"{stat}_ci_low": of["ci"][0], f"{stat}_ci_high": of["ci"][1]}
        for stat, value in expected.items():
            deviation("mantel_haenszel", tools.near(plain.value(stat, *pair.split(" - "), **where), value, 1e-9))
        tools.near(plain.value("odds_ratio_ci_low", *pair.split(" - "), **where), oratio["ci_mantelhaen_test"][0], 1e-9)
        tools.near(
            plain.value("odds_ratio_ci_high", *pair.split(" - "), **where), oratio["ci_mantelhaen_test"][1], 1e-9
        )
        se = other_variance.value("risk_difference_se", *pair.split(" - "), **where)
        deviation("mantel_haenszel", tools.near(se, rd["se_greenland_robins"], 1e-9))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_tests(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    plain, corrected = run(read, tools, name), run(read, tools, name, correction=True)
    for pair, values in other["binary"][name]["stratified"].items():
        where, key = pair.split(" - "), {"variable": name, "variable_level": "1"}
        for found, prefix in ((plain, "cmh"), (corrected, "cmh_cc")):
            for stat in ("chisq", "p"):
                given = found.value(stat, *where, **key)
                deviation("mantel_haenszel", tools.near(given, values[f"{prefix}_{stat}"], 1e-9))
        for stat in ("chisq", "df", "p"):
            given = plain.value(f"breslow_day_{stat}", *where, **key)
            deviation("mantel_haenszel", tools.near(given, values[f"breslow_day_{stat}"], 1e-9))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_exact(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, frame = run(read, tools, name, exact=True), read("adverse")
    for pair, values in other["binary"][name]["stratified"].items():
        (arm, versus), of = pair.split(" - "), values["exact_conditional"]
        given = {s: found.value(s, arm, versus, variable=name, variable_level="1") for s in
                 ("exact_odds_ratio", "exact_ci_low", "exact_ci_high", "exact_p")}  # fmt: skip
        deviation("mantel_haenszel", tools.near(given["exact_p"], of["p"], 1e-9))
        for stat, value in (
            ("exact_odds_ratio", of["or"]),
            ("exact_ci_low", of["ci"][0]),
            ("exact_ci_high", of["ci"][1]),
        ):
            tools.near_root(given[stat], value)
        tables = np.array([[[((part["arm"] == a) & (part[name] == v)).sum() for v in (1, 0)] for a in (arm, versus)]
                           for _, part in frame.groupby("stratum")])  # fmt: skip
        one = conditional(tables)
        assert abs(float(one.density(np.log(given["exact_odds_ratio"])) @ one.support) - one.observed) < 1e-10
        assert abs(one.tail(np.log(given["exact_ci_low"]), True) - 0.025) < 1e-12
        assert abs(one.tail(np.log(given["exact_ci_high"]), False) - 0.025) < 1e-12


def test_homogeneity_against_statsmodels(read: Any, tools: Any) -> None:
    """Ten strata, and Tarone's correction (second program)."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    rng = np.random.default_rng(3)
    tables = rng.integers(3, 20, (10, 2, 2)).astype(float)
    second = StratifiedTable([t[:, ::-1].T[:, :] for t in tables])
    common = common_odds_ratio(tables)
    assert common is not None
    tools.near(common[0], float(second.oddsratio_pooled), 1e-9)
    tools.near(common[1], float(second.logodds_pooled_se), 1e-9)
    for adjust in (False, True):
        found = breslow_day(tables, common[0], adjust)
        assert found is not None and found[1] == 9
        tools.near(found[0], float(second.test_equal_odds(adjust=adjust).statistic), 1e-9)


def test_strata_without_both_arms_are_told(tools: Any) -> None:
    frame = pd.DataFrame({"arm": list("ppqqppq"), "site": ["a"] * 4 + ["b"] * 2 + [None], "x": [0, 1, 1, 1, 0, 1, 1]})
    found = tools.found(METHOD.run(tools.inputs(frame, "arm", ("p", "q")), METHOD.params(("site",), "x")))
    where = {"variable": "x", "variable_level": "1"}
    assert found.value("n_no_stratum") == 1
    assert found.row("n", "q", "p", **where).warning == "strata without both arms, left out: b"
    assert (found.value("strata", "q", "p", **where), found.value("n", "q", "p", **where)) == (1, 4)
    assert found.row("odds_ratio", "q", "p", **where).text == "NE"
    assert found.row("breslow_day_p", "q", "p", **where).text == "NE"

"""Proportions and their intervals against R 4.2.2, tolerance 1e-9.

R's ``fisher.test`` finds the conditional odds ratio and its limits with a root tolerance of 1.2e-4 (``uniroot``'s
default): they are compared with R at that tolerance, and as roots at 1e-12.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from trialkit.methods import METHODS, MethodError
from trialkit.methods._hypergeometric import conditional
from trialkit.methods._two_binomials import Pair, difference_limits, restricted

ARMS = ("placebo", "low", "high")
METHOD = METHODS["proportions"]


def run(inputs: Any, tools: Any, name: str | None, **more: Any) -> Any:
    return tools.found(METHOD.run(inputs, METHOD.params(name, **more)))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_one_proportion(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    for how in ("wald", "wilson", "wilson_cc", "clopper_pearson", "agresti_coull", "jeffreys"):
        found = run(inputs, tools, name, interval=how, null=0.5)
        for arm, values in other["binary"][name]["by_arm"].items():
            expected = {"n": values["n"], "count": values["x"], "proportion": values["p"]}
            expected |= {"ci_low": values[how][0], "ci_high": values[how][1], "exact_p": values["exact_p_vs_half"]}
            for stat, value in expected.items():
                given = found.value(stat, arm, variable=name, variable_level="1")
                deviation("proportions", tools.near(given, value, 1e-9))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_two_proportions(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    asked = [("difference", "risk_difference", how, how) for how in
             ("wald", "wald_cc", "newcombe", "miettinen_nurminen", "mee", "agresti_caffo")]  # fmt: skip
    asked += [("ratio", "risk_ratio", "wald", "wald_log")]
    asked += [("ratio", "risk_ratio", how, how) for how in ("miettinen_nurminen", "koopman")]
    asked += [("odds_ratio", "odds_ratio", "wald", "wald_log")]
    for parameter, stat, how, key in asked:
        found = run(inputs, tools, name, **{parameter: how})
        for pair, values in other["binary"][name]["versus"].items():
            of, where = values[stat], {"variable": name, "variable_level": "1"}
            se = of["se"] if stat == "risk_difference" else of["se_log"]
            expected = {stat: of["est"], f"{stat}_se": se}
            expected |= {f"{stat}_ci_low": of[key][0], f"{stat}_ci_high": of[key][1]}
            for s, value in expected.items():
                deviation("proportions", tools.near(found.value(s, *pair.split(" - "), **where), value, 1e-9))


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_exact_odds_ratio(name: str, other: Any, read: Any, tools: Any) -> None:
    found = run(tools.inputs(read("adverse"), "arm", ARMS), tools, name, odds_ratio="exact")
    for pair, values in other["binary"][name]["versus"].items():
        where, of = pair.split(" - "), values["odds_ratio"]
        expected = {"odds_ratio_conditional": of["conditional_mle"]}
        expected |= {"odds_ratio_ci_low": of["exact"][0], "odds_ratio_ci_high": of["exact"][1]}
        given = {s: found.value(s, *where, variable=name, variable_level="1") for s in expected}
        for stat, value in expected.items():
            tools.near_root(given[stat], value)
        x1, n1, x2, n2 = (values[k] for k in ("x1", "n1", "x2", "n2"))
        one = conditional(np.array([[[x1, n1 - x1], [x2, n2 - x2]]]))
        mean = float(one.density(np.log(given["odds_ratio_conditional"])) @ one.support)
        assert abs(mean - x1) < 1e-10
        assert abs(one.tail(np.log(given["odds_ratio_ci_low"]), True) - 0.025) < 1e-12
        assert abs(one.tail(np.log(given["odds_ratio_ci_high"]), False) - 0.025) < 1e-12


def test_restricted_estimate_is_the_most_likely() -> None:
    """The closed form of the cubic against a search, zero cells included."""
    for x1, x2 in product((0, 1, 4, 7), (0, 3, 9)):
        for delta in (-0.9, -0.3, 0.0, 0.2, 0.8):
            low, high = max(0.0, -delta), min(1.0, 1 - delta)

            def loss(p2: float, x1: int = x1, x2: int = x2, delta: float = delta) -> float:
                p = np.clip([p2 + delta, p2], 1e-300, 1 - 1e-16)
                return -float(x1 * np.log(p[0]) + (7 - x1) * np.log1p(-p[0]) + x2 * np.log(p[1])
                              + (9 - x2) * np.log1p(-p[1]))  # fmt: skip

            best = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-11}).x
            assert abs(restricted(Pair(x1, 7, x2, 9), delta) - best) < 1e-5


def test_published_miettinen_nurminen_and_newcombe() -> None:
    """Newcombe (1998), Stat Med 17, 873, table II: 56/70 against 48/80 and 9/10 against 3/10 and 10/10 against 0/20."""
    tables = {
        (56, 70, 48, 80): {"mee": (0.0533, 0.3377), "miettinen_nurminen": (0.0528, 0.3382),
                           "newcombe": (0.0524, 0.3339)},
        (9, 10, 3, 10): {"mee": (0.1821, 0.8370), "miettinen_nurminen": (0.1700, 0.8406), "newcombe": (0.1705, 0.8090)},
        (10, 10, 0, 20): {"mee": (0.7225, 1.0), "miettinen_nurminen": (0.7156, 1.0), "newcombe": (0.6791, 1.0)},
    }  # fmt: skip
    for counts, intervals in tables.items():
        for how, expected in intervals.items():
            found = difference_limits(Pair(*counts), how, 1.959963984540054)  # type: ignore[arg-type]
            assert tuple(round(v, 4) for v in found) == expected, (counts, how)


def test_zero_cells(tools: Any) -> None:
    frame = pd.DataFrame({"arm": ["p"] * 6 + ["q"] * 5, "x": ["n"] * 6 + ["n", "y", "y", "n", "n"]})
    found = run(tools.inputs(frame, "arm", ("p", "q")), tools, "x", levels=("n", "y"), odds_ratio="exact")
    where = {"variable": "x", "variable_level": "y"}
    assert found.row("risk_ratio", "q", "p", **where).text == "NE"
    assert found.row("risk_ratio_ci_high", "q", "p", **where).text == "NE"
    assert found.value("risk_ratio_ci_low", "q", "p", **where) > 0
    assert found.row("odds_ratio_conditional", "q", "p", **where).text == "NE"
    assert found.value("odds_ratio_ci_low", "q", "p", **where) > 0
    assert -1 < found.value("risk_difference_ci_low", "q", "p", **where) < 0.4
    back = run(tools.inputs(frame, "arm", ("p", "q"), reference="q"), tools, "x", levels=("n", "y"))
    assert back.value("risk_ratio_ci_low", "p", "q", **where) == 0.0
    inverse = 1 / found.value("risk_ratio_ci_low", "q", "p", **where)
    tools.near(back.value("risk_ratio_ci_high", "p", "q", **where), inverse, 1e-9)
    with pytest.raises(MethodError, match="the counted one second"):
        run(tools.inputs(frame[:6], "arm", ("p",)), tools, "x", compare="none")

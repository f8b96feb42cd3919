"""Stopping boundaries against scipy's beta distribution and a search through every count."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from scipy.stats import beta

from trialkit.methods import METHODS, Inputs, MethodError
from trialkit.methods.stopping_bounds import Rule

METHOD = METHODS["stopping_bounds"]
RULES = (
    Rule("death", at_least=1),
    Rule("serious", share=0.1, certainty=0.9, prior=(1.0, 9.0)),
    Rule("liver", share=0.02, certainty=0.8, prior=(0.5, 0.5), applies="arms"),
)


def trial(many: int, had: dict[str, int]) -> Inputs:
    """Subjects of two arms in turn; so many of the first have had what a rule watches, some of them twice."""
    universe = pd.DataFrame({"id": [f"s{i}" for i in range(many)], "arm": ["a", "b"] * (many // 2)})
    rows = [
        (universe["id"][i], universe["arm"][i], rule) for rule, n in had.items() for i in (*range(n), *range(n // 2))
    ]
    return Inputs(pd.DataFrame(rows, columns=["id", "arm", "rule"]), universe, "id", "arm", ("a", "b"), "a")


def expected(rule: Rule, n: int) -> int | None:
    a, b = rule.prior
    reached = [x for x in range(n + 1) if beta.sf(rule.share, a + x, b + n - x) >= rule.certainty]
    return reached[0] if reached else None


@pytest.mark.parametrize(
    ("many", "had"), [(60, {"serious": 12, "liver": 3}), (300, {"death": 2, "serious": 30}), (10, {})]
)
def test_counts_boundaries_and_posteriors(many: int, had: dict[str, int], tools: Any, deviation: Any) -> None:
    found = tools.found(METHOD.run(trial(many, had), METHOD.params("rule", RULES)))
    for rule in RULES:
        groups, n = (("rule", rule.level),), had.get(rule.level, 0)
        assert found.value("n", groups=groups) == n and found.value("N", groups=groups) == many
        assert found.value("n", "a", groups=groups) == (n + 1) // 2
        where = {"": (n, many)} if rule.applies == "all" else {"a": ((n + 1) // 2, many // 2), "b": (n // 2, many // 2)}
        assert {r.arm for r in found.rows if r.stat == "reached" and r.groups == groups} == set(where)
        for arm, (x, of) in where.items():
            bound = rule.at_least or expected(rule, of)
            assert found.value("boundary", arm, groups=groups) == bound
            assert found.value("reached", arm, groups=groups) == float(bound is not None and x >= bound)
            if rule.share:
                value = beta.sf(rule.share, rule.prior[0] + x, rule.prior[1] + of - x)
                deviation("stopping_bounds", tools.near(found.value("posterior", arm, groups=groups), value, 1e-11))


def test_without_arms_a_rule_of_the_arms_is_not_looked_at(tools: Any) -> None:
    made = trial(10, {"liver": 2})
    found = tools.found(METHOD.run(Inputs(made.frame, made.universe, "id"), METHOD.params("rule", RULES)))
    assert found.value("n", groups=(("rule", "liver"),)) == 2
    assert ("liver",) not in {(r.groups[0][1],) for r in found.rows if r.stat == "reached"}


def test_a_boundary_that_nobody_can_reach(tools: Any) -> None:
    rule = Rule("death", share=0.9, certainty=0.99, prior=(1.0, 1.0))
    found = tools.found(METHOD.run(trial(4, {"death": 4}), METHOD.params("rule", (rule,))))
    row = found.row("boundary", groups=(("rule", "death"),))
    assert (row.value, row.text, found.value("reached", groups=row.groups)) == (None, "none", 0.0)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ((Rule("a"),), "needs one boundary"),
        ((Rule("a", at_least=1, share=0.1, certainty=0.9),), "needs one boundary"),
        ((Rule("a", share=0.1),), "between 0 and 1"),
        ((Rule("a", share=0.1, certainty=0.9, prior=(1.0,)),), "two numbers above 0"),
        ((Rule("a", at_least=1), Rule("a", at_least=2)), "name each rule once"),
        ((Rule("a", at_least=1),), "rules are declared for"),
    ],
)
def test_refusals(rules: tuple[Rule, ...], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        METHOD.run(trial(10, {"death": 1}), METHOD.params("rule", rules))

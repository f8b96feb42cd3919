"""Fisher's exact test against R 4.2.2 fisher.test, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS, Inputs, MethodError

ARMS = ("placebo", "low", "high")


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_versus_reference(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    method = METHODS["fisher"]
    by_column = tools.found(method.run(inputs, method.params(name)))
    some = inputs.frame[inputs.frame[name] == 1].reset_index(drop=True)
    by_rows = tools.found(
        method.run(Inputs(some, inputs.universe, inputs.subject, inputs.arm, ARMS, "placebo"), method.params())
    )
    for pair, values in other["binary"][name]["versus"].items():
        arm, reference = pair.split(" - ")
        ratio = by_column.value("odds_ratio", arm, reference, variable=name, variable_level="1")
        deviation("fisher", tools.near(ratio, values["odds_ratio"]["est"], 1e-9))
        p = by_column.value("p", arm, reference, variable=name)
        deviation("fisher", tools.near(p, values["fisher_p"], 1e-9))
        assert by_rows.value("p", arm, reference) == p
        assert by_rows.value("odds_ratio", arm, reference) == ratio
        assert by_rows.value("n", arm, reference) == values["n1"] + values["n2"]


@pytest.mark.parametrize("name", ["responder", "any_ae", "serious"])
def test_one_sided_and_all_arms(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS), METHODS["fisher"]
    for side in ("less", "greater"):
        found = tools.found(method.run(inputs, method.params(name, alternative=side)))
        for pair, values in other["binary"][name]["versus"].items():
            p = found.value("p", *pair.split(" - "), variable=name)
            deviation("fisher", tools.near(p, values[f"fisher_p_{side}"], 1e-9))
    found = tools.found(method.run(inputs, method.params(name, versus="all")))
    p = found.value("p", variable=name)
    deviation("fisher", tools.near(p, other["binary"][name]["all_arms"]["fisher_p"], 1e-9))
    with pytest.raises(MethodError, match="a one-sided test needs two arms"):
        method.run(inputs, method.params(name, versus="all", alternative="less"))


def test_several_arms_are_the_two_arm_test_for_two() -> None:
    import numpy as np

    from trialkit.methods.fisher import fisher_many, fisher_p

    rng = np.random.default_rng(2)
    for table in rng.integers(0, 9, (50, 2, 2)):
        assert abs(fisher_many(table) - fisher_p(table)) < 1e-12


def test_small_tables_by_enumeration() -> None:
    """361 tables against exact fractions: cells up to 4, 3, 3 and 4, two arms of up to 7 subjects, neither empty."""
    from fractions import Fraction
    from itertools import product
    from math import comb

    import numpy as np

    from trialkit.methods.fisher import fisher_p

    tables = [t for t in product(range(5), range(4), range(4), range(5)) if t[0] + t[1] and t[2] + t[3]]
    assert len(tables) == 361
    for a, b, c, d in tables:
        row, col, n = a + b, a + c, a + b + c + d
        density = {
            x: Fraction(comb(col, x) * comb(n - col, row - x), comb(n, row))
            for x in range(max(0, row + col - n), min(row, col) + 1)
        }
        exact = sum(v for v in density.values() if v <= density[a])
        assert abs(fisher_p(np.array([[a, b], [c, d]])) - float(exact)) < 1e-12

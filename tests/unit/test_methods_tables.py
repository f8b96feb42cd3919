"""Counts and contingency tables: subjects left out are accounted for, and a refusal says what to do."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError, Row

PEOPLE = pd.DataFrame({"s": [f"s{i}" for i in range(9)], "arm": list("aaabbbccc")})
ROWS = pd.DataFrame(
    [("s0", "y"), ("s0", None), ("s1", "n"), ("s2", " "), ("s3", "y"), ("s4", "n"), ("s5", None), ("s5", ""),
     ("s6", "y"), ("s7", "n")],
    columns=["s", "x"],
).merge(PEOPLE, on="s")  # fmt: skip
"""s0 has a blank and a filled row, s2 and s5 only blank ones, s8 none at all."""


def run(method: str, rows: pd.DataFrame = ROWS, arms: str = "abc", **params: Any) -> list[Row]:
    people = PEOPLE[PEOPLE["arm"].isin(list(arms))].reset_index(drop=True)
    rows = rows[rows["arm"].isin(list(arms))].reset_index(drop=True)
    return METHODS[method].run(Inputs(rows, people, "s", "arm", tuple(arms), "a"), METHODS[method].params(**params))


@pytest.mark.parametrize("method", ["fisher", "chi_square"])
def test_subjects_without_a_value_are_counted_as_left_out(method: str) -> None:
    made = run(method, variable="x")
    dropped = [row for row in made if row.stat == "n_dropped"]
    assert [row.value for row in dropped] == [2.0]
    assert dropped[0].warning == "2 of 8 subjects left out: no value in x"
    assert PEOPLE["s"].iloc[dropped[0].units].tolist() == ["s2", "s5"]
    assert ROWS["s"].iloc[dropped[0].rows].tolist() == ["s2", "s5", "s5"]
    counted = {unit for row in made if row.stat == "n" for unit in row.units}
    assert counted | set(dropped[0].units) == set(range(8)) and not counted & set(dropped[0].units)


@pytest.mark.parametrize("method", ["fisher", "chi_square"])
def test_without_a_variable_nobody_is_left_out(method: str) -> None:
    (dropped,) = [row for row in run(method) if row.stat == "n_dropped"]
    assert (dropped.value, dropped.warning, len(dropped.units), len(dropped.rows)) == (0.0, "", 0, 0)


ONE = ROWS.assign(x="y").drop_duplicates("s")
THREE = ROWS.drop_duplicates("s").assign(x=lambda f: [("y", "n", "z")[i % 3] for i in range(len(f))])


@pytest.mark.parametrize(
    ("rows", "arms", "params", "words"),
    [
        (ONE, "ab", {}, "2 x 1; Fisher's test here needs two categories: name both categories in 'levels'"),
        (
            THREE,
            "ab",
            {},
            "2 x 3; Fisher's test here needs two categories: choose a column of two categories",
        ),
        (ROWS, "abc", {"versus": "all", "alternative": "less"}, "3 x 2; a one-sided test needs two arms"),
    ],
)
def test_fisher_says_what_to_do_about_another_table(
    rows: pd.DataFrame, arms: str, params: dict[str, Any], words: str
) -> None:
    with pytest.raises(MethodError, match=words):
        run("fisher", rows, arms, variable="x", **params)


def test_the_advice_for_one_category_helps() -> None:
    made = run("fisher", ONE, "ab", variable="x", levels=("n", "y"))
    assert [row.value for row in made if row.stat == "p"] == [1.0]


def test_levels_of_a_column_that_is_not_counted() -> None:
    with pytest.raises(MethodError, match=r"'levels' names 'xx', which is not among the variables\. Did you mean 'x'"):
        run("counts", variables=("x",), levels={"xx": ("y", "n")})

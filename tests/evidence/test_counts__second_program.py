"""Counts per category against plain-python counting of the file's lines (no pandas, no numpy)."""

from __future__ import annotations

import csv
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs

ARMS = ("placebo", "low", "high")


@pytest.mark.parametrize("name", ["sex", "stratum", "site", "n_ae"])
def test_categories(name: str, read: Any, tools: Any) -> None:
    with open(tools.data / "adverse.csv", newline="") as lines:
        people = list(csv.DictReader(lines))
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS, total="all"), METHODS["counts"]
    found = tools.found(method.run(inputs, method.params((name,))))
    seen = 0
    for arm in (*ARMS, "all"):
        group = [p for p in people if arm in ("all", p["arm"])]
        for level in {p[name] for p in people}:
            n, where = sum(p[name] == level for p in group), {"variable": name, "variable_level": level}
            assert found.value("n", arm, **where) == n
            assert found.value("N", arm, **where) == len(group)
            tools.near(found.value("pct", arm, **where), n / len(group) * 100, 1e-12)
            row = found.row("n", arm, **where)
            assert {inputs.universe["subject"][i] for i in row.units} == {
                p["subject"] for p in group if p[name] == level
            }
            seen += 3
    assert seen == len(found.rows)


LEVELS = ("none", "mild", "bad", "worst")


def repeated(tools: Any) -> tuple[list[dict[str, str]], list[dict[str, str]], Inputs]:
    """Subjects, and up to three rows of each with a grade that may be blank; nobody has the grade "worst"."""
    with open(tools.data / "adverse.csv", newline="") as lines:
        people = list(csv.DictReader(lines))
    rows = [
        {"subject": p["subject"], "arm": p["arm"], "grade": ("", "none", "mild", "bad")[(int(p["base"]) * (k + 1)) % 4]}
        for p in people
        for k in range(min(3, int(p["n_ae"])))
    ]
    inputs = Inputs(pd.DataFrame(rows), pd.DataFrame(people), "subject", "arm", ARMS, "placebo", "all")
    return people, rows, inputs


@pytest.mark.parametrize("denominator", ["universe", "nonmissing"])
def test_several_rows_missing_values_and_declared_levels(denominator: Any, tools: Any) -> None:
    """A subject counts once a category; "missing" are those with rows and no grade in any; "worst" stays with zeros."""
    people, rows, inputs = repeated(tools)
    method, seen = METHODS["counts"], 0
    found = tools.found(method.run(inputs, method.params(("grade",), {"grade": LEVELS}, denominator)))
    assert list(dict.fromkeys(r.variable_level for r in found.rows)) == [*LEVELS, "missing"]
    for arm in (*ARMS, "all"):
        group = [p["subject"] for p in people if arm in ("all", p["arm"])]
        grades = {s: {r["grade"] for r in rows if r["subject"] == s} for s in group}
        base = [s for s in group if grades[s] - {""}] if denominator == "nonmissing" else group
        expected = {level: [s for s in group if level in grades[s]] for level in LEVELS}
        expected["missing"] = [s for s in group if grades[s] == {""}]
        assert 0 < len(expected["missing"]) < sum("" in grades[s] for s in group), "the example shows nothing"
        for level, who in expected.items():
            where = {"variable": "grade", "variable_level": level}
            row = found.row("n", arm, **where)
            assert (row.value, [inputs.universe["subject"][i] for i in row.units]) == (len(who), who)
            blank = "" if level == "missing" else level
            assert len(row.rows) == sum(r["grade"] == blank for r in rows if r["subject"] in who)
            seen += 1
            if level == "missing" and denominator == "nonmissing":
                continue
            assert found.value("N", arm, **where) == len(base)
            tools.near(found.value("pct", arm, **where), 100 * len(who) / len(base), 1e-12)
            seen += 2
    assert seen == len(found.rows)


def test_without_missing_values_there_is_no_such_category(tools: Any) -> None:
    *_, inputs = repeated(tools)
    some = inputs.frame[inputs.frame["grade"] != ""].reset_index(drop=True)
    made = METHODS["counts"].run(
        Inputs(some, inputs.universe, "subject", "arm", ARMS), METHODS["counts"].params(("grade",))
    )
    assert list(dict.fromkeys(row.variable_level for row in made)) == ["bad", "mild", "none"]

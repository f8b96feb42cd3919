"""Incidence against plain-python counting, on one row per recorded event made from the counts in the file."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs

ARMS = ("placebo", "low", "high")
TERMS = (("gut", "nausea"), ("gut", "vomiting"), ("head", "headache"), ("", ""))


def events(tools: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Subjects, and events: the k-th event of a subject at site s has term (k + s) mod 4, so terms repeat."""
    with open(tools.data / "adverse.csv", newline="") as lines:
        people = list(csv.DictReader(lines))
    made = []
    for person in people:
        for k in range(int(person["n_ae"])):
            outer, inner = TERMS[(k * int(person["exposure_days"]) + int(person["site"][1:])) % 4]
            made.append({"subject": person["subject"], "arm": person["arm"], "outer": outer, "inner": inner})
    return people, made


def test_nested(tools: Any) -> None:
    people, rows = events(tools)
    inputs = Inputs(pd.DataFrame(rows), pd.DataFrame(people), "subject", "arm", ARMS, "placebo", "all")
    method = METHODS["incidence"]
    found = tools.found(method.run(inputs, method.params(("outer", "inner"))))
    subjects: dict[Any, set[str]] = defaultdict(set)
    counts: dict[Any, int] = defaultdict(int)
    for row in rows:
        outer, inner = row["outer"] or "No coding available", row["inner"] or "No coding available"
        for path in ((), (("outer", outer),), (("outer", outer), ("inner", inner))):
            for arm in (row["arm"], "all"):
                subjects[path, arm].add(row["subject"])
                counts[path, arm] += 1
    paths = {path for path, _ in subjects}
    assert len(found.rows) == 4 * 4 * len(paths)
    for path in paths:
        for arm in (*ARMS, "all"):
            where = {"groups": path, "variable_level": "" if path else "any"}
            size = sum(arm in ("all", p["arm"]) for p in people)
            assert found.value("n", arm, **where) == len(subjects[path, arm])
            assert found.value("events", arm, **where) == counts[path, arm]
            assert found.value("N", arm, **where) == size
            tools.near(found.value("pct", arm, **where), len(subjects[path, arm]) / size * 100, 1e-12)


def test_subjects_with_any_match_r(other: Any, tools: Any) -> None:
    """Subjects with at least one event, by arm, as R counted them."""
    people, rows = events(tools)
    inputs = Inputs(pd.DataFrame(rows), pd.DataFrame(people), "subject", "arm", ARMS)
    found = tools.found(METHODS["incidence"].run(inputs, METHODS["incidence"].params()))
    for arm, values in other["binary"]["any_ae"]["by_arm"].items():
        assert found.value("n", arm, variable_level="any") == values["x"]
        assert found.value("N", arm, variable_level="any") == values["n"]
        assert found.value("events", arm, variable_level="any") == other["rates"]["by_arm"][arm]["events"]["events"]


@pytest.mark.parametrize("order", ["frequency", "name"])
def test_terms_stand_in_order(order: Any, tools: Any) -> None:
    """Outer before inner; by falling number of subjects over all arms (ties by name) or by name; uncoded ones last."""
    people, rows = events(tools)
    rows += [{**rows[i], "outer": outer, "inner": inner} for i in (0, 1) for outer, inner in ORDERED]
    inputs = Inputs(pd.DataFrame(rows), pd.DataFrame(people), "subject", "arm", ARMS, "placebo", "all")
    method = METHODS["incidence"]
    made = method.run(inputs, method.params(("outer", "inner"), order=order))
    subjects: dict[Any, set[str]] = defaultdict(set)
    for row in rows:
        subjects[(row["outer"],)].add(row["subject"])
        subjects[row["outer"], row["inner"]].add(row["subject"])

    def place(path: tuple[str, ...]) -> tuple[bool, int, str]:
        return path[-1] == "", -len(subjects[path]) if order == "frequency" else 0, path[-1]

    expected: list[tuple[str, ...]] = [()]
    for outer in sorted((p for p in subjects if len(p) == 1), key=place):
        expected += [outer, *sorted((p for p in subjects if len(p) == 2 and p[0] == outer[0]), key=place)]
    found = list(dict.fromkeys(tuple(level for _, level in row.groups) for row in made))
    assert found == [tuple(term or "No coding available" for term in path) for path in expected]


ORDERED = (("skin", "wheal"), ("skin", "itch"), ("skin", ""), ("eye", "tears"), ("head", "aura"))
"""Terms of two subjects each: "itch" and "wheal" tie, and so do "eye" and "skin"."""

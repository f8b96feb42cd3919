"""The reporting event in the structure of CDISC ARS: its shape, that every reference is met, that no number is lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.ars_shape import misfits
from tests.small_report import small_edition
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.condition import Condition, Test
from trialkit.report.formats.ars_json import event, write
from trialkit.report.formats.ars_where import condition, data_subsets
from trialkit.report.formats.edition import Edition
from trialkit.report.rows import POPULATION, read_rows

Json = dict[str, Any]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return small_edition()


@pytest.fixture(scope="module")
def made(edition: Edition) -> Json:
    return json.loads(write(edition))


def test_the_event_has_the_published_structure(made: Json) -> None:
    assert list(misfits(made)) == []


@pytest.mark.parametrize("spoil", ["missing", "unknown", "kind", "term", "list"])
def test_a_wrong_structure_is_found(spoil: str, made: Json) -> None:
    wrong = copy.deepcopy(made)
    first = wrong["analyses"][0]
    if spoil == "missing":
        del first["methodId"]
    elif spoil == "unknown":
        first["unit"] = "kg"
    elif spoil == "kind":
        first["results"][0]["rawValue"] = 1.0
    elif spoil == "term":
        first["reason"]["controlledTerm"] = "PLANNED"
    else:
        wrong["methods"] = {}
    assert len(list(misfits(wrong))) == 1


def ids(parts: list[Json]) -> set[str]:
    found = [part["id"] for part in parts]
    assert len(found) == len(set(found))
    return set(found)


def test_every_reference_is_met(made: Json) -> None:
    sets, subsets = ids(made["analysisSets"]), ids(made["dataSubsets"])
    groupings = ids([*made["analysisGroupings"], *made["dataGroupings"]])
    groups = {group["id"] for grouping in made["analysisGroupings"] for group in grouping["groups"]}
    methods, terms = ids(made["methods"]), {t["id"] for e in made["terminologyExtensions"] for t in e["sponsorTerms"]}
    operations = {method["id"]: ids(method["operations"]) for method in made["methods"]}
    for one in made["analyses"]:
        assert one["analysisSetId"] in sets and one["methodId"] in methods
        assert one.get("dataSubsetId", one["id"]) in subsets | {one["id"]}
        assert one["purpose"].get("sponsorTermId") in terms | {None}
        own = {ordered["groupingId"] for ordered in one["orderedGroupings"]}
        assert own <= groupings
        for result in one["results"]:
            assert result["operationId"] in operations[one["methodId"]]
            assert {group["groupingId"] for group in result["resultGroups"]} <= own
            assert {group["groupId"] for group in result["resultGroups"] if "groupId" in group} <= groups


def test_the_list_of_contents_names_every_display_and_analysis(made: Json, edition: Edition) -> None:
    items = made["mainListOfContents"]["contentsList"]["listItems"]
    assert [item["outputId"] for item in items] == [output["id"] for output in made["outputs"]]
    assert list(edition.report.displays) == [output["id"] for output in made["outputs"]]
    named = {inner["analysisId"] for item in items for inner in item["sublist"]["listItems"]}
    assert named == ids(made["analyses"])


def test_every_number_is_in_it_with_all_its_digits(made: Json, edition: Edition) -> None:
    found = [(one["methodId"], result) for one in made["analyses"] for result in one["results"]]
    told = [result.get("rawValue", "") for method, result in found if method != POPULATION]
    raw = sorted(float(value) for value in told if value not in ("", "NE"))
    rows = [number for number in read_rows(edition.results.rows) if number.method != POPULATION]
    assert raw == sorted(number.value for number in rows if number.value is not None)
    assert len(told) == len(rows)


def test_a_result_says_what_it_belongs_to(made: Json) -> None:
    sexes = next(one for one in made["analyses"] if one["id"] == "sexes.sex")
    assert sexes["name"] == "Sexes: Sex" and sexes["variable"] == "sex"
    by = {tuple(g.get("groupId", g.get("groupValue")) for g in r["resultGroups"]): r["formattedValue"]
          for r in sexes["results"] if r["operationId"] == "counts.pct"}  # fmt: skip
    assert by["arm.people.arm.P", "F"] == "57.1%"
    assert by[("F",)] == "64.3%"  # a total belongs to no arm


def test_sets_subsets_and_purposes_come_from_the_study(made: Json) -> None:
    assert made["analysisSets"] == [
        {"id": "all", "label": "Everybody", "level": 1, "order": 1,
         "condition": {"dataset": "people", "variable": "sex", "comparator": "IN", "value": ["F", "M"]}}
    ]  # fmt: skip
    subset = made["dataSubsets"][0]
    assert subset["id"] == "ages" and subset["compoundExpression"]["logicalOperator"] == "AND"
    clauses = subset["compoundExpression"]["whereClauses"]
    assert [clause["condition"]["comparator"] for clause in clauses] == ["NE", "GE"]
    purposes = {one["id"]: one["purpose"] for one in made["analyses"]}
    assert purposes["km"] == {"controlledTerm": "PRIMARY OUTCOME MEASURE"}
    assert purposes["events"] == {"sponsorTermId": "purpose.safety"}


@pytest.mark.parametrize(
    ("test", "comparator", "value"),
    [
        (Test("A", "is", ("1",)), "EQ", ["1"]),
        (Test("A", "not", ("1", "2")), "NOTIN", ["1", "2"]),
        (Test("A", "above", ("1",)), "GT", ["1"]),
        (Test("A", "at_most", ("1",)), "LE", ["1"]),
        (Test("A", "missing", ("true",)), "EQ", [""]),
        (Test("A", "missing", ("false",)), "NE", [""]),
    ],
)
def test_conditions(test: Test, comparator: str, value: list[str]) -> None:
    told = {"dataset": "d", "variable": "A", "comparator": comparator, "value": value}
    assert condition("d", test) == told


def test_a_population_of_two_conditions_is_the_and_of_two_sets(edition: Edition) -> None:
    from dataclasses import replace

    whole = edition.study.populations["all"]
    both = replace(whole, where=Condition((*whole.where.tests, Test("age", "above", ("18",)))))
    told = event(replace(edition, study=replace(edition.study, populations={"all": both})))
    first, *parts = told["analysisSets"]
    assert first["compoundExpression"] == {"logicalOperator": "AND", "whereClauses": [part["id"] for part in parts]}
    assert [part["condition"]["comparator"] for part in parts] == ["IN", "GT"]
    assert list(misfits(told)) == []


def test_arms_that_are_masked_are_groups_too(edition: Edition) -> None:
    from dataclasses import replace

    rows = edition.results.rows.copy()
    rows["arm"] = rows["arm"].replace({"P": "Arm 1", "A": "Arm 2"})
    told = event(replace(edition, results=replace(edition.results, rows=rows)))
    assert [group["label"] for group in told["analysisGroupings"][0]["groups"]] == [
        "Control",
        "Drug & more",
        "Arm 1",
        "Arm 2",
    ]
    used = {
        g["groupId"] for one in told["analyses"] for r in one["results"] for g in r["resultGroups"] if "groupId" in g
    }
    assert used == {"arm.people.arm.Arm 1", "arm.people.arm.Arm 2"}


def test_a_condition_the_standard_cannot_say_is_left_to_the_label() -> None:
    where = Condition((Test("sex", "is", ("F",)), Test("term", "contains", ("ache",))))
    (subset,) = data_subsets([AnalysisSpec("one", "One", "events", "all", "counts", where=where)])
    assert subset == {"id": "one", "label": where.words(), "level": 1, "order": 1}

"""While the arms are hidden nothing is said that stands on a hidden field: not 0, not N, not "another arm"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.small_report import SNAPSHOT
from tests.small_tables import dataset, shown, study, table
from trialkit.analyze import analyze
from trialkit.derive import derive
from trialkit.derive.hiding import UNTOLD
from trialkit.derive.run import Derived
from trialkit.model import Dataset, Study, Tables, tree_of
from trialkit.model.analysis import AnalysisSpec, ListingSpec, Population
from trialkit.model.condition import Condition, Test
from trialkit.pipeline.blind import blinded

DATA = {
    "a": "S ARM V\n1 x 5\n2 y 6\n3 x 7",
    "dose": "S N LOT MG\n1 1 p 4\n1 2 p 4\n2 1 q 0",
    "lot": "S L MG\n9 p 4\n8 q 0",
}
HIDDEN = {"a": ("ARM",), "dose": ("LOT", "MG"), "lot": ("MG",)}


def trial(*datasets: Dataset) -> tuple[Study, Tables]:
    """The forms above with their blinded fields, and the tables as a blinded report reads them."""
    frames, at = {}, 0
    for name, text in DATA.items():
        frames[name] = table(text)
        frames[name]["_src"] = range(at, at + len(frames[name]))
        at += 100
    made = study(*datasets, **{name: [c for c in f if c != "_src"] for name, f in frames.items()})
    forms = {
        name: replace(form, fields={f: replace(one, blinded=f in HIDDEN[name]) for f, one in form.fields.items()})
        for name, form in made.forms.items()
    }
    return replace(made, forms=forms), Tables(frames, pd.DataFrame())


def blind(*datasets: Dataset) -> Derived:
    made, tables = trial(*datasets)
    of, hidden, _ = blinded(made, tables, SNAPSHOT)
    return derive(of, hidden)


@pytest.mark.parametrize(
    ("step", "open_", "hidden"),
    [
        ({"flag": {"into": "F", "where": {"ARM": "x"}}}, "Y\nN\nY", ".\n.\n."),
        ({"flag": {"into": "F", "where": {"V": {"above": "5"}}}}, "N\nY\nY", "N\nY\nY"),
        ({"flag": {"into": "F", "where": {"ARM": {"missing": "true"}}}}, "N\nN\nN", ".\n.\n."),
        ({"classify": {"into": "F", "cases": [{"where": {"ARM": "x"}, "says": "A"}], "otherwise": "B"}},
         "A\nB\nA", ".\n.\n."),
        ({"compare": {"into": "F", "left": "V", "op": "equal", "right": "V"}}, "Y\nY\nY", "Y\nY\nY"),
        ({"aggregate": {"into": "F", "from": "dose", "column": "MG", "how": "sum"}}, "8\n0\n.", ".\n.\n."),
        ({"aggregate": {"into": "F", "from": "dose", "how": "count"}}, "2\n1\n0", "2\n1\n0"),
        ({"aggregate": {"into": "F", "from": "dose", "how": "count", "where": {"LOT": "p"}}}, "2\n0\n0", ".\n.\n."),
        ({"exists": {"into": "F", "from": "dose", "where": {"MG": {"above": "0"}}}}, "Y\nN\nN", ".\n.\n."),
        ({"exists": {"into": "F", "from": "dose"}}, "Y\nY\nN", "Y\nY\nN"),
        ({"pick": {"from": "dose", "columns": {"F": "MG"}, "order": ["N"], "rule": "first"}}, "4\n0\n.", ".\n.\n."),
        ({"pick": {"from": "dose", "columns": {"F": "N"}, "order": ["MG"], "rule": "last"}}, "2\n1\n.", ".\n.\n."),
        ({"take": {"columns": {"S": "S", "F": "ARM"}}}, "x\ny\nx", ".\n.\n."),
        ({"constant": {"columns": {"F": "c"}}}, "c\nc\nc", "c\nc\nc"),
    ],
)  # fmt: skip
def test_what_a_step_makes_of_a_hidden_field_is_hidden(step: dict[str, Any], open_: str, hidden: str) -> None:
    seen = derive(*trial(dataset(step)))
    assert shown(seen.datasets["d"], "F") == open_
    assert seen.hidden["d"].columns == frozenset()
    assert shown(blind(dataset(step)).datasets["d"], "F") == hidden


def test_hidden_goes_on_through_columns_and_data_sets() -> None:
    first = dataset({"flag": {"into": "F", "where": {"ARM": "x"}}}, name="one")
    second = dataset({"join": {"from": "one", "columns": {"G": "F", "W": "V"}}},
                     {"classify": {"into": "H", "cases": [{"where": {"G": "Y"}, "says": "A"}], "otherwise": "B"}},
                     {"flag": {"into": "K", "where": {"W": {"above": "5"}}}}, name="two")  # fmt: skip
    made = blind(second, first)
    assert shown(made.datasets["two"], "G", "W", "H", "K") == ". 5 . N\n. 6 . Y\n. 7 . Y"
    assert made.hidden["two"].columns == {"ARM", "G", "H"}


@pytest.mark.parametrize(
    "step",
    [
        {"filter": {"where": {"ARM": "x"}, "reason": "not the arm"}},
        {"filter": {"where": {"ARM": {"missing": "true"}}, "reason": "not the arm"}},
        {"one_per": {"by": ["S"], "order": ["ARM"], "rule": "first"}},
        {"join": {"from": "lot", "match": {"ARM": "L"}, "columns": {"LOTMG": "MG"}, "required": "true"}},
        {"append": {"from": "dose", "columns": {"S": "S"}, "where": {"LOT": "p"}}},
    ],
)
def test_rows_that_a_hidden_field_chooses_are_not_told(step: dict[str, Any]) -> None:
    """No row stands there, all are lost for one reason, and the ledger names no value of the field."""
    counted = dataset({"aggregate": {"into": "NROW", "from": "d", "how": "count"}}, name="e")
    made = blind(dataset(step), counted)
    assert made.hidden["d"].rows
    assert len(made.datasets["d"]) == 0
    (entry,) = made.ledger[made.ledger["of"] == "dataset d"].to_dict("records")
    assert (entry["rows_in"], entry["rows_out"], entry["lost"], entry["reason"]) == (3, 0, 3, UNTOLD)
    assert "x" not in entry["step"].split()
    assert shown(made.datasets["e"], "NROW") == ".\n.\n."  # not 0


def test_no_later_step_names_a_value_of_a_hidden_field_either() -> None:
    """Where the rows are hidden already, and where a column that is hidden already is made again."""
    flag = {"flag": {"into": "F", "where": {"ARM": "x"}}}
    keep = {"filter": {"where": {"ARM": "x"}}}
    made = blind(dataset(keep, keep), dataset(flag, flag, name="e"))
    assert made.ledger["step"].tolist() == [f"filter: {UNTOLD}"] * 2 + [f"flag: {UNTOLD}"] * 2


def results(spec: AnalysisSpec, *more: ListingSpec, where: Condition | None = None) -> Any:
    made, tables = trial(dataset({"flag": {"into": "F", "where": {"ARM": "x"}}}))
    made = replace(
        made,
        populations={"all": Population("all", "All", "d", "", where=where or Condition())},
        analyses={spec.id: spec},
        listings={one.id: one for one in more},
    )
    of, hidden, _ = blinded(made, tables, SNAPSHOT)
    return analyze(of, derive(of, hidden), hidden.sources, "s", "x")


def spec(**more: Any) -> AnalysisSpec:
    return AnalysisSpec("n", "N", "d", "all", "counts", **{"params": tree_of({"variables": ["V", "F"]}), **more})


OF_HIDDEN = Condition((Test("F", "is", ("Y",)),))


@pytest.mark.parametrize(
    ("asked", "population"),
    [
        (spec(where=OF_HIDDEN), None),
        (spec(by=("F",)), None),
        (spec(), OF_HIDDEN),
        (spec(params=tree_of({"variables": ["F"]})), None),
    ],
)
def test_an_analysis_of_what_is_hidden_is_not_computed(asked: AnalysisSpec, population: Condition | None) -> None:
    rows = results(asked, where=population).rows
    assert rows["status"].tolist() == ["error"]
    assert UNTOLD in rows["error"].iloc[0]


def test_a_hidden_column_of_many_is_left_out_and_named() -> None:
    rows = results(spec()).rows
    assert set(rows["variable"]) == {"", "V"}
    assert rows.loc[rows["status"] == "error", "error"].tolist() == [f"F: {UNTOLD}"]


def test_a_listing_of_hidden_rows_says_so_and_hidden_columns_are_blank() -> None:
    blank, untold = ListingSpec("b", "B", "d", ("S", "F")), ListingSpec("u", "U", "d", ("S",), where=OF_HIDDEN)
    made = results(spec(), blank, untold).listings
    assert shown(made["b"].frame, "S", "F") == "1 .\n2 .\n3 ." and made["b"].error == ""
    assert len(made["u"].frame) == 0 and made["u"].error == UNTOLD

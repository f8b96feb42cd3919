"""Missing values in derivation steps: a blank never wins, never matches, and is never turned into a number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.small_tables import dataset, run, shown

ROWS = """
S  D           V  Q
1  2026-01-02  5  Y
1  .           6  Y
1  2026-01-04  7  N
2  .           8  Y
3  2026-01-01  9  .
4  2026-01-03  3  N
"""


@pytest.mark.parametrize(("rule", "out"), [("first", "1 5\n2 8\n3 9\n4 3"), ("last", "1 7\n2 8\n3 9\n4 3")])
def test_a_row_without_an_order_stays_only_if_it_is_alone(rule: str, out: str) -> None:
    step = {"one_per": {"by": ["S"], "order": ["D"], "rule": rule}}
    assert shown(run({"a": ROWS}, dataset(step)).datasets["d"], "S", "V") == out


def test_one_per_chooses_among_the_rows_that_meet_its_condition() -> None:
    """Subject 1 has a later row that does not meet it; 3 is unknown, 4 says no: each is lost under its reason."""
    step = {"one_per": {"by": ["S"], "order": ["D"], "rule": "last", "where": {"Q": "Y"}}}
    made = run({"a": ROWS}, dataset(step))
    assert shown(made.datasets["d"], "S", "V") == "1 5\n2 8"
    lost = {row.reason: made.sets[row.set_id].sources for row in made.ledger.itertuples()}
    assert lost == {"not: Q is Y": (2, 5), "a value is missing in: Q is Y": (4,), "not the last row of S": (1,)}
    assert set(made.ledger["step"]) == {"keep the last row of S, of those where Q is Y"}


UNDATED = """
S  D           V   T           K
1  2026-02-01  10  2026-02-03  Y
1  .           12  2026-02-03  Y
2  .           7   2026-02-03  Y
3  2026-02-01  4   .           Y
"""


@pytest.mark.parametrize(
    ("more", "base", "words"),
    [
        ({"where": {"K": "Y"}}, "10\n10\n.\n4", "B: last V where K is Y"),
        ({"start": "T"}, "10\n10\n.\n.", "B: last V on or before T"),
        (
            {"start": "T", "rule": "before", "where": {"K": "Y"}},
            "10\n10\n.\n.",
            "B: last V before T where K is Y",
        ),
    ],
)
def test_a_row_without_a_date_is_never_the_baseline(more: dict[str, Any], base: str, words: str) -> None:
    step = {"baseline": {"into": "B", "value": "V", "date": "D", "flag": "F", **more}}
    made = run({"a": UNDATED}, dataset(step, key=("S", "V")))
    assert shown(made.datasets["d"].sort_values("_src"), "B") == base
    assert made.datasets["d"].loc[made.datasets["d"]["D"].isna(), "F"].isna().all()
    assert made.ledger["step"].tolist() == [words]


def test_rows_without_a_group_share_no_baseline() -> None:
    data = "S D V P N\n1 2026-01-01 5 . 1\n1 2026-01-02 6 x 2\n1 2026-01-03 7 . 3"
    step = {"baseline": {"into": "B", "value": "V", "date": "D", "by": ["P"], "where": {"V": {"above": "0"}}}}
    assert shown(run({"a": data}, dataset(step, key=("S", "N"))).datasets["d"], "B") == ".\n6\n."


def test_a_baseline_when_nobody_has_a_start() -> None:
    step = {"baseline": {"into": "B", "value": "V", "date": "D", "start": "T"}}
    assert shown(run({"a": "S D V T\n1 2026-01-01 5 ."}, dataset(step)).datasets["d"], "B") == "."


@pytest.mark.parametrize(
    ("how", "out"), [("sum", "4\n.\n."), ("mean", "4\n.\n."), ("min", "4\n.\n."), ("count", "2\n1\n0")]
)
def test_a_summary_of_missing_values_is_missing(how: str, out: str) -> None:
    data = {"a": "S\n1\n2\n3", "b": "S W\n1 4\n1 .\n2 ."}
    step = {"aggregate": {"into": "X", "from": "b", "how": how, "column": "W"}}
    assert shown(run(data, dataset(step)).datasets["d"], "X") == out


@pytest.mark.parametrize("how", ["sum", "mean", "min", "max"])
def test_a_summary_of_a_column_without_any_value_is_missing(how: str) -> None:
    step = {"aggregate": {"into": "X", "from": "b", "how": how, "column": "W"}}
    assert shown(run({"a": "S\n1", "b": "S W\n1 ."}, dataset(step)).datasets["d"], "X") == "."


@pytest.mark.parametrize(("how", "out"), [("min", "2026-01-02\n.\n2026-01-07"), ("max", "2026-01-09\n.\n2026-01-07")])
def test_the_first_and_last_of_dates_are_dates(how: str, out: str) -> None:
    data = {"a": "S\n1\n2\n3", "b": "S W\n1 2026-01-09\n1 2026-01-02\n1 .\n3 2026-01-07"}
    step = {"aggregate": {"into": "X", "from": "b", "how": how, "column": "W"}}
    made = run(data, dataset(step)).datasets["d"]
    assert shown(made, "X") == out
    assert str(made["X"].dtype) == "datetime64[ns]"


KEYED = {"a": "S K\n1 x\n2 .\n3 y\n4 .", "b": "S K W N\n8 . 5 1\n9 x 6 1\n7 . 8 2"}


@pytest.mark.parametrize(
    ("step", "out"),
    [
        ({"join": {"from": "b", "columns": ["W"], "match": {"K": "K"}}}, "6\n.\n.\n."),
        ({"pick": {"from": "b", "columns": ["W"], "match": {"K": "K"}, "order": ["N"]}}, "6\n.\n.\n."),
        ({"aggregate": {"into": "W", "from": "b", "match": {"K": "K"}}}, "1\n0\n0\n0"),
        ({"exists": {"into": "W", "from": "b", "match": {"K": "K"}}}, "Y\nN\nN\nN"),
    ],
)
def test_a_blank_matches_nothing(step: dict[str, Any], out: str) -> None:
    assert shown(run(KEYED, dataset(step)).datasets["d"], "W") == out


@pytest.mark.parametrize("kind", ["join", "pick"])
def test_a_blank_in_one_of_two_match_columns_matches_nothing(kind: str) -> None:
    data = {"a": "S K L\n1 x p\n2 x .\n3 . .", "b": "S K L W\n6 x p 5\n7 x . 6\n8 . . 7"}
    step: dict[str, Any] = {"from": "b", "columns": ["W"], "match": {"K": "K", "L": "L"}}
    step |= {"order": ["W"]} if kind == "pick" else {}
    assert shown(run(data, dataset({kind: step})).datasets["d"], "W") == "5\n.\n."


def test_a_required_join_loses_a_blank_under_its_own_reason() -> None:
    step = {"join": {"from": "b", "columns": ["W"], "match": {"K": "K"}, "required": "true"}}
    made = run(KEYED, dataset(step))
    assert shown(made.datasets["d"], "S", "W") == "1 6"
    lost = {row.reason: made.sets[row.set_id].sources for row in made.ledger.itertuples()}
    assert lost == {"no row in 'b'": (2,), "no value to match by in K": (1, 3)}


@pytest.mark.parametrize(
    "step",
    [
        {"exists": {"into": "F", "from": "b", "no": ""}},
        {"flag": {"into": "F", "where": {"V": {"above": "5"}}, "no": ""}},
        {"compare": {"into": "F", "left": "V", "op": "after", "right": "U", "no": ""}},
    ],
)
def test_a_flag_without_a_no_is_missing(step: dict[str, Any]) -> None:
    made = run({"a": "S V U\n1 9 1\n2 1 9", "b": "S\n1"}, dataset(step)).datasets["d"]
    assert made["F"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("columns", "words"), [(["S"], "take 1 column"), (["S", "K"], "take 2 columns")])
def test_take_in_words(columns: list[str], words: str) -> None:
    assert run(KEYED, dataset({"take": {"columns": columns}})).ledger["step"].tolist() == [words]


def test_a_change_from_a_baseline_nobody_has_is_missing() -> None:
    step = {"change": {"into": "C", "value": "V", "baseline": "B", "percent": "P"}}
    assert shown(run({"a": "S V B\n1 5 .\n2 6 ."}, dataset(step)).datasets["d"], "C", "P") == ". .\n. ."


def test_an_endpoint_whose_event_nobody_had_is_censored() -> None:
    origins = {"events": [{"date": "E", "says": "x"}], "censors": [{"date": "L", "says": "y"}]}
    step = {"time_to_event": {"time": "A", "censor": "C", "date": "F", "start": "T", **origins}}
    data = "S T E L\n1 2026-01-01 . 2026-01-05\n2 2026-01-01 . ."
    made = run({"a": data}, dataset(step))
    assert shown(made.datasets["d"], "S", "A", "C") == "1 5 1"
    assert made.ledger["reason"].tolist() == ["neither an event nor a censoring date"]


NOBODY = """
S  D  V  Q
"""


@pytest.mark.parametrize(
    "step",
    [
        {"flag": {"into": "F", "where": {"Q": "Y"}}},
        {"compare": {"into": "F", "left": "Q", "op": "equal", "right": "Q"}},
        {"exists": {"into": "F", "from": "a", "where": {"Q": "Y"}}},
        {"baseline": {"into": "B", "value": "V", "date": "D", "where": {"Q": "Y"}, "flag": "F"}},
    ],
)
def test_a_flag_of_no_rows_is_still_text(step: dict[str, Any]) -> None:
    """A study without adverse events yet: a later condition on the flag finds nobody, and does not fail."""
    steps = (step, {"filter": {"where": {"F": "Y"}}})
    assert len(run({"a": NOBODY}, dataset(*steps)).datasets["d"]) == 0

"""Derivation steps as small tables: rows in, step, rows out; and the ledger."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_tables import dataset, run, shown, study
from trialkit.derive import check_steps, derive
from trialkit.errors import AnalysisError
from trialkit.model import Tables

STUDY_DAYS = """
S  D           T
1  2026-02-03  2026-02-03
2  2026-02-02  2026-02-03
3  2026-02-04  2026-02-03
4  .           2026-02-03
5  2026-03-01  .
6  2025-12-31  2026-01-01
"""


def test_study_day_has_no_day_0() -> None:
    made = run({"a": STUDY_DAYS}, dataset({"study_day": {"into": "DY", "date": "D", "start": "T"}}))
    assert shown(made.datasets["d"], "S", "DY") == "1 1\n2 -1\n3 2\n4 .\n5 .\n6 -1"


def test_days_between_counts_both_ends_unless_told() -> None:
    step = {"days_between": {"into": "N", "start": "T", "end": "D"}}
    assert shown(run({"a": STUDY_DAYS}, dataset(step)).datasets["d"], "N") == "1\n0\n2\n.\n.\n0"
    step["days_between"]["plus"] = "0"
    assert shown(run({"a": STUDY_DAYS}, dataset(step)).datasets["d"], "N") == "0\n-1\n1\n.\n.\n-1"


BASELINE = """
S  D           V   T
1  2026-02-01  10  2026-02-03
1  2026-02-02  12  2026-02-03
1  2026-02-03  9   2026-02-03
1  2026-02-04  7   2026-02-03
2  2026-02-02  .   2026-02-03
2  2026-02-04  5   2026-02-03
3  2026-02-01  8   .
"""


@pytest.mark.parametrize(
    ("rule", "base", "flags"),
    [
        ("before", "12\n12\n12\n12\n.\n.\n.", ".\nY\n.\n.\n.\n.\n."),
        ("on_or_before", "9\n9\n9\n9\n.\n.\n.", ".\n.\nY\n.\n.\n.\n."),
    ],
)
def test_baseline_is_the_last_value_before_the_start(rule: str, base: str, flags: str) -> None:
    """A missing value is no baseline, and a subject without a start has none."""
    step = {"baseline": {"into": "B", "value": "V", "date": "D", "start": "T", "rule": rule, "flag": "F"}}
    made = run({"a": BASELINE}, dataset(step, key=("S", "D"))).datasets["d"]
    assert (shown(made, "B"), shown(made, "F")) == (base, flags)


def test_change_is_for_the_rows_it_is_asked_for() -> None:
    data = "S V B N\n1 7 10 0\n1 5 10 1\n2 3 . 1\n3 4 0 1"
    step = {"change": {"into": "C", "value": "V", "baseline": "B", "where": {"N": {"above": "0"}}, "percent": "P"}}
    made = run({"a": data}, dataset(step, key=("S", "N"))).datasets["d"]
    assert shown(made, "C", "P") == ". .\n-5 -50\n. .\n4 ."


def test_filter_tells_missing_from_no() -> None:
    made = run({"a": "S V\n1 5\n2 .\n3 1\n4 9"}, dataset({"filter": {"where": {"V": {"above": "3"}}}}))
    assert shown(made.datasets["d"], "S") == "1\n4"
    ledger = made.ledger
    assert ledger[["rows_in", "rows_out", "lost"]].to_numpy().tolist() == [[4, 2, 1], [4, 2, 1]]
    assert ledger["reason"].tolist() == ["not: V > 3", "a value is missing in: V > 3"]
    assert [made.sets[i].sources for i in ledger["set_id"]] == [(2,), (1,)]


def test_join_keeps_rows_and_order_and_may_lose_on_request() -> None:
    data = {"a": "S K\n3 x\n1 y\n2 z", "b": "S W\n1 10\n3 30"}
    join = {"join": {"from": "b", "columns": ["W"]}}
    assert shown(run(data, dataset(join)).datasets["d"], "S", "W") == "1 10\n2 .\n3 30"
    join["join"]["required"] = "true"
    made = run(data, dataset(join))
    assert shown(made.datasets["d"], "S", "W") == "1 10\n3 30"
    assert made.ledger["reason"].tolist() == ["no row in 'b'"]


def test_join_on_a_table_with_two_rows_is_an_error() -> None:
    with pytest.raises(AnalysisError, match="more than one row for 1"):
        run({"a": "S\n1", "b": "S W\n1 10\n1 11"}, dataset({"join": {"from": "b", "columns": ["W"]}}))


@pytest.mark.parametrize(("rule", "out"), [("first", "1 5\n2 .\n3 8"), ("last", "1 6\n2 .\n3 8")])
def test_pick_takes_the_first_or_last_row_that_has_an_order(rule: str, out: str) -> None:
    data = {"a": "S\n1\n2\n3", "b": "S D W\n1 2026-01-02 5\n1 2026-01-05 6\n1 . 9\n3 2026-01-01 8"}
    step = {"pick": {"from": "b", "columns": {"X": "W"}, "order": ["D"], "rule": rule}}
    assert shown(run(data, dataset(step)).datasets["d"], "S", "X") == out


@pytest.mark.parametrize(("how", "out"), [("count", "2\n0"), ("sum", "7\n."), ("mean", "3.5\n."), ("max", "4\n.")])
def test_aggregate(how: str, out: str) -> None:
    data = {"a": "S\n1\n2", "b": "S W\n1 3\n1 4"}
    step = {"aggregate": {"into": "X", "from": "b", "how": how, "column": "W"}}
    assert shown(run(data, dataset(step)).datasets["d"], "X") == out


def test_flags() -> None:
    data = {"a": "S V W\n1 5 5\n2 . 3\n3 1 4", "b": "S Q\n3 Y\n1 N"}
    made = run(
        data,
        dataset(
            {"flag": {"into": "F", "where": {"V": {"at_least": "5"}}}},
            {"compare": {"into": "G", "left": "V", "op": "on_or_after", "right": "W"}},
            {"exists": {"into": "H", "from": "b", "where": {"Q": "Y"}}},
        ),
    ).datasets["d"]
    assert shown(made, "F", "G", "H") == "Y Y N\nN N N\nN N Y"


def test_map_knows_every_value_or_says_so() -> None:
    step = {"map": {"into": "N", "column": "V", "type": "number", "values": {"a": "1", "b": "2.5"}}}
    assert shown(run({"a": "S V\n1 a\n2 b\n3 ."}, dataset(step)).datasets["d"], "N") == "1\n2.5\n."
    with pytest.raises(AnalysisError, match="holds 'c', which has no value"):
        run({"a": "S V\n1 c"}, dataset(step))


@pytest.mark.parametrize(("rule", "out"), [("first", "1 5\n2 8"), ("last", "1 6\n2 8")])
def test_one_per(rule: str, out: str) -> None:
    step = {"one_per": {"by": ["S"], "order": ["D"], "rule": rule}}
    made = run({"a": "S D V\n1 2026-01-03 6\n1 2026-01-02 5\n2 2026-01-01 8"}, dataset(step))
    assert shown(made.datasets["d"], "S", "V") == out
    assert made.ledger["lost"].tolist() == [1]


ENDPOINT = {
    "time_to_event": {
        "time": "AV", "censor": "C", "date": "AD", "start": "T", "description": "W",
        "events": [
            {"from": "b", "date": "D", "where": {"K": "x"}, "says": "x happened"},
            {"date": "E", "says": "ended"},
        ],
        "censors": [{"date": "L", "says": "last seen"}],
    }
}  # fmt: skip
PEOPLE = """
S  T           E           L
1  2026-01-01  2026-01-09  2026-01-20
2  2026-01-01  .           2026-01-20
3  2026-01-01  2026-01-03  2026-01-20
4  .           .           2026-01-20
5  2026-01-01  .           .
6  2026-01-01  2026-01-05  2026-01-20
"""
HAPPENINGS = """
S  D           K
1  2026-01-05  x
1  2026-01-02  y
2  .           x
3  2026-01-04  x
6  2026-01-05  x
"""


def test_time_to_event_takes_the_earliest_event_else_the_censoring() -> None:
    """First source on a tie (6); no date is no event (2); no start (4) and no date at all (5) are lost by reason."""
    made = run({"a": PEOPLE, "b": HAPPENINGS}, dataset(ENDPOINT))
    out = made.datasets["d"]
    assert shown(out, "S", "AV", "C", "W") == ("1 5 0 x_happened\n2 20 1 last_seen\n3 3 0 ended\n6 5 0 x_happened")
    assert out["_src"].tolist() == [100, 1, 2, 104]
    assert made.ledger["reason"].tolist() == ["no T", "neither an event nor a censoring date"]


def test_an_event_before_the_start_is_an_error() -> None:
    with pytest.raises(AnalysisError, match=r"1 subject.* before T, first 1"):
        run({"a": PEOPLE, "b": "S D K\n1 2025-12-30 x"}, dataset(ENDPOINT))


def test_an_endpoint_needs_one_row_per_subject() -> None:
    with pytest.raises(AnalysisError, match="one row per subject"):
        run({"a": PEOPLE + "\n1 2026-01-01 . .", "b": HAPPENINGS}, dataset(ENDPOINT))


def test_data_sets_may_look_into_each_other_but_not_in_a_circle() -> None:
    first = dataset({"join": {"from": "e", "columns": ["W"]}}, name="d")
    second = dataset(source="b", name="e")
    assert shown(run({"a": "S\n1", "b": "S W\n1 7"}, first, second).datasets["d"], "W") == "7"
    circle = dataset({"join": {"from": "d", "columns": ["W"]}}, source="b", name="e")
    with pytest.raises(AnalysisError, match="needs itself: d -> e -> d"):
        run({"a": "S\n1", "b": "S W\n1 7"}, first, circle)


def test_a_key_must_tell_rows_apart() -> None:
    with pytest.raises(AnalysisError, match=r"more than one row for 1\.0 \(1 row too many"):
        run({"a": "S V\n1 5\n1 6"}, dataset())


def test_a_column_that_does_not_exist() -> None:
    with pytest.raises(AnalysisError, match="has no column 'VV'"):
        run({"a": "S V\n1 5"}, dataset({"flag": {"into": "F", "where": {"VV": "1"}}}))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"fliter": {"where": {"V": "1"}}}, "Did you mean 'filter'"),
        ({"flag": {"into": "F", "were": {"V": "1"}}}, "Did you mean 'where'"),
        ({"study_day": {"into": "F", "date": "D"}}, "'start' is missing"),
    ],
)
def test_steps_are_checked_before_they_run(step: dict[str, Any], words: str) -> None:
    found = check_steps(study(dataset(step), a=["S", "V"]))
    assert len(found) == 1
    assert words in found[0].text


def test_an_empty_form_gives_an_empty_data_set() -> None:
    made = derive(study(dataset({"filter": {"where": {"V": "1"}}}), a=["S", "V"]), Tables({}, pd.DataFrame()))
    assert len(made.datasets["d"]) == 0
    assert made.ledger["lost"].tolist() == [0]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["1", "2", None]), st.sampled_from(["x", None])), max_size=30)
)
def test_the_ledger_reconciles_through_every_step(rows: list[tuple[int, str | None, str | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["S", "V", "W"]).astype(object)
    frame["S"] = frame["S"].map(str)
    frame["N"] = [float(i) for i in range(len(frame))]
    frame["_src"] = range(len(frame))
    steps = (
        {"filter": {"where": {"V": "1"}}},
        {"join": {"from": "b", "columns": ["Q"], "required": "true"}},
        {"one_per": {"by": ["S"], "order": ["N"]}},
    )
    b = pd.DataFrame({"S": ["1", "2"], "Q": ["p", "q"], "_src": [900, 901]})
    made = derive(
        study(dataset(*steps), a=["S", "V", "W", "N"], b=["S", "Q"]), Tables({"a": frame, "b": b}, pd.DataFrame())
    )
    ledger = made.ledger
    total = ledger.groupby("order").agg(i=("rows_in", "first"), o=("rows_out", "first"), lost=("lost", "sum"))
    assert (total["i"] == total["o"] + total["lost"]).all()
    assert total["i"].iloc[0] == len(rows)
    assert total["o"].iloc[-1] == len(made.datasets["d"])
    lost = [source for i in ledger["set_id"] if i for source in made.sets[i].sources]
    assert sorted([*lost, *made.datasets["d"]["_src"]]) == list(range(len(rows)))

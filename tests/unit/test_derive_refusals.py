"""What derivation steps refuse, in words and with a place: at check time where the arguments alone show it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.small_tables import dataset, run, shown, study
from trialkit.derive import check_steps
from trialkit.errors import AnalysisError
from trialkit.model import Dataset
from trialkit.spec.build import build, condition
from trialkit.spec.text import read_yaml

ENDPOINT: dict[str, Any] = {
    "time": "AV", "censor": "C", "date": "AD", "start": "D",
    "events": [{"date": "D", "says": "x"}], "censors": [{"date": "D", "says": "y"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            {"map": {"into": "N", "column": "V", "type": "number", "values": {"a": "1", "b": "high"}}},
            "'values' of N makes 'b' into 'high', which is not a number",
        ),
        ({"map": {"into": "N", "column": "V", "type": "number", "values": {"a": "nan"}}}, "which is not a number"),
        ({"time_to_event": ENDPOINT | {"events": []}}, "'events' is empty"),
        ({"time_to_event": ENDPOINT | {"censors": []}}, "'censors' is empty"),
        ({"aggregate": {"into": "N", "from": "a", "how": "sum"}}, "'sum' needs 'column'"),
        ({"baseline": {"into": "B", "value": "V", "date": "D"}}, "a baseline needs 'start', 'where' or both"),
    ],
)
def test_arguments_that_cannot_be_right_are_found_by_check_and_by_derive(step: dict[str, Any], words: str) -> None:
    made = dataset(step)
    (found,) = check_steps(study(made, a=["S", "V", "D"]))
    assert words in found.text
    with pytest.raises(AnalysisError, match=words.replace("(", r"\(")):
        run({"a": "S V D\n1 a 2026-01-01"}, made)


DATA = {"a": "S D N T\n1 2026-01-01 5 x\n2 . . .", "b": "S W\n1 abc"}


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        ("D", "N", "D holds dates and N holds numbers: they cannot be compared"),
        ("N", "D", "N holds numbers and D holds dates: they cannot be compared"),
        ("T", "N", "T holds text and N holds numbers: they cannot be compared"),
    ],
)
@pytest.mark.parametrize("op", ["before", "equal"])
def test_columns_of_two_kinds_are_not_compared(left: str, right: str, words: str, op: str) -> None:
    with pytest.raises(AnalysisError, match=words):
        run(DATA, dataset({"compare": {"into": "F", "left": left, "op": op, "right": right}}))


def test_a_column_without_any_value_can_be_compared() -> None:
    step = {"compare": {"into": "F", "left": "D", "op": "after", "right": "E"}}
    assert shown(run({"a": "S D E\n1 2026-01-01 ."}, dataset(step)).datasets["d"], "F") == "N"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"baseline": {"into": "B", "value": "T", "date": "D", "start": "N"}}, "D holds dates and N holds numbers"),
        ({"aggregate": {"into": "X", "from": "b", "how": "sum", "column": "W"}}, "W holds text; numbers are needed"),
        ({"aggregate": {"into": "X", "from": "b", "how": "min", "column": "W"}}, "W holds text; numbers are needed"),
        ({"aggregate": {"into": "X", "from": "a", "how": "mean", "column": "D"}}, "D holds dates; numbers are needed"),
        ({"change": {"into": "X", "value": "T", "baseline": "N"}}, "T holds text; numbers are needed"),
        ({"change": {"into": "X", "value": "D", "baseline": "D"}}, "D holds dates; numbers are needed"),
        ({"time_to_event": ENDPOINT | {"events": [{"date": "N", "says": "x"}]}}, "N of the data set is not a date"),
        ({"map": {"into": "X", "column": "N", "values": {"five": "V"}}}, "has 'five', but N needs a number"),
        ({"map": {"into": "X", "column": "N", "values": {"5": "V", "5.0": "W"}}}, "has '5.0' twice"),
        ({"map": {"into": "X", "column": "D", "values": {"May": "V"}}}, "has 'May', but D needs a date"),
    ],
)
def test_a_column_of_the_wrong_kind(step: dict[str, Any], words: str) -> None:
    with pytest.raises(AnalysisError, match=words):
        run(DATA, dataset(step))


def test_a_map_of_numbers_and_dates_matches_by_value() -> None:
    numbers = {"map": {"into": "X", "column": "N", "values": {"1": "one", "2.50": "more"}}}
    assert shown(run({"a": "S N\n1 1\n2 2.5\n3 ."}, dataset(numbers)).datasets["d"], "X") == "one\nmore\n."
    dates = {"map": {"into": "X", "column": "D", "type": "number", "values": {"2026-01-05": "7"}}}
    assert shown(run({"a": "S D\n1 2026-01-05\n2 ."}, dataset(dates)).datasets["d"], "X") == "7\n."


PLACED = """
id: d
label: D
from: a
subject: S
key: [S]
steps:
  - {kind}
"""
WHERE = "{N: {above: abc}}"


@pytest.mark.parametrize(
    "kind",
    [
        f"filter: {{where: {WHERE}}}",
        f"flag: {{into: F, where: {WHERE}}}",
        f"one_per: {{by: [S], order: [D], where: {WHERE}}}",
        f"change: {{into: F, value: N, baseline: N, where: {WHERE}}}",
        f"baseline: {{into: F, value: N, date: D, where: {WHERE}}}",
        f"join: {{from: a, columns: [N], where: {WHERE}}}",
        f"exists: {{into: F, from: a, where: {WHERE}}}",
        f"time_to_event: {{time: A, censor: C, date: E, start: D, censors: [{{date: D, says: x}}],"
        f" events: [{{date: D, says: y, where: {WHERE}}}]}}",
    ],
)
def test_a_condition_whose_value_is_no_number_has_its_place(kind: str) -> None:
    made = build(Dataset, read_yaml(PLACED.replace("{kind}", kind), "d.yaml"))
    with pytest.raises(
        AnalysisError, match="the condition on 'N' has the value 'abc', which is not a number"
    ) as raised:
        run(DATA, made)
    assert raised.value.place.startswith("d.yaml:8")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("{D: {above: 5}}", "has the value '5', which is not a date like 2026-03-01"),
        ("{D: soon}", "has the value 'soon', which is not a date"),
        ("{N: {is: [5, often]}}", "has the value 'often', which is not a number"),
        ("{N: {below: nan}}", "has the value 'nan', which is not a number"),
    ],
)
def test_a_condition_is_read_in_the_kind_of_its_column(where: str, words: str) -> None:
    made = condition(read_yaml(where, "x.yaml"))
    step = dataset({"flag": {"into": "F", "where": {"S": "1"}}})
    frame = run(DATA, step).datasets["d"]
    with pytest.raises(AnalysisError, match=words):
        made.masks(frame)

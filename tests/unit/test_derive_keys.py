"""Rows numbered by their match values, and conditions asked only where they hold: the same answers in less time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trialkit.derive.frames import only, without
from trialkit.derive.keys import keyed, known_in, last_of_group
from trialkit.errors import AnalysisError
from trialkit.model.condition import OPS, Condition, Test

FRAME = pd.DataFrame(
    {
        "S": pd.Series(["b", "a", None, "b", "a"], dtype=object),
        "N": [1.0, 2.0, 1.0, np.nan, 2.0],
        "D": pd.to_datetime(pd.Series(["2026-01-01", None, "2026-01-03", "2026-01-04", "2026-01-05"])),
        "C": pd.Series(["x", None, "y", "x", "5"], dtype="category"),
        "E": pd.Series([None] * 5, dtype=object),
    }
)


def test_values_are_numbered_as_they_appear_and_a_row_without_one_belongs_to_nobody() -> None:
    one, two = keyed(FRAME, ["S"]), keyed(FRAME, ["S", "N"])
    assert (one.numbers, one.codes.tolist()) == ({"b": 0, "a": 1}, [0, 1, -1, 0, 1])
    assert (two.numbers, two.codes.tolist()) == ({("b", 1.0): 0, ("a", 2.0): 1}, [0, 1, -1, -1, 1])
    assert known_in(FRAME, ["S", "N"]).tolist() == [True, True, False, False, True]


def test_another_frame_is_matched_by_value_and_not_by_type_of_number() -> None:
    other = pd.DataFrame({"T": pd.Series(["a", "c", None], dtype=object), "M": [2, 2, 2]})
    assert keyed(FRAME, ["S"]).of(other, ["T"]).tolist() == [1, -1, -1]
    assert keyed(FRAME, ["S", "N"]).of(other, ["T", "M"]).tolist() == [1, -1, -1]
    assert [keyed(FRAME, ["S", "N"]).number(values) for values in (["a", 2], ["a", None])] == [1, -1]
    dates = keyed(FRAME, ["D"])
    assert dates.of(pd.DataFrame({"D": [pd.Timestamp("2026-01-03"), pd.NaT]}), ["D"]).tolist() == [1, -1]


def test_of_several_rows_with_one_number_the_last_counts() -> None:
    places = keyed(FRAME, ["S"]).spread(np.array([0, 0, 1]), np.array([5, 6, 7]), -1)
    assert places.tolist() == [6, 7, -1]


def test_the_last_place_of_a_group_is_told_to_all_its_rows() -> None:
    assert last_of_group(FRAME, ["S"], np.array([0, 4, 3, 1])).tolist() == [3, 1, -1, 3, 1]
    assert last_of_group(FRAME, ["S", "N"], np.array([4])).tolist() == [-1, 4, -1, -1, 4]
    assert last_of_group(FRAME, ["S"], np.array([2])).tolist() == [-1] * 5
    assert last_of_group(FRAME.iloc[:0], ["S"], np.array([], dtype=int)).tolist() == []


def test_columns_that_stay_are_shared_in_the_order_named() -> None:
    assert only(FRAME, {"X": "N", "S": "S"}).columns.tolist() == ["X", "S"]
    assert np.shares_memory(only(FRAME, {"X": "N"})["X"].to_numpy(), FRAME["N"].to_numpy())
    assert without(FRAME, ["N", "E", "not there"]).columns.tolist() == ["S", "D", "C"]
    assert len(only(FRAME, {})) == 5


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(
    ("column", "value"), [("S", "a"), ("N", "1"), ("D", "2026-01-03"), ("C", "x"), ("C", "5"), ("E", "a")]
)
def test_where_a_condition_holds_is_the_same_whether_or_not_unknown_is_asked_for(
    op: str, column: str, value: str
) -> None:
    values = ("true",) if op == "missing" else (value, *(("2026-01-05",) if column == "D" and op == "is" else ()))
    condition = Condition((Test(column, op, values),))  # type: ignore[arg-type]
    if op == "contains" and column in ("N", "D"):
        with pytest.raises(AnalysisError, match="is no text"):
            condition.holds(FRAME)
        return
    assert condition.holds(FRAME).tolist() == condition.masks(FRAME)[0].tolist()


def test_a_missing_cell_meets_no_test_but_missing() -> None:
    held = {op: Condition((Test("N", op, ("2",)),)).holds(FRAME).tolist() for op in ("is", "not", "at_most")}  # type: ignore[arg-type]
    assert held["is"] == [False, True, False, False, True]
    assert held["not"] == [True, False, True, False, False]
    assert held["at_most"] == [True, True, True, False, True]
    with pytest.raises(AnalysisError, match="a number"):
        Condition((Test("N", "above", ("many",)),)).holds(FRAME)

"""What is done in fewer passes says what the plain way says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.validate_tables import form, table
from trialkit.intake.letters import letters_column, longest_of
from trialkit.intake.native import read_native
from trialkit.intake.parquet_file import frame
from trialkit.intake.plain_csv import lines_in
from trialkit.model import Field
from trialkit.model.texts import filled, plain
from trialkit.validate import check
from trialkit.validate.axis import Stretch, violates
from trialkit.validate.rules.formulas import FORMULAS

NUMBER = st.sampled_from([0.0, 1.0, 1.0 + 1e-13, 1.1, -3.0, 1e9, 1e9 + 1e-4, float("nan")])
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1.0, np.nan, 0.0]),
        pd.Series(["x", None, ""], dtype=object),
        pd.Series(pd.to_datetime(["2026-01-01", None, "2026-01-02"])),
        pd.Series(["a", None, "b"], dtype="category"),
        pd.Series(["a", None, "b"], dtype="string"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_filled_is_not_missing(column: pd.Series) -> None:
    assert filled(column).tolist() == column.notna().tolist() == [True, False, True]


@given(PAIRS, st.sampled_from([0.0, 0.1, -0.1]))
def test_certain_values_differ_as_stretches_of_no_length_do(pairs: list[tuple[float, float]], room: float) -> None:
    a, b = np.array(pairs).T
    apart = violates("equal", Stretch(a, a.copy()), Stretch(b, b.copy()), room)
    assert violates("equal", Stretch(a, a), Stretch(b, b), room).tolist() == apart.tolist()


def test_a_row_may_have_a_tolerance_of_its_own() -> None:
    a, b = np.array([1.0, 1.0, np.nan]), np.array([1.4, 1.4, 1.0])
    assert violates("equal", Stretch(a, a), Stretch(b, b), np.array([0.5, 0.3, 0.3])).tolist() == [False, True, False]


@given(st.lists(NUMBER, max_size=8))
def test_bands_are_those_of_a_search(values: list[float]) -> None:
    cuts, scores = (0.0, 1.0, 1.1), (0.0, 1.0, 2.0, 4.0)
    part = np.array(values)
    made = FORMULAS["bands"].compute([part], cuts, scores)
    wanted = np.where(np.isnan(part), np.nan, np.array([*scores])[np.minimum(np.searchsorted(cuts, part), 3)])
    np.testing.assert_array_equal(made, wanted)


@given(st.lists(st.sampled_from(["", "1", "a", "\x7f", " "])), st.integers(0, 3))
def test_letters_are_the_texts_they_were(texts: list[str], start: int) -> None:
    column = pa.chunked_array([pa.array(texts, pa.string())[start:], pa.array(["1", ""], pa.string())])
    made = letters_column(column)
    assert plain(made).tolist() == column.to_pylist()
    assert made.cat.categories.is_unique
    assert longest_of(column) == 1


def test_the_longest_cell_is_told_in_bytes() -> None:
    assert longest_of(pa.chunked_array([pa.array(["", "ä"]), pa.array(["abc", ""])])) == 3
    assert longest_of(pa.chunked_array([], pa.string())) == 0
    assert plain(letters_column(pa.chunked_array([], pa.string()))).tolist() == []


@given(st.text(alphabet="a\n"), st.integers(0, 3))
def test_lines_are_counted_from_a_place_on(text: str, start: int) -> None:
    assert lines_in(text.encode(), start) == text.count("\n", start)


@pytest.mark.parametrize(("cells", "kind"), [([1, 2, 3], "int64"), ([1, None, 3], "float64")])
def test_whole_numbers_are_taken_as_they_are(cells: list[int | None], kind: str) -> None:
    column = frame(pa.table({"N": pa.array(cells, pa.int16())}), "t.parquet")["N"]
    assert column.dtype == kind
    values, bad, wrong = read_native(column, Field("N", "N", "integer"))
    np.testing.assert_array_equal(values, np.array(cells, dtype="float64"))
    assert (values.dtype, bad.any(), wrong) == ("float64", False, "")


def test_a_whole_number_that_is_not_kept_exactly_cannot_be_read() -> None:
    values, bad, _ = read_native(pd.Series([1, 2**53 + 1]), Field("N", "N", "integer"))
    assert bad.tolist() == [False, True]
    assert np.isnan(values[1])


@pytest.mark.parametrize(("records", "lines"), [("identical", []), ("different", [3])])
def test_a_wrong_cell_is_not_like_a_missing_one(records: str, lines: list[int]) -> None:
    rules = f"""
c: {{kind: codes, field: T, args: {{codes: [a]}}}}
r: {{kind: unique, args: {{fields: [K], records: {records}}}}}
"""
    rows = [{"K": "1", "T": "wrong"}, {"K": "1", "T": ""}]
    assert [found.line for found in check(table(form("f", rules), rows)) if found.rule == "r"] == lines

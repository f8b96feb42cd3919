"""Text as numbers of distinct texts: the same cells, whichever way a column is held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trialkit.intake import parse, read
from trialkit.intake.arrow_text import text_column
from trialkit.model import Cells, Field, Form
from trialkit.model.texts import by_number, category, plain, plainly
from trialkit.validate.gates.identifiers import identifiers

FORM = Form("f", "F", "1", {n: Field(n, n, "text", missing=("NA",)) for n in "ST"}, ("S",), subject="S")


def test_a_column_is_numbered_alike_as_objects_and_as_a_category() -> None:
    column = pd.Series(["b", None, "a", "b"], dtype=object)
    places, distinct = by_number(column)
    made = category(places, distinct)
    again, known = by_number(made)
    assert [*places] == [*again] == [0, -1, 1, 0]
    assert list(distinct) == list(known) == ["b", "a"]
    pd.testing.assert_series_equal(plain(made), column)
    assert plain(column) is column
    assert plainly(pd.DataFrame({"A": made, "N": [1.0] * 4})).dtypes.tolist() == [object, float]


@pytest.mark.parametrize(
    "dictionary", [["a", "b", "a"], ["a", None, "b"], ["a", "b"]], ids=["twice", "missing inside", "plain"]
)
def test_a_dictionary_that_somebody_wrote_by_hand(dictionary: list[str | None]) -> None:
    indices = pa.array([0, None, len(dictionary) - 1, 1], pa.int32())
    column = pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(dictionary, pa.string()))])
    made = text_column(column)
    assert made.cat.categories.is_unique
    assert not made.cat.categories.isna().any()
    assert plain(made).tolist() == column.to_pylist()


def test_a_column_without_rows() -> None:
    assert plain(text_column(pa.chunked_array([], pa.string()))).tolist() == []


def test_parsed_text_keeps_its_numbers_and_its_cells() -> None:
    column = category(np.array([0, 1, 2, -1, 3]), pd.Index(["x", "NA", "  ", "y"], dtype=object))
    cells = Cells("f.parquet", "", "parquet", pd.DataFrame({"S": column, "T": column}), np.arange(5), "record", True)
    table, found = parse(cells, FORM)
    assert found == []
    assert table.frame["T"].tolist() == ["x", None, None, None, "y"]
    assert table.frame["T"].dtype == object
    assert plain(table.coded["T"]).tolist() == table.frame["T"].tolist()


def test_a_cell_that_is_missing_is_none() -> None:
    column = category(np.array([0, -1]), pd.Index(["x"], dtype=object))
    cells = Cells("f.parquet", "", "parquet", pd.DataFrame({"S": column, "N": [1.0, np.nan]}), np.arange(2))
    assert [cells.cell("S", 0), cells.cell("S", 1)] == ["x", None]
    assert np.isnan(cells.cell("N", 1))


def test_the_gate_looks_at_the_texts_that_stand_in_cells(tmp_path: Path) -> None:
    told = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["fine", "jo@example.org"]))
    pq.write_table(pa.table({"S": pa.array(["s1", "s2"]), "T": told}), tmp_path / "f.parquet")
    assert identifiers(read(tmp_path / "f.parquet"), FORM) == []
    frame = pd.DataFrame({"S": ["s1", "s2"], "T": ["fine", "jo@example.org"]})
    frame.to_parquet(tmp_path / "f.parquet", index=False)
    (found,) = identifiers(read(tmp_path / "f.parquet"), FORM)
    assert (found.field, found.line, found.finding_class) == ("T", 2, "stop")

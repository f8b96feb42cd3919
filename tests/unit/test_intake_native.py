"""Typed formats: nothing is converted that would change a value, and a wrong column is told once."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trialkit.errors import IntakeError
from trialkit.intake import parse, read
from trialkit.model import Field, Finding, Form, Table
from trialkit.validate import check

LARGE = 2**53 + 1


def form(**fields: Any) -> Form:
    made = {name: Field(name, name.lower(), **more) for name, more in fields.items()}
    return Form("t", "T", "1", made, (next(iter(made)),))


def parquet(folder: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return folder / "t.parquet"


def parsed(path: Path, **fields: Any) -> tuple[Table, list[Finding]]:
    return parse(read(path), form(**fields))


def test_every_kind_of_column(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        A=pa.array(["x", None, " "]),
        B=pa.array(["y", "z", None]).cast(pa.string_view()),
        C=pa.array(["u", "u", None]).dictionary_encode(),
        D=pa.array([1, None, -3], pa.int64()),
        E=pa.array([1.5, None, 2.0]),
        F=pa.array([dt.date(2026, 3, 1), None, None]),
        G=pa.array([dt.datetime(2026, 3, 1, 10), None, None]),
        H=pa.array([None, None, None]),
    )
    types = {"D": "integer", "E": "decimal", "F": "date", "G": "datetime"}
    table, found = parsed(path, **{name: {"type": types.get(name, "text")} for name in "ABCDEFGH"})
    assert found == []
    assert table.frame["A"].tolist() == ["x", None, None]
    assert table.frame["B"].tolist() == ["y", "z", None]
    assert table.frame["C"].tolist() == ["u", "u", None]
    assert table.frame["D"].tolist()[::2] == [1.0, -3.0]
    assert table.frame["E"].tolist()[::2] == [1.5, 2.0]
    assert table.frame["F"].iloc[0] == pd.Timestamp("2026-03-01")
    assert table.frame["G"].iloc[0] == pd.Timestamp("2026-03-01T10:00")
    assert [int(table.frame[name].isna().sum()) for name in "ABCDEFGH"] == [2, 1, 1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.decimal128(38, 0)])
def test_a_whole_number_that_would_be_rounded_is_refused(tmp_path: Path, kind: pa.DataType) -> None:
    with pytest.raises(IntakeError, match=f"column 'N' of record 2: {LARGE} is too large a whole number"):
        read(parquet(tmp_path, N=pa.array([1, LARGE]).cast(kind)))
    exact = read(parquet(tmp_path, N=pa.array([2**53, -1 if kind != pa.uint64() else 0]).cast(kind)))
    assert exact.frame["N"].iloc[0] == 2.0**53


def test_a_float_beyond_the_exact_ones_is_no_integer(tmp_path: Path) -> None:
    table, (finding,) = parsed(parquet(tmp_path, N=[1.0, 2.0**54]), N={"type": "integer"})
    assert finding.say == f"'{2**54}' is too large a whole number to be kept exactly: at most {2**53:,} can be"
    assert table.unread["N"].tolist() == [False, True]
    assert table.frame["N"].isna().tolist() == [False, True]
    assert parsed(parquet(tmp_path, N=[1.0, 2.0**54]), N={"type": "decimal"})[1] == []


def test_numbers_that_are_none(tmp_path: Path) -> None:
    path = parquet(tmp_path, N=[1.5, 2.0, np.inf])
    assert [f.say for f in parsed(path, N={"type": "integer"})[1]] == [
        "'1.5' is not a whole number", "'inf' is not a whole number",
    ]  # fmt: skip
    assert [f.line for f in parsed(path, N={"type": "decimal"})[1]] == [3]


def test_a_date_has_no_time_of_day(tmp_path: Path) -> None:
    moments = [dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1, 10, 30), None]
    path = parquet(tmp_path, D=pa.array(moments))
    table, (finding,) = parsed(path, D={"type": "date"})
    assert finding.say == "'2026-03-01 10:30:00' is not a date in the form YYYY-MM-DD"
    assert (finding.line, finding.numbering, finding.finding_class) == (2, "record", "query")
    assert table.frame["D"].isna().tolist() == [False, True, True]
    assert parsed(path, D={"type": "datetime"})[1] == []


def test_sas_days(tmp_path: Path) -> None:
    path = parquet(tmp_path, D=[0.0, 24166.0, 0.5, 1e12])
    table, found = parsed(path, D={"type": "date", "format": "sasdate"})
    assert table.frame["D"].tolist()[:2] == [pd.Timestamp("1960-01-01"), pd.Timestamp("2026-03-01")]
    assert [f.line for f in found] == [3, 4]
    (stop,) = parsed(path, D={"type": "date"})[1]
    assert (stop.finding_class, stop.say) == ("stop", "column 'D' holds numbers, the form declares date")


def test_text_cells_of_other_types(tmp_path: Path) -> None:
    path = parquet(tmp_path, P=["2026", "2026-02-30", "", None], T=["10:30", "25:00", "x", None])
    table, found = parsed(path, P={"type": "partial_date"}, T={"type": "time"})
    assert [(f.field, f.line) for f in found] == [("P", 2), ("T", 2), ("T", 3)]
    assert table.frame["P"].tolist() == ["2026", None, None, None]


@pytest.mark.parametrize(
    ("column", "kind", "words"),
    [
        (pa.array(["1"]), "integer", "text"),
        (pa.array([1]), "text", "numbers"),
        (pa.array([dt.date(2026, 1, 1)]), "decimal", "dates"),
        (pa.array([dt.date(2026, 1, 1)]), "text", "dates"),
    ],
)
def test_a_column_of_another_type_is_one_stop(tmp_path: Path, column: pa.Array, kind: str, words: str) -> None:
    table, found = parsed(parquet(tmp_path, K=pa.array(["a"]), V=column), K={}, V={"type": kind, "required": True})
    assert [(f.finding_class, f.say) for f in found] == [
        ("stop", f"column 'V' holds {words}, the form declares {kind}")
    ]  # fmt: skip
    assert check(table) == []


def test_a_missing_column_is_one_stop_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("A,X\n1,1\n2,1\n", encoding="utf-8")
    table, found = parsed(tmp_path / "t.csv", A={}, B={"required": True, "type": "integer", "min": 1.0}, C={})
    assert [(f.finding_class, f.field) for f in found] == [("stop", "B"), ("stop", "C"), ("stop", "X")]
    assert check(table) == []
    assert table.unread["B"].all()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"A": pa.array([b"x"])}, "column 'A' holds binary"),
        ({"A": pa.array([True])}, "column 'A' holds bool"),
        ({"A": pa.array([[1]])}, "column 'A' holds list"),
        ({"A": pa.array([0], pa.timestamp("us", tz="UTC"))}, "column 'A' has a time zone"),
        ({"A": pa.array([dt.date(1, 1, 1)])}, "column 'A' holds a date out of range"),
        ({" ": pa.array([1])}, "column 1 has no name"),
    ],
)
def test_a_column_that_is_no_plain_value(tmp_path: Path, columns: dict[str, pa.Array], words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        read(parquet(tmp_path, **columns))


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["A", "A"])
    pq.write_table(twice, tmp_path / "t.parquet")
    with pytest.raises(IntakeError, match="columns 1 and 2 are both called 'A'"):
        read(tmp_path / "t.parquet")


def test_a_damaged_file(tmp_path: Path) -> None:
    path = parquet(tmp_path, A=[1])
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(IntakeError, match=re.escape("this is not a whole Parquet file")):
        read(path)

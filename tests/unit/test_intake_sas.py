"""SAS data sets: what is written byte by byte comes back; what is cut, longer or damaged is refused."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pandas as pd
import pytest

from tests.sas_made import HEADER, PAGE, sas_file
from trialkit.errors import IntakeError
from trialkit.intake import parse, read
from trialkit.model import Cells, Field, Form, Layout

COLUMNS = [("ID", "", 8), ("N", "", 0), ("DAY", "DATE", 0), ("AT", "DATETIME", 0)]
ROWS = [["0012", 1.5, 24166, 2087980200], ["NA", "A", None, None], ["grün", ".", 0, "_"], ["", -0.25, -1, 0]]


def cells_of(folder: Path, data: bytes, layout: Layout = Layout()) -> Cells:
    (folder / "t.sas7bdat").write_bytes(data)
    return read(folder / "t.sas7bdat", layout)


def test_numbers_texts_dates_and_missing_values(tmp_path: Path) -> None:
    cells = cells_of(tmp_path, sas_file(COLUMNS, ROWS))
    assert (cells.native, cells.numbering, cells.rows.tolist()) == (True, "record", [1, 2, 3, 4])
    assert cells.frame["ID"].tolist() == ["0012", "NA", "grün", None]
    assert cells.frame["N"].tolist()[::3] == [1.5, -0.25]
    assert cells.frame["DAY"].tolist()[::2] == [pd.Timestamp("2026-03-01"), pd.Timestamp("1960-01-01")]
    assert cells.frame["AT"].iloc[0] == pd.Timestamp("2026-03-01T10:30")
    assert cells.frame[["N", "DAY", "AT"]].isna().sum().tolist() == [2, 1, 2]
    assert cells.notes == ("the file names the encoding UTF-8",)


def test_as_another_reader_has_it(tmp_path: Path) -> None:
    data = sas_file([("T", "", 40), ("N", "", 0)], [[f"text {i}", i / 7] for i in range(500)])
    theirs = pd.read_sas(io.BytesIO(data), format="sas7bdat", encoding="utf-8")
    ours = cells_of(tmp_path, data).frame
    assert ours["T"].tolist() == theirs["T"].tolist()
    assert ours["N"].tolist() == theirs["N"].tolist()


def test_the_file_names_its_encoding(tmp_path: Path) -> None:
    latin = sas_file([("T", "", 8)], [["grün".encode("latin-1")]], encoding=62)
    assert cells_of(tmp_path, latin).frame["T"].tolist() == ["grün"]
    with pytest.raises(IntakeError, match="cannot be read"):
        cells_of(tmp_path, sas_file([("T", "", 8)], [["grün".encode("latin-1")]]))


def test_a_number_is_no_text(tmp_path: Path) -> None:
    form = Form("t", "T", "1", {"N": Field("N", "n")}, ())
    _, (found,) = parse(cells_of(tmp_path, sas_file([("N", "", 0)], [[12]])), form)
    assert (found.say, found.finding_class) == ("column 'N' holds numbers, the form declares text", "stop")


def changed(at: int, put: bytes, data: bytes = sas_file(COLUMNS, ROWS)) -> bytes:
    return data[:at] + put + data[at + len(put) :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"nonsense" * 200, "not a SAS data set"),
        (sas_file(COLUMNS, ROWS)[:100], "cut off in its header"),
        (sas_file(COLUMNS, ROWS)[:-1], "by its header it must have 9,216"),
        (sas_file(COLUMNS, ROWS)[:-PAGE], "by its header it must have 9,216"),
        (sas_file(COLUMNS, ROWS) + b"\0", "by its header it must have 9,216"),
        (changed(196, struct.pack("<I", 0)), "its sizes cannot be"),
        (changed(200, struct.pack("<I", 1 << 30)), "its sizes cannot be"),
        (changed(70, b"\xfe"), "cannot be read"),
        (changed(HEADER + PAGE - 480 + 24, struct.pack("<I", 5)), "rows"),
        (sas_file([("T", "", 8), ("T", "", 8)], [["a", "b"]]), "column 'T' is duplicated"),
        (sas_file([("D", "DATE", 0)], [[9e9]]), "column 'D' of record 1 holds a date out of range"),
    ],
)
def test_what_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)):
        cells_of(tmp_path, data)

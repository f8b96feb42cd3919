"""SAS transport files: what another writer wrote comes back, row for row; what is cut or damaged is refused."""

from __future__ import annotations

import datetime
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from trialkit.errors import IntakeError
from trialkit.intake import parse, read
from trialkit.intake.xpt_file import row_count
from trialkit.model import Field, Form, Layout


def written(folder: Path, frame: pd.DataFrame, **more: object) -> Path:
    path = folder / "t.xpt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyreadstat.write_xport(frame, str(path), file_format_version=5, **more)  # type: ignore[arg-type]
    return path


def record(kind: bytes, rest: bytes) -> bytes:
    return (b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!" + rest).ljust(80)


def texts_file(widths: list[int], rows: list[list[bytes]]) -> bytes:
    """A transport file of text variables, written byte by byte after TS-140."""
    entries, at = b"", 0
    for number, width in enumerate(widths):
        entry = b"\0\2" + b"\0\0" + width.to_bytes(2, "big") + number.to_bytes(2, "big")
        entry += f"V{number}".encode().ljust(8) + b" " * 40 + b" " * 8 + b"\0" * 8 + b" " * 8 + b"\0" * 4
        entries += (entry + at.to_bytes(4, "big")).ljust(140, b"\0")
        at += width
    entries += b" " * (-len(entries) % 80)
    body = b"".join(cell.ljust(width) for row in rows for cell, width in zip(row, widths, strict=True))
    body += b" " * (-len(body) % 80)
    zeros = b"0" * 30
    return b"".join(
        (
            record(b"LIBRARY", zeros), b" " * 160,
            record(b"MEMBER", b"0" * 17 + b"1600000000140"), record(b"DSCRPTR", zeros), b" " * 160,
            record(b"NAMESTR", b"000000" + f"{len(widths):04d}".encode() + b"0" * 20), entries,
            record(b"OBS", zeros), body,
        )
    )  # fmt: skip


def test_numbers_texts_and_missing_values(tmp_path: Path) -> None:
    numbers = [0.0, 1.0, -1.5, 0.1, 1e-40, 123456789.25, 2.0**53, np.nan, -3e60, 1 / 3]
    texts = ["a", "", "grün", "  two blanks before", "x" * 60, "y", "z", "-", ".", "ß"]
    path = written(tmp_path, pd.DataFrame({"NUM": numbers, "TEXT": texts}), column_labels=["A number", "A text"])
    cells = read(path)
    assert (cells.native, cells.numbering, cells.rows.tolist()) == (True, "record", list(range(1, 11)))
    assert list(cells.frame.columns) == ["NUM", "TEXT"]
    np.testing.assert_allclose(cells.frame["NUM"], numbers, rtol=2e-16)
    assert cells.frame["TEXT"].tolist() == [text or None for text in texts]


def test_as_two_other_readers_have_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    made = pd.DataFrame({f"V{i}": rng.normal(size=200) * 10.0 ** rng.integers(-30, 30, 200) for i in range(3)})
    path = written(tmp_path, made)
    ours = read(path).frame
    theirs, _ = pyreadstat.read_xport(str(path))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    pandas = pd.read_sas(path, format="xport", encoding="utf-8")
    pd.testing.assert_frame_equal(ours, pandas.rename(columns=str), rtol=2e-16)


def test_dates_by_their_sas_format(tmp_path: Path) -> None:
    day, moment = datetime.date(2026, 3, 1), datetime.datetime(2026, 3, 1, 10, 30)
    frame = pd.DataFrame({"DAY": [day, None, datetime.date(1959, 12, 31)], "AT": [moment, None, moment]})
    cells = read(written(tmp_path, frame)).frame
    assert cells["DAY"].tolist()[::2] == [pd.Timestamp(day), pd.Timestamp("1959-12-31")]
    assert cells["AT"].tolist()[::2] == [pd.Timestamp(moment)] * 2
    assert cells["DAY"].isna().tolist() == cells["AT"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("form", "seen"),
    [("DATE9", "2026-03-01"), ("YYMMDD10", "2026-03-01"), ("DATETIME20", "1960-01-01T06:42:12"), ("BEST12", "24132.0")],
)
def test_the_format_says_what_a_number_means(tmp_path: Path, form: str, seen: str) -> None:
    path = written(
        tmp_path, pd.DataFrame({"V": [24166.0 if seen[:4] == "2026" else 24132.0]}), variable_format={"V": form}
    )
    value = read(path).frame["V"].iloc[0]
    assert (value.isoformat().removesuffix("T00:00:00") if hasattr(value, "isoformat") else str(value)) == seen


def test_a_date_out_of_range_is_refused_with_its_record(tmp_path: Path) -> None:
    path = written(tmp_path, pd.DataFrame({"V": [1.0, 9e9]}), variable_format={"V": "DATE9"})
    with pytest.raises(IntakeError, match=r"column 'V' of record 2 holds a date out of range"):
        read(path)


def test_missing_values_of_every_letter(tmp_path: Path) -> None:
    path = written(tmp_path, pd.DataFrame({"V": [1.0, 2.0, 3.0, 4.0]}))
    data = bytearray(path.read_bytes())
    start = data.index(b"OBS     HEADER") + 60
    for row, first in enumerate(b".AZ_"):
        data[start + 8 * row : start + 8 * row + 8] = bytes([first]) + b"\0" * 7
    path.write_bytes(data)
    assert read(path).frame["V"].isna().all()


def test_an_empty_data_set_is_an_empty_table(tmp_path: Path) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(texts_file([8, 3], []))
    cells = read(path)
    assert cells.frame.shape == (0, 2)
    assert list(cells.frame.columns) == ["V0", "V1"]
    form = Form("t", "T", "1", {n: Field(n, n) for n in ("V0", "V1")}, ("V0",))
    table, found = parse(cells, form)
    assert (len(table.frame), found) == (0, [])


@pytest.mark.parametrize("width", range(1, 201))
def test_every_width_gives_every_row(tmp_path: Path, width: int) -> None:
    """The last row's text is blank but for its first character; no row is lost or invented."""
    path = tmp_path / "t.xpt"
    for rows in (1, 2, 3, 9, 10, 11, 79, 80, 81):
        path.write_bytes(texts_file([width], [[b"x"]] * rows))
        assert read(path).frame["V0"].tolist() == ["x"] * rows


@pytest.mark.parametrize("width", [1, 7, 8, 39, 40, 41, 79, 80])
@pytest.mark.parametrize("rows", [1, 2, 5, 12])
def test_a_last_record_of_blank_text_beside_a_number_is_kept(tmp_path: Path, width: int, rows: int) -> None:
    frame = pd.DataFrame({"T": ["x" * width] * (rows - 1) + [""], "N": [float(i) for i in range(rows)]})
    assert read(written(tmp_path, frame[["N", "T"]])).frame["N"].tolist() == frame["N"].tolist()
    assert read(written(tmp_path, frame)).frame["T"].tolist() == ["x" * width] * (rows - 1) + [None]


@pytest.mark.parametrize("width", [81, 100, 160, 200])
def test_wide_blank_records_are_rows(tmp_path: Path, width: int) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(texts_file([width], [[b"x"], [b""], [b""]]))
    assert read(path).frame["V0"].tolist() == ["x", None, None]


def test_blank_text_rows_shorter_than_the_padding_are_taken_for_padding() -> None:
    """The format cannot tell them apart; the rows that the file's length proves are kept."""
    assert row_count(b"x".ljust(40) + b" " * 40, 40) == 1
    assert row_count(b"x".ljust(80) + b" " * 80, 40) == 3


@pytest.mark.parametrize(("encoding", "text"), [("latin-1", "grün"), ("windows-1252", "5 € …"), ("utf-8", "日本")])
def test_text_is_of_the_declared_encoding(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(texts_file([20], [[b"a"], [text.encode(encoding)]]))
    assert read(path, Layout(encoding=encoding)).frame["V0"].tolist() == ["a", text]


def test_text_of_another_encoding_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(texts_file([20], [[b"a"], ["grün".encode("latin-1")]]))
    with pytest.raises(IntakeError, match=r"column 'V0' of record 2: byte 0xFC is not utf-8 text"):
        read(path)


def whole() -> bytes:
    return texts_file([50, 50], [[b"a", b"b"]] * 5)


def changed(find: bytes, offset: int, put: bytes) -> bytes:
    data = whole()
    at = data.index(find) + offset
    return data[:at] + put + data[at + len(put) :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (whole()[:-80], "its last observation is cut off"),
        (whole()[:-1], "not a multiple of 80"),
        (whole()[:720], "truncated before the observations"),
        (whole()[:400], "truncated before the list of variables"),
        (whole()[:240], "holds no data set"),
        (whole() + whole()[240:], "more than one data set"),
        (b"nonsense".ljust(160), "no library header"),
        (record(b"LIBV8", b"").ljust(160), "version 8"),
        (changed(b"HEADER RECORD*******NAMESTR", 54, b"x?!\0"), "number of variables"),
        (changed(b"HEADER RECORD*******MEMBER", 74, b"0x8c"), "bytes of a variable's entry"),
        (changed(b"HEADER RECORD*******MEMBER", 74, b"0139"), "list of variables is damaged"),
        (changed(b"HEADER RECORD*******NAMESTR", 54, b"0999"), "list of variables is damaged"),
        (changed(b"HEADER RECORD*******NAMESTR", 54, b"0000"), "list of variables is damaged"),
        (changed(b"HEADER RECORD*******NAMESTR", 80, b"\0\7"), "list of variables is damaged"),
        (changed(b"HEADER RECORD*******NAMESTR", 84, b"\0\0"), "list of variables is damaged"),
        (changed(b"V1  ", 0, b"V0  "), "columns 1 and 2 are both called 'V0'"),
        (changed(b"V1  ", 0, b"\xff"), "name is not text"),
        (changed(b"V1  ", 0, b"  "), "column 2 has no name"),
    ],
)
def test_what_is_damaged_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(data)
    with pytest.raises(IntakeError, match=re.escape(words)):
        read(path)


@pytest.mark.parametrize("cut", range(80, 1040, 80))
def test_a_cut_inside_the_header_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "t.xpt"
    path.write_bytes(whole()[:cut])
    with pytest.raises(IntakeError):
        read(path)


def test_a_cut_between_two_observations_cannot_be_seen(tmp_path: Path) -> None:
    """The format does not count its rows; four rows of 100 bytes fill five records exactly."""
    path = tmp_path / "t.xpt"
    path.write_bytes(whole()[: 1040 + 400])
    assert len(read(path).frame) == 4

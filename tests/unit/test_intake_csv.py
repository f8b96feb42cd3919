"""Delimited text: every cell as written, every row with its file line; what would have to be guessed is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trialkit.errors import IntakeError
from trialkit.intake import assign, read
from trialkit.intake import csv_file as module
from trialkit.model import Cells, Field, Form, Layout

CP = Layout(encoding="windows-1252")


def cells(folder: Path, data: bytes | str, layout: Layout = Layout(), name: str = "t.csv") -> Cells:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, layout)


def refused(folder: Path, data: bytes | str, layout: Layout = Layout()) -> tuple[str, str]:
    """(place, message)"""
    with pytest.raises(IntakeError) as caught:
        cells(folder, data, layout)
    return caught.value.place, caught.value.message


def test_cells_are_the_text_as_written(tmp_path: Path) -> None:
    found = cells(tmp_path, 'A,B,C\n 1 ,"x, ""y""",\n"",NA,007\n')
    assert found.frame.to_numpy().tolist() == [[" 1 ", 'x, "y"', ""], ["", "NA", "007"]]
    assert (found.native, found.numbering, found.format, found.file) == (False, "line", "csv", "t.csv")
    assert found.rows.tolist() == [2, 3]


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    import hashlib

    assert cells(tmp_path, "A\n1\n").sha256 == hashlib.sha256(b"A\n1\n").hexdigest()


def test_lines_are_the_files_own(tmp_path: Path) -> None:
    """Blank lines and line breaks inside quotes shift nothing."""
    found = cells(tmp_path, 'A,B\n\n1,"two\nlines"\n\n\n2,"x\r\ny\n"\n3,z\n')
    assert found.rows.tolist() == [3, 7, 10]
    assert found.frame["B"].tolist() == ["two\nlines", "x\r\ny\n", "z"]


def test_windows_line_ends(tmp_path: Path) -> None:
    found = cells(tmp_path, "A,B\r\n1,2\r\n\r\n3,4")
    assert found.frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]]
    assert found.rows.tolist() == [2, 4]


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_header_alone_is_an_empty_table(tmp_path: Path, ending: str) -> None:
    found = cells(tmp_path, "A,B" + ending)
    assert found.frame.shape == (0, 2)
    assert list(found.frame.columns) == ["A", "B"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_declared_delimiter(tmp_path: Path, delimiter: str) -> None:
    found = cells(tmp_path, f"A{delimiter}B\n1{delimiter}2\n", Layout(delimiter=delimiter))
    assert found.frame.to_numpy().tolist() == [["1", "2"]]


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_another_delimiter_is_not_guessed(tmp_path: Path, mark: str, word: str) -> None:
    assert refused(tmp_path, f"A{mark}B\n1{mark}2\n") == (
        "t.csv:1", f"the header holds a {word}, but the form says that a comma separates the cells",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ("A,B\n1,2\n1\n", "t.csv:3", "the row has 1 cell, the header has 2"),
        ("A,B\n1,2,3\n1,2\n1\n", "t.csv:2", "the row has 3 cells, the header has 2 (1 more row does not fit)"),
        ("A,B\n1\n1\n1\n", "t.csv:2", "the row has 1 cell, the header has 2 (2 more rows do not fit)"),
        ('A,B\n1,"x" y\n', "t.csv:2", "there is text after a closing quote"),
        ('A,B\n1,"x\n" y\n', "t.csv:3", "there is text after a closing quote (its record starts on line 2)"),
        ('A,B\n1,2\n1,"x\n3,4\n', "t.csv:3", "the quote opened on this line is never closed"),
        ('A,B\n"1","x\n\n3,4\n', "t.csv:2", "the quote opened on this line is never closed"),
        ('A,B\n"1\n2","x\n3,4\n', "t.csv:3", "the quote opened on this line is never closed"),
        ("A,B\n1,\0\n", "t.csv:2", "the file holds a NUL character"),
        ("A,B\r1,2\r3,4\r", "t.csv:1", "a line ends in a lone carriage return"),
        ("A,B\n1,2\r3,4\n", "t.csv:2", "a line ends in a lone carriage return"),
        ("\nA,B\n1,2\n", "t.csv:1", "line 1 is blank; it must hold the column names"),
        ("\n\n", "t.csv:1", "line 1 is blank; it must hold the column names"),
        ("A,,C\n1,2,3\n", "t.csv:1", "column 2 has no name"),
        ("A, ,C\n1,2,3\n", "t.csv:1", "column 2 has no name"),
        ("A,B,A\n1,2,3\n", "t.csv:1", "columns 1 and 3 are both called 'A'"),
        ("", "t.csv", "the file is empty (0 bytes)"),
    ],
)
def test_what_is_refused_and_where(tmp_path: Path, data: str, place: str, words: str) -> None:
    assert refused(tmp_path, data) == (place, words)


def test_a_carriage_return_inside_quotes_is_text(tmp_path: Path) -> None:
    assert cells(tmp_path, 'A\n"x\ry"\n').frame["A"].tolist() == ["x\ry"]


def test_a_cell_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_CELL", 1000)
    assert cells(tmp_path, f"A\n{'x' * 1000}\n").frame["A"].str.len().tolist() == [1000]
    assert refused(tmp_path, f"A\n1\n{'x' * 1001}\n") == ("t.csv:3", "a cell is longer than 1,000 characters")
    assert refused(tmp_path, 'A\n1\n"' + "x\n" * 600) == ("t.csv:3", "a cell is longer than 1,000 characters")


# ---- encodings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "layout"),
    [
        ("A\nä€\n".encode(), Layout()),
        ("A\nä€\n".encode("utf-8-sig"), Layout()),
        ("A\nä€\n".encode("utf-8-sig"), Layout(encoding="utf-8-sig")),
        ("A\nä€\n".encode("cp1252"), CP),
        ("A\nä€\n".encode("utf-16"), Layout(encoding="utf-16")),
        (b"\xfe\xff" + "A\nä€\n".encode("utf-16-be"), Layout(encoding="utf-16")),
        (b"\xff\xfe" + "A\nä€\n".encode("utf-16-le"), Layout(encoding="utf-16-le")),
        ("A\nä€\n".encode("utf-32"), Layout(encoding="utf-32")),
    ],
)
def test_the_declared_encoding(tmp_path: Path, data: bytes, layout: Layout) -> None:
    found = cells(tmp_path, data, layout)
    assert list(found.frame.columns) == ["A"]
    assert found.frame["A"].tolist() == ["ä€"]


@pytest.mark.parametrize(
    ("data", "layout", "place", "words"),
    [
        (b"A\nx\n\xe4\n", Layout(), "t.csv:3", "byte 0xE4 is not utf-8 text"),
        (b"A\n\x81\n", CP, "t.csv:2", "byte 0x81 is not windows-1252 text"),
        ("A\nä\n".encode("utf-16"), Layout(), "t.csv:1", "the file says it is UTF-16, the form says utf-8"),
        ("A\nä\n".encode("utf-32"), Layout(), "t.csv:1", "the file says it is UTF-32, the form says utf-8"),
        ("A\nä\n".encode("utf-8-sig"), CP, "t.csv:1", "the file says it is UTF-8, the form says windows-1252"),
        ("A\nx\n".encode("utf-16-le"), Layout(), "t.csv:1", "the file holds a NUL character"),
        ("A\nx\n".encode("utf-16")[:-1], Layout(encoding="utf-16"), "t.csv", "byte 0x0A is not utf-16 text"),
    ],
)
def test_another_encoding_is_not_guessed(tmp_path: Path, data: bytes, layout: Layout, place: str, words: str) -> None:
    assert refused(tmp_path, data, layout) == (place, words)


# ---- which file ---------------------------------------------------------------------------------------------------


def test_endings(tmp_path: Path) -> None:
    assert cells(tmp_path, "A\n1\n", name="T.CSV").format == "csv"
    with pytest.raises(IntakeError, match=re.escape("file ending '.xls' is not one that can be read")):
        cells(tmp_path, "A\n", name="t.xls")
    with pytest.raises(IntakeError, match="there is no such file"):
        read(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(IntakeError, match="this is a folder"):
        read(tmp_path / "folder.csv")


def a_form(name: str, *files: str) -> Form:
    return Form(name, name, "1", {"K": Field("K", "K")}, ("K",), files=files)


def test_a_file_belongs_to_a_form_by_its_name() -> None:
    forms = {form.id: form for form in (a_form("dm"), a_form("lb", "lab_*.csv"))}
    assert assign(Path("x/DM.csv"), forms) is forms["dm"]
    assert assign(Path("dm.xpt"), forms) is forms["dm"]
    assert assign(Path("Lab_2026.CSV"), forms) is forms["lb"]
    assert assign(Path("lb.csv"), forms) is None
    both = {**forms, "l2": a_form("l2", "lab_20*.csv")}
    with pytest.raises(IntakeError, match="the file name fits the forms 'lb' and 'l2'"):
        assign(Path("lab_2026.csv"), both)


def test_a_mark_inside_the_file_is_text(tmp_path: Path) -> None:
    assert cells(tmp_path, "A,B\n\ufeff1,2\n").frame["A"].tolist() == ["\ufeff1"]

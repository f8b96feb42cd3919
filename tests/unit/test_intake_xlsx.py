"""Workbooks: what a cell stores is what is read; what it only shows, or hides, is told."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests import xlsx_parts as x
from trialkit.errors import IntakeError
from trialkit.intake import parse, read
from trialkit.model import Cells, Field, Form, Layout


def cells_of(folder: Path, data: bytes, layout: Layout = Layout()) -> Cells:
    path = folder / "t.xlsx"
    path.write_bytes(data)
    return read(path, layout)


def column(folder: Path, cells: list[str], more: str = "", **book: str) -> Cells:
    """A workbook of one column V, each cell given as XML with the address ``@``."""
    rows = "".join(f"<row r='{i}'>{text.replace('@', f'A{i}')}</row>" for i, text in enumerate(cells, 2))
    return cells_of(folder, x.workbook(x.texts(1, "V") + rows, more, **book))


def said(folder: Path, cells: list[str], **field: object) -> tuple[list[object], list[str]]:
    """The values of the column read as a field, and what the findings say."""
    form = Form("t", "T", "1", {"V": Field("V", "v", **field)}, ())  # type: ignore[arg-type]
    table, found = parse(column(folder, cells), form)
    values = [None if pd.isna(value) else value for value in table.frame["V"]]
    return values, [finding.say for finding in found]


def number(text: str, style: int = 0) -> str:
    return x.cell("@", text, style)


def text(value: str) -> str:
    return x.cell("@", value, kind="inlineStr")


def test_as_another_writer_wrote_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = [["ID", "N", "D", "T"], ["0012", 1.5, pd.Timestamp("2026-03-01"), None], ["1E5", 2, None, "a\nb"]]
    for row in [*rows, [None] * 4, ["NA", -0.1, pd.Timestamp("1999-12-31"), "1 <b> & ü"]]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    found = cells_of(tmp_path, stream.getvalue())
    assert found.rows.tolist() == [2, 3, 5]
    assert found.frame["ID"].tolist() == ["0012", "1E5", "NA"]
    assert found.frame["N"].tolist() == [1.5, 2.0, -0.1]
    assert found.frame["D"].tolist()[::2] == [pd.Timestamp("2026-03-01"), pd.Timestamp("1999-12-31")]
    assert found.frame["T"].tolist() == [None, "a\nb", "1 <b> & ü"]
    assert found.notes == ("sheet 'Sheet' was read",)


def test_a_text_is_the_text_and_a_number_is_no_text(tmp_path: Path) -> None:
    assert said(tmp_path, [text("0012"), text("1E5")]) == (["0012", "1E5"], [])
    values, words = said(tmp_path, [text("0012"), number("12")])
    assert values == ["0012", None]
    assert words == ["'12' is not text; the cell holds a number, and how it was typed (leading zeros) is lost"]
    assert said(tmp_path, [number("12"), number("13")])[1] == ["column 'V' holds numbers, the form declares text"]


def test_numbers_may_be_stored_as_text(tmp_path: Path) -> None:
    cells = [number("3"), text(" 4 "), text("&lt;LLOQ"), number("2.5"), number("46086", x.DAY), text(" ")]
    values, words = said(tmp_path, cells, type="integer")
    assert values == [3.0, 4.0, None, None, None, None]
    assert words == [
        "'<LLOQ' is not a whole number",
        "'2.5' is not a whole number; the cell holds a number",
        "'2026-03-05' is not a whole number; the cell holds a date",
    ]


@pytest.mark.parametrize(
    ("serial", "since_1904", "day"),
    [
        ("1", False, "1900-01-01"), ("59", False, "1900-02-28"), ("61", False, "1900-03-01"),
        ("46086", False, "2026-03-05"), ("44624", True, "2026-03-05"), ("0", True, "1904-01-01"),
    ],
)  # fmt: skip
def test_a_day_by_its_number_format(tmp_path: Path, serial: str, since_1904: bool, day: str) -> None:
    book = "<workbookPr date1904='1'/>" if since_1904 else ""
    assert column(tmp_path, [number(serial, x.DAY)], book=book).frame["V"].tolist() == [pd.Timestamp(day)]


def test_a_number_that_is_no_day(tmp_path: Path) -> None:
    cells = [number("46086", x.DAY), *(number(n, x.DAY) for n in ("60", "0", "-1", "2958466")), number("46086")]
    values, words = said(tmp_path, cells, type="date")
    assert values == [pd.Timestamp("2026-03-05"), *[None] * 5]
    assert words[0] == "'60' is not a date in the form YYYY-MM-DD; the cell holds a date that does not exist"
    assert words[-1] == "'46086' is not a date in the form YYYY-MM-DD; the cell holds a number"
    assert len(words) == 5


def test_moments_times_and_partial_dates(tmp_path: Path) -> None:
    cells = [number("46086.4375", x.MOMENT), text("2026-03-05T10:30"), number("46086.4375", x.DAY)]
    assert said(tmp_path, cells, type="datetime")[0] == [pd.Timestamp("2026-03-05T10:30")] * 3
    cells = [number("0.4375", x.TIME), text("10:30"), number("0.43754", x.TIME), number("1.4375", x.TIME)]
    values, words = said(tmp_path, cells, type="time")
    assert values == ["10:30", "10:30", None, None]
    assert words[0] == "'10:30:03.456000' is not a time in the form HH:MM; the cell holds a time of day"
    cells = [number("46086", x.DAY), text("2026-03"), number("2026")]
    assert said(tmp_path, cells, type="partial_date")[0] == ["2026-03-05", "2026-03", None]
    assert said(tmp_path, cells[:1], type="partial_date")[0] == ["2026-03-05"]


def test_what_a_cell_only_shows_is_no_value(tmp_path: Path) -> None:
    cells = [number("0.05", x.PERCENT), number("1.25", x.ELAPSED), x.cell("@", "1", kind="b"), number("2")]
    values, words = said(tmp_path, cells, type="decimal")
    assert values == [None, None, None, 2.0]
    assert words == [
        "'5%' is not a number; the cell holds a percentage",
        "'30 hours' is not a number; the cell holds a duration",
        "'TRUE' is not a number; the cell holds a logical value",
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "M"), ("[$-409]d-mmm-yy;@", "M"), ("mmm", "M"), ("0.00", "f"), ("General", "f"),
        ("#,##0 &quot;days&quot;", "f"), ("[Red]0.0", "f"), ("0.0_d", "f"), ("\\d0", "f"), ("d/m/yyyy h:mm", "M"),
    ],
)  # fmt: skip
def test_number_formats_of_the_workbook(tmp_path: Path, code: str, kind: str) -> None:
    assert column(tmp_path, [number("46086", x.OWN)], own=code).frame["V"].dtype.kind == kind


def test_formulas_with_their_result_are_read(tmp_path: Path) -> None:
    cells = ["<c r='@'><f>1+1</f><v>2</v></c>", "<c r='@' t='str'><f>T1</f><v>ab</v></c>"]
    assert column(tmp_path, cells).frame["V"].tolist() == [2.0, "ab"]


@pytest.mark.parametrize(
    ("inside", "place", "words"),
    [
        ("<c r='@'><f>1+1</f></c>", "t.xlsx:2", "cell A2 holds a formula without its result"),
        ("<c r='@' t='e'><v>#DIV/0!</v></c>", "t.xlsx:2", "cell A2 holds the error #DIV/0!"),
        ("<c r='@' t='s'><v>0</v></c>", "t.xlsx:2", "cell A2 points to a text that is not in the file"),
        ("<c r='@' s='99'><v>1</v></c>", "t.xlsx:2", "cell A2 has a style that is not in the file"),
        ("<c r='@'><v>1_0</v></c>", "t.xlsx:2", "cell A2 holds a damaged number"),
        ("<c r='@'><v>nan</v></c>", "t.xlsx:2", "cell A2 holds a damaged number"),
        ("<c r='@' t='q'><v>1</v></c>", "t.xlsx:2", "is of the kind 'q'"),
        ("<c r='A9'><v>1</v></c>", "t.xlsx", "cell 'A9' stands in row 2"),
        ("<c r='@'><v>1</v></c><c r='@'><v>2</v></c>", "t.xlsx:2", "cells of the sheet are out of order"),
        ("<c r='@'><v>1</v></c><c r='B2'><v>2</v></c>", "t.xlsx:2", "B2 holds a value, but its column has no name"),
        ("<c r='@' t='inlineStr'><is><t>_x0000_</t></is></c>", "t.xlsx:2", "a NUL character"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(tmp_path: Path, inside: str, place: str, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)) as refused:
        column(tmp_path, [inside])
    assert refused.value.place == place


def test_a_cell_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialkit.intake.xlsx_sheet.LONGEST_CELL", 10)
    with pytest.raises(IntakeError, match="cell A2 holds more than 10 characters"):
        column(tmp_path, [text("y" * 11)])


def test_formulas_that_wait_for_a_program_are_refused(tmp_path: Path) -> None:
    """A library that cannot compute writes 0 beside the formula, and asks for the computation on opening."""
    with pytest.raises(IntakeError, match="cell A2 of sheet 'data' holds a formula that was never computed"):
        column(tmp_path, ["<c r='@'><f>1+1</f><v>0</v></c>"], book="<calcPr fullCalcOnLoad='1'/>")


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="cells A2:A3 of sheet 'data' are merged"):
        column(tmp_path, [text("a")], more="<mergeCells><mergeCell ref='A2:A3'/></mergeCells>")


def test_the_sheet_that_is_read(tmp_path: Path) -> None:
    one, two, none = x.sheet(x.texts(1, "A")), x.sheet(x.texts(1, "B")), x.sheet("")
    parts = x.parts_of({"one": one, "empty": none, "two": two}, hidden=("two",))
    found = cells_of(tmp_path, x.packed(parts))
    assert (list(found.frame), found.notes) == (["A"], ("sheet 'one' was read, and not 'two'",))
    both = x.packed(x.parts_of({"one": one, "two": two}))
    with pytest.raises(IntakeError, match="several sheets hold data: one, two"):
        cells_of(tmp_path, both)
    assert list(cells_of(tmp_path, both, Layout(sheet="two")).frame) == ["B"]
    with pytest.raises(IntakeError, match="there is no sheet 'tow'") as refused:
        cells_of(tmp_path, both, Layout(sheet="tow"))
    assert refused.value.hint == "Did you mean 'two'?"
    with pytest.raises(IntakeError, match="no visible sheet holds anything"):
        cells_of(tmp_path, x.packed(x.parts_of({"one": one}, hidden=("one",))))


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    rows = x.texts(1, "V") + x.texts(2, "a").replace("<row ", "<row hidden='1' ")
    found = cells_of(tmp_path, x.workbook(rows))
    assert found.frame["V"].tolist() == ["a"]
    assert "hidden rows and columns were read like the others" in found.notes


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (x.texts(2, "V"), "row 1 of sheet 'data' is blank"),
        (f"<row r='1'>{x.cell('A1', '5')}</row>", "cell A1 holds no text, but row 1 must hold the column names"),
        (x.texts(1, "V", "", "W"), "column 2 has no name"),
        (x.texts(1, "V", "V"), "columns 1 and 2 are both called 'V'"),
        (x.texts(1, "V") + x.texts(1, "W"), "rows of the sheet are out of order"),
    ],
)
def test_a_header_that_is_none(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)):
        cells_of(tmp_path, x.workbook(rows))


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    assert cells_of(tmp_path, x.workbook(x.texts(1, "V", "W"))).frame.shape == (0, 2)


def test_shared_texts_in_pieces(tmp_path: Path) -> None:
    parts = x.parts_of({"data": x.sheet(x.texts(1, "V") + "<row r='2'><c r='A2' t='s'><v>0</v></c></row>")})
    shared = "<si><r><t>gr</t></r><r><t>ün_x000D_</t></r><rPh><t>no</t></rPh></si>"
    found = cells_of(tmp_path, x.packed({**parts, "xl/sharedStrings.xml": f"<sst xmlns='{x.MAIN}'>{shared}</sst>"}))
    assert found.frame["V"].tolist() == ["grün\r"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"xl/worksheets/sheet1.xml": f"<worksheet xmlns='{x.MAIN}'><sheetData>"}, "damaged"),
        ({"xl/worksheets/sheet1.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"}, "entities"),
        ({"xl/worksheets/sheet1.xml": "<worksheet xmlns='else'/>"}, "'worksheet' belongs to no workbook"),
        ({"xl/workbook.xml": f"<workbook xmlns='{x.MAIN}'/>"}, "no sheet"),
        ({"xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{x.PACKAGE}'/>"}, "sheet 'data' is missing"),
        (
            {"xl/styles.xml": f"<styleSheet xmlns='{x.MAIN}'><numFmt numFmtId='x'/></styleSheet>"},
            "number formats are damaged",
        ),
    ],
)
def test_damaged_parts(tmp_path: Path, change: dict[str, str | bytes], words: str) -> None:
    parts = x.parts_of({"data": x.sheet(x.texts(1, "V"))})
    with pytest.raises(IntakeError, match=words):
        cells_of(tmp_path, x.packed({**parts, **change}))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "with a password, or an old .xls file"),
        (b"PK\x03\x04 and no more", "not a whole zip archive"),
        (x.packed({"a.txt": "a"}), "not an Excel workbook"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        cells_of(tmp_path, data)


def test_a_bomb_is_refused_from_its_listing(tmp_path: Path) -> None:
    parts = x.parts_of({"data": x.sheet("<row/>" * 2_000_000)})
    data = x.packed(parts)
    assert len(data) < 100_000
    with pytest.raises(IntakeError, match=r"would unpack to more than 200 times its size, as a zip bomb does"):
        cells_of(tmp_path, data)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<row r='2'><c r='A2'><v>1</v><v>2</v></c></row>", "cell A2 holds two values"),
        ("<row r='2'><c r='A2'><v>0</v><row r='9'/></c></row>", "a row of the sheet stands inside another"),
        ("<row r='2'><c r='A2'><c r='B2'/></c></row>", "a cell of the sheet stands inside another"),
        ("<c r='A2'><v>1</v></c>", "a cell of the sheet stands outside of any row"),
    ],
)
def test_a_sheet_that_is_nested_wrongly_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(IntakeError, match=said):
        cells_of(tmp_path, x.workbook(x.texts(1, "A") + rows))

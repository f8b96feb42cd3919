"""Excel workbook (.xlsx) -> what each cell stores, with its row number; which sheet is read is told, never guessed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError, did_you_mean
from trialkit.intake.archive import Archive
from trialkit.intake.content import Content, check_names
from trialkit.intake.xlsx_parts import Sheet, Workbook, kinds, texts, workbook
from trialkit.intake.xlsx_sheet import Rows, SheetReader, column_letters
from trialkit.model import Layout

if TYPE_CHECKING:
    import pandas as pd

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of one sheet: a text cell is the text as stored, a number float64, a day or moment by its number
    format datetime64[ns], a time of day ``datetime.time``; a cell that is none of these is ``Odd``.

    The sheet is the layout's, or the only visible one that holds anything; it is named in the notes. Row 1 holds
    the names, rows without any value are left out. Raises IntakeError with the row, and the cell's address.
    """
    import numpy as np

    if data.startswith(_OLD_OR_LOCKED):
        said = "this is a workbook with a password, or an old .xls file"
        raise IntakeError(said, name, "Save it as .xlsx without a password.")
    archive = Archive(data, name)
    book = workbook(archive)
    sheet, rows, aside = _sheet(archive, book, layout.sheet)
    _check_sheet(rows, book, sheet, name)
    header, cells = _header(rows, sheet, name), rows.cells[1:]
    _check_width(cells, header, name)
    frame = _frame(header, [line for _, line in cells])
    notes = tuple(_notes(sheet, rows, list(aside)))
    return Content(
        frame, np.array([row for row, _ in cells], dtype=np.int64), "line", True, notes, stored=True, aside=aside
    )


def _sheet(archive: Archive, book: Workbook, declared: str) -> tuple[Sheet, Rows, dict[str, tuple[str, ...]]]:
    """The sheet to read, its rows, and the texts of the sheets that are not read."""
    shared, styles = texts(archive), kinds(archive)

    def rows_of(sheet: Sheet) -> Rows:
        return SheetReader(archive.name, shared, styles, book.since_1904).read(archive, sheet.part)

    names = [sheet.name for sheet in book.sheets]
    if declared and declared not in names:
        raise IntakeError(f"there is no sheet {declared!r}", archive.name, did_you_mean(declared, names))
    wanted = [sheet for sheet in book.sheets if sheet.name == declared or not (declared or sheet.hidden)]
    filled = [(sheet, rows) for sheet in wanted if (rows := rows_of(sheet)).cells]
    if len(filled) > 1:
        said = f"several sheets hold data: {', '.join(sheet.name for sheet, _ in filled)}"
        hint = "Name the one to read as 'sheet' in the form's layout, or send one sheet a file."
        raise IntakeError(said, archive.name, hint)
    if not filled:
        said = f"sheet {declared!r} holds nothing" if declared else "no visible sheet holds anything"
        raise IntakeError(said, archive.name, "Row 1 must hold the column names. A hidden sheet is not read.")
    found, rows = filled[0]
    return found, rows, {sheet.name: _texts(rows_of(sheet)) for sheet in book.sheets if sheet not in wanted}


def _texts(rows: Rows) -> tuple[str, ...]:
    """The distinct texts of a sheet, row by row."""
    return tuple(dict.fromkeys(cell for _, line in rows.cells for cell in line.values() if isinstance(cell, str)))


def _check_sheet(rows: Rows, book: Workbook, sheet: Sheet, name: str) -> None:
    if rows.merged:
        hint = "Unmerge them: each row needs its own value."
        raise IntakeError(f"cells {rows.merged[:24]} of sheet {sheet.name!r} are merged", name, hint)
    if book.uncomputed and rows.formulas:
        said = f"cell {rows.formulas[:12]} of sheet {sheet.name!r} holds a formula that was never computed"
        hint = "Open the file in a spreadsheet program, let it compute, and save; or paste the values."
        raise IntakeError(said, name, hint)


def _header(rows: Rows, sheet: Sheet, name: str) -> list[str]:
    row, line = rows.cells[0]
    if row != 1:
        said = f"row 1 of sheet {sheet.name!r} is blank; it must hold the column names"
        raise IntakeError(said, f"{name}:1", "Remove what stands above the table.")
    header = []
    for column in range(1, max(line) + 1):
        cell = line.get(column, "")
        if not isinstance(cell, str):
            said = f"cell {column_letters(column)}1 holds no text, but row 1 must hold the column names"
            raise IntakeError(said, f"{name}:1", "Write the name as text.")
        header.append(cell)
    check_names(header, f"{name}:1")
    return header


def _check_width(cells: list[tuple[int, dict[int, object]]], header: list[str], name: str) -> None:
    for row, line in cells:
        if max(line) > len(header):
            address = f"{column_letters(max(line))}{row}"
            said = f"cell {address} holds a value, but its column has no name in row 1"
            raise IntakeError(said, f"{name}:{row}", "Name the column, or remove what stands beside the table.")


def _frame(header: list[str], lines: list[dict[int, object]]) -> pd.DataFrame:
    import pandas as pd

    columns = [_column([line.get(number) for line in lines]) for number in range(1, len(header) + 1)]
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(len(lines)))
    frame.columns = pd.Index(header, dtype=object)
    return frame


def _column(cells: list[object]) -> pd.Series[Any]:
    """Cells of one kind as the native column of that kind, others as objects."""
    import pandas as pd

    held = set(map(type, cells)) - {type(None)}
    if held == {float}:
        return pd.Series(cells, dtype="float64")
    if held == {datetime} and all(cell is None or 1678 <= cell.year < 2262 for cell in cells):  # type: ignore[attr-defined]
        return pd.Series(cells, dtype="datetime64[ns]")
    return pd.Series(cells, dtype=object)


def _notes(sheet: Sheet, rows: Rows, others: list[str]) -> list[str]:
    notes = [f"sheet {sheet.name!r} was read"]
    if others:
        notes[0] += f", and not {', '.join(map(repr, others))}"
    if rows.hidden_rows or rows.hidden_columns:
        notes.append("hidden rows and columns were read like the others")
    return notes

"""Tables of a workbook: what is printed, as text, so that no digit and no sign changes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from trialkit.report.formats.grid import INDENT, Grid
from trialkit.report.formats.paper import PaperCell, paper_rows
from trialkit.report.formats.xlsx_sheet import TALLEST, Looks, put
from trialkit.report.table import TableModel

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

STUB, COLUMN, WORDS = (18.0, 60.0), (9.0, 28.0), (14.0, 60.0)
"""Widths in characters, at least and at most: of the stub, a column of numbers, a column of words."""
HEADING = 24
"""Characters of a column's heading for which it is made wide enough."""


@lru_cache(256)
def chars(table: TableModel) -> tuple[float, ...]:
    """Widths of the stub and the columns, in characters."""
    inner = [line for line in table.lines if line.kind in ("row", "total")]
    made = [_within(STUB, max([len(table.stub), *(len(line.stub) + 2 * line.indent for line in inner)]))]
    for i, head in enumerate(table.heads):
        texts = [len(line.cells[i].full) for line in inner if i < len(line.cells)]
        bounds = WORDS if head.text else COLUMN
        made.append(_within(bounds, max([len(head.note) + 2, min(len(head.label), HEADING), *texts])))
    return tuple(made)


def _within(bounds: tuple[float, float], length: int) -> float:
    return min(max(length * 1.05 + 1, bounds[0]), bounds[1])


def table_rows(sheet: Worksheet, row: int, table: TableModel, looks: Looks, widths: Sequence[float]) -> int:
    """Write a table from a row on, into columns of these widths; the row below it. Each cell is as printed."""
    grid = Grid(9, tuple(widths[: len(table.heads) + 1]), (0.0,) * len(table.heads))
    for made in paper_rows(table, grid):
        column = 0
        for cell in made.cells:
            _cell(sheet, row, column, cell, made.header, looks)
            column += cell.span
        _height(sheet, row, made.cells)
        row += 1
    return row


def _cell(sheet: Worksheet, row: int, column: int, cell: PaperCell, header: bool, looks: Looks) -> None:
    look = looks.cells[cell.align, cell.bold, cell.italic, header, round(cell.indent / INDENT)]
    text = f"{cell.text}\n({cell.note})" if cell.note else cell.text
    down, right = row + (cell.merge == "begin"), column + cell.span - 1
    if cell.merge == "end":
        return
    if (down, right) != (row, column):
        sheet.merge_range(row, column, down, right, "", look)
    put(sheet, row, column, text, look)


def _height(sheet: Worksheet, row: int, cells: tuple[PaperCell, ...]) -> None:
    """Room for the lines of the longest cell; a program gives none to merged cells by itself."""
    lines = max(-(-len(cell.text) // max(int(cell.width), 1)) + bool(cell.note) for cell in cells)
    if lines > 1:
        sheet.set_row(row, min(12.5 * lines + 2, TALLEST))

"""A table as rows of paper cells, headings and all: what a word processor's table needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from trialkit.report.formats.grid import INDENT, Grid
from trialkit.report.table import Cell, Head, Line, TableModel

Align = Literal["left", "right", "center"]
Merge = Literal["", "begin", "end"]
SPLIT = 600
"""Characters of a cell from which its row may break over pages."""


@dataclass(frozen=True)
class PaperCell:
    """A cell: its text, and the width of its ``span`` columns in mm.

    ``note`` is a second line. ``tail`` stands right in a box of ``box`` mm (0: the tail is part of the text).
    ``merge`` tells the first and the second of two cells, one below the other, that are one. ``ruled``: a hairline
    below.
    """

    text: str
    width: float
    align: Align = "right"
    note: str = ""
    tail: str = ""
    box: float = 0.0
    bold: bool = False
    italic: bool = False
    indent: float = 0.0
    span: int = 1
    merge: Merge = ""
    ruled: bool = False


@dataclass(frozen=True)
class PaperRow:
    """A row; ``header`` rows are repeated on each page, ``keep`` rows stay with the one below."""

    cells: tuple[PaperCell, ...]
    header: bool = False
    keep: bool = False

    @property
    def whole(self) -> bool:
        """Whether the row stays on one page."""
        return all(len(cell.text) < SPLIT for cell in self.cells)


def twips(millimeters: float) -> int:
    """A length in twentieths of a point, the unit of word processors."""
    return round(millimeters * 1440 / 25.4)


def paper_rows(table: TableModel, grid: Grid) -> tuple[PaperRow, ...]:
    """All rows of a table, from the top."""
    return (*_headers(table, grid), *(_row(line, table, grid) for line in table.lines))


def _headers(table: TableModel, grid: Grid) -> Iterator[PaperRow]:
    columns = list(zip(table.heads, grid.widths[1:], strict=True))
    if table.groups:
        yield PaperRow((_stub(table, grid, "begin"), *_over(table, grid)), True, True)
    rest: Merge = "end" if table.groups else ""
    cells = [
        _head(head, width, "end") if rest and not head.group else _head(head, width, "") for head, width in columns
    ]
    yield PaperRow((_stub(table, grid, rest), *cells), True, True)


def _stub(table: TableModel, grid: Grid, merge: Merge) -> PaperCell:
    return PaperCell(table.stub, grid.widths[0], "left", bold=True, merge=merge, ruled=merge != "begin")


def _over(table: TableModel, grid: Grid) -> Iterator[PaperCell]:
    """The shared headings, and the columns without one."""
    at = 1
    for head, count in table.groups:
        width = sum(grid.widths[at : at + count])
        if head.group:
            yield PaperCell(head.group, width, "center", head.group_note, bold=True, span=count, ruled=True)
        else:
            yield _head(head, width, "begin")
        at += count


def _head(head: Head, width: float, merge: Merge) -> PaperCell:
    align: Align = "left" if head.text else "right"
    return PaperCell(head.label, width, align, head.note, bold=True, merge=merge, ruled=merge != "begin")


def _row(line: Line, table: TableModel, grid: Grid) -> PaperRow:
    if line.kind in ("span", "group"):
        group = line.kind == "group"
        indent = INDENT * line.indent if group else 0.0
        cell = PaperCell(line.stub, sum(grid.widths), "left", bold=group, indent=indent, span=len(grid.widths))
        return PaperRow((cell,), keep=group)
    bold = line.kind == "total"
    stub = PaperCell(line.stub, grid.widths[0], "left", bold=bold, indent=INDENT * line.indent)
    cells = [
        _cell(cell, head, bold, width, box)
        for cell, head, width, box in zip(line.cells, table.heads, grid.widths[1:], grid.tails, strict=True)
    ]
    return PaperRow((stub, *cells))


def _cell(cell: Cell, head: Head, bold: bool, width: float, box: float) -> PaperCell:
    if cell.kind == "text" or head.text:
        return PaperCell(cell.full, width, "left")
    if cell.kind == "n_pct" and box:
        return PaperCell(cell.text, width, tail=cell.tail, box=box, bold=bold)
    return PaperCell(cell.full.replace(" (", "\u00a0("), width, bold=bold, italic=cell.kind == "error")

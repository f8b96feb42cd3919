"""The lines of a table as HTML. A page has tens of thousands of cells: they are written here, not by a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trialkit.report.drill import Drill
from trialkit.report.looks import cell_looks, tailed
from trialkit.report.table import Cell, Line, TableModel

if TYPE_CHECKING:
    from markupsafe import Markup

Text = Callable[[str], str]
"""A text with all that HTML would read as its own escaped."""


def body(table: TableModel, drill: Drill | None) -> Markup:
    """The rows of a table's body, a line of text each. A row and a cell end where the next begins, as HTML allows.

    Plain values and plain lines, which most are, need no class.
    """
    from markupsafe import Markup, escape

    room, across = tailed(table), len(table.heads) + 1
    return Markup("".join(_line(line, across, room, drill, escape) for line in table.lines))


def _line(line: Line, across: int, room: tuple[bool, ...], drill: Drill | None, text: Text) -> str:
    """A row: a wide cell, a heading over all columns, or the cells beside their stub."""
    stub, indent = text(line.stub), f" class=in{line.indent}" if line.indent else ""
    if line.kind == "span":
        return f"<tr class=span><td colspan={across}{_opens(line.opens, drill)}>{stub}\n"
    if line.kind == "group":
        return f"<tr class=group><th scope=colgroup colspan={across}{indent}><span>{stub}</span>\n"
    kind = "" if line.kind == "row" else f" class={line.kind}"
    cells = "".join([_cell(cell, beside, drill, text) for cell, beside in zip(line.cells, room, strict=False)])
    return f"<tr{kind}><th scope=row{indent}{_opens(line.opens, drill)}>{stub}{cells}\n"


def _cell(cell: Cell, beside: bool, drill: Drill | None, text: Text) -> str:
    """A cell: text in brackets never breaks away from its number; ``beside`` such text a bare count keeps its room."""
    look = cell_looks(cell)
    looks = "" if not look else f' class="{look}"' if " " in look else f" class={look}"
    tail = f" <span class=tail>{text(cell.tail)}</span>" if cell.tail else ""
    if not tail and beside and cell.kind == "n_pct":
        tail = " <span class=tail></span>"
    return f"<td{looks}{_opens(cell, drill)}>{text(cell.text)}{tail}"


def _opens(cell: Cell, drill: Drill | None) -> str:
    """What a cell opens to: the page's script makes a button of its first text."""
    at = None if drill is None else drill.opens(cell)
    return "" if at is None else f" data-o={at}"

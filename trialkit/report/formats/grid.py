"""How wide a table's columns are on paper, so that no format cuts anything off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialkit.report.figures.font import ems
from trialkit.report.table import Cell, TableModel

PAPER = (210.0, 297.0)
"""A4, in mm."""
MARGIN = 18.0
PAD = 1.7
"""Left and right of a cell's text, in mm."""
INDENT = 3.5
"""Of a line, per step, in mm."""
SIZES = (8.0, 7.5, 7.0)
"""Sizes of type, in points, tried in this order."""
LEAST = 6.0
"""The smallest type, in points, for tables that do not fit sideways either."""
NARROW, WIDE, LONG_WORD = 26.0, 80.0, 30.0
"""What a column of words asks for: at least, at most, and for its longest word at most, in mm."""


@dataclass(frozen=True)
class Grid:
    """Size of type in points; in mm the width of the stub and of each column, and of each column's widest percentage.

    Percentages stand under each other: a cell "n_pct" has its tail in a box of that width (0: there is none).
    ``tight`` says that columns are too narrow even so: cells must break within words.
    """

    size: float
    widths: tuple[float, ...]
    tails: tuple[float, ...]
    tight: bool = False


def room(landscape: bool) -> float:
    """The width between the margins, in mm."""
    return PAPER[landscape] - 2 * MARGIN


def wide(tables: Sequence[TableModel]) -> bool:
    """Whether one of the tables needs the paper laid sideways: it does not fit upright in the smallest of SIZES."""
    return any(_fitted(table, room(False), min(SIZES)) is None for table in tables)


def fits(table: TableModel) -> bool:
    """Whether a table fits on paper at all without a number breaking."""
    return _fitted(table, room(True), LEAST) is not None


def grid(table: TableModel, landscape: bool) -> Grid:
    """The columns of a table on that paper, in the largest type with which no number breaks.

    A table too wide for all sizes (see ``columns.cut``) gets the smallest, its columns by their share.
    """
    for size in (*SIZES, LEAST):
        widths = _fitted(table, room(landscape), size)
        if widths is not None:
            return Grid(size, widths, tuple(_tail(table, i, size) for i in range(len(table.heads))))
    needs = [need for need, _ in _asked(table, LEAST)]
    return Grid(LEAST, tuple(n * room(landscape) / sum(needs) for n in needs), (0.0,) * len(table.heads), True)


def _fitted(table: TableModel, width: float, size: float) -> tuple[float, ...] | None:
    """The widths, None if the columns need more than there is."""
    asked = _asked(table, size)
    needs = [need for need, _ in asked]
    spare = width - sum(needs)
    if spare < 0:
        return None
    wants = [max(wish - need, 0.0) for need, wish in asked]
    share = min(1.0, spare / sum(wants)) if sum(wants) else 0.0
    widths = [need + share * want for need, want in zip(needs, wants, strict=True)]
    words = [i for i, head in enumerate(table.heads, start=1) if head.text] or list(range(len(widths)))
    left = (width - sum(widths)) / len(words)
    return tuple(w + left if i in words else w for i, w in enumerate(widths))


def _asked(table: TableModel, size: float) -> list[tuple[float, float]]:
    """What the stub and each column need and wish for, in mm."""
    inner = [line for line in table.lines if line.kind in ("row", "total")]
    stubs = [measure(line.stub, size, True) + INDENT * line.indent for line in inner]
    stubs += [measure(table.stub, size, True)]
    made = [(min(max(stubs), 45.0) + 2 * PAD, min(max(stubs), 95.0) + 2 * PAD)]
    for i, head in enumerate(table.heads):
        texts = [line.cells[i].full for line in inner if i < len(line.cells)]
        label = measure(head.label, size, True)
        word = max(_longest(head.label, size), measure(f"({head.note})", size) if head.note else 0.0)
        if head.text:
            natural = max([label, *(measure(text, size) for text in texts)])
            words = max([word, *(_longest(text, size) for text in texts)])
            need = max(min(words, LONG_WORD), min(natural, NARROW), word)
            made.append((need + 2 * PAD, min(max(natural, need), WIDE) + 2 * PAD))
        else:
            body = _body(table, i, size)
            made.append((max(body, word) + 2 * PAD, max(body, min(label, WIDE)) + 2 * PAD))
    return _under_groups(table, made, size)


def _body(table: TableModel, i: int, size: float) -> float:
    """The widest number of a column; where tails stand under each other, beside the widest of them."""
    tail, made = _tail(table, i, size), 0.0
    for cell, bold in _cells(table, i):
        if cell.kind == "n_pct":
            made = max(made, measure(cell.text, size, bold) + (tail + gap(size) if tail else 0.0))
        else:
            made = max(made, measure(cell.full, size, bold))
    return made


def _cells(table: TableModel, i: int) -> Iterator[tuple[Cell, bool]]:
    """The cells of a column, each with whether it is printed in bold."""
    return ((line.cells[i], line.kind == "total") for line in table.lines if i < len(line.cells))


def _under_groups(table: TableModel, made: list[tuple[float, float]], size: float) -> list[tuple[float, float]]:
    """Columns widened where the longest word of the heading they share would not fit over them."""
    at = 1
    for head, width in table.groups:
        note = measure(f"({head.group_note})", size) if head.group_note else 0.0
        over = max(_longest(head.group, size), note) + 2 * PAD - sum(need for need, _ in made[at : at + width])
        if head.group and over > 0:
            for i in range(at, at + width):
                made[i] = (made[i][0] + over / width, made[i][1] + over / width)
        at += width
    return made


def _tail(table: TableModel, i: int, size: float) -> float:
    """The widest tail of a column's counts with percentages, 0 if there is none."""
    return max((measure(cell.tail, size, bold) for cell, bold in _cells(table, i) if cell.kind == "n_pct"), default=0.0)


def gap(size: float) -> float:
    """Between a number and its tail, in mm."""
    return measure(" ", size)


def _longest(text: str, size: float) -> float:
    return max((measure(word, size, True) for word in text.split()), default=0.0)


def measure(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text, in mm, in the font of the PDF; those of the other formats are narrower."""
    return ems(text, bold) * size * 25.4 / 72

"""How a table is set on a page, as far as its words and numbers decide it: names of classes of the style sheet."""

from __future__ import annotations

import re

from trialkit.report.table import Cell, TableModel

LONG, SHORT, ID = 60, 10, 14
"""Signs: a text from which on its column needs room; words that stay on one line; a stub that does."""
WORD = range(17, 25)
"""Signs of a word that a wider column of stubs keeps whole; a longer one is broken in any column."""
MANY, CROWDED, UPRIGHT = 8, 14, 18
"""So many columns are set closer; the heads of so many stand upright, if they are of so few signs."""
WORDS = re.compile(r"[^\W\d_]|\d-\d")
"""What is no mere number: letters, and the hyphens of a date, which may break before its time."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def table_looks(table: TableModel) -> str:
    """``many`` or ``crowded`` columns, groups of two or three (``by2``, ``by3``), ``ids`` or ``wordy`` stubs; "" for
    none of these."""
    stubs = [line.stub for line in table.lines if line.kind in ("row", "total")]
    longest = max((len(stub) for stub in stubs), default=0)
    word = max((len(word) for stub in stubs for word in stub.split()), default=0)
    widths = {width for head, width in table.groups if head.group}
    said = {
        "many": len(table.heads) >= MANY,
        "crowded": len(table.heads) >= CROWDED and all(len(h.label) <= UPRIGHT and not h.group for h in table.heads),
        "by2": widths == {2},
        "by3": widths == {3},
        "ids": 0 < longest <= ID,
        "wordy": word in WORD,
    }
    return " ".join(name for name, holds in said.items() if holds)


def cell_looks(cell: Cell) -> str:
    """The kind of a cell unless it is a plain value, and whether its text is ``long``, ``short`` or a ``date``."""
    date = bool(DATE.match(cell.text))
    said = {
        cell.kind: cell.kind != "value",
        "long": len(cell.text) > LONG,
        "short": cell.kind == "text" and " " in cell.text and (len(cell.text) <= SHORT or not WORDS.search(cell.text)),
        "date": date,
    }
    return " ".join(name for name, holds in said.items() if holds)


def tailed(table: TableModel) -> tuple[bool, ...]:
    """Whether a column has a percentage: only beside one does a bare count need its room."""
    made = [False] * len(table.heads)
    for line in table.lines:
        for i, cell in enumerate(line.cells):
            made[i] = made[i] or bool(cell.tail)
    return tuple(made)

"""The neutral table: what stands in each cell, and which set stands behind it. No format knows more than this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CellKind = Literal["n_pct", "count", "value", "text", "error", "blank"]
LineKind = Literal["row", "group", "total", "span"]


@dataclass(frozen=True)
class Cell:
    """One printed value.

    ``tail`` is the part in brackets, never broken. ``set_id`` names the set behind the value and ``of`` says what it
    is to it: a count of its "subjects" or of its "rows" (source rows), or computed from them, its "basis".
    ``sources`` are the source rows of what is shown as recorded or derived, and of no analysis (``of`` is "shown").
    ``analysis`` is the analysis, or the listing, the value belongs to.
    """

    text: str = ""
    kind: CellKind = "value"
    tail: str = ""
    set_id: str = ""
    of: Literal["", "subjects", "rows", "basis", "shown"] = ""
    analysis: str = ""
    sources: tuple[int, ...] = ()

    @property
    def full(self) -> str:
        """The whole text."""
        return f"{self.text} {self.tail}".strip()


BLANK = Cell("", "blank")


@dataclass(frozen=True)
class Head:
    """A column: its label, a second line (``N=86``), the heading it shares with its neighbors; ``text`` is not aligned
    as numbers are; ``opens`` is what the number in the second line, its own or the shared heading's, opens to."""

    label: str
    note: str = ""
    group: str = ""
    group_note: str = ""
    text: bool = False
    opens: Cell = BLANK

    @property
    def full(self) -> str:
        """Heading and label in one line."""
        return ", ".join(part for part in (self.group, self.label) if part)


@dataclass(frozen=True)
class Line:
    """A row: its stub, indent (0, 1, 2) and cells; a "group" heads the rows below, a "span" has one wide cell.

    ``opens`` is what the stub opens to: the rows that the whole line shows, or those behind the numbers of a "span".
    """

    stub: str
    cells: tuple[Cell, ...] = ()
    indent: int = 0
    kind: LineKind = "row"
    opens: Cell = BLANK


@dataclass(frozen=True)
class TableModel:
    """A table. ``caption`` tells several tables of one display apart."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    stub: str = ""
    caption: str = ""

    @property
    def groups(self) -> tuple[tuple[Head, int], ...]:
        """The shared headings with their widths, () if no column has one."""
        if not any(head.group for head in self.heads):
            return ()
        made: list[tuple[Head, int]] = []
        for head in self.heads:
            if made and made[-1][0].group == head.group and head.group:
                made[-1] = (made[-1][0], made[-1][1] + 1)
            else:
                made.append((head, 1))
        return tuple(made)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What the heads open to and all cells, line by line, what a line itself opens to before its cells."""
        heads = (head.opens for head in self.heads)
        return (*heads, *(cell for line in self.lines for cell in (line.opens, *line.cells)))


@dataclass(frozen=True)
class Picture:
    """A figure as SVG for a page and for a phone, in marker colors (see ``figures.canvas``).

    ``alt`` says in words what it shows; ``table`` holds the numbers drawn.
    """

    wide: str
    narrow: str
    alt: str
    caption: str = ""
    table: TableModel | None = None


@dataclass(frozen=True)
class Notice:
    """Something that must not be overlooked: an analysis that could not be computed."""

    text: str


Part = TableModel | Picture | Notice

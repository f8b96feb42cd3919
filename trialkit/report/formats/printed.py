"""A page as it is printed: what stands on paper in which order, the same for every printed format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from trialkit.report.formats.columns import cut
from trialkit.report.formats.edition import Edition
from trialkit.report.formats.grid import wide
from trialkit.report.formats.picture import Drawing, drawing
from trialkit.report.formats.text import clean
from trialkit.report.page import Page, Shown
from trialkit.report.table import Cell, Head, Line, Notice, Picture, TableModel

Style = Literal["muted", "notice", "plain", "reading", "note", "warning"]
HOW = "How to read this."
NUMBERS = "Numbers in this figure"
UNCOUNTED = "\u2013"
"""What stands in the contents for the number of a page, until a word processor has counted the pages."""
LEDGER = (
    "Every step between the snapshot and the analyses of this report. In each line, rows in equal rows out plus rows "
    "lost for any reason at that step."
)


@dataclass(frozen=True)
class Words:
    """A paragraph. ``lead`` is printed in bold before it."""

    text: str
    style: Style = "plain"
    lead: str = ""


Block = Words | TableModel | Drawing


@dataclass(frozen=True)
class Leaf:
    """What begins on a new page: a display or an annex. ``section`` is the heading above the first of its section."""

    id: str
    name: str
    title: str
    section: str
    blocks: tuple[Block, ...]
    landscape: bool


@dataclass(frozen=True)
class Printed:
    """A whole report: the front page, the leaves, and the line at the foot of every page."""

    title: str
    subtitle: str
    study: str
    front: tuple[Words, ...]
    leaves: tuple[Leaf, ...]
    running: str


def printed(edition: Edition, workbook: bool = False) -> Printed:
    """All texts of the page with every sign that a file format cannot hold shown as its escape.

    In a ``workbook`` a figure is followed by the table of the numbers drawn in it, and a table may be of any width.
    """
    page = edition.page
    made = [
        _display(shown, section if i == 0 else "", workbook)
        for section, group in page.sections
        for i, shown in enumerate(group)
    ]
    front = [Words(clean(page.notice), "notice")] if page.notice else []
    front += [Words(page.masked_words, "notice")] if page.masked_words else []
    return Printed(
        title=clean(page.title),
        subtitle=clean(page.subtitle),
        study=clean(page.study),
        front=tuple(front),
        leaves=(*made, *_annexes(page)),
        running=clean(edition.running),
    )


def _display(shown: Shown, section: str, workbook: bool) -> Leaf:
    blocks = [block for part in _parts(shown) for block in _blocks(part, workbook)]
    return _leaf(shown.id, shown.name, shown.title, section, blocks)


def _leaf(id: str, name: str, title: str, section: str, blocks: list[Block]) -> Leaf:
    tables = [block for block in blocks if isinstance(block, TableModel)]
    return Leaf(id, clean(name), clean(title), clean(section), tuple(blocks), wide(tables))


def _parts(shown: Shown) -> Iterator[Words | TableModel | Picture | Notice]:
    """A display from its title down, as the HTML page has it; the numbers of a figure are in the picture."""
    if shown.subtitle:
        yield Words(shown.subtitle, "muted")
    if shown.population:
        yield Words(f"Population: {shown.population}", "muted")
    yield from shown.parts
    if shown.reading:
        yield Words(shown.reading, "reading", HOW)
    for note in shown.footnotes:
        yield Words(note, "warning" if note.startswith("Warning:") else "note")
    yield Words(shown.source, "note")
    if shown.lost:
        yield replace(shown.lost, caption=f"Rows lost on the way to this display: {shown.lost_rows}")


def _blocks(part: Words | TableModel | Picture | Notice, workbook: bool) -> Iterator[Block]:
    if isinstance(part, Words):
        yield Words(clean(part.text), part.style, part.lead)
    elif isinstance(part, Notice):
        yield Words(clean(part.text), "notice")
    elif isinstance(part, Picture):
        yield drawing(part)
        if workbook and part.table:
            yield cleaned(replace(part.table, caption=NUMBERS))
    elif workbook:
        yield cleaned(part)
    else:
        yield from cut(cleaned(part))


def cleaned(table: TableModel) -> TableModel:
    """A table whose texts every format can hold."""
    heads = tuple(Head(clean(h.label), clean(h.note), clean(h.group), clean(h.group_note), h.text) for h in table.heads)
    lines = tuple(replace(line, stub=clean(line.stub), cells=tuple(map(_cell, line.cells))) for line in table.lines)
    return TableModel(heads, lines, clean(table.stub), clean(table.caption))


def _cell(cell: Cell) -> Cell:
    return replace(cell, text=clean(cell.text), tail=clean(cell.tail))


def _annexes(page: Page) -> Iterator[Leaf]:
    """From source rows to analyzed rows; the methods with their evidence; data, content and software."""
    heads = tuple(Head(word, text=True) for word in ("Compared with", "Largest deviation", "Source"))
    rows = ((m.name, m.against + (" (unproven)" if m.grade == "unproven" else ""), m.deviation, m.citation)
            for m in page.methods)  # fmt: skip
    methods = TableModel(heads, tuple(_words(*row) for row in rows), "Method")
    facts = TableModel((Head("", text=True),), tuple(_words(*pair) for pair in page.facts))
    ledger: list[Block] = [Words(LEDGER), cleaned(page.annex)]
    yield _leaf("rows-lost", "Annex", "From source rows to analyzed rows", "About the numbers", ledger)
    yield _leaf("methods", "Annex", "Methods and their evidence", "", [cleaned(methods)])
    yield _leaf("provenance", "Annex", "Data, content and software", "", [cleaned(facts)])


def _words(name: str, *texts: str) -> Line:
    return Line(name, tuple(Cell(text, "text") for text in texts))

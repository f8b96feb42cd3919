"""The report as a workbook: an index, a sheet a display with what is printed, and the result rows to 16 digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING

from trialkit.report.formats.edition import Edition
from trialkit.report.formats.picture import DOTS, Drawing, png
from trialkit.report.formats.printed import Leaf, Printed, Words, printed
from trialkit.report.formats.text import clean
from trialkit.report.formats.xlsx_sheet import WIDE, Looks, Sheet, put
from trialkit.report.formats.xlsx_table import chars, table_rows
from trialkit.report.losses import HEADS
from trialkit.report.rows import Number
from trialkit.report.table import TableModel

if TYPE_CHECKING:
    from xlsxwriter import Workbook

CONTENTS, RESULTS = "Index", "Results"
LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
COLUMNS = (
    "analysis", "method", "groups", "arm", "reference", "variable", "variable_level", "at", "stat", "value", "text",
    "unit", "warning", "error",
)  # fmt: skip


def write(edition: Edition) -> bytes:
    """An XLSX file; the same edition gives the same bytes. Every text is a text, whatever sign it begins with."""
    from xlsxwriter import Workbook

    made, out = printed(edition, workbook=True), BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        moment = edition.moment.replace(tzinfo=None)
        book.set_properties({"title": made.title, "author": edition.software, "created": moment})
        looks, names = Looks.of(book), sheet_names(made.leaves)
        _index(Sheet(book.add_worksheet(CONTENTS), looks, [24.0, WIDE - 24.0]), made, names)
        for name, leaf in zip(names, made.leaves, strict=True):
            _leaf(book, looks, name, leaf, made.running)
        _results(book, looks, edition)
    return out.getvalue()


def sheet_names(leaves: Iterable[Leaf]) -> list[str]:
    """A name for each sheet that a workbook takes, each different from all others whatever the letters' size."""
    made: list[str] = []
    taken = {CONTENTS.lower(), RESULTS.lower(), "history"}
    for leaf in leaves:
        said = leaf.title if leaf.name == "Annex" else leaf.name
        stem = _FORBIDDEN.sub("_", said).strip()[:LONGEST] or "Sheet"
        name, number = stem, 2
        while name.lower() in taken:
            tail = f" ({number})"
            name, number = stem[: LONGEST - len(tail)] + tail, number + 1
        taken.add(name.lower())
        made.append(name)
    return made


def _index(at: Sheet, made: Printed, names: list[str]) -> None:
    looks = at.looks
    for text, look in ((made.title, looks.title), (made.subtitle, looks.plain), (made.study, looks.muted)):
        at.paragraph(text, look)
    for words in made.front:
        at.paragraph(words.text, looks.notice)
    at.paragraph(made.running, looks.muted)
    at.row += 1
    titles = [*(leaf.title for leaf in made.leaves), "Every number behind the displays, to 16 digits"]
    for name, title in zip([*names, RESULTS], titles, strict=True):
        at.sheet.write_url(at.row, 0, f"internal:'{name}'!A1", looks.link, name)
        put(at.sheet, at.row, 1, title, looks.plain)
        at.row += 1


def _leaf(book: Workbook, looks: Looks, name: str, leaf: Leaf, running: str) -> None:
    tables = [block for block in leaf.blocks if isinstance(block, TableModel)]
    widths = _widths(tables)
    at = Sheet(book.add_worksheet(name), looks, widths)
    at.paragraph(f"{leaf.name}  {leaf.title}", looks.heading)
    for block in leaf.blocks:
        if isinstance(block, Words):
            at.paragraph(f"{block.lead} {block.text}".strip(), looks.of_style(block.style))
            continue
        at.row += bool(block.caption)
        at.paragraph(block.caption, looks.caption)
        if isinstance(block, Drawing):
            _drawing(at, block)
        else:
            if block is tables[0]:
                at.freeze(bool(block.groups), len(block.lines))
            at.row = table_rows(at.sheet, at.row, block, looks, widths) + 1
    at.paragraph(running, looks.muted)


def _widths(tables: list[TableModel]) -> list[float]:
    """Of the sheet's columns: what its tables ask for, in columns they have the ledger below them asks for nothing."""
    asked = [list(chars(table)) for table in tables] or [[float(WIDE)]]
    ledger = asked.pop() if len(asked) > 1 and tables[-1].heads == HEADS else []
    widths = [max(column) for column in zip_longest(*asked, fillvalue=0.0)]
    return widths + ledger[len(widths) :]


def _drawing(at: Sheet, made: Drawing) -> None:
    scale = 96 / DOTS
    options = {"image_data": BytesIO(png(made)), "x_scale": scale, "y_scale": scale, "description": made.alt}
    at.sheet.insert_image(at.row, 0, "figure.png", options | {"object_position": 2})
    at.row += round(made.height / 25.4 * 72 / 15) + 2


def _results(book: Workbook, looks: Looks, edition: Edition) -> None:
    """The result rows of the report's analyses; numbers are numbers."""
    sheet, rows = book.add_worksheet(RESULTS), edition.rows
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, looks.head)
    for row, number in enumerate(rows, start=1):
        for column, name in enumerate(COLUMNS):
            value = _value(number, name)
            if isinstance(value, float):
                sheet.write_number(row, column, value)
            elif value:
                put(sheet, row, column, value, looks.text)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)


def _value(number: Number, name: str) -> str | float | None:
    """A finite number as it is; what is infinite as text, for a workbook holds no such number."""
    if name == "groups":
        return clean("; ".join(f"{column}={level}" for column, level in number.groups))
    value = getattr(number, name)
    if isinstance(value, float):
        return value if abs(value) != float("inf") else str(value)
    return clean(value) if value else None

"""Sheets of a workbook: their formats, texts that stay texts, and paragraphs over several columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

LIMIT = 32_000
"""Characters a cell holds, about; a workbook takes no more."""
CUT = " [cut: a cell holds no more]"
WIDE = 110
"""Characters in a line of a paragraph at most."""
TALLEST = 400.0
"""Height of a row at most, in points."""
LONG, TOP = 30, 10
"""Lines of a table from which its header stays in sight; rows that may stay there at most."""


@dataclass(frozen=True)
class Looks:
    """The formats of a workbook. All are of text, and say that a sign in front is no formula (``quote_prefix``).

    ``cells`` by (align, bold, italic, header, indent).
    """

    title: Any
    heading: Any
    caption: Any
    plain: Any
    muted: Any
    notice: Any
    reading: Any
    warning: Any
    link: Any
    head: Any
    text: Any
    cells: dict[tuple[str, bool, bool, bool, int], Any]

    @classmethod
    def of(cls, book: Workbook) -> Looks:
        """Made in a new workbook; a workbook keeps those that are used."""

        def look(**told: Any) -> Any:
            return book.add_format({"font_name": "Arial", "font_size": 9, "quote_prefix": True, "valign": "top"} | told)

        def cell(align: str, bold: bool, italic: bool, header: bool, indent: int) -> Any:
            line = {"top": 1, "bottom": 1, "valign": "bottom"} if header else {}
            return look(align=align, bold=bold, italic=italic, indent=indent, text_wrap=True, **line)

        wrap: dict[str, Any] = {"text_wrap": True}
        yes = (False, True)
        kinds = [*product(("left",), yes, yes, yes, range(4)), *product(("right", "center"), yes, yes, yes, (0,))]
        return cls(
            title=look(font_size=16, bold=True),
            heading=look(font_size=12, bold=True),
            caption=look(bold=True),
            plain=look(**wrap),
            muted=look(font_color="#55606B", **wrap),
            notice=look(font_color="#6B3500", bg_color="#FFF4E3", bold=True, **wrap),
            reading=look(bg_color="#F4F6F8", **wrap),
            warning=look(font_color="#6B3500", bold=True, **wrap),
            link=look(font_color="#0B5A94", underline=1),
            head=look(bold=True, bottom=1),
            text=look(),
            cells={kind: cell(*kind) for kind in kinds},
        )

    def of_style(self, style: str) -> Any:
        """The format of a paragraph's style."""
        return self.muted if style == "note" else getattr(self, style)


def put(sheet: Worksheet, row: int, column: int, text: str, look: Any) -> None:
    """A text in a cell, as text; one longer than a cell holds is cut and says so."""
    sheet.write_string(row, column, text if len(text) <= LIMIT else text[:LIMIT] + CUT, look)


class Sheet:
    """A worksheet that is written from the top; ``row`` is the next one."""

    def __init__(self, sheet: Worksheet, looks: Looks, widths: list[float]) -> None:
        self.sheet, self.looks, self.row = sheet, looks, 0
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&8Page &P of &N")
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # as printed; the numbers are in the results
        total, self.span = 0.0, 0
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
            if self.span == column and (not column or total + width <= WIDE):
                total, self.span = total + width, column + 1
        self.wide = total

    def paragraph(self, text: str, look: Any) -> None:
        """A text over the first columns, in a row high enough for its lines; nothing for no text."""
        if not text:
            return
        lines = -(-len(text) // max(int(self.wide * 1.15), 20))
        self.sheet.set_row(self.row, min(max(1.5 * look.font_size, 12.5 * lines + 3), TALLEST))
        if self.span > 1:
            self.sheet.merge_range(self.row, 0, self.row, self.span - 1, "", look)
        put(self.sheet, self.row, 0, text, look)
        self.row += 1

    def freeze(self, grouped: bool, lines: int) -> None:
        """Keep the header of the long table that begins here in sight, and on every printed page."""
        below = self.row + 1 + grouped
        if lines >= LONG and below <= TOP:
            self.sheet.freeze_panes(below, 0)
            self.sheet.repeat_rows(below - 1 - grouped, below - 1)

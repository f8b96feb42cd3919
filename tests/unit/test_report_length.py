"""Paper: no page for a few last lines, contents that end where a page ends, a foot that spans what it stands under."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.small_report import small_edition
from trialkit.report.formats import FORMATS, pdf
from trialkit.report.formats.edition import Edition
from trialkit.report.formats.length import tailed
from trialkit.report.formats.printed import printed
from trialkit.report.table import Cell, Head, Line, TableModel


def of_rows(*rows: int) -> Edition:
    """A report of displays of so many rows."""
    edition = small_edition()
    head, number = Head("A", "N=1"), (Cell("1"),)
    tables = [TableModel((head,), tuple(Line(f"row {i}", number) for i in range(count)), "Row") for count in rows]
    shown = [replace(edition.page.shown[0], id=f"d{i}", parts=(one,), lost=None) for i, one in enumerate(tables)]
    return replace(edition, page=replace(edition.page, shown=tuple(shown)))


def reader(edition: Edition) -> PdfReader:
    return PdfReader(BytesIO(FORMATS["pdf"].write(edition)))


def test_a_page_for_a_few_last_lines_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    over, far_over = of_rows(60), of_rows(75)
    closer = len(reader(over).pages), len(reader(far_over).pages)
    monkeypatch.setattr(pdf, "tailed", lambda leaf: False)
    assert (len(reader(over).pages), len(reader(far_over).pages)) == (closer[0] + 1, closer[1])


@pytest.mark.parametrize(("rows", "wanted"), [(20, False), (45, False), (60, True), (90, False), (130, True)])
def test_only_displays_with_a_short_last_page_are_laid_out_again(rows: int, wanted: bool) -> None:
    assert tailed(printed(of_rows(rows)).leaves[0]) is wanted


def test_no_page_for_the_last_line_of_the_contents() -> None:
    """Front pages for so many displays: at the usual distance the last lines would need a page of their own."""
    made = [reader(of_rows(*[1] * count)) for count in (62, 72)]
    assert [one.get_destination_page_number(one.outline[0]) for one in made] == [1, 2]


def small_and_wide() -> Edition:
    """Three displays; the second needs its paper laid sideways."""
    made = of_rows(3, 3, 3)
    upright, table = made.page.shown, made.page.shown[0].parts[0]
    assert isinstance(table, TableModel)
    lines = tuple(replace(line, cells=line.cells * 30) for line in table.lines)
    sideways = replace(upright[1], parts=(replace(table, heads=table.heads * 30, lines=lines),))
    return replace(made, page=replace(made.page, shown=(upright[0], sideways, upright[2])))


def test_every_line_of_the_contents_has_a_field_for_its_page() -> None:
    edition = small_and_wide()
    leaves = {f"leaf{number}" for number in range(len(printed(edition).leaves))}
    with ZipFile(BytesIO(FORMATS["docx"].write(edition))) as archive:
        body, settings = (archive.read(f"word/{name}.xml").decode() for name in ("document", "settings"))
    assert (
        set(re.findall(r"PAGEREF (\w+) ", body)) == leaves == set(re.findall(r'bookmarkStart [^>]*name="(\w+)"', body))
    )
    assert '<w:updateFields w:val="true"/>' in settings
    text = FORMATS["rtf"].write(edition).decode()
    assert set(re.findall(r"PAGEREF (\w+) ", text)) == leaves == set(re.findall(r"bkmkstart (\w+)", text))


def test_the_number_of_a_page_stands_at_the_right_margin_of_its_paper() -> None:
    file = docx.Document(BytesIO(FORMATS["docx"].write(small_and_wide())))
    widths = [section.page_width - section.left_margin - section.right_margin for section in file.sections]
    stops = [section.footer.paragraphs[0].paragraph_format.tab_stops[0].position for section in file.sections]
    assert stops == pytest.approx(widths, abs=docx.shared.Mm(0.1))
    assert len(set(widths)) == 2


def test_a_display_too_wide_for_upright_paper_is_printed_sideways_from_html_too() -> None:
    html = FORMATS["html"].write(small_and_wide()).decode()
    assert re.findall(r'<section class="(display[^"]*)"', html) == ["display", "display sideways", "display"]
    assert re.search(r"@page sideways \{ size: A4 landscape; \}", html) and "page: sideways" in html


def test_the_header_of_a_long_sheet_stays_in_sight() -> None:
    book = load_workbook(BytesIO(FORMATS["xlsx"].write(of_rows(60, 3))))
    long, short = book.worksheets[1:3]
    assert (long.freeze_panes, short.freeze_panes) == ("A4", None)
    assert long.print_title_rows == "$3:$3" and [cell.value for cell in long[3]] == ["Row", "A\n(N=1)"]

"""Paper: no page for a few last lines, contents that end where a page ends, a foot that spans what it stands under."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
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

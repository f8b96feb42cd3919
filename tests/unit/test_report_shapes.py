"""Trials of any shape in every format: one arm, four arms, nobody; the numbers of all formats are the same."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.report_readers import docx_tables, pdf_pages, rtf_rows, squeezed
from tests.unit.test_report_page import SNAPSHOT, frames, report_of, results_of, study_of
from trialkit.report.displays.base import NOBODY
from trialkit.report.formats import FORMATS
from trialkit.report.formats.edition import Edition, edition_of
from trialkit.report.formats.printed import printed
from trialkit.report.table import TableModel

SHAPES = {"one arm": (1, 24), "four arms": (4, 24), "nobody": (2, 0)}


@cache
def of_shape(arms: int, subjects: int) -> Edition:
    """A report of many kinds of display on a trial of so many arms and people."""
    made = study_of(arms)
    return edition_of(results_of(made, frames(arms, subjects)), made, report_of(), SNAPSHOT, "trialkit x")


@pytest.fixture(scope="module", params=SHAPES)
def edition(request: pytest.FixtureRequest) -> Edition:
    return of_shape(*SHAPES[request.param])


def wanted(edition: Edition) -> list[list[str]]:
    """The lines of all tables of the displays: the stub, then every number; a heading has none."""
    blocks = [block for leaf in printed(edition).leaves[: len(edition.page.shown)] for block in leaf.blocks]
    lines = [line for block in blocks if isinstance(block, TableModel) for line in block.lines]
    cells = [() if line.kind in ("span", "group") else line.cells for line in lines]
    return [
        [squeezed(text) for text in (line.stub, *(c.full for c in own))] for line, own in zip(lines, cells, strict=True)
    ]


def rows(name: str, content: bytes) -> list[list[str]]:
    """The rows of all tables of a file, header rows among them."""
    if name == "docx":
        found = [row for table in docx_tables(content) for row in table]
    elif name == "rtf":
        found = [cells for _, cells in rtf_rows(content)]
    else:
        sheets = load_workbook(BytesIO(content), read_only=True).worksheets[1:-1]  # between the index and the results
        found = [[str(value or "") for value in row] for one in sheets for row in one.iter_rows(values_only=True)]
    return [[squeezed(cell) for cell in row] for row in found]


@pytest.mark.parametrize("name", ["docx", "rtf"])
def test_the_tables_are_the_same_in_every_format(name: str, edition: Edition) -> None:
    lines, found = wanted(edition), iter(rows(name, FORMATS[name].write(edition)))
    assert [line for line in lines if line not in found] == []  # each further down than the one before
    assert len(lines) > 15


def test_the_workbook_has_the_same_tables(edition: Edition) -> None:
    found = {tuple(filter(None, row)) for row in rows("xlsx", FORMATS["xlsx"].write(edition))}
    assert [line for line in wanted(edition) if tuple(filter(None, line)) not in found] == []


def test_the_pdf_has_every_display_with_its_arms() -> None:
    edition = of_shape(*SHAPES["four arms"])
    content = FORMATS["pdf"].write(edition)
    said = squeezed(" ".join(pdf_pages(content)))
    assert [line for line in wanted(edition) if "".join(line) not in said] == []
    for shown in edition.page.shown:
        assert squeezed(f"{shown.name} {shown.title}") in said
    assert [arm.label for arm in edition.study.arms.values() if squeezed(arm.label) not in said] == []
    assert len(PdfReader(BytesIO(content)).outline) > 0


def test_nobody_prints_the_shell_of_every_display() -> None:
    edition = of_shape(*SHAPES["nobody"])
    stubs = [line[0] for line in wanted(edition)]
    assert stubs.count(squeezed(NOBODY)) == 9
    assert len(edition.page.shown) == 17

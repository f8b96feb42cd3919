"""Every format of a report, read back: what stands in it, that nothing in the data breaks it, that its bytes stay."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.report_readers import docx_tables, pdf_pages, rtf_cells, squeezed
from tests.small_report import NASTY, SNAPSHOT, small_edition
from tests.unit.test_report_page import read
from tests.unit.test_report_shapes import of_shape
from trialkit.errors import UsageError
from trialkit.report.displays.base import NOBODY
from trialkit.report.formats import FORMATS, chosen
from trialkit.report.formats.ard import COLUMNS
from trialkit.report.formats.edition import Edition
from trialkit.report.formats.text import clean, held
from trialkit.report.rows import read_rows
from trialkit.report.table import Cell, Head, Line, TableModel

Files = dict[str, bytes]


def written(edition: Edition) -> Files:
    return {name: form.write(edition) for name, form in FORMATS.items()}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return small_edition()


@pytest.fixture(scope="module")
def files(edition: Edition) -> Files:
    return written(edition)


@pytest.fixture(scope="module")
def nasty() -> Files:
    return written(small_edition(terms=NASTY))


@pytest.fixture(scope="module")
def empty() -> Files:
    return written(small_edition(subjects=0))


def workbook(content: bytes):  # type: ignore[no-untyped-def]
    from openpyxl import load_workbook

    return load_workbook(BytesIO(content))


def xlsx_texts(content: bytes) -> list[str]:
    cells = (cell for sheet in workbook(content) for row in sheet.iter_rows() for cell in row)
    return [cell.value for cell in cells if isinstance(cell.value, str)]


def parts(content: bytes) -> str:
    """All text parts of a zip archive."""
    with ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return "".join(archive.read(name).decode() for name in names)


def plain(name: str, content: bytes) -> str:
    """Everything a format shows, as text in one line."""
    if name == "pdf":
        return " ".join(pdf_pages(content))
    if name in ("docx", "xlsx"):
        return re.sub("<[^>]+>", "", parts(content))
    if name == "rtf":
        text = re.sub(r"\\u(-?\d+)\?", lambda found: chr(int(found[1]) % 65536), content.decode())
        return " ".join(rtf_cells(content)) + re.sub(r"\\[a-z]+-?\d* ?|[{}]", "", text)
    return content.decode("latin-1")


# ---- what is printed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pdf", "docx", "rtf", "xlsx"])
def test_what_the_page_says_is_printed(name: str, files: Files, edition: Edition) -> None:
    said = squeezed(plain(name, files[name]))
    page = edition.page
    wanted = [page.title, page.subtitle, "A made-up trial", "How to read this. Shares of people.", "A note."]
    wanted += [f"{shown.name} {shown.title}" for shown in page.shown]
    wanted += ["Population: Everybody", edition.running, "data cut-off 2026-01-01", "keep rows where age is filled"]
    wanted += ["Rows lost on the way to this display: 1", "From source rows to analyzed rows", "Event log head"]
    wanted += [method.citation for method in page.methods] + [shown.source for shown in page.shown]
    html = {"docx": str, "xlsx": str}.get(name)
    for text in wanted:
        assert squeezed(text.replace("&", "&amp;") if html else text) in said, text


def test_the_pdf_is_tagged_with_bookmarks_and_page_numbers(files: Files) -> None:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(files["pdf"]))
    root = reader.trailer["/Root"].get_object()  # type: ignore[union-attr]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    below = [one.title for entry in reader.outline if isinstance(entry, list) for one in entry]  # type: ignore[union-attr]
    assert [entry.title for entry in top] == ["People", "Time", "About the numbers"]  # type: ignore[union-attr]
    assert [squeezed(title)[:8] for title in below[:3]] == ["Table1.1", "Table1.2", "Figure2."]
    pages = pdf_pages(files["pdf"])
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
    assert reader.metadata is not None and reader.metadata.title == "The report"


@pytest.mark.parametrize("rows", [62, 63, 64])
@pytest.mark.parametrize("after", [0, 2])
def test_a_heading_in_a_table_stays_with_its_lines(rows: int, after: int, edition: Edition) -> None:
    def plain_lines(count: int, indent: int, word: str) -> list[Line]:
        return [Line(f"{word} {i}", (Cell("1"),), indent) for i in range(count)]

    lines = [*plain_lines(rows, 0, "above"), Line("Heading", (), 0, "group"), *plain_lines(70, 1, "below")]
    table = TableModel((Head("A"),), (*lines, *plain_lines(after, 0, "no longer")), "Row")
    one = replace(edition.page.shown[0], parts=(table,))
    pages = pdf_pages(FORMATS["pdf"].write(replace(edition, page=replace(edition.page, shown=(one,)))))
    following = [found[1] for page in pages for found in re.finditer("Heading\\s+(\\w+)", page)]
    assert following[0] == "below"
    # over the lines of its own it is repeated; not where lines follow that it does not head
    assert set(following) == {"below"} and (len(following) > 1) == (not after)


def test_headings_in_any_order_can_be_typeset(edition: Edition) -> None:
    cell = (Cell("1", "n_pct", "(5%)"),)
    kinds = [Line("group", (), i, "group") for i in range(3)]
    kinds += [Line("row", cell, 1), Line("total", cell, 0, "total"), Line("span", (), 0, "span")]
    chosen_lines = [lines for n in range(4) for lines in product(kinds, repeat=n)]
    chosen_lines += [(kinds[0], kinds[1], kinds[0], kinds[3]), (kinds[1], kinds[2], kinds[1], kinds[3])]
    tables = tuple(TableModel((Head("A"),), lines, "Row") for lines in chosen_lines)
    one = replace(edition.page.shown[0], parts=tables)
    said = " ".join(pdf_pages(FORMATS["pdf"].write(replace(edition, page=replace(edition.page, shown=(one,))))))
    for word in ("group", "total", "span"):
        assert said.count(word) >= sum(line.stub == word for lines in chosen_lines for line in lines)


def test_a_breakdown_of_the_typesetter_is_an_error(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    class Broken:
        def __init__(self, *_: object, **__: object) -> None:
            raise PanicException("out of range")

    monkeypatch.setattr("typst.Compiler", Broken)
    with pytest.raises(RuntimeError, match="typst broke down: out of range"):
        FORMATS["pdf"].write(edition)


def test_headings_and_header_rows_of_the_docx_are_real(files: Files) -> None:
    from docx import Document

    file = Document(BytesIO(files["docx"]))
    headings = [p.text for p in file.paragraphs if p.style is not None and p.style.name.startswith("Heading")]
    assert headings[:3] == ["People", "Table 1.1  Who they were", "Table 1.2  What happened"]
    repeated = [row._tr.xpath("./w:trPr/w:tblHeader") for row in file.tables[0].rows]
    assert repeated[0] and not repeated[-1]
    assert [len(row._tr.xpath("./w:trPr/w:tblHeader")) for row in file.tables[2].rows][:3] == [1, 1, 0]
    assert len(file.sections) == 1 + len(headings) - 3  # the front page, then a section a display or annex
    picture = file.inline_shapes[0]
    assert picture._inline.docPr.get("descr") and picture.height.mm <= 130.01


@pytest.mark.parametrize("name", ["docx", "rtf"])
def test_numbers_stand_in_their_cells(name: str, files: Files) -> None:
    rows = docx_tables(files["docx"])[0] if name == "docx" else []
    cells = rtf_cells(files["rtf"])[:30] if name == "rtf" else [cell for row in rows for cell in row]
    at = cells.index("Female")
    assert [re.sub(r"\s+", " ", cell) for cell in cells[at : at + 4]] == [
        "Female",
        "4 (57.1%)",
        "5 (71.4%)",
        "9 (64.3%)",
    ]
    assert "Control(N=7)" in [cell.replace(" ", "") for cell in cells]


def test_header_rows_of_the_rtf_are_repeated_and_pages_counted(files: Files) -> None:
    text = files["rtf"].decode("ascii")
    rows = [row for row in text.split("\\trowd") if "Characteristic" in row or "Female" in row]
    assert ["\\trhdr" in row for row in rows] == [True, False]
    assert "\\fldinst PAGE" in text and "\\fldinst NUMPAGES" in text
    assert "\\outlinelevel1" in text and text.count("\\pngblip") == 1


def test_the_workbook_has_an_index_a_sheet_a_display_and_the_rows(files: Files, edition: Edition) -> None:
    book = workbook(files["xlsx"])
    assert book.sheetnames[:4] == ["Index", "Table 1.1", "Table 1.2", "Figure 2.1"]
    links = [cell.hyperlink.location for row in book["Index"].iter_rows() for cell in row if cell.hyperlink]
    assert [link.split("!")[0].strip("'") for link in links] == book.sheetnames[1:]
    texts = [cell.value for row in book["Table 1.1"].iter_rows() for cell in row]
    assert "4\u00a0(57.1%)" in texts
    assert "Numbers in this figure" in [cell.value for row in book["Figure 2.1"].iter_rows() for cell in row]
    head, *rows = book["Results"].iter_rows(values_only=True)
    values = [row[head.index("value")] for row in rows]
    numbers = [number.value for number in read_rows(edition.results.rows)]
    assert [value is None for value in values] == [number is None for number in numbers]
    assert [v for v in values if v is not None] == pytest.approx([n for n in numbers if n is not None], rel=1e-15)


# ---- nothing in the data breaks a format --------------------------------------------------------------------------


def test_every_term_is_in_the_docx_as_it_was_recorded(nasty: Files) -> None:
    from docx import Document

    assert {clean(term).strip() for term in NASTY} <= {row[0] for table in docx_tables(nasty["docx"]) for row in table}
    assert len(Document(BytesIO(nasty["docx"])).tables) > 3


def test_every_term_is_in_the_rtf_as_it_was_recorded(nasty: Files) -> None:
    assert {clean(term).strip() for term in NASTY} <= set(rtf_cells(nasty["rtf"]))


def test_every_term_is_text_in_the_workbook(nasty: Files) -> None:
    cells = [cell for sheet in workbook(nasty["xlsx"]) for row in sheet.iter_rows() for cell in row]
    found = {cell.value: cell for cell in cells if isinstance(cell.value, str)}
    for term in NASTY:
        assert found[clean(term)].data_type == "s"
        assert found[clean(term)].quotePrefix
    assert "<f>" not in parts(nasty["xlsx"])


def test_every_term_is_a_text_of_the_html(nasty: Files) -> None:
    found = read(nasty["html"].decode())
    words = {text.strip() for text in found.words}
    assert (found.broken, found.open) == ([], [])
    assert [term for term in NASTY if held(term) not in words] == []
    assert not re.search(rb"[\x00-\x08\x0e-\x1f]", nasty["html"])


def test_every_term_is_in_the_pdf(nasty: Files) -> None:
    said = squeezed(" ".join(pdf_pages(nasty["pdf"])))
    backward = said[::-1]
    for term in NASTY:
        for word in filter(None, map(squeezed, re.split("[^!-~]+", clean(term)))):
            assert word in said or word in backward or len(word) > 1000, word
        for word in re.findall("[\u0590-\u06ff]+", term):
            assert squeezed(word) in said or squeezed(word) in backward, word
    assert "\U0001f922" in said and "\u4e2d" in said
    assert said.count("long") == 1250  # over two pages


@pytest.mark.parametrize("name", ["csv", "parquet", "ars-json"])
def test_every_term_is_in_the_results(name: str, nasty: Files) -> None:
    levels = {
        "csv": lambda: {row["group2_level"] for row in rows_of(nasty["csv"])},
        "parquet": lambda: {row["group2_level"] for row in parquet_rows(nasty["parquet"])},
        "ars-json": lambda: set(re.findall(r'"groupValue": "((?:[^"\\]|\\.)*)"', nasty["ars-json"].decode())),
    }[name]()
    wanted = {json.dumps(term)[1:-1] for term in NASTY} if name == "ars-json" else set(NASTY)
    assert wanted <= levels


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline="")))


def parquet_rows(content: bytes) -> list[dict]:
    from pyarrow import parquet

    return parquet.read_table(BytesIO(content)).to_pylist()


def test_only_html_can_be_opened_to_subjects(files: Files, edition: Edition) -> None:
    assert edition.page.drill is not None
    inside = edition.page.drill.data
    assert inside.encode() in files["html"] and b"SUBJ-001" in zlib.decompress(base64.b64decode(inside))
    for name, content in files.items():
        if name != "html":
            assert "SUBJ-" not in plain(name, content) and inside not in plain(name, content), name


@pytest.mark.parametrize("name", ["html", "pdf", "docx", "rtf", "xlsx"])
def test_nobody_in_the_trial_prints_the_shells(name: str, empty: Files) -> None:
    said = empty["html"].decode() if name == "html" else plain(name, empty[name])
    assert squeezed(said).count(squeezed(NOBODY)) >= (1 if name == "xlsx" else 2)  # a workbook keeps a text once
    assert squeezed("Table 1.2") in squeezed(said)


# ---- results as data ----------------------------------------------------------------------------------------------


def test_csv_and_parquet_hold_every_number_with_all_digits(files: Files, edition: Edition) -> None:
    numbers = list(read_rows(edition.results.rows))
    lines, records = rows_of(files["csv"]), parquet_rows(files["parquet"])
    assert tuple(lines[0]) == tuple(records[0]) == COLUMNS
    assert [float(line["stat"]) if line["stat"] else None for line in lines] == [n.value for n in numbers]
    assert [record["stat"] for record in records] == [n.value for n in numbers]
    assert [{k: v or "" for k, v in r.items() if k not in ("stat", "at")} for r in records] == [
        {k: v for k, v in line.items() if k not in ("stat", "at")} for line in lines
    ]


def test_the_columns_are_those_of_cards(files: Files) -> None:
    line = next(r for r in rows_of(files["csv"]) if r["context"] == "counts" and r["stat_name"] == "pct")
    told = {name: line[name] for name in ("group1", "group1_level", "variable", "variable_level", "stat_fmt")}
    assert told == {"group1": "arm", "group1_level": "P", "variable": "sex", "variable_level": "F", "stat_fmt": "57.1%"}
    total = [r for r in rows_of(files["csv"]) if r["context"] == "counts" and not r["group1"]]
    assert {r["stat_name"] for r in total} == {"n", "N", "pct"}
    assert not [r for r in rows_of(files["csv"]) if r["stat_name"] in ("p", "ci_low", "se")]


# ---- the same bytes -----------------------------------------------------------------------------------------------

SUMS = """\
import json
from tests.unit.test_report_formats import sums
print(json.dumps(sums()))
"""


def sums() -> dict[str, list[str]]:
    """Of each format's file of two reports, which between them have most kinds of display and figure."""
    editions = small_edition(), of_shape(3, 24)
    return {
        name: [hashlib.sha256(form.write(edition)).hexdigest() for edition in editions]
        for name, form in FORMATS.items()
    }


def test_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Under another hash seed, in another time zone, from another folder."""
    other = {"PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2", "TZ": "Asia/Tokyo"}
    paths = [str(Path(entry).absolute()) for entry in sys.path]
    environment = {**os.environ, **other, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, "-c", SUMS], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == sums()


def test_files_are_dated_by_the_snapshot_or_as_told(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert edition.moment.isoformat() == "2026-01-02T03:04:05+00:00"
    before = replace(edition, snapshot=replace(SNAPSHOT, taken_at="1970-01-01"))
    assert before.moment.year == 1980  # the first year of zip archives
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert edition.moment.isoformat() == "2023-11-14T22:13:20+00:00"
    made = FORMATS["docx"].write(edition)
    assert {info.date_time for info in ZipFile(BytesIO(made)).infolist()} == {(2023, 11, 14, 22, 13, 20)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        _ = edition.moment


# ---- choosing formats ---------------------------------------------------------------------------------------------


def test_formats_are_chosen_by_name() -> None:
    assert list(chosen(["pdf", "html", "pdf"])) == ["pdf", "html"]
    with pytest.raises(UsageError, match="Did you mean 'docx'"):
        chosen(["html", "dcox"])
    with pytest.raises(UsageError, match="no format is named"):
        chosen([])


def test_a_library_that_is_missing_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialkit.report.formats.find_spec", lambda name: None)
    assert list(chosen(["html", "csv"])) == ["html", "csv"]
    with pytest.raises(UsageError, match="needs the package typst") as error:
        chosen(["pdf"])
    assert "pip install typst" in error.value.text and error.value.exit_code == 2

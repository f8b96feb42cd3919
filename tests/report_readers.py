"""Written reports read back by other programs than those that wrote them, as plain text."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RTF = re.compile(r"\\u(-?\d+)\?|\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
SKIPPED = ("fonttbl", "colortbl", "stylesheet", "info", "pict", "fldinst", "header", "footer", "bkmkstart", "bkmkend")


def squeezed(text: str) -> str:
    """The text without spaces, joined signs as one: what is left when lines were broken anywhere."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(kept)


def pdf_pages(content: bytes) -> list[str]:
    """The text of each page."""
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def docx_tables(content: bytes) -> list[list[list[str]]]:
    """The cells of each table, row by row, from the XML of the document; a tab between a number and its share."""
    root = ElementTree.fromstring(ZipFile(BytesIO(content)).read("word/document.xml"))
    return [
        [[_text(cell) for cell in row.iter(f"{WORD}tc")] for row in table.iter(f"{WORD}tr")]
        for table in root.iter(f"{WORD}tbl")
    ]


def _text(cell: ElementTree.Element) -> str:
    kept = [part for part in cell.iter() if part.tag in (f"{WORD}t", f"{WORD}tab")]
    return "".join(part.text or "" if part.tag == f"{WORD}t" else "\t" for part in kept).replace("\t", " ").strip()


def rtf_cells(content: bytes) -> list[str]:
    """The texts of all cells of an RTF file in order."""
    return [cell for row in rtf_rows(content) for cell in row[1]]


def rtf_rows(content: bytes) -> list[tuple[bool, list[str]]]:
    """The rows of all tables in order, each with whether it is repeated as a header; fails on a brace not closed."""
    units: list[int] = []
    rows: list[tuple[bool, list[str]]] = [(False, [])]
    skip: list[bool] = [False]
    for found in _RTF.finditer(content.decode("ascii")):
        number, word, _, _, sign, brace, plain = found.groups()
        if brace == "{":
            skip.append(skip[-1])
        elif brace == "}":
            skip.pop()
            assert skip, "a closing brace too many"
        elif word in SKIPPED:
            skip[-1] = True
        elif word == "trowd":
            units = []
        elif word == "trhdr":
            rows[-1] = (True, [])
        elif word == "cell":
            rows[-1][1].append(_utf16(units))
            units = []
        elif skip[-1]:
            continue
        elif word in ("tab", "par"):
            units.append(32)
        elif number:
            units.append(int(number) % 65536)
        elif sign in ("\\", "~"):
            units.append(92 if sign == "\\" else 0xA0)
        elif sign in ("{", "}"):
            units.append(ord(sign))
        elif plain and word is None:
            units += [ord(c) for c in plain]
        elif word == "row":
            rows.append((False, []))
    assert skip == [False], "a brace is not closed"
    return rows[:-1]


def _utf16(units: list[int]) -> str:
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le").strip()

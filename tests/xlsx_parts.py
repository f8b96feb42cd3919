"""Workbooks written byte by byte, for what no library would write."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='20'/><xf numFmtId='46'/>"
STYLES += "<xf numFmtId='10'/><xf numFmtId='164'/></cellXfs>"
DAY, MOMENT, TIME, ELAPSED, PERCENT, OWN = range(1, 7)
"""The styles of the workbook: numbers shown as these; ``OWN`` is the number format handed in."""


def cell(address: str, text: str = "", style: int = 0, kind: str = "", inside: str = "") -> str:
    """The XML of a cell: ``text`` as a value (or inline text for kind ``inlineStr``), or what stands ``inside``."""
    inside = inside or (f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<v>{text}</v>" if text else "")
    return f"<c r='{address}' s='{style}'{f' t={kind!r}' if kind else ''}>{inside}</c>"


def texts(row: int, *values: str) -> str:
    """A row of text cells."""
    cells = (cell(f"{chr(65 + i)}{row}", value, kind="inlineStr") for i, value in enumerate(values))
    return f"<row r='{row}'>{''.join(cells)}</row>"


def sheet(rows: str, after: str = "", before: str = "") -> str:
    """A worksheet of rows."""
    return f"<worksheet xmlns='{MAIN}'>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive, the same bytes at any time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, text in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, method)
    return stream.getvalue()


def parts_of(sheets: dict[str, str], hidden: tuple[str, ...] = (), book: str = "", own: str = "General") -> dict:
    """A workbook's parts: sheet name -> its XML."""
    states = {name: " state='hidden'" if name in hidden else "" for name in sheets}
    listed = "".join(
        f"<sheet name='{name}' sheetId='{i}'{states[name]} r:id='r{i}'/>" for i, name in enumerate(sheets, 1)
    )
    links = "".join(
        f"<Relationship Id='r{i}' Type='{LINK}/worksheet' Target='worksheets/sheet{i}.xml'/>"
        for i in range(1, len(sheets) + 1)
    )
    return {
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{LINK}'>{book}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGE}'>{links}</Relationships>",
        "xl/styles.xml": f"<styleSheet xmlns='{MAIN}'><numFmts><numFmt numFmtId='164' formatCode='{own}'/></numFmts>"
        f"{STYLES}</styleSheet>",
        **{f"xl/worksheets/sheet{i}.xml": text for i, text in enumerate(sheets.values(), 1)},
    }


def workbook(rows: str, after: str = "", **more: object) -> bytes:
    """A workbook of one sheet called ``data``."""
    return packed(parts_of({"data": sheet(rows, after)}, **more))  # type: ignore[arg-type]

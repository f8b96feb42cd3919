"""Tables and words of a DOCX file as XML: written as text, which is many times faster than a call for each cell."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from trialkit.report.formats.grid import PAD, Grid, gap
from trialkit.report.formats.paper import PaperCell, PaperRow, paper_rows, twips
from trialkit.report.formats.text import directed
from trialkit.report.table import TableModel

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MUTED = "55606B"
THICK, HAIR = 8, 4
"""Of lines, in eighths of a point."""


def runs(text: str, size: float = 0, bold: bool = False, italic: bool = False, color: str = "") -> str:
    """A text as runs, those written from right to left marked as such; ``size`` in points, 0 for the style's."""
    look = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/>" if italic else "")
    look += f'<w:color w:val="{color}"/>' if color else ""
    look += f'<w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>' if size else ""
    return "".join(
        f'<w:r><w:rPr>{look}{"<w:rtl/>" if rtl else ""}</w:rPr><w:t xml:space="preserve">{escape(part)}</w:t></w:r>'
        for part, rtl in directed(text)
    )


def field(code: str, shown: str) -> str:
    """A field that the word processor fills (PAGE, NUMPAGES, PAGEREF), with what it shows until then."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText>'
        f'</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def table_xml(table: TableModel, grid: Grid, title: str) -> str:
    """A ``w:tbl``: fixed widths, header rows repeated on each page, lines above and below."""
    rows = "".join(_row(row, grid) for row in paper_rows(table, grid))
    line = f'w:val="single" w:sz="{THICK}" w:space="0" w:color="1B2127"'
    sides = "".join(f'<w:{side} w:w="{twips(PAD)}" w:type="dxa"/>' for side in ("left", "right"))
    columns = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in grid.widths)
    return (
        f'<w:tbl {SPACE}><w:tblPr><w:tblW w:w="{sum(map(twips, grid.widths))}" w:type="dxa"/>'
        f"<w:tblBorders><w:top {line}/><w:bottom {line}/></w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar><w:tblCaption w:val="{escape(title)}"/>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(row: PaperRow, grid: Grid) -> str:
    look = ("<w:cantSplit/>" if row.whole else "") + ("<w:tblHeader/>" if row.header else "")
    cells = "".join(_cell(cell, grid.size, row.keep) for cell in row.cells)
    return f"<w:tr><w:trPr>{look}</w:trPr>{cells}</w:tr>"


def _cell(cell: PaperCell, size: float, keep: bool) -> str:
    merge = {"": "", "begin": '<w:vMerge w:val="restart"/>', "end": "<w:vMerge/>"}[cell.merge]
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    line = f'<w:bottom w:val="single" w:sz="{HAIR}" w:space="0" w:color="1B2127"/>' if cell.ruled else ""
    borders = f"<w:tcBorders>{line}</w:tcBorders>" if line else ""
    place = '<w:vAlign w:val="bottom"/>' if cell.merge or cell.ruled else ""
    body = "".join(_paragraphs(cell, size, keep)) if cell.merge != "end" else "<w:p/>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(cell.width)}" w:type="dxa"/>{span}{merge}{borders}{place}</w:tcPr>'
        f"{body}</w:tc>"
    )


def _paragraphs(cell: PaperCell, size: float, keep: bool) -> Iterator[str]:
    text = runs(cell.text, size, cell.bold, cell.italic)
    if cell.box:
        inner = cell.width - 2 * PAD
        stops = "".join(
            f'<w:tab w:val="right" w:pos="{twips(at)}"/>' for at in (inner - cell.box - gap(size), inner - 0.1)
        )
        tail = f"<w:r><w:tab/></w:r>{runs(cell.tail, size, cell.bold)}" if cell.tail else ""
        yield _paragraph(f"<w:r><w:tab/></w:r>{text}{tail}", size, "left", keep, f"<w:tabs>{stops}</w:tabs>")
    else:
        yield _paragraph(text, size, cell.align, keep, "", cell.indent)
    if cell.note:
        yield _paragraph(runs(f"({cell.note})", size, color=MUTED), size, cell.align, keep)


def _paragraph(body: str, size: float, align: str, keep: bool, tabs: str = "", indent: float = 0.0) -> str:
    look = (
        ("<w:keepNext/>" if keep else "")
        + tabs
        + '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
    )
    look += f'<w:ind w:left="{twips(indent)}"/>' if indent else ""
    mark = f'<w:rPr><w:sz w:val="{round(2 * size)}"/></w:rPr>'
    return f'<w:p><w:pPr>{look}<w:jc w:val="{align}"/>{mark}</w:pPr>{body}</w:p>'

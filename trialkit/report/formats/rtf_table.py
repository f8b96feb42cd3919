"""Tables of an RTF file: one ``\\trowd`` a row, header rows repeated on each page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from trialkit.report.formats.grid import PAD, Grid, gap
from trialkit.report.formats.paper import PaperCell, PaperRow, paper_rows, twips
from trialkit.report.formats.rtf_text import runs
from trialkit.report.table import TableModel

INK, MUTED = 1, 2
"""Places in the file's table of colors."""
THICK, HAIR = 18, 8
"""Of lines, in twips."""
ALIGN = {"left": "\\ql", "right": "\\qr", "center": "\\qc"}


def table_rtf(table: TableModel, grid: Grid) -> str:
    """A table's rows, and what ends it."""
    rows = paper_rows(table, grid)
    made = [_row(row, grid.size, i == 0, i == len(rows) - 1) for i, row in enumerate(rows)]
    return "\n".join([*made, "\\pard\\plain\\fs4\\par"])


def _row(row: PaperRow, size: float, first: bool, last: bool) -> str:
    look = ("\\trhdr" if row.header else "") + ("\\trkeep" if row.whole else "")
    ends = accumulate(twips(cell.width) for cell in row.cells)
    shape = "".join(f"{_shape(cell, first, last)}\\cellx{end}" for cell, end in zip(row.cells, ends, strict=True))
    body = "\n".join(f"{''.join(_paragraphs(cell, size, row.keep))}\\cell" for cell in row.cells)
    pad = twips(PAD)
    head = f"\\trowd\\trgaph{pad}\\trleft0\\trpaddl{pad}\\trpaddr{pad}\\trpaddfl3\\trpaddfr3{look}{shape}"
    return f"{head}\n{body}\\row"


def _shape(cell: PaperCell, first: bool, last: bool) -> str:
    """A cell's place in a merged pair, its lines, and where its text stands."""
    merge = {"": "", "begin": "\\clvmgf", "end": "\\clvmrg"}[cell.merge]
    top = f"\\clbrdrt\\brdrs\\brdrw{THICK}\\brdrcf{INK}" if first else ""
    below = THICK if last else HAIR if cell.ruled else 0
    bottom = f"\\clbrdrb\\brdrs\\brdrw{below}\\brdrcf{INK}" if below else ""
    place = "\\clvertalb" if cell.ruled or cell.merge else "\\clvertalt"
    return f"{merge}{place}{top}{bottom}"


def _paragraphs(cell: PaperCell, size: float, keep: bool) -> Iterator[str]:
    kept = "\\keepn" if keep else ""
    type = round(2 * size)
    start = f"\\pard\\plain\\intbl\\sb20\\sa20{kept}\\f0\\fs{type}\\af0\\afs{type}"
    look = ("\\b" if cell.bold else "") + ("\\i" if cell.italic else "")
    text = "" if cell.merge == "end" else runs(cell.text)
    if cell.box:
        inner = cell.width - 2 * PAD
        stops = "".join(f"\\tqr\\tx{twips(at)}" for at in (inner - cell.box - gap(size), inner - 0.1))
        tail = f"\\tab {runs(cell.tail)}" if cell.tail else ""
        yield f"{start}\\ql{stops}{look}\\cf{INK}\\tab {text}{tail}"
    else:
        indent = f"\\li{twips(cell.indent)}" if cell.indent else ""
        yield f"{start}{ALIGN[cell.align]}{indent}{look}\\cf{INK} {text}"
    if cell.note and cell.merge != "end":
        yield f"\\par\n{start}{ALIGN[cell.align]}\\cf{MUTED} ({runs(cell.note)})"

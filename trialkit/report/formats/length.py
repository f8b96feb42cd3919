"""About how many pages a display takes, so that only those are laid out twice that might do with one page less."""

from __future__ import annotations

from math import ceil

from trialkit.report.formats.grid import INDENT, PAD, PAPER, grid, measure, room
from trialkit.report.formats.picture import Drawing
from trialkit.report.formats.printed import Block, Leaf, Words
from trialkit.report.table import TableModel

ENDS = 38.0
"""Above and below the text of a page, in mm."""
TAIL, LONG = 0.35, 4.0
"""The last page is little filled below this share of it; beyond so many pages one less is no gain."""


def tailed(leaf: Leaf) -> bool:
    """Whether its last page, of two to four, may hold little more than a few lines."""
    pages = _height(leaf) / (PAPER[not leaf.landscape] - ENDS)
    return 0.95 < pages < LONG and (pages + 0.05) % 1 < TAIL


def _height(leaf: Leaf) -> float:
    """Of all that stands on it, in mm."""
    title = 15.0 if leaf.section else 7.0
    return title + sum(_block(block, leaf.landscape) for block in leaf.blocks)


def _block(block: Block, landscape: bool) -> float:
    if isinstance(block, Words):
        size, rest = (7.0, 1.4) if block.style in ("note", "warning") else (9.0, 2.5)
        return _lines(f"{block.lead} {block.text}", room(landscape), size) * size * 0.46 + rest
    if isinstance(block, Drawing):
        return block.height + 5.0 * bool(block.caption)
    return _table(block, landscape) + 5.0 * bool(block.caption)


def _table(table: TableModel, landscape: bool) -> float:
    made = grid(table, landscape)
    words = [i for i, head in enumerate(table.heads) if head.text]
    rows = 2 + bool(table.groups)
    for line in table.lines:
        inner = [
            _lines(line.cells[i].full, made.widths[i + 1] - 2 * PAD, made.size) for i in words if i < len(line.cells)
        ]
        stub = made.widths[0] if line.cells else sum(made.widths)
        rows += max([_lines(line.stub, stub - 2 * PAD - INDENT * line.indent, made.size), *inner])
    return rows * (made.size * 0.26 + 1.55)


def _lines(text: str, width: float, size: float) -> int:
    return max(1, ceil(measure(text, size) / max(width, 1.0)))

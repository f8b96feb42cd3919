"""The report as a tagged PDF, typeset by typst: bookmarks, "Page x of y", headers of tables on every page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from trialkit.report.formats.edition import Edition
from trialkit.report.formats.grid import INDENT, MARGIN, PAD, grid
from trialkit.report.formats.headings import parts
from trialkit.report.formats.length import tailed
from trialkit.report.formats.picture import Drawing
from trialkit.report.formats.printed import Block, Leaf, Words, printed
from trialkit.report.formats.text import breakable, shredded
from trialkit.report.formats.typesetter import typeset
from trialkit.report.table import Cell, Head, Line, TableModel
from trialkit.report.templating import template_text


def write(edition: Edition) -> bytes:
    """A PDF file; the same edition gives the same bytes."""
    made = printed(edition)
    data = {
        "title": made.title,
        "subtitle": made.subtitle,
        "study": made.study,
        "software": edition.software,
        "keywords": [edition.snapshot.id],
        "running": made.running,
        "margin": MARGIN,
        "front": [_block(block, False) for block in made.front],
        "leaves": [_leaf(leaf) for leaf in made.leaves],
    }
    return typeset(template_text("report.typ"), json.dumps(data), "pdf", edition.moment)


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {
        "name": leaf.name,
        "title": leaf.title,
        "section": leaf.section,
        "landscape": leaf.landscape,
        "tailed": tailed(leaf),
        "blocks": [_block(block, leaf.landscape) for block in leaf.blocks],
    }


def _block(block: Block, landscape: bool) -> dict[str, Any]:
    if isinstance(block, Words):
        return {"what": "words", "text": breakable(block.text), "style": block.style, "lead": block.lead}
    if isinstance(block, Drawing):
        return {"what": "drawing", "svg": block.svg, "width": block.width, "alt": block.alt, "caption": block.caption}
    return _table(block, landscape)


def _table(table: TableModel, landscape: bool) -> dict[str, Any]:
    made = grid(table, landscape)
    fit = shredded if made.tight else breakable
    return {
        "what": "table", "size": made.size, "widths": made.widths, "tails": made.tails, "pad": PAD, "indent": INDENT,
        "stub": fit(table.stub), "caption": table.caption,
        "heads": [_head(head, fit) for head in table.heads],
        "groups": [_head(head, fit) | {"width": width} for head, width in table.groups],
        "parts": [
            {"headings": [_line(line, made.tight, fit) for line in part.headings],
             "lines": [_line(line, made.tight, fit) for line in part.lines],
             "level": part.level, "repeat": part.repeat}
            for part in parts(table.lines)
        ],
    }  # fmt: skip


def _line(line: Line, tight: bool, fit: Callable[[str], str]) -> dict[str, Any]:
    cells = [_cell(cell, tight, fit) for cell in line.cells]
    return {"stub": fit(line.stub), "indent": line.indent, "kind": line.kind, "cells": cells}


def _head(head: Head, fit: Callable[[str], str]) -> dict[str, Any]:
    texts = {"label": head.label, "note": head.note, "group": head.group, "group_note": head.group_note}
    return {name: fit(text) for name, text in texts.items()} | {"text": head.text}


def _cell(cell: Cell, tight: bool, fit: Callable[[str], str]) -> dict[str, Any]:
    if tight or cell.kind == "text":
        return {"text": fit(cell.full), "tail": "", "kind": cell.kind}
    return {"text": fit(cell.text), "tail": cell.tail, "kind": cell.kind}

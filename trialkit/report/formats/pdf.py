"""The report as a tagged PDF, typeset by typst: bookmarks, "Page x of y", headers of tables on every page."""

from __future__ import annotations

import json
from typing import Any

from trialkit.report.formats.edition import Edition
from trialkit.report.formats.grid import INDENT, MARGIN, PAD, grid
from trialkit.report.formats.picture import Drawing
from trialkit.report.formats.printed import Block, Leaf, Words, printed
from trialkit.report.formats.text import breakable
from trialkit.report.formats.typesetter import typeset
from trialkit.report.table import TableModel
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
    heads = [
        {"label": breakable(h.label), "note": h.note, "group": h.group, "group_note": h.group_note, "text": h.text}
        for h in table.heads
    ]
    return {
        "what": "table", "size": made.size, "widths": made.widths, "tails": made.tails, "pad": PAD, "indent": INDENT,
        "stub": breakable(table.stub), "caption": table.caption, "heads": heads,
        "groups": [
            {"label": head.label, "note": head.note, "group": breakable(head.group), "group_note": head.group_note,
             "text": head.text, "width": width}
            for head, width in table.groups
        ],
        "lines": [
            {"stub": breakable(line.stub), "indent": line.indent, "kind": line.kind,
             "cells": [{"text": breakable(c.full if c.kind == "text" else c.text), "tail": c.tail, "kind": c.kind}
                       for c in line.cells]}
            for line in table.lines
        ],
    }  # fmt: skip

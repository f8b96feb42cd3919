"""Two protocol versions compared -> one self-contained HTML page."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

from trialkit.queries.protocols import Amended
from trialkit.queries.protocols.told import reasons, total
from trialkit.report.templating import environment, template_text

Marked = list[tuple[bool, str]]
"""A text in pieces: whether the piece is in this version only, and its words."""


def as_page(found: Amended) -> str:
    """The page as the text of one HTML file that asks for nothing from anywhere."""
    parts = [(part, list(group)) for part, group in groupby(found.found, key=lambda one: one.difference.part)]
    css = template_text("report.css") + template_text("quality.css") + template_text("protocols.css")
    template = environment().get_template("protocols.html.j2")
    said = total(found)
    return template.render(page=found, parts=parts, marked=marked, reasons=reasons, total=said, css=css) + "\n"


def marked(old: str, new: str) -> tuple[Marked, Marked]:
    """Both texts in pieces, word by word."""
    before, after = (re.findall(r"\s+|[^\s,;]+|[,;]", text) for text in (old, new))
    left: Marked = []
    right: Marked = []
    for tag, i, j, k, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if i < j:
            left.append((tag != "equal", "".join(before[i:j])))
        if k < n:
            right.append((tag != "equal", "".join(after[k:n])))
    return left, right

"""Markdown that says what the content says: whatever stands in a study, it cannot change the page around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"[\\`*#\[\]<>~$|&]|(?<![^\W_])_|_(?![^\W_])")
_STARTS = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[+=-]))")
NOTHING = "-"


def prose(text: str) -> str:
    """Text on one line, read as text: what Markdown would take for markup is escaped, so are unprintable characters."""
    return _MARKUP.sub(r"\\\g<0>", _shown(" ".join(text.split())))


def paragraph(text: str) -> str:
    """``prose`` at the start of a line: not a heading, a list or a rule either."""
    return _STARTS.sub(r"\1\\", prose(text))


def code(text: str) -> str:
    """A name, value or pattern, character for character; "" stays "".

    What a code span cannot hold inside a table (a pipe, a backtick, a space at the ends) is written in entities.
    """
    text = _shown(text)
    if "|" not in text and "`" not in text and text == text.strip():
        return f"`{text}`" if text else ""
    return "<code>" + "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text) + "</code>"


def codes(texts: Iterable[str]) -> str:
    """Several of them, with commas between."""
    return ", ".join(map(code, texts))


def heading(level: int, text: str, place: str = "") -> str:
    """A heading; ``place`` is what a link to it names (see ``anchor``)."""
    mark = f'<a id="{place}"></a>\n\n' if place else ""
    return f"{mark}{'#' * level} {prose(text)}\n"


def anchor(kind: str, name: str) -> str:
    """The place of a thing on its page; names that differ only in punctuation share one."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_]+', '-', name)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], centered: bool = False) -> str:
    """A table of cells that are Markdown already. ``centered`` centers all columns but the first.

    Raises ValueError for a row that has not as many cells as the head.
    """
    rule = ["---", *([":-:" if centered else "---"] * (len(head) - 1))]
    return "".join(_row(cells) for cells in (head, rule, *(_fitting(head, row) for row in rows)))


def bullets(items: Iterable[str]) -> str:
    """A list of items that are Markdown already."""
    return "".join(f"- {item}\n" for item in items)


def _fitting(head: Sequence[str], row: Sequence[str]) -> Sequence[str]:
    if len(row) != len(head):
        raise ValueError(f"a row of {len(row)} cells under a head of {len(head)}")
    return row


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)

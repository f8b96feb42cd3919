"""Slips of the hand in one cell: text in, other text out. None means: not this cell."""

from __future__ import annotations

import re
from collections.abc import Callable

KEYS = dict(zip("abcdefghijklmnopqrstuvwxyz", "svxfrghjuklknbpowtaricqcux", strict=True))
"""A letter and one that lies beside it on a keyboard."""
OF_TEXT = re.compile(r"[A-Za-z][A-Za-z /-]{3,}\Z")


def letter(cell: str, value: str) -> str | None:
    """A letter typed for a digit: O for 0, l for 1, S for 5."""
    for digit, typed in (("0", "O"), ("1", "l"), ("5", "S")):
        if digit in cell:
            return cell.replace(digit, typed, 1)
    return None


def digits(cell: str, value: str) -> str | None:
    """Two neighboring digits typed in the wrong order (the last pair that differs)."""
    return _exchanged(cell, str.isdigit, 0)


def swap(cell: str, value: str) -> str | None:
    """Two neighboring letters typed in the wrong order, not at the start."""
    return _exchanged(cell, str.isalpha, 1)


def _exchanged(cell: str, fits: Callable[[str], bool], start: int) -> str | None:
    for i in range(len(cell) - 2, start - 1, -1):
        a, b = cell[i], cell[i + 1]
        if fits(a) and fits(b) and a != b:
            return cell[:i] + b + a + cell[i + 2 :]
    return None


def double(cell: str, value: str) -> str | None:
    """The second letter of a text typed twice."""
    return cell[:2] + cell[1:] if OF_TEXT.match(cell) else None


def drop(cell: str, value: str) -> str | None:
    """The second letter of a text left out."""
    return cell[0] + cell[2:] if OF_TEXT.match(cell) else None


def beside(cell: str, value: str) -> str | None:
    """A letter hit beside the right one on the keyboard (the second of a text)."""
    if not OF_TEXT.match(cell) or not cell[1].isalpha():
        return None
    typed = KEYS[cell[1].lower()]
    return cell[0] + (typed.upper() if cell[1].isupper() else typed) + cell[2:]


def lower(cell: str, value: str) -> str | None:
    """The text in lower case."""
    return cell.lower() if cell != cell.lower() else None


def blank(cell: str, value: str) -> str | None:
    """The cell emptied."""
    return "" if cell else None


def space(cell: str, value: str) -> str | None:
    """A blank after the text."""
    return cell + " " if cell else None


def lead(cell: str, value: str) -> str | None:
    """A blank that cannot be told from an ordinary one (no-break space) before the text."""
    return "\u00a0" + cell if cell else None


def append(cell: str, value: str) -> str | None:
    """The value written after the text in the same cell, as a unit often is."""
    return cell + value if cell else None


def put(cell: str, value: str) -> str | None:
    """The plan's value instead of the cell's, which is not empty."""
    return value if cell and cell != value else None


def fill(cell: str, value: str) -> str | None:
    """The plan's value in a cell that is empty."""
    return value if not cell else None


def zeros(cell: str, value: str) -> str | None:
    """Leading zeros of the last number lost, as a spreadsheet does."""
    head, dash, tail = cell.rpartition("-")
    return f"{head}{dash}{int(tail)}" if tail.isdigit() and tail.startswith("0") and len(tail) > 1 else None


def orphan(cell: str, value: str) -> str | None:
    """The last number changed to one that nobody has."""
    head, dash, tail = cell.rpartition("-")
    return f"{head}{dash}{'9' * len(tail)}" if tail.isdigit() else None

"""How one cell is spoiled: text in, other text out. None means: not this cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

Spoil = Callable[[str, str], "str | None"]


def _letter(cell: str, value: str) -> str | None:
    """A letter typed for a digit."""
    for digit, letter in (("0", "O"), ("1", "l"), ("5", "S")):
        if digit in cell:
            return cell.replace(digit, letter, 1)
    return None


def _comma(cell: str, value: str) -> str | None:
    return cell.replace(".", ",") if re.fullmatch(r"\d+\.\d+", cell) else None


def _date(cell: str) -> date | None:
    return date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) else None


def _impossible(cell: str, value: str) -> str | None:
    return f"{cell[:4]}-02-30" if _date(cell) else None


def _day_first(cell: str, value: str) -> str | None:
    day = _date(cell)
    return day.strftime("%d/%m/%Y") if day else None


def _serial(cell: str, value: str) -> str | None:
    """The number a spreadsheet keeps for a date (days since 1899-12-30)."""
    day = _date(cell)
    return str((day - date(1899, 12, 30)).days) if day else None


def _shift(cell: str, value: str) -> str | None:
    day = _date(cell)
    return (day + timedelta(days=int(value))).isoformat() if day else None


def _set(cell: str, value: str) -> str | None:
    return value if cell and cell != value else None


def _add(cell: str, value: str) -> str | None:
    return str(int(cell) + int(value)) if re.fullmatch(r"-?\d+", cell) else None


def _swap(cell: str, value: str) -> str | None:
    """Two neighboring letters typed in the wrong order."""
    for i in range(len(cell) - 2, 0, -1):
        if cell[i].isalpha() and cell[i + 1].isalpha() and cell[i] != cell[i + 1]:
            return cell[:i] + cell[i + 1] + cell[i] + cell[i + 2 :]
    return None


def _lower(cell: str, value: str) -> str | None:
    return cell.lower() if cell != cell.lower() else None


def _blank(cell: str, value: str) -> str | None:
    return "" if cell else None


def _space(cell: str, value: str) -> str | None:
    return cell + " " if cell else None


def _minus(cell: str, value: str) -> str | None:
    return f"-{cell}" if re.fullmatch(r"[1-9]\d*", cell) else None


def _zeros(cell: str, value: str) -> str | None:
    """Leading zeros of the last number lost, as a spreadsheet does."""
    head, _, tail = cell.rpartition("-")
    return f"{head}-{int(tail)}" if tail.isdigit() and tail.startswith("0") else None


def _orphan(cell: str, value: str) -> str | None:
    """The last number changed to one that nobody has."""
    head, _, tail = cell.rpartition("-")
    return f"{head}-{'9' * len(tail)}" if tail.isdigit() else None


CORRUPTORS: dict[str, Spoil] = {
    "letter": _letter,
    "comma": _comma,
    "impossible_date": _impossible,
    "day_first": _day_first,
    "serial_date": _serial,
    "shift": _shift,
    "set": _set,
    "add": _add,
    "swap": _swap,
    "lower": _lower,
    "blank": _blank,
    "space": _space,
    "minus": _minus,
    "zeros": _zeros,
    "orphan": _orphan,
}
"""Spoiler by name: (cell, the plan's value) -> new cell, or None if it does not apply to this cell."""

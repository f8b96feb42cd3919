"""What goes wrong with a date or a date with time in one cell (ISO 8601). None means: not this cell."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2})?\Z")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def parts(cell: str) -> tuple[date, str] | None:
    """The day, and the time as written ("T09:05", or nothing)."""
    found = FULL.match(cell)
    return (date.fromisoformat(cell[:10]), found.group(4) or "") if found else None


def impossible(cell: str, value: str) -> str | None:
    """30 February of the same year."""
    return f"{cell[:4]}-02-30{cell[10:]}" if parts(cell) else None


def day_first(cell: str, value: str) -> str | None:
    """Day, month, year with slashes."""
    found = parts(cell)
    return found[0].strftime("%d/%m/%Y") + found[1].replace("T", " ") if found else None


def day_month(cell: str, value: str) -> str | None:
    """Day and month exchanged, where that gives another real date."""
    found = parts(cell)
    if not found or found[0].day > 12 or found[0].day == found[0].month:
        return None
    return f"{cell[:4]}-{cell[8:10]}-{cell[5:7]}{found[1]}"


def serial(cell: str, value: str) -> str | None:
    """The number a spreadsheet keeps for a date (days since 1899-12-30, the time as a fraction)."""
    if not parts(cell):
        return None
    since = datetime.fromisoformat(cell) - datetime(1899, 12, 30)
    return f"{since / timedelta(days=1):.6f}".rstrip("0").rstrip(".")


def month_year(cell: str, value: str) -> str | None:
    """A year and month that a spreadsheet shows in its own way: 2024-03 becomes Mar-24."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", cell)
    return f"{MONTHS[int(found.group(2)) - 1]}-{found.group(1)[2:]}" if found else None


def shift(cell: str, value: str) -> str | None:
    """So many days later (or earlier)."""
    found = parts(cell)
    return (found[0] + timedelta(days=int(value))).isoformat() + found[1] if found else None


def hours(cell: str, value: str) -> str | None:
    """A date with time so many hours later (or earlier)."""
    if not (found := parts(cell)) or not found[1]:
        return None
    return (datetime.fromisoformat(cell) + timedelta(hours=float(value))).isoformat(timespec="minutes")


def year(cell: str, value: str) -> str | None:
    """The year typed wrong, by so many years; 29 February only where the year has one."""
    if not parts(cell):
        return None
    new = f"{int(cell[:4]) + int(value):04d}{cell[4:]}"
    try:
        date.fromisoformat(new[:10])
    except ValueError:
        return None
    return new


def untimed(cell: str, value: str) -> str | None:
    """The time of a date with time lost."""
    found = parts(cell)
    return found[0].isoformat() if found and found[1] else None

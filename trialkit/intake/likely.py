"""What somebody may have meant by a cell that could not be read: a question to them, never a change of the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from trialkit.model import Field

NOTHING = ("na", "n/a", "n.a.", "nd", "nk", "uk", "unk", "unknown", "none", "missing", "-", "--", ".", "?")
"""Texts, in small letters, that people write for no value."""
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+\Z")
_COMMA = re.compile(r"[+-]?\d+,\d+\Z")
_MISTYPED = str.maketrans({"l": "1", "I": "1", "O": "0", "o": "0"})
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_WITH_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?) ?[^\W\d_][^\d]*\Z")
_SERIAL = re.compile(r"\d{5}(\.\d+)?\Z")
_THREE = re.compile(r"(\d{1,4})[./ -](\d{1,2})[./ -](\d{1,4})\Z")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = ("%d-%b-%Y", "%d %b %Y", "%d%b%Y", "%b %d, %Y", "%d %B %Y", "%d-%B-%Y")
DAY_ONE = datetime(1899, 12, 30)
"""Day 0 of a spreadsheet's day numbers after February 1900."""
SERIALS = (20000, 60000)
"""Day numbers that are taken for dates (1954 to 2064)."""


def likely(field: Field, text: str, decimal: str = ".") -> str:
    """A sentence on what the text may mean, "" if nothing comes to mind. ``decimal`` is the file's decimal mark."""
    plain = text.strip()
    if plain.lower() in NOTHING:
        return "If there is no value, leave the cell empty."
    if decimal != "." and field.type in ("integer", "decimal"):
        return ""
    ask: Callable[[Field, str], str] | None = _ASK.get(field.type)
    return ask(field, plain) if ask else ""


def _number(field: Field, text: str) -> str:
    whole, pointed = text.replace(",", ""), text.replace(",", ".")
    if _GROUPED.match(text):
        other = f" or {pointed}" if field.type == "decimal" and text.count(",") == 1 else ""
        return f"Is it {whole}{other}? A number has no comma."
    if _COMMA.match(text):
        return f"Is it {pointed}? A number is written with a point."
    typed = text.translate(_MISTYPED)
    if typed != text and _NUMBER.match(typed):
        return f"Is it {typed}? There is a letter among the digits."
    if unit := _WITH_UNIT.match(text):
        return f"Is it {unit[1]}? Enter the number alone."
    if field.type == "integer" and _NUMBER.match(text):
        return "Enter a whole number."
    return ""


def _date(field: Field, text: str) -> str:
    """Dates in another notation; only those of the usual form are proposed where the form declares none."""
    days = _days(text)
    if field.format or not days:
        return _no_such_day(text)
    clock = field.type == "datetime"
    said = [day.strftime("%Y-%m-%dT%H:%M" if clock and (day.hour or day.minute) else "%Y-%m-%d") for day in days]
    return f"Is it {' or '.join(said)}?"


def _days(text: str) -> list[datetime]:
    """The days a text may name, each once: a spreadsheet's number, a name of a month, or three numbers."""
    if _SERIAL.match(text) and SERIALS[0] <= float(text) <= SERIALS[1]:
        return [DAY_ONE + timedelta(minutes=round(float(text) * 1440))]
    named = [day for form in _NAMED if (day := _parsed(text, form))]
    if named:
        return named[:1]
    parts = _THREE.match(text)
    if not parts:
        return []
    first, second, third = (int(part) for part in parts.groups())
    if len(parts[1]) == 4:
        orders = [(first, second, third)]
    elif len(parts[3]) == 4:
        orders = [(third, second, first), (third, first, second)]
    else:
        return []
    return list(dict.fromkeys(day for order in orders if (day := _day(*order))))


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _no_such_day(text: str) -> str:
    """Said of a text that is written as a date and is none."""
    return "There is no such day in the calendar." if _ISO.match(text) and not _day_of(text[:10]) else ""


def _day_of(text: str) -> datetime | None:
    return _day(*(int(part) for part in text.split("-")))


_ASK: dict[str, Callable[[Field, str], str]] = {
    "integer": _number,
    "decimal": _number,
    "date": _date,
    "datetime": _date,
    "partial_date": _date,
    "partial_datetime": _date,
}

"""What a number in a spreadsheet cell means: by its number format it is a number, a day, a time, or none of these."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

Kind = Literal["number", "date", "time", "elapsed", "percent"]
BUILT_IN: dict[int, Kind] = {
    9: "percent", 10: "percent", **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)), "date"),
    **dict.fromkeys((*range(18, 22), 32, 33, 34, 35, 45, 47), "time"), 46: "elapsed",
}  # fmt: skip
"""Number formats that a workbook names by number alone (ECMA-376, 18.8.30); all others are plain numbers."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p|general', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY_MS = 86_400_000
LATEST = 2_958_465
"""The serial number of 9999-12-31, the last day a spreadsheet knows."""


@dataclass(frozen=True)
class Odd:
    """A cell whose stored value is not what a person sees, or no value of a table: what is shown, what it is."""

    shown: str
    what: str

    def __str__(self) -> str:
        return self.shown


def kind_of(code: str) -> Kind:
    """What numbers shown by a number format are, by the letters of its first section."""
    plain = _LITERAL.sub("", code).split(";")[0].lower()
    if _ELAPSED.search(plain):
        return "elapsed"
    if "y" in plain or "d" in plain or ("m" in plain and not re.search("[hs]", plain)):
        return "date"
    if re.search("[hs]", plain):
        return "time"
    return "percent" if "%" in plain else "number"


def value_of(text: str, kind: Kind, since_1904: bool) -> object:
    """A stored number as float, datetime, time of day, or Odd. Raises ValueError if it is no finite number."""
    number = float(text)
    if not text.isascii() or "_" in text or number - number != 0:
        raise ValueError(text)
    if kind == "number":
        return number
    if kind == "percent":
        return Odd(f"{number * 100:.15g}%", "a percentage")
    if kind == "elapsed":
        return Odd(f"{number * 24:.15g} hours", "a duration")
    if kind == "time" and 0 <= number < 1:
        return _time(number)
    return _moment(number, since_1904)


def _time(number: float) -> object:
    seconds = round(number * _DAY_MS) / 1000
    whole = timedelta(seconds=seconds)
    return (datetime.min + whole).time() if whole < timedelta(days=1) else time(23, 59, 59, 999_000)


def _moment(number: float, since_1904: bool) -> object:
    """A day by its serial number. In the 1900 system there is a day 60, 1900-02-29, that never was."""
    first = 0 if since_1904 else 1
    if not first <= number < LATEST + 1 - 1462 * since_1904 or (not since_1904 and 60 <= number < 61):
        return Odd(f"{number:.15g}", "a date that does not exist")
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31) if number < 60 else datetime(1899, 12, 30)
    return epoch + timedelta(milliseconds=round(number * _DAY_MS))

"""How one cell is spoiled, by name: (cell, the plan's value) -> other text, or None if it does not apply."""

from __future__ import annotations

from collections.abc import Callable

from trialkit.corrupt import dates, numbers, slips

Spoil = Callable[[str, str], "str | None"]

CELLS: dict[str, Spoil] = {
    "letter": slips.letter,
    "digits": slips.digits,
    "swap": slips.swap,
    "double": slips.double,
    "drop": slips.drop,
    "beside": slips.beside,
    "lower": slips.lower,
    "blank": slips.blank,
    "space": slips.space,
    "lead": slips.lead,
    "append": slips.append,
    "set": slips.put,
    "fill": slips.fill,
    "zeros": slips.zeros,
    "orphan": slips.orphan,
    "comma": numbers.comma,
    "thousands": numbers.thousands,
    "point": numbers.point,
    "minus": numbers.minus,
    "add": numbers.add,
    "convert": numbers.convert,
    "as_number": numbers.as_number,
    "impossible_date": dates.impossible,
    "day_first": dates.day_first,
    "day_month": dates.day_month,
    "serial_date": dates.serial,
    "month_year": dates.month_year,
    "shift": dates.shift,
    "hours": dates.hours,
    "year": dates.year,
    "untimed": dates.untimed,
}
"""Spoiler by name. It returns None for a cell it does not apply to, and never the cell itself."""

VALUES = {
    "set": r"(?s).*",
    "fill": r"(?s).+",
    "append": r"(?s).+",
    "add": numbers.NUMBER.pattern,
    "convert": numbers.FACTOR.pattern,
    "shift": r"-?[1-9]\d*",
    "year": r"-?[1-9]\d*",
    "hours": numbers.NUMBER.pattern,
    "date_of": r"-?\d+",
}
"""What the plan's value must look like, for the ways that need one (a regular expression)."""

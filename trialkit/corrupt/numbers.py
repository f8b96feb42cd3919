"""What goes wrong with a number in one cell: text in, other text out. None means: not this cell."""

from __future__ import annotations

import re
from decimal import Decimal

NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
FACTOR = re.compile(r"-?\d+(\.\d+)?(, ?-?\d+(\.\d+)?)?\Z")


def comma(cell: str, value: str) -> str | None:
    """A comma instead of the decimal point."""
    return cell.replace(".", ",") if re.fullmatch(r"\d+\.\d+", cell) else None


def thousands(cell: str, value: str) -> str | None:
    """A comma before the last three digits of a whole number."""
    return f"{cell[:-3]},{cell[-3:]}" if re.fullmatch(r"\d{4,6}", cell) else None


def point(cell: str, value: str) -> str | None:
    """The decimal point left out."""
    return cell.replace(".", "") if re.fullmatch(r"[1-9]\d*\.\d+", cell) else None


def minus(cell: str, value: str) -> str | None:
    """A minus sign before a number above zero."""
    return f"-{cell}" if re.fullmatch(r"\d+(\.\d+)?", cell) and Decimal(cell) else None


def add(cell: str, value: str) -> str | None:
    """The plan's value added."""
    return str(Decimal(cell) + Decimal(value)) if NUMBER.match(cell) else None


def convert(cell: str, value: str) -> str | None:
    """The number in another unit: times the plan's first number, plus its second ("1.8, 32").

    It keeps its decimals, and gets one if it had none and became smaller.
    """
    if not NUMBER.match(cell) or not Decimal(cell):
        return None
    factor, plus = (Decimal(part.strip()) for part in [*value.split(","), "0"][:2])
    places = len(cell.partition(".")[2]) or int(factor < 1)
    new = (Decimal(cell) * factor + plus).quantize(Decimal(1).scaleb(-places))
    return str(new) if str(new) != cell else None


def as_number(cell: str, value: str) -> str | None:
    """A code of digits that a spreadsheet took for a number: 1.0 becomes 1."""
    return re.sub(r"\.?0+\Z", "", cell) if re.fullmatch(r"\d+\.\d*0", cell) else None

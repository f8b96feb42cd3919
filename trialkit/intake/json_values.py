"""The values of a Dataset-JSON column, each held against the type the column declares."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError
from trialkit.intake.csv_file import LONGEST_CELL
from trialkit.intake.words import LARGEST
from trialkit.intake.xpt_values import dates, unit_of

if TYPE_CHECKING:
    import pandas as pd

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_LONE = re.compile("[\ud800-\udfff\0]")


def _text(value: Any) -> str | None:
    """A text that can be kept; None if it is none."""
    return value if isinstance(value, str) and len(value) <= LONGEST_CELL and not _LONE.search(value) else None


def _whole(value: Any) -> float | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    return float(value) if fits else None


def _number(value: Any) -> float | None:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return _whole(value)


def _decimal(value: Any) -> float | None:
    """A decimal is written as text, so that no digit is lost on the way."""
    if not isinstance(value, str) or not _DECIMAL.match(value) or len(value) > 400:
        return None
    return _number(float(value))


TYPES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "string": (_text, "text without NUL characters or broken signs"),
    "integer": (_whole, f"a whole number of at most {LARGEST:,}"),
    "float": (_number, "a number"),
    "double": (_number, "a number"),
    "decimal": (_decimal, "a decimal number written as text"),
    "date": (_text, "a date written as text"),
    "datetime": (_text, "a date and time written as text"),
    "time": (_text, "a time written as text"),
    "URI": (_text, "text"),
}
"""dataType -> (the value it stands for, None if it is none; what it must be, in words)."""
_DATED = ("date", "datetime")


def column(values: list[Any], spec: dict[str, Any], name: str) -> pd.Series[Any]:
    """A column's values: float64, datetime64[ns] or text (object). Raises IntakeError for one of another type."""
    import numpy as np
    import pandas as pd

    kind, number = spec["dataType"], spec.get("targetDataType") == "integer"
    unit = unit_of(str(spec.get("displayFormat", "")).upper())
    if number and kind in _DATED:
        if any(value is not None and not isinstance(value, str) for value in values):
            unit = unit or ("s" if kind == "datetime" else "D")
            spec, kind = {**spec, "dataType": "integer"}, "integer"
        else:
            return _moments(_each(values, spec, name), spec, name)
    made = _each(values, spec, name)
    if TYPES[kind][0] is _text:
        return pd.Series(made, dtype=object)
    numbers = np.array([np.nan if value is None else value for value in made], dtype="float64")
    return dates(numbers, unit, spec["name"], name) if unit else pd.Series(numbers)


def _each(values: list[Any], spec: dict[str, Any], name: str) -> list[Any]:
    taken, words = TYPES[spec["dataType"]]
    made = [None if value is None else taken(value) for value in values]
    for record, (value, found) in enumerate(zip(values, made, strict=True), 1):
        if value is not None and found is None:
            said = f"column {spec['name']!r} of record {record} holds something else than {words}"
            raise IntakeError(said, name, "Export the value in the column's type, or correct the type.")
    return made


def _moments(texts: list[Any], spec: dict[str, Any], name: str) -> pd.Series[Any]:
    """Dates written as text that are to be numbers: whole ones, as the receiving program needs them."""
    import pandas as pd

    pattern = r"\d{4}-\d\d-\d\d" + (r"T\d\d:\d\d(?::\d\d)?" if spec["dataType"] == "datetime" else "")
    fitting = [text if text and re.fullmatch(pattern, text, re.ASCII) else None for text in texts]
    made = pd.Series(pd.to_datetime(pd.Series(fitting, dtype=object), format="ISO8601", errors="coerce"))
    for record, (text, at) in enumerate(zip(texts, made, strict=True), 1):
        if text and pd.isna(at):
            said = f"column {spec['name']!r} of record {record} holds no whole {spec['dataType']}"
            raise IntakeError(said, name, "A column of partial dates has no targetDataType.")
    return made.astype("datetime64[ns]")

"""Text cells as values, one reader a field type: (values, which could not be read)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trialkit.model import Field
from trialkit.model.texts import by_number, category

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Read = tuple["pd.Series[Any]", "np.ndarray"]

LARGEST = 2**53
"""The largest whole number up to which every one is kept exactly (numbers are float64)."""
_INTEGER = r"[+-]?\d+"
_DECIMAL = r"[+-]?(?:\d+(?:{0}\d*)?|{0}\d+)(?:[eE][+-]?\d+)?"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_CLOCK = _TIME + r"(?::[0-5]\d)?"
_DATE = r"\d{4}-\d{2}-\d{2}"
_PARTIAL = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?\Z")


def empty(field: Field, rows: int) -> pd.Series[Any]:
    """A column of missing cells in the field's type."""
    import numpy as np
    import pandas as pd

    if field.type in ("integer", "decimal"):
        return pd.Series(np.full(rows, np.nan))
    if field.type in ("date", "datetime"):
        return pd.Series(np.full(rows, np.datetime64("NaT"), dtype="datetime64[ns]"))
    return pd.Series(np.full(rows, None, dtype=object), dtype=object)


def read_cells(column: pd.Series[Any], field: Field, decimal: str = ".", blank: bool = False) -> Read:
    """Text cells (index 0..n-1) as values of the field's type, and which could not be read (n booleans).

    The empty cell and the field's ``missing`` tokens are missing (and with ``blank`` a cell of blanks alone); nothing
    else is. Each distinct text is read once; a category of text stays one.
    """
    import numpy as np
    import pandas as pd

    if column.dtype == "category" and field.type == "text":
        return _read_text(column, field, blank), np.zeros(len(column), dtype=bool)
    places, distinct = by_number(column)
    values, bad = _read(pd.Series([*distinct, None], dtype=object), field, decimal, blank)
    lost = np.asarray(bad[places]) if bad.any() else np.zeros(len(column), dtype=bool)
    if column.dtype == "category" and values.dtype == object:
        gone = values.isna().to_numpy()
        kept = np.where(gone[places], -1, places) if gone[:-1].any() else places
        return category(kept, distinct), lost
    made = values.to_numpy()[places]
    return pd.Series(made, dtype=object if made.dtype == object else None, copy=False), lost


def _read_text(column: pd.Series[Any], field: Field, blank: bool) -> pd.Series[Any]:
    """A category of text as a field of text has it: any text is one, and only some are missing."""
    import numpy as np
    import pandas as pd

    places, distinct = by_number(column)
    nothing = ["", *field.missing, *(filter(_is_blank, filter(str.isspace, distinct)) if blank else ())]
    found = distinct.get_indexer(pd.Index(dict.fromkeys(nothing), dtype=object))
    gone = found[found >= 0]
    return category(np.where(np.isin(places, gone), -1, places), distinct) if len(gone) else column


def _is_blank(cell: str) -> bool:
    return cell[:1] == " " and not cell.strip(" ")


def _read(column: pd.Series[Any], field: Field, decimal: str, blank: bool) -> Read:
    import numpy as np

    missing = (column.isna() | column.isin(["", *field.missing])).to_numpy()
    if blank:
        missing |= np.array([cell is not None and _is_blank(cell) for cell in column], dtype=bool)
    values, bad = empty(field, len(column)), np.zeros(len(column), dtype=bool)
    if missing.all():
        return values, bad
    read, wrong = READERS[field.type](column[~missing], field, decimal)
    bad[np.flatnonzero(~missing)[wrong]] = True
    keep = ~missing & ~bad
    values = values.astype(read.dtype) if read.dtype != object else values
    values[keep] = read[keep[~missing]].to_numpy()
    return values, bad


def _text(column: pd.Series[Any], field: Field, decimal: str) -> Read:
    import numpy as np

    return column, np.zeros(len(column), dtype=bool)


def _number(pattern: Callable[[str], str]) -> Callable[..., Read]:
    def read(column: pd.Series[Any], field: Field, decimal: str) -> Read:
        import numpy as np
        import pandas as pd

        stripped = column.str.strip(" ")
        distinct = pd.Series(stripped.unique(), dtype=object)
        compiled = re.compile(pattern(decimal))
        values = {
            text: float(text.replace(decimal, ".")) if text.isascii() and compiled.fullmatch(text) else np.nan
            for text in distinct
        }
        read = stripped.map(values).astype("float64")
        bad = ~np.isfinite(read.to_numpy())
        if field.type == "integer":
            bad |= stripped.map({text: too_large(text) for text in distinct}).to_numpy(dtype=bool)
        return read, bad

    return read


def too_large(text: str) -> bool:
    """Whether a text is a whole number beyond those that are kept exactly."""
    plain = text.strip(" ")
    if not text.isascii() or not re.fullmatch(_INTEGER, plain):
        return False
    digits = plain.lstrip("+-0")
    return len(digits) > len(str(LARGEST)) or int(digits or "0") > LARGEST


def _dated(pattern: str, default: str) -> Callable[..., Read]:
    def read(column: pd.Series[Any], field: Field, decimal: str) -> Read:
        import pandas as pd

        stripped = column.str.strip(" ")
        distinct = pd.Series(stripped.unique(), dtype=object)
        made = pd.to_datetime(distinct, format=field.format or default, errors="coerce").astype("datetime64[ns]")
        if not field.format:  # strptime takes 2026-3-1 too; the declared form is two digits
            made = made.where(distinct.str.fullmatch(pattern, flags=re.ASCII).astype(bool))
        values = stripped.map(dict(zip(distinct, made, strict=True))).astype("datetime64[ns]")
        return values, values.isna().to_numpy()

    return read


def _moment(column: pd.Series[Any], field: Field, decimal: str) -> Read:
    """A date with a time; seconds may be left out."""
    if field.format:
        return _dated("", field.format)(column, field, decimal)
    short = column.str.fullmatch(_DATE + r"T\d{2}:\d{2} *").to_numpy(dtype=bool)
    whole = column.where(~short, column.str.strip(" ") + ":00")
    return _dated(_DATE + r"T\d{2}:\d{2}:\d{2}", "%Y-%m-%dT%H:%M:%S")(whole, field, decimal)


def _time(column: pd.Series[Any], field: Field, decimal: str) -> Read:
    return column, ~column.str.fullmatch(_TIME, flags=re.ASCII).to_numpy(dtype=bool)


def _known_in_part(is_good: Callable[[str], bool]) -> Callable[..., Read]:
    def read(column: pd.Series[Any], field: Field, decimal: str) -> Read:
        good = {text: is_good(text) for text in column.unique()}
        return column, ~column.map(good).to_numpy(dtype=bool)

    return read


def _is_partial(text: str) -> bool:
    """A year, a month of a year, or a day that exists."""
    from datetime import date

    if not text.isascii() or not _PARTIAL.match(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _is_partial_moment(text: str) -> bool:
    """The same, or a day that exists with a time of day; seconds may be left out."""
    day, mark, clock = text.partition("T")
    if not mark:
        return _is_partial(day)
    return len(day) == len("YYYY-MM-DD") and _is_partial(day) and re.fullmatch(_CLOCK, clock, re.ASCII) is not None


READERS: dict[str, Callable[..., Read]] = {
    "text": _text,
    "integer": _number(lambda decimal: _INTEGER),
    "decimal": _number(lambda decimal: _DECIMAL.format(re.escape(decimal))),
    "date": _dated(_DATE, "%Y-%m-%d"),
    "datetime": _moment,
    "time": _time,
    "partial_date": _known_in_part(_is_partial),
    "partial_datetime": _known_in_part(_is_partial_moment),
}
"""Field type -> reader(non-missing text cells, field, decimal mark)."""

WHAT: dict[str, Callable[[Field], str]] = {
    "text": lambda field: "text",
    "integer": lambda field: "a whole number",
    "decimal": lambda field: "a number",
    "date": lambda field: f"a date in the form {field.format or 'YYYY-MM-DD'}",
    "datetime": lambda field: f"a date and time in the form {field.format or 'YYYY-MM-DDTHH:MM'}",
    "time": lambda field: "a time in the form HH:MM",
    "partial_date": lambda field: "a date in the form YYYY, YYYY-MM or YYYY-MM-DD",
    "partial_datetime": lambda field: "a date in the form YYYY, YYYY-MM or YYYY-MM-DD, with THH:MM where it is known",
}
"""Field type -> what a cell must be, in words."""

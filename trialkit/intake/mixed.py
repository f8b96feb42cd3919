"""A column whose cells are of several kinds, as in a workbook: each cell is read by what it stores."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from trialkit.intake.native import read_native
from trialkit.intake.words import LARGEST, empty, read_cells
from trialkit.intake.xlsx_values import Odd
from trialkit.model import Field

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

UNREAD = object()
"""Stands for a cell that stores something of another kind than the field's."""
_WHOLE = ((float, "numbers"), (datetime, "dates"), (time, "times of day"))
_ONE = ((float, "a number"), (datetime, "a date"), (time, "a time of day"))


def read_stored(column: pd.Series[Any], field: Field, decimal: str) -> tuple[pd.Series[Any], np.ndarray, str]:
    """(values, cells that could not be read, what the whole column holds if that is one kind, and not the field's).

    A text is read as in a text file. A number is no text: how it was typed (leading zeros) is lost.
    """
    if column.dtype != object and not (field.type == "partial_date" and column.dtype.kind == "M"):
        return read_native(column, field)
    return _each(column.astype(object), field, decimal)


def _each(column: pd.Series[Any], field: Field, decimal: str) -> tuple[pd.Series[Any], np.ndarray, str]:
    import numpy as np
    import pandas as pd

    stored = column.reset_index(drop=True)
    is_text = stored.map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
    blank = stored.map(lambda cell: isinstance(cell, str) and not cell.strip(" ")).to_numpy(dtype=bool)
    there = (stored.notna()).to_numpy() & ~blank
    values, bad = read_cells(stored.where(is_text & there, None), field, decimal)
    native = there & ~is_text
    taken = [_taken(cell, field) for cell in stored[native]]
    lost = np.array([value is UNREAD for value in taken], dtype=bool)
    bad[np.flatnonzero(native)[lost]] = True
    good = np.flatnonzero(native)[~lost]
    if len(good):
        made = pd.Series([value for value in taken if value is not UNREAD], dtype=object)
        values = values.astype(empty(field, 0).dtype)
        values.iloc[good] = made.astype(values.dtype).to_numpy()
    kinds = {type(cell) for cell in stored[there]}
    if len(kinds) == 1 and bad[there].all() and kinds != {str} and kinds != {Odd}:
        return empty(field, len(stored)), np.zeros(len(stored), dtype=bool), _word(kinds.pop())
    return values, bad, ""


def _word(kind: type) -> str:
    return next(word for base, word in _WHOLE if issubclass(kind, base))


def _taken(cell: object, field: Field) -> object:
    """A stored number, day or time as the field's value, UNREAD if it is of another kind."""
    if isinstance(cell, datetime):
        return _moment(cell, field)
    if isinstance(cell, time):
        whole = cell.second == cell.microsecond == 0
        return cell.strftime("%H:%M") if field.type == "time" and whole else UNREAD
    if isinstance(cell, float) and field.type == "decimal":
        return cell
    if isinstance(cell, float) and field.type == "integer" and cell.is_integer() and abs(cell) <= LARGEST:
        return cell
    return UNREAD


def _moment(cell: datetime, field: Field) -> object:
    midnight = cell.hour == cell.minute == cell.second == cell.microsecond == 0
    if field.type == "datetime" and 1678 <= cell.year < 2262:
        return cell
    if field.type == "date" and midnight and 1678 <= cell.year < 2262:
        return cell
    return cell.date().isoformat() if field.type == "partial_date" and midnight else UNREAD


def kind_said(cell: object, field: Field) -> str:
    """What a cell that is no text stores, to end the sentence of its finding; "" for a text."""
    what = cell.what if isinstance(cell, Odd) else next((word for base, word in _ONE if isinstance(cell, base)), "")
    if not what:
        return ""
    lost = ", and how it was typed (leading zeros) is lost" if field.type == "text" and what == "a number" else ""
    return f"; the cell holds {what}{lost}"


def shown(cell: object) -> str:
    """A stored value in words, for a finding."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell)

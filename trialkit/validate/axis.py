"""Values on a line, so that they can be compared; a value known only in part is the stretch it may lie in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from trialkit.model.condition import number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Op = Literal[
    "equal", "not_equal", "before", "on_or_before", "after", "on_or_after", "less", "at_most", "greater", "at_least"
]
SIGNS: dict[str, str] = {
    "equal": "=", "not_equal": "!=", "before": "<", "less": "<", "on_or_before": "<=", "at_most": "<=",
    "after": ">", "greater": ">", "on_or_after": ">=", "at_least": ">=",
}  # fmt: skip
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_WORDS = {"equal": "equal to", "not_equal": "different from", "less": "less than", "greater": "greater than"}
NUMBERS = ("integer", "decimal")
DATES = ("date", "datetime", "partial_date", "partial_datetime")
MOMENTS = ("datetime", "partial_datetime")
_SECOND = 1 / 86400
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?)?)?\Z")


@dataclass(frozen=True)
class Stretch:
    """Smallest and largest value each cell may have (days, days or plain numbers; NaN is unknown)."""

    low: np.ndarray
    high: np.ndarray

    def at(self, positions: np.ndarray) -> Stretch:
        """The stretches at these positions."""
        return Stretch(self.low[positions], self.high[positions])


def op_words(op: str) -> str:
    """The comparison as a person would say it."""
    return _WORDS.get(op, op.replace("_", " "))


def family(kind: str) -> str:
    """Which types can be compared with each other: number, date, time or text."""
    return "number" if kind in NUMBERS else "date" if kind in DATES else kind


def stretches(left: pd.Series[Any], left_type: str, right: pd.Series[Any], right_type: str) -> tuple[Stretch, Stretch]:
    """Two columns of one family on the same axis: numbers as they are, dates in days, times in hours.

    Where one of them has a time of day, a date is the whole day. Text is put in alphabetical order.
    """
    if family(left_type) == "text":
        return _ranks(left, right)
    fine = left_type in MOMENTS or right_type in MOMENTS
    return stretch(left, left_type, fine), stretch(right, right_type, fine)


def stretch(column: pd.Series[Any], kind: str, fine: bool = False) -> Stretch:
    """One column on its axis. ``fine`` makes a date the whole day. Raises ValueError for text."""
    import numpy as np

    if kind in ("partial_date", "partial_datetime"):
        low, high, day = np.array(_by_unique(column, _partial), float).reshape(len(column), 3).T
        return Stretch(low, high + (1 - _SECOND) * fine * day)
    if kind == "date":
        days = _days(column)
        return Stretch(days, days + (1 - _SECOND) if fine else days)
    if kind == "text":
        raise ValueError("text has no axis")
    values = _days(column) if kind == "datetime" else _hours(column) if kind == "time" else numbers(column)
    return Stretch(values, values)


def numbers(column: pd.Series[Any]) -> np.ndarray:
    """A numeric column as float64, missing as NaN; not to be changed in place."""
    if column.dtype == "float64":  # asked for a value in place of missing ones, pandas would copy
        values = column.to_numpy().view()
        values.flags.writeable = False
        return values
    return column.to_numpy(dtype="float64", na_value=float("nan"))


def _days(column: pd.Series[Any]) -> np.ndarray:
    import numpy as np

    stamps = column.to_numpy(dtype="datetime64[ns]")
    days = stamps.view("int64") / 86_400_000_000_000
    days[np.isnat(stamps)] = np.nan
    return days


def _hours(column: pd.Series[Any]) -> np.ndarray:
    import numpy as np

    return np.array(_by_unique(column, _clock), float)


def _clock(text: str) -> float:
    parts = text.split(":")
    try:
        return sum(float(part) / 60**place for place, part in enumerate(parts))
    except ValueError:
        return float("nan")


def _partial(text: str) -> tuple[float, float, float]:
    """(first, last day it may be, 1); a moment, twice, and 0."""
    found = _PARTIAL.match(text)
    unknown = (float("nan"), float("nan"), 1.0)
    if not found:
        return unknown
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        after = first + timedelta(1) if day else date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    except ValueError:
        return unknown
    start = date(1970, 1, 1)
    if "T" in text:
        moment = (first - start).days + (hour * 3600 + minute * 60 + second) / 86400
        return moment, moment, 0.0
    return float((first - start).days), float((after - start).days - 1), 1.0


def _by_unique(column: pd.Series[Any], make: Callable[[str], Any]) -> list[Any]:
    cells = column.to_list()
    known = {cell: make(str(cell)) for cell in set(column.dropna())}
    nothing = make("")
    return [known.get(cell, nothing) if isinstance(cell, str) else nothing for cell in cells]


def _ranks(left: pd.Series[Any], right: pd.Series[Any]) -> tuple[Stretch, Stretch]:
    import numpy as np
    import pandas as pd

    both = np.concatenate([left.to_numpy(dtype=object), right.to_numpy(dtype=object)])
    ranks, _ = pd.factorize(both, sort=True)
    values = np.where(ranks < 0, np.nan, ranks.astype(float))
    return Stretch(values[: len(left)], values[: len(left)]), Stretch(values[len(left) :], values[len(left) :])


def violates(op: str, a: Stretch, b: Stretch, tolerance: float | np.ndarray = 0.0) -> np.ndarray:
    """True where "a op b" is certainly false; unknown values are never certain."""
    import numpy as np

    sign, b, tolerance = SIGNS[op], Stretch(_one(b.low), _one(b.high)), _one(tolerance)
    if sign == "=" and a.low is a.high and b.low is b.high and np.all(tolerance >= 0):
        return _differ(a.low, b.low, tolerance)
    dust = _dust(b.high)
    room, tight = tolerance + dust, tolerance - dust
    if sign == "=":
        return (a.low - b.high > room) | (b.low - a.high > room)
    if sign == "!=":
        return (a.low == a.high) & (b.low == b.high) & (np.abs(a.low - b.low) <= room)
    if sign == "<=":
        return a.low - b.high > room
    if sign == ">=":
        return b.low - a.high > room
    return (a.low - b.high >= tight) if sign == "<" else (b.low - a.high >= tight)


def _dust(values: np.ndarray) -> Any:
    """How far two numbers may be apart and be the same, written otherwise."""
    import numpy as np

    return 1e-12 * np.maximum(1.0, np.abs(values))


def _differ(a: np.ndarray, b: np.ndarray, tolerance: Any) -> np.ndarray:
    """Where two certain values are further apart than the tolerance: those that are the same are not looked at."""
    import numpy as np

    differ = np.asarray(a != b)
    odd = np.flatnonzero(differ)
    a, b, tolerance = (np.broadcast_to(values, len(differ))[odd] for values in (a, b, tolerance))
    differ[odd] = np.abs(a - b) > tolerance + _dust(b)
    return differ


def _one(values: Any) -> Any:
    """An array that holds one value in every place (``numpy.broadcast_to``) as that value."""
    return values[:1] if getattr(values, "strides", None) == (0,) and len(values) else values


def whole_day(day: date, kind: str) -> Stretch:
    """A calendar day on the axis of a date type: for moments all of it."""
    import numpy as np

    start = float((day - date(1970, 1, 1)).days)
    return Stretch(np.array([start]), np.array([start + (1 - _SECOND) * (kind == "datetime")]))


def satisfies(op: str, a: Stretch, b: Stretch, tolerance: float | np.ndarray = 0.0) -> np.ndarray:
    """True where "a op b" is certainly true; ``tolerance`` makes it easier."""
    return violates(opposite(op), a, b, -tolerance)


def opposite(op: str) -> str:
    """The comparison that is true where this one is false."""
    return next(name for name, sign in SIGNS.items() if sign == _OPPOSITE[SIGNS[op]])


def constant(text: str, kind: str) -> Stretch:
    """A value written in the study content, as a stretch of one. Raises ValueError if it is not of that type."""
    import numpy as np
    import pandas as pd

    if kind in NUMBERS:
        return Stretch(np.array([number(text)]), np.array([number(text)]))
    dated = kind in ("date", "datetime")
    cell = pd.Timestamp(datetime.fromisoformat(text)) if dated else text
    made = stretch(pd.Series([cell], dtype="datetime64[ns]" if dated else "object"), kind)
    if np.isnan(made.low[0]):
        raise ValueError(text)
    return made

"""Two data sets compared by key: rows that only one of them has, and cells that differ by more than is tolerated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialkit.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Tolerance:
    """Two numbers are equal if they differ by at most ``absolute``, or ``relative`` times the larger of the two.

    ``columns`` are absolute tolerances of single columns, in place of both.
    """

    absolute: float = 0.0
    relative: float = 0.0
    columns: Mapping[str, float] = field(default_factory=dict)

    def equal(self, name: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Which numbers of a column are equal; both arrays of one length, no missing values."""
        import numpy as np

        if name in self.columns:
            return np.abs(left - right) <= self.columns[name]
        room = np.maximum(self.absolute, self.relative * np.maximum(np.abs(left), np.abs(right)))
        return np.abs(left - right) <= room


@dataclass(frozen=True)
class Changed:
    """A cell that differs: the record's key, the column, both texts ("" for missing), and how far numbers differ."""

    key: tuple[str, ...]
    column: str
    left: str
    right: str
    difference: float | None


@dataclass(frozen=True)
class Differences:
    """What differs between two data sets. ``compared`` are the columns of both; rows are named by their key."""

    key: tuple[str, ...]
    both: int
    compared: tuple[str, ...]
    left_columns: tuple[str, ...]
    right_columns: tuple[str, ...]
    left_rows: tuple[tuple[str, ...], ...]
    right_rows: tuple[tuple[str, ...], ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.left_columns or self.right_columns or self.left_rows or self.right_rows or self.changed)


def differences(
    left: pd.DataFrame,
    right: pd.DataFrame,
    key: Sequence[str],
    tolerance: Tolerance = Tolerance(),
    ignore: Sequence[str] = (),
) -> Differences:
    """Compare two frames by the columns of ``key``, which name a row in each.

    Numbers are compared within the tolerance, also where one frame holds them as text; dates as ISO text, a midnight
    as its day; other text sign by sign. A missing value equals a missing value and the empty text. The order of rows
    and columns does not count. Raises UsageError for a key column that is not there or a key that stands twice.
    """
    names = _names(left, right, key, ignore)
    ours, theirs = (_keyed(frame, key, side) for frame, side in ((left, "left"), (right, "right")))
    both = [name for name in ours if name in theirs]
    a, b = left.iloc[[ours[name] for name in both]], right.iloc[[theirs[name] for name in both]]
    changed = [one for name in names for one in _changed(name, a[name], b[name], both, tolerance)]
    skipped = {*key, *ignore}
    return Differences(
        tuple(key),
        len(both),
        tuple(names),
        tuple(str(name) for name in left if name not in right and name not in skipped),
        tuple(str(name) for name in right if name not in left and name not in skipped),
        tuple(name for name in ours if name not in theirs),
        tuple(name for name in theirs if name not in ours),
        tuple(changed),
    )


def _names(left: pd.DataFrame, right: pd.DataFrame, key: Sequence[str], ignore: Sequence[str]) -> list[str]:
    for side, frame in (("left", left), ("right", right)):
        for name in key:
            if name not in frame:
                raise UsageError(f"the {side} data set has no column {name!r}", hint=did_you_mean(name, frame.columns))
    for name in ignore:
        if name not in left and name not in right:
            raise UsageError(f"no data set has a column {name!r} to ignore", hint=did_you_mean(name, left.columns))
    return [str(name) for name in left if name in right and name not in {*key, *ignore}]


def _keyed(frame: pd.DataFrame, key: Sequence[str], side: str) -> dict[tuple[str, ...], int]:
    """Key in one notation -> position of the row."""
    found: dict[tuple[str, ...], int] = {}
    for position, name in enumerate(zip(*(_texts(frame[part]) for part in key), strict=True)):
        if name in found:
            said = ", ".join(f"{part} {cell or 'missing'}" for part, cell in zip(key, name, strict=True))
            hint = "Name more columns in the key, or mend the data set."
            raise UsageError(f"the {side} data set has rows {found[name] + 1} and {position + 1} for {said}", hint=hint)
        found[name] = position
    return found


def _texts(column: pd.Series[Any]) -> list[str]:
    """Cells in one notation: numbers without a trailing .0, dates as ISO text, missing as ""."""
    return [_text(cell) for cell in column]


def _text(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    number = _number(cell)
    return format(number, ".15g") if number is not None and not isinstance(cell, str) else str(cell)


def _number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def _changed(
    name: str, left: pd.Series[Any], right: pd.Series[Any], keys: list[tuple[str, ...]], tolerance: Tolerance
) -> list[Changed]:
    a, b = _texts(left), _texts(right)
    numbers = _both_numbers(left, right)
    if numbers is None:
        return [Changed(key, name, x, y, None) for key, x, y in zip(keys, a, b, strict=True) if x != y]
    import numpy as np

    x, y = numbers
    known = ~np.isnan(x) & ~np.isnan(y)
    same = np.isnan(x) & np.isnan(y)
    same[known] = tolerance.equal(name, x[known], y[known])
    return [
        Changed(keys[i], name, a[i], b[i], float(abs(x[i] - y[i])) if known[i] else None) for i in np.flatnonzero(~same)
    ]


def _both_numbers(left: pd.Series[Any], right: pd.Series[Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """Both columns as numbers, if at least one holds numbers and the other can be read as such."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if not (is_numeric_dtype(left) or is_numeric_dtype(right)):
        return None
    made = []
    for column in (left, right):
        cells = [_number(cell) if _text(cell) else float("nan") for cell in column]
        if any(cell is None for cell in cells):
            return None
        made.append(np.array(cells, dtype=float))
    return made[0], made[1]

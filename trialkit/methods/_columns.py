"""Columns of a data frame as numpy arrays; what a method cannot use is refused in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from trialkit.methods.base import MethodError


def column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column by name. Raises MethodError if the frame does not have it."""
    if name not in frame.columns:
        known = ", ".join(map(str, frame))
        raise MethodError(f"there is no column {name!r} in the analyzed rows; name one of: {known}")
    found: pd.Series[Any] = frame[name]
    return found


def numbers(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, shape (n,), nan where missing.

    Raises MethodError for text, dates or infinite values.
    """
    found = column(frame, name)
    if found.dtype.kind not in "iufb":
        _refuse_text(found, name)
        found = pd.Series([np.nan if pd.isna(v) or isinstance(v, str) else v for v in found], dtype="float64")
    made = found.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(made).any():
        raise MethodError(f"column {name!r} holds an infinite value; numbers must be finite or missing")
    return made


def _refuse_text(found: pd.Series[Any], name: str) -> None:
    for value in found:
        if isinstance(value, str) and value.strip():
            raise MethodError(f"column {name!r} holds the text {value!r}; a numeric column is needed")
        if not isinstance(value, str) and not pd.isna(value) and not isinstance(value, (int, float, np.number)):
            raise MethodError(f"column {name!r} holds {type(value).__name__} values; a numeric column is needed")


def labels(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as category texts, shape (n,), "" where missing or blank."""
    codes, values = pd.factorize(column(frame, name).to_numpy(dtype=object))
    texts = np.array([*(level_text(v) for v in values), ""], dtype=object)
    made: np.ndarray = texts[codes]
    return made


def level_text(value: object) -> str:
    """A category as text: trimmed, whole numbers without a decimal point."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def once(codes: np.ndarray) -> np.ndarray:
    """Whole numbers in order, each once: what ``numpy.unique`` gives, in less time."""
    made = np.sort(codes)
    fresh = np.ones(len(made), dtype=bool)
    np.not_equal(made[1:], made[:-1], out=fresh[1:])
    return made[fresh]


def ordered(levels: Iterable[str]) -> list[str]:
    """Distinct non-blank categories, numbers inside a text by size ("Week 2" before "Week 10")."""
    return sorted({level for level in levels if level}, key=_natural)


def _natural(text: str) -> tuple[Any, ...]:
    try:
        return (0, float(text), ())
    except ValueError:
        parts = re.split(r"(\d+)", text)
        return (1, 0.0, tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts))

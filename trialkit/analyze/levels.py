"""The order of categories: as declared, else numbers by size and text with its numbers in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trialkit.model.analysis import Dataset

if TYPE_CHECKING:
    import pandas as pd


def ordered_levels(dataset: Dataset, name: str, column: pd.Series[Any]) -> list[Any]:
    """The distinct values of a column in display order; declared levels without rows are left out.

    A value that is not among the declared levels comes after them.
    """
    found = list(column.dropna().unique())
    declared = list(dataset.columns[name].levels) if name in dataset.columns else []
    known = [level for level in declared if level in found]
    return known + sorted((v for v in found if v not in known), key=natural)


def natural(value: object) -> tuple[Any, ...]:
    """Sort key under which "Week 2" comes before "Week 10", and 2.0 before 10.0."""
    if isinstance(value, (int, float)):
        return (0, float(value))
    parts = re.split(r"(\d+)", str(value))
    return (1, *((1, int(part)) if part.isdigit() else (0, part) for part in parts))


def level_text(value: object) -> str:
    """A level as text: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

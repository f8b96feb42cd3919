"""Columns of a wide table that say the same in every row: said once above it, they leave their room to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

WIDE = 8
"""A table of at least so many columns beside the first is wide."""


def same_in_all(frame: pd.DataFrame, names: list[str]) -> list[str]:
    """Those of the columns *names* of text with one value in all rows; numbers stay, and what was not recorded.

    None of a table of one row, or one that is not wide.
    """
    if len(names) < WIDE or len(frame) < 2:
        return []
    text = [name for name in names if frame[name].dtype.kind not in "ifb" and frame[name].notna().all()]
    return [name for name in text if frame[name].nunique() == 1]


def said_once(names: list[str], heading: Callable[[str], str], text: Callable[[str], str]) -> str:
    """The words that stand for these columns; "" for none."""
    said = "; ".join(f"{heading(name)}: {text(name)}" for name in names)
    return f"In every row: {said}" if said else ""

"""Cells in words: as the file has them, and in one form that does not change from file to file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model import Form
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def cell_text(cell: Any) -> str:
    """A cell as text: 75.0 as "75", a midnight as its ISO date, missing as ""."""
    import pandas as pd

    if isinstance(cell, str):
        return cell
    if cell is None or pd.isna(cell):
        return ""
    if isinstance(cell, pd.Timestamp):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return number_text(cell) if isinstance(cell, (int, float)) else str(cell)


def number_text(value: float) -> str:
    """A number without a trailing ".0" and without the dust of binary fractions."""
    text = format(float(value), ".12g")
    return "0" if text == "-0" else text


def texts(column: pd.Series[Any], positions: np.ndarray) -> list[str]:
    """The cells at these positions as text."""
    return [cell_text(cell) for cell in column.iloc[positions].to_list()]


def file_texts(rows: Rows, name: str, positions: np.ndarray) -> list[str]:
    """What a person would find in the file."""
    if rows.raw is not None and name in rows.raw:
        return texts(rows.raw[name], positions)
    return texts(rows.frame[name], positions)


def lasting_texts(rows: Rows, name: str, positions: np.ndarray) -> list[str]:
    """The typed value in one notation, whatever the file's; an unread cell as the file has it."""
    made = texts(rows.frame[name], positions)
    if name not in rows.hidden or rows.raw is None or name not in rows.raw:
        return made
    return [text or raw for text, raw in zip(made, file_texts(rows, name, positions), strict=True)]


def open_texts(rows: Rows, name: str, positions: np.ndarray) -> list[str]:
    """The file's text, or "" in every row if the field may identify (or there is no field)."""
    if not name or rows.form.fields[name].identifying:
        return [""] * len(positions)
    return file_texts(rows, name, positions)


def sample(form: Form, name: str, value: str) -> str:
    """A value inside a sentence: text in quotes, numbers and dates bare."""
    return repr(value) if form.fields[name].type == "text" else value


def cell_said(cell: Any) -> str:
    """A cell in a sentence: a moment without seconds if they are zero. Identities use ``cell_text``."""
    text = cell_text(cell)
    return text.removesuffix(":00") if hasattr(cell, "isoformat") and text.count(":") == 2 else text

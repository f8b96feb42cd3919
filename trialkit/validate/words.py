"""Cells in words: as the file has them, and in one form that does not change from file to file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model import Field, Form
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def cell_text(cell: Any) -> str:
    """A cell as text: 75.0 as "75", a midnight as its ISO date, missing as ""."""
    import pandas as pd

    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return number_text(cell) if cell == cell else ""
    if cell is None or pd.isna(cell):
        return ""
    if isinstance(cell, pd.Timestamp):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return number_text(cell) if isinstance(cell, (int, float)) else str(cell)


def measured(cell: Any, field: Field) -> str:
    """A cell in a sentence, with the unit of its field."""
    text = cell_said(cell)
    return f"{text} {field.unit}" if text and field.unit else text


def number_text(value: float) -> str:
    """A number without a trailing ".0" and without the dust of binary fractions."""
    text = format(float(value), ".12g")
    return "0" if text == "-0" else text


def texts(column: pd.Series[Any], positions: np.ndarray) -> list[str]:
    """The cells at these positions as text."""
    cells = column.iloc[positions]
    if column.dtype in ("float64", "datetime64[ns]"):  # of which a few values stand in many rows
        made = {cell: cell_text(cell) for cell in cells.dropna().unique().tolist()}
        return [made.get(cell, "") for cell in cells.to_list()]
    known = cells.notna().tolist()
    return [
        (cell if type(cell) is str else cell_text(cell)) if filled else ""
        for cell, filled in zip(cells.to_list(), known, strict=True)
    ]


class Texts:
    """The cells of some rows as text, each column made once."""

    def __init__(self, rows: Rows, positions: np.ndarray) -> None:
        self.rows, self.positions = rows, positions
        self._typed: dict[str, list[str]] = {}
        self._filed: dict[str, list[str]] = {}

    def filed(self, name: str) -> list[str]:
        """What a person would find in the file."""
        raw = self.rows.raw
        if raw is None or name not in raw:
            return self.typed(name)
        if name not in self._filed:
            self._filed[name] = texts(raw[name], self.positions)
        return self._filed[name]

    def typed(self, name: str) -> list[str]:
        """The typed value in one notation, whatever the file's."""
        if name not in self._typed:
            self._typed[name] = texts(self.rows.frame[name], self.positions)
        return self._typed[name]

    def lasting(self, name: str) -> list[str]:
        """As ``typed``; an unread cell as the file has it."""
        made, raw = self.typed(name), self.rows.raw
        if name not in self.rows.hidden or raw is None or name not in raw:
            return made
        return [text or filed for text, filed in zip(made, self.filed(name), strict=True)]

    def shown(self, name: str) -> list[str]:
        """The file's text, or "" in every row if the field may identify (or there is no field)."""
        if not name or self.rows.form.fields[name].identifying:
            return [""] * len(self.positions)
        return self.filed(name)


def open_texts(rows: Rows, name: str, positions: np.ndarray) -> list[str]:
    """``Texts.shown`` of one column."""
    return Texts(rows, positions).shown(name)


def sample(form: Form, name: str, value: str) -> str:
    """A value inside a sentence: text in quotes, numbers and dates bare."""
    return repr(value) if form.fields[name].type == "text" else value


def cell_said(cell: Any) -> str:
    """A cell in a sentence: a moment without seconds if they are zero. Identities use ``cell_text``."""
    text = cell_text(cell)
    return text.removesuffix(":00") if hasattr(cell, "isoformat") and text.count(":") == 2 else text

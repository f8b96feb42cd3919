"""Tables of recorded data on their way from a file to an analysis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.model.form import Form

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SRC = "_src"
"""Column of a derived or snapshot row that names its source row (position in ``Tables.sources``)."""


@dataclass(frozen=True)
class Cells:
    """A file as it was read, nothing typed yet.

    ``frame`` holds text cells (text formats) or native values (typed formats), index 0..n-1; text is object, or a
    category where the reader met each distinct text once. ``rows`` is the file line or record number of each row;
    ``numbering`` says which of the two. ``stored`` says that the cells of a column may be of several kinds.
    ``decimal`` is the decimal mark of numbers in text, "" if the form's layout has it. ``notes`` are what a person
    should know of how the file was read. ``aside`` are the distinct texts of parts of the file that are kept with it
    and not read as rows (a hidden sheet), by the part's name.
    """

    file: str
    sha256: str
    format: str
    frame: pd.DataFrame
    rows: np.ndarray
    numbering: Literal["line", "record"] = "line"
    native: bool = False
    notes: tuple[str, ...] = ()
    stored: bool = False
    decimal: str = ""
    aside: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def cell(self, name: str, row: int) -> Any:
        """One cell; None for a missing text."""
        column = self.frame[name]
        cell = column.iloc[row]
        return None if column.dtype == "category" and cell != cell else cell


@dataclass(frozen=True)
class Table:
    """A form's rows in their declared types: text (object), numbers (float64), dates (datetime64[ns]).

    ``unread`` marks, by field, cells that hold something that could not be read: missing in ``frame``,
    unknown to every rule. ``raw`` is the text a person would find in the file. ``coded`` are those of the text columns
    that were read as categories, with the cells of ``frame``.
    """

    form: Form
    frame: pd.DataFrame
    rows: np.ndarray
    file: str
    sha256: str
    numbering: Literal["line", "record"] = "line"
    unread: dict[str, np.ndarray] = field(default_factory=dict)
    raw: pd.DataFrame | None = None
    coded: dict[str, pd.Series[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Tables:
    """All accepted rows of a snapshot: a frame per form with a column ``_src``, and where each row came from.

    ``sources`` has one row per ``_src`` (its index): form, file, row (line or record), numbering, upload (SHA-256).
    ``blind`` says that the arms are hidden: every blinded field is missing, and what is made of one must be too.
    """

    frames: dict[str, pd.DataFrame]
    sources: pd.DataFrame
    blind: bool = False

"""Results: any number is a row, any row shown is a listing, every lost row is in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

GROUPS = 4
RESULT_COLUMNS: tuple[str, ...] = (
    "analysis", "method", "by",
    "group1", "level1", "group2", "level2", "group3", "level3", "group4", "level4",
    "arm", "reference", "variable", "variable_level", "at", "stat",
    "value", "text", "unit", "status", "warning", "error",
    "set_id", "order", "estimand", "snapshot", "spec", "software",
)  # fmt: skip
"""Columns of the Result rows. ``status`` is "value", "text", "warning" or "error"; ``by`` names the columns the
analysis was repeated over; ``spec`` is the digest of the study content."""

LEDGER_COLUMNS: tuple[str, ...] = ("of", "order", "step", "rows_in", "rows_out", "lost", "reason", "set_id")
"""Columns of the ledger: one row per step and reason. For each (of, order): rows_in = rows_out + sum of lost; rows_in
is what the step before left, and what a step that adds rows added.
``of`` is "dataset <id>", "analysis <id>" or "listing <id>"."""


@dataclass(frozen=True)
class Set:
    """The subjects and source rows (``_src``) behind a number, each sorted and once."""

    subjects: tuple[str, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """Rows to be shown, with a ``_src`` column when they come from single source rows; ``error`` says why there are
    none if it could not be made, ``hidden`` which columns are blank while the arms are hidden."""

    id: str
    title: str
    frame: pd.DataFrame
    error: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """Everything a report or an export may read.

    ``rows`` has RESULT_COLUMNS, ``ledger`` LEDGER_COLUMNS; ``sets`` by set_id; ``sources`` as in ``Tables``;
    ``datasets`` are the analysis data sets (with ``_src``), ``listings`` by id.
    """

    rows: pd.DataFrame
    sets: dict[str, Set]
    ledger: pd.DataFrame
    sources: pd.DataFrame
    datasets: dict[str, pd.DataFrame] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)


def set_of(subjects: Iterable[str], sources: Iterable[int]) -> tuple[str, Set]:
    """A Set and its id: the hash of its content, so that equal sets are kept once."""
    return set_from(tuple(sorted(set(subjects))), tuple(sorted(set(map(int, sources)))))


def set_from(subjects: tuple[str, ...], sources: tuple[int, ...]) -> tuple[str, Set]:
    """The same of subjects and source rows that are sorted and there once."""
    text = "\x1f".join(subjects) + "\x1e" + ",".join(map(str, sources))
    return hashlib.sha256(text.encode()).hexdigest()[:16], Set(subjects, sources)

"""What is done to records, and what of it the key must say, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from trialkit.corrupt.sheet import Record

CUT = "(cut off)"
"""Stands in the key as the new text of a cell that the line no longer has."""
MORE = "(no such cell)"
"""Stands in the key as the old text of a cell that the line has more than its header."""


@dataclass(frozen=True)
class Change:
    """One changed cell, or (``field`` empty) a record added (``old`` empty) or removed (``new`` empty)."""

    record: Record
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Rewrite:
    """Other cells for a record; maybe fewer or more of them than the header has."""

    record: Record
    cells: list[str]

    def apply(self) -> list[Change]:
        """Write the record; one change for each cell that differs."""
        header, old = self.record.sheet.header, list(self.record.cells)
        self.record.write(self.cells)
        columns = [*header, *(f"(column {n})" for n in range(len(header) + 1, len(self.cells) + 1))]
        triples = zip_longest(columns, old, self.cells)
        return [
            Change(self.record, column, MORE if was is None else was, CUT if now is None else now)
            for column, was, now in triples
            if was != now
        ]


@dataclass(frozen=True)
class Add:
    """A record more, at the end of its sheet."""

    record: Record

    def apply(self) -> list[Change]:
        """Add it."""
        self.record.sheet.records.append(self.record)
        return [Change(self.record, "", "", self.record.text)]


@dataclass(frozen=True)
class Remove:
    """A record less."""

    record: Record

    def apply(self) -> list[Change]:
        """Take it away."""
        self.record.sheet.records.remove(self.record)
        return [Change(self.record, "", self.record.text, "")]


Edit = Rewrite | Add | Remove

"""How completely the fields of a submission are filled: counts only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trialkit.model import Table


@dataclass(frozen=True)
class Filled:
    """Of the records of a form, how many have a value in a field, and how many one that could not be read."""

    form: str
    field: str
    label: str
    required: bool
    records: int
    filled: int
    unread: int

    @property
    def percent(self) -> int:
        """Filled of all records, in whole percent; 100 only if none is empty, 0 only if all are."""
        if not self.records:
            return 0
        share = round(100 * self.filled / self.records)
        return min(share, 99) if self.filled < self.records else 100


def completeness(tables: Mapping[str, Table]) -> Iterator[Filled]:
    """Every field of every submitted form, in their order."""
    for name, table in tables.items():
        for field in table.form.fields.values():
            unread = int(table.unread[field.name].sum()) if field.name in table.unread else 0
            filled = int(table.frame[field.name].notna().sum()) if field.name in table.frame else 0
            required = field.required or field.name in table.form.key
            yield Filled(name, field.name, field.label, required, len(table.frame), filled, unread)

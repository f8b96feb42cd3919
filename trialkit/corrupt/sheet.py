"""Upload files as records that keep their identity while others come and go; only a changed line is written anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from trialkit.errors import UsageError


def line_of(cells: Iterable[str]) -> str:
    """Cells as a line of text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


class Record:
    """A line of a sheet: its text and its cells, and the file line it was read from (0 for a new one)."""

    def __init__(self, sheet: Sheet, text: str, cells: list[str], line: int = 0) -> None:
        self.sheet, self.text, self.cells, self.line = sheet, text, cells, line

    def copy(self, cells: dict[str, str]) -> Record:
        """Another record of the same sheet with some cells changed."""
        new = self.changed(cells)
        return Record(self.sheet, line_of(new) if cells else self.text, new)

    def __getitem__(self, field: str) -> str:
        return self.cells[self.sheet.column(field)]

    def fits(self, where: dict[str, tuple[str, ...]], unless: dict[str, tuple[str, ...]]) -> bool:
        """Whether each cell of ``where`` holds one of its values, and none of ``unless`` does."""
        wanted = all(self[field] in values for field, values in where.items())
        return wanted and not any(self[field] in values for field, values in unless.items())

    def changed(self, cells: dict[str, str]) -> list[str]:
        """Its cells with some of them changed; the record itself stays."""
        return [cells.get(name, cell) for name, cell in zip(self.sheet.header, self.cells, strict=True)]

    def write(self, cells: Sequence[str]) -> None:
        """Hold other cells from now on, maybe fewer or more than the header has."""
        self.cells, self.text = list(cells), line_of(cells)


class Sheet:
    """A file: its header and its records. Raises UsageError for a record over several lines."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.head, *lines = data.decode("utf-8").split("\n")
        self.header = next(csv.reader([self.head]))
        self.columns = {name: at for at, name in enumerate(self.header)}
        numbered = [(number, line) for number, line in enumerate(lines, start=2) if line]
        for number, line in numbered:
            if line.count('"') % 2:
                raise UsageError("a record over several lines cannot be spoiled", f"{name}:{number}")
        rows = csv.reader(line for _, line in numbered)
        self.records = [Record(self, line, row, n) for (n, line), row in zip(numbered, rows, strict=True)]

    def column(self, name: str) -> int:
        """Position of a column."""
        return self.columns[name]

    def lines(self) -> dict[int, int]:
        """The file line on which each record (by id()) stands now."""
        return {id(record): number for number, record in enumerate(self.records, start=2)}

    def bytes(self) -> bytes:
        """The file again."""
        return ("\n".join([self.head, *(record.text for record in self.records)]) + "\n").encode()


class Sheets:
    """All files of an upload, and which records each subject has in each."""

    def __init__(self, uploads: dict[str, bytes], subject: str) -> None:
        self.subject = subject
        self.by_name = {name: Sheet(name, data) for name, data in sorted(uploads.items()) if name.endswith(".csv")}
        self._of: dict[str, dict[str, list[Record]]] = {}
        for name, sheet in self.by_name.items():
            found = self._of.setdefault(name, {})
            for record in sheet.records if subject in sheet.columns else ():
                found.setdefault(record[subject], []).append(record)

    def subjects(self) -> list[str]:
        """Every subject, sorted."""
        return sorted({subject for found in self._of.values() for subject in found})

    def of(self, file: str, subject: str) -> list[Record]:
        """The records of a subject in a file."""
        return self._of[file].get(subject, [])

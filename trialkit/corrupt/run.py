"""Plant the errors of a plan in upload files, cell by cell, and write down the key while doing so."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trialkit.corrupt.cells import CORRUPTORS
from trialkit.corrupt.plan import Error, Plan
from trialkit.errors import UsageError

KEY = ("file", "line", "field", "kind", "changed_file", "changed_field", "old", "new")


@dataclass(frozen=True)
class Planted:
    """A planted error: where it is told (file, line, field), its kind, and what was changed from what to what."""

    file: str
    line: int
    field: str
    kind: str
    changed_file: str
    changed_field: str
    old: str
    new: str


class Record:
    """A line of a file: its text and its cells. Only a changed line is written anew."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cells = next(csv.reader([text]))

    def put(self, at: int, cell: str) -> None:
        """Change one cell."""
        self.cells[at] = cell
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(self.cells)
        self.text = out.getvalue()


class Sheet:
    """A file: its header and its records, which keep their identity while others come and go."""

    def __init__(self, data: bytes) -> None:
        head, *lines = data.decode("utf-8").split("\n")
        self.header = next(csv.reader([head]))
        self.head = head
        self.records = [Record(line) for line in lines if line]

    def column(self, name: str) -> int:
        """Position of a column."""
        return self.header.index(name)

    def line(self, record: Record) -> int:
        """The file line on which a record stands now."""
        return next(i for i, other in enumerate(self.records, start=2) if other is record)

    def bytes(self) -> bytes:
        """The file again."""
        return ("\n".join([self.head, *(record.text for record in self.records)]) + "\n").encode()


def corrupt(uploads: dict[str, bytes], plan: Plan, seed: int | None = None) -> tuple[dict[str, bytes], list[Planted]]:
    """Files with the plan's errors in them, and the key, sorted.

    Every error is on a subject of its own, so that no error can hide another. Raises UsageError if a plan's error
    finds no record left that it could be planted in.
    """
    rng = random.Random(plan.seed if seed is None else seed)
    sheets = {name: Sheet(data) for name, data in uploads.items() if name.endswith(".csv")}
    used: set[str] = set()
    made = [_plant(sheets, plan, error, used, rng) for error in plan.errors]
    key = [
        Planted(file, sheets[file].line(record), field, error.kind, error.file, error.field, old, new)
        for error, (file, record, field, old, new) in zip(plan.errors, made, strict=True)
    ]
    files = {name: sheets[name].bytes() if name in sheets else data for name, data in uploads.items()}
    return files, sorted(key, key=lambda p: (p.file, p.line, p.field))


Made = tuple[str, Record, str, str, str]


def _plant(sheets: dict[str, Sheet], plan: Plan, error: Error, used: set[str], rng: random.Random) -> Made:
    sheet = sheets[error.file]
    candidates = list(_candidates(sheet, plan, error, used))
    rng.shuffle(candidates)
    for record in candidates:
        subject = record.cells[sheet.column(plan.subject)]
        told = _told(sheets, plan, error, record, subject)
        if told is None:
            continue
        old = record.cells[sheet.column(error.field)]
        new = _apply(sheet, error, record)
        if new is None:
            continue
        used.add(subject)
        file, place, field = told
        if error.by == "duplicate":
            place = sheet.records[-1]
        return file, place, field, old, new
    raise UsageError(f"no record of {error.file} is left for a {error.kind!r}", hint="Simulate more subjects.")


def _candidates(sheet: Sheet, plan: Plan, error: Error, used: set[str]) -> Iterator[Record]:
    for record in sheet.records:
        fits = all(record.cells[sheet.column(name)] == cell for name, cell in error.where.items())
        if fits and record.cells[sheet.column(plan.subject)] not in used:
            yield record


def _apply(sheet: Sheet, error: Error, record: Record) -> str | None:
    if error.by == "duplicate":
        sheet.records.append(Record(record.text))
        return "(record again at the end)"
    if error.by == "remove":
        sheet.records.remove(record)
        return "(record removed)"
    at = sheet.column(error.field)
    new = CORRUPTORS[error.by](record.cells[at], error.value)
    if new is not None:
        record.put(at, new)
    return new


def _told(
    sheets: dict[str, Sheet], plan: Plan, error: Error, record: Record, subject: str
) -> tuple[str, Record, str] | None:
    """File, record and field at which the error is told; None if the other file has no record of the subject."""
    if error.told is None or not error.told.file:
        return error.file, record, error.told.field if error.told else error.field
    other = sheets[error.told.file]
    at = other.column(plan.subject)
    found = next((r for r in other.records if r.cells[at] == subject), None)
    return (error.told.file, found, error.told.field) if found else None


def write_corrupted(uploads: dict[str, bytes], plan: Plan, seed: int | None, out: Path) -> list[Path]:
    """Write uploads/<files> with the errors planted, and key.csv, into a folder; the paths."""
    files, key = corrupt(uploads, plan, seed)
    (out / "uploads").mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(KEY)
    writer.writerows([[getattr(planted, name) for name in KEY] for planted in key])
    written = {out / "uploads" / name: data for name, data in files.items()}
    written[out / "key.csv"] = text.getvalue().encode()
    for path, data in written.items():
        path.write_bytes(data)
    return list(written)

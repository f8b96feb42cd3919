"""Plant the errors of a plan in upload files, and write down the key while doing so."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trialkit.corrupt.edits import Change
from trialkit.corrupt.placing import Placed, place
from trialkit.corrupt.plan import Error, Plan, check_files
from trialkit.corrupt.sheet import Sheets
from trialkit.errors import UsageError, did_you_mean

KEY = (
    "file",
    "line",
    "field",
    "kind",
    "error",
    "changed_file",
    "changed_line",
    "changed_field",
    "old",
    "new",
)


@dataclass(frozen=True)
class Planted:
    """One row of the key: where the error is told, its kind and number in the plan, and one cell it changed.

    Lines are those of the spoiled files. A record added has no ``changed_field`` and no ``old`` text; a record
    removed has no ``changed_field`` and no ``new`` text, and its line is the one it had before. A row without
    ``changed_file`` is a second place at which the same error is told.
    """

    file: str
    line: int
    field: str
    kind: str
    error: int
    changed_file: str = ""
    changed_line: int = 0
    changed_field: str = ""
    old: str = ""
    new: str = ""


def corrupt(
    uploads: dict[str, bytes], plan: Plan, seed: int | None = None, only: str = ""
) -> tuple[dict[str, bytes], list[Planted]]:
    """Files with the plan's errors in them, and the key, sorted by where they are told.

    Every error is on a subject of its own, so that no error can hide another. Errors that make a file unreadable
    stand alone: they are planted if named by ``only``, the kind of the one error wanted. Raises StudyError if the
    plan names a file or column that is not there, UsageError if an error finds no record or there is no such kind.
    """
    sheets = Sheets(uploads, plan.subject)
    check_files(plan, {name: sheet.header for name, sheet in sheets.by_name.items()})
    rng = random.Random(plan.seed if seed is None else seed)
    placed = place(sheets, _wanted(plan, only), rng)
    changes = [[change for edit in one.edits for change in edit.apply()] for one in placed]
    lines = {number: line for sheet in sheets.by_name.values() for number, line in sheet.lines().items()}
    numbers = {error.kind: number for number, error in enumerate(plan.errors, start=1)}
    key = [
        row
        for one, made in zip(placed, changes, strict=True)
        for row in _rows(one, made, lines, numbers[one.error.kind])
    ]
    files = {name: sheets.by_name[name].bytes() if name in sheets.by_name else data for name, data in uploads.items()}
    return files, sorted(key, key=lambda row: (row.file, row.line, row.field, row.error))


def _wanted(plan: Plan, only: str) -> list[Error]:
    if not only:
        return [error for error in plan.errors if not error.alone]
    kinds = [error.kind for error in plan.errors]
    if only not in kinds:
        raise UsageError(f"the plan has no error {only!r}", hint=did_you_mean(only, kinds))
    return [error for error in plan.errors if error.kind == only]


def _rows(placed: Placed, changes: list[Change], lines: dict[int, int], error: int) -> Iterator[Planted]:
    """A row for each changed cell, and one for each second place."""
    told = [(record.sheet.name, lines[id(record)], field) for record, field in placed.told]
    for change in changes:
        line = lines.get(id(change.record), change.record.line)  # a removed record stands nowhere now
        yield Planted(
            *told[0], placed.error.kind, error, change.record.sheet.name, line, change.field, change.old, change.new
        )
    for where in told[1:]:
        yield Planted(*where, placed.error.kind, error)


def write_corrupted(uploads: dict[str, bytes], plan: Plan, seed: int | None, out: Path) -> list[Path]:
    """Write uploads/<files> with the errors planted, and key.csv, into a folder; the paths."""
    files, key = corrupt(uploads, plan, seed)
    (out / "uploads").mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(KEY)
    writer.writerows([[getattr(planted, name) or "" for name in KEY] for planted in key])
    written = {out / "uploads" / name: data for name, data in files.items()}
    written[out / "key.csv"] = text.getvalue().encode()
    for path, data in written.items():
        path.write_bytes(data)
    return list(written)

"""A file as cells: one dict of formats, one reader each; the bytes that are parsed are the bytes that are hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NoReturn

from trialkit.errors import IntakeError, did_you_mean
from trialkit.intake import csv_file, json_file, parquet_file, sas_file, xlsx_file, xpt_file
from trialkit.intake.content import Content
from trialkit.intake.source import bytes_of
from trialkit.model import Cells, Layout

FORMATS: dict[str, Callable[[bytes, str, Layout], Content]] = {
    ".csv": csv_file.content,
    ".xpt": xpt_file.content,
    ".parquet": parquet_file.content,
    ".xlsx": xlsx_file.content,
    ".sas7bdat": sas_file.content,
    ".json": json_file.content,
    ".ndjson": json_file.lines_content,
}
"""File ending -> its reader: (bytes, file name for messages, layout) -> Content. A reader raises IntakeError."""


def read(path: Path, layout: Layout = Layout()) -> Cells:
    """A file's cells, by its ending (letter case aside).

    Text formats give text cells exactly as written ("" for empty) with their file line, header = line 1; typed
    formats give native values with their record number, first = 1. ``sha256`` is that of the bytes parsed.

    Raises IntakeError (file name, and line where there is one) for a file that cannot be read whole.
    """
    path = Path(path)
    return cells_of(bytes_of(path), path.name, layout) if path.suffix.lower() in FORMATS else _unknown(path.name)


def cells_of(data: bytes, name: str, layout: Layout = Layout()) -> Cells:
    """The cells of a file of which there are the bytes, by the ending of its name. As ``read``."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in FORMATS:
        _unknown(name)
    if not data:
        raise IntakeError("the file is empty (0 bytes)", name, "Export it again; an empty table has a header.")
    found = FORMATS[ending](data, name, layout)
    return Cells(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        format=ending[1:],
        frame=found.frame,
        rows=found.rows,
        numbering=found.numbering,
        native=found.native,
        notes=found.notes,
        stored=found.stored,
        aside=found.aside,
    )


def _unknown(name: str) -> NoReturn:
    ending = PurePosixPath(name).suffix.lower()
    raise IntakeError(f"file ending {ending!r} is not one that can be read", name, did_you_mean(ending, FORMATS))

"""A file as cells: one dict of formats, one reader each; the bytes that are parsed are the bytes that are hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from trialkit.errors import IntakeError, did_you_mean
from trialkit.intake import csv_file, json_file, parquet_file, sas_file, xlsx_file, xpt_file
from trialkit.intake.content import Content
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
    ending = path.suffix.lower()
    if ending not in FORMATS:
        hint = did_you_mean(ending, FORMATS)
        raise IntakeError(f"file ending {ending!r} is not one that can be read", path.name, hint)
    data = _bytes(path)
    if not data:
        raise IntakeError("the file is empty (0 bytes)", path.name, "Export it again; an empty table has a header.")
    found = FORMATS[ending](data, path.name, layout)
    return Cells(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        format=ending[1:],
        frame=found.frame,
        rows=found.rows,
        numbering=found.numbering,
        native=found.native,
        notes=found.notes,
        stored=found.stored,
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise IntakeError("there is no such file", path.name, "Check the name and the folder.") from None
    except IsADirectoryError:
        raise IntakeError("this is a folder, not a file", path.name) from None
    except OSError as error:
        raise IntakeError(f"the file cannot be opened: {error.strerror}", path.name) from None

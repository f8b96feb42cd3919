"""A large file a part at a time. Only what is certain is read so; anything doubtful is left to the whole reader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.intake import csv_file, parquet_file
from trialkit.intake.decoding import encoding_name
from trialkit.model import Cells, Layout

if TYPE_CHECKING:
    import pandas as pd

LARGE = {".csv": 1 << 27, ".parquet": 1 << 24}
"""File ending -> bytes above which a file is read in parts: about two million rows of sixteen columns."""
BLOCK = 1 << 25
"""Bytes of text of a part."""
ROWS = 500_000
"""Rows of a part of a typed file."""
_BYTE_WISE = ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252")
"""Encodings in which the byte of a line feed is always one."""


class NotInParts(Exception):
    """The file has to be read whole: so that it is read at all, or so that what is wrong with it is told."""


def is_large(path: Path) -> bool:
    """Whether a file is one to read in parts."""
    try:
        return path.stat().st_size > LARGE.get(path.suffix.lower(), float("inf"))
    except OSError:
        return False


def parts(path: Path, layout: Layout, only: str = "") -> Iterator[Cells]:
    """The file's rows in order, as ``read`` gives them, part after part; ``only`` one column if it is named.

    Raises NotInParts for text with quotes (a record may run over the end of a part), and for anything wrong.
    """
    try:
        yield from (_typed if path.suffix.lower() == ".parquet" else _text)(path, layout, only)
    except (IntakeError, OSError) as error:
        raise NotInParts from error


def _text(path: Path, layout: Layout, only: str) -> Iterator[Cells]:
    if encoding_name(layout.encoding) not in _BYTE_WISE:
        raise NotInParts
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        head, before = file.readline(), 0
        while block := file.read(BLOCK):
            block += file.readline()
            if b'"' in block:
                raise NotInParts
            found = csv_file.content(head + block, path.name, layout)
            yield Cells(path.name, sha256, "csv", _only(found.frame, only), found.rows + before)
            before += block.count(b"\n")


def _typed(path: Path, layout: Layout, only: str) -> Iterator[Cells]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    before = 0
    with path.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        try:
            file = pq.ParquetFile(source, read_dictionary=parquet_file.texts_of(pq.read_schema(source)))
            for batch in file.iter_batches(ROWS, columns=[only] if only else None):
                batch.validate(full=True)
                frame = parquet_file.frame(pa.Table.from_batches([batch]), path.name)
                rows = np.arange(before + 1, before + len(frame) + 1)
                yield Cells(path.name, sha256, "parquet", frame, rows, "record", True)
                before += len(frame)
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise NotInParts from error


def _only(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame[[name]] if name in frame else frame

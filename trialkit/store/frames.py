"""Reading typed tables back, each checked against the SHA-256 of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialkit.model import SRC, Tables
from trialkit.store import files
from trialkit.store.merge import merged
from trialkit.store.parquet import decode
from trialkit.store.records import StoredUpload
from trialkit.store.typed import FILE, OWN, ROW, UPLOAD, stamped

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def form_frame(root: Path, chain: Sequence[StoredUpload]) -> pd.DataFrame:
    """The rows a form consists of: its uploads, oldest first, under the latest one's key. Raises SnapshotError."""
    parts = [stamped(_read(root, stored), stored.upload.sha256, stored.upload.file) for stored in chain]
    return merged(parts, chain[-1].key)


def _read(root: Path, stored: StoredUpload) -> dict[str, pd.Series[Any]]:
    sha256 = stored.upload.table_sha256
    place = files.path_of(root, files.TABLES, sha256).relative_to(root).as_posix()
    return decode(files.get(root, files.TABLES, sha256), place)


def all_frames(root: Path, chains: Mapping[str, Sequence[StoredUpload]]) -> dict[str, pd.DataFrame]:
    """A frame per form: its fields and the columns OWN."""
    return {form: form_frame(root, chain) for form, chain in chains.items()}


def tables_of(root: Path, chains: Mapping[str, Sequence[StoredUpload]]) -> Tables:
    """The same rows numbered through all forms (sorted by id) in ``_src``, and the table of their sources."""
    import numpy as np
    import pandas as pd

    frames: dict[str, pd.DataFrame] = {}
    sources: dict[str, list[np.ndarray]] = {name: [np.array([], dtype)] for name, dtype in _SOURCES.items()}
    start = 0
    for form, chain in chains.items():
        columns = (
            _read(root, chain[0])
            if len(chain) == 1
            else {str(name): column for name, column in form_frame(root, chain).items()}
        )
        rows = columns[ROW].index
        numbers = np.arange(start, start + len(rows), dtype="int64")
        fields = {name: column for name, column in columns.items() if name not in OWN}
        frames[form] = pd.DataFrame({**fields, SRC: numbers}, index=rows)
        for name, cells in _sources(form, chain, columns).items():
            sources[name].append(cells)
        start += len(rows)
    whole = {name: pd.Series(np.concatenate(parts), dtype=_SOURCES[name]) for name, parts in sources.items()}
    return Tables(frames, pd.DataFrame(whole, index=pd.RangeIndex(start, name=SRC)))


def _merged(root: Path, chain: Sequence[StoredUpload]) -> dict[str, pd.Series[Any]]:
    return {str(name): column for name, column in form_frame(root, chain).items()}


_SOURCES = {"form": "object", "file": "object", "row": "int64", "numbering": "object", "upload": "object"}


def _sources(form: str, chain: Sequence[StoredUpload], columns: Mapping[str, pd.Series[Any]]) -> dict[str, np.ndarray]:
    """Where a form's rows came from; with one upload all from the same."""
    import numpy as np

    rows, one = columns[ROW].to_numpy(), chain[0]
    made = {"form": _all(rows, form), "row": rows}
    if len(chain) == 1:
        said = {"file": one.upload.file, "numbering": one.numbering, "upload": one.upload.sha256}
        return made | {name: _all(rows, text) for name, text in said.items()}
    uploads = columns[UPLOAD].to_numpy()
    numbering = {stored.upload.sha256: stored.numbering for stored in chain}
    numbers = np.array([numbering[sha256] for sha256 in uploads], dtype=object)
    return made | {"file": columns[FILE].to_numpy(), "numbering": numbers, "upload": uploads}


def _all(rows: np.ndarray, text: str) -> np.ndarray:
    import numpy as np

    return np.full(len(rows), text, dtype=object)

"""Reading typed tables back, each checked against the SHA-256 of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.model import SRC, Tables
from trialkit.store import files
from trialkit.store.merge import merged
from trialkit.store.parquet import decode
from trialkit.store.records import StoredUpload
from trialkit.store.typed import FILE, OWN, ROW, UPLOAD

if TYPE_CHECKING:
    import pandas as pd


def form_frame(root: Path, chain: Sequence[StoredUpload]) -> pd.DataFrame:
    """The rows a form consists of: its uploads, oldest first, under the latest one's key. Raises SnapshotError."""
    return merged([_read(root, stored) for stored in chain], chain[-1].key)


def _read(root: Path, stored: StoredUpload) -> pd.DataFrame:
    sha256 = stored.upload.table_sha256
    place = files.path_of(root, files.TABLES, sha256).relative_to(root).as_posix()
    return decode(files.get(root, files.TABLES, sha256), place, stored.upload.sha256, stored.upload.file)


def all_frames(root: Path, chains: Mapping[str, Sequence[StoredUpload]]) -> dict[str, pd.DataFrame]:
    """A frame per form: its fields and the columns OWN."""
    return {form: form_frame(root, chain) for form, chain in chains.items()}


def tables_of(root: Path, chains: Mapping[str, Sequence[StoredUpload]]) -> Tables:
    """The same rows numbered through all forms (sorted by id) in ``_src``, and the table of their sources."""
    import numpy as np
    import pandas as pd

    frames: dict[str, pd.DataFrame] = {}
    sources: list[pd.DataFrame] = []
    start = 0
    for form, frame in all_frames(root, chains).items():
        numbering = {stored.upload.sha256: stored.numbering for stored in chains[form]}
        frames[form] = frame.drop(columns=list(OWN))
        frames[form][SRC] = np.arange(start, start + len(frame), dtype="int64")
        sources.append(_sources(form, frame, numbering))
        start += len(frame)
    whole = pd.concat(sources, ignore_index=True) if sources else _sources("", pd.DataFrame(columns=list(OWN)), {})
    whole.index.name = SRC
    return Tables(frames, whole)


def _sources(form: str, frame: pd.DataFrame, numbering: Mapping[str, str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    numbers = [numbering[sha256] for sha256 in frame[UPLOAD]]
    return pd.DataFrame(
        {
            "form": pd.Series(np.full(len(frame), form, dtype=object), dtype=object, index=frame.index),
            "file": frame[FILE],
            "row": frame[ROW].astype("int64"),
            "numbering": pd.Series(numbers, dtype=object, index=frame.index),
            "upload": frame[UPLOAD],
        },
        index=frame.index,
    )

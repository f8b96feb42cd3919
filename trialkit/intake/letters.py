"""Columns of texts of one letter at most, as most columns of codes are: a letter is a byte, and is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model.texts import category

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa


def longest_of(column: pa.ChunkedArray) -> int:
    """Bytes of the longest cell of a column of ``string``: never fewer than its characters."""
    import numpy as np

    return max((int(np.diff(_starts(chunk)).max(initial=0)) for chunk in column.chunks), default=0)


def letters_column(column: pa.ChunkedArray) -> pd.Series[Any]:
    """The cells of a column of ``string`` as a category of texts, in the order of their bytes.

    No cell is missing, none has more than one byte, and none is a NUL.
    """
    import numpy as np
    import pandas as pd

    letters = np.concatenate([_letters(chunk) for chunk in column.chunks] or [np.zeros(0, dtype=np.uint8)])
    known = np.flatnonzero(np.bincount(letters, minlength=256))
    places = np.zeros(256, dtype=np.uint8)
    places[known] = np.arange(len(known))
    codes = np.frombuffer(letters.tobytes().translate(places.tobytes()), dtype=np.int8)
    return category(codes, pd.Index([chr(letter) if letter else "" for letter in known], dtype=object))


def _letters(chunk: pa.StringArray) -> np.ndarray:
    """The byte of each text, 0 for none."""
    import numpy as np

    starts = _starts(chunk)
    there = np.frombuffer(chunk.buffers()[2] or b"", dtype=np.uint8)[starts[0] : starts[-1]]
    if len(there) == len(chunk):
        return there
    made = np.zeros(len(chunk), dtype=np.uint8)
    made[np.diff(starts) > 0] = there
    return made


def _starts(chunk: pa.StringArray) -> np.ndarray:
    """Where each text begins among the bytes, and where the last one ends."""
    import numpy as np

    return np.frombuffer(chunk.buffers()[1], dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]

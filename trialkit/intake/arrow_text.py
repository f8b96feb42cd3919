"""Text columns of Arrow as text cells: each distinct text is made once, however often it stands in the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def text_cells(column: pa.ChunkedArray) -> np.ndarray:
    """The cells as objects: text, None where there is none. The column holds text, in a dictionary or not."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return np.empty(0, dtype=object)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    distinct = np.empty(len(whole.dictionary) + 1, dtype=object)
    distinct[:-1] = whole.dictionary.to_pylist()
    return distinct[whole.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False)]

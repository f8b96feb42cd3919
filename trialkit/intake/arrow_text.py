"""Text columns of Arrow as categories: each distinct text is made once, however often it stands in the column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model.texts import category

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def text_column(column: pa.ChunkedArray) -> pd.Series[Any]:
    """The cells as a category of texts, missing where there is none. The column holds text, in a dictionary or not."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    whole = _whole(column)
    distinct = pd.Index(whole.dictionary.to_pylist(), dtype=object)
    if whole.dictionary.null_count or not distinct.is_unique:  # a dictionary that somebody wrote by hand
        whole = _whole(pc.dictionary_encode(column.cast(column.type.value_type)))
        distinct = pd.Index(whole.dictionary.to_pylist(), dtype=object)
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return category(codes, distinct)


def _whole(column: pa.ChunkedArray) -> pa.DictionaryArray:
    import pyarrow as pa

    if not column.num_chunks:
        return pa.array([], type=column.type)
    if not all(chunk.dictionary.equals(column.chunk(0).dictionary) for chunk in column.chunks[1:]):
        column = column.unify_dictionaries()
    indices = [chunk.indices for chunk in column.chunks]
    return pa.DictionaryArray.from_arrays(pa.concat_arrays(indices), column.chunk(0).dictionary, safe=False)

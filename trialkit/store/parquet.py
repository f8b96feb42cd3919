"""Typed tables as Parquet bytes: the same table gives the same bytes, and comes back in its declared types."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from trialkit.errors import SnapshotError
from trialkit.model import Form, Table
from trialkit.store.canonical import canonical
from trialkit.store.typed import DTYPES, FILE, ROW, UNREAD, UPLOAD, column_of, kind_of, typed_frame

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_NOTE = b"trialkit"


def encode(table: Table) -> bytes:
    """The typed table as Parquet. Neither pandas nor Arrow may add notes of their own; the file name is left out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = typed_frame(table).drop(columns=[UPLOAD, FILE])
    types = column_types(table.form)
    arrays = {name: _array(frame[name], kind) for name, kind in types.items()}
    note = {_NOTE: canonical({"form": table.form.id, "version": table.form.version, "types": types}).encode()}
    made = pa.table(arrays)
    stream = io.BytesIO()
    with pq.ParquetWriter(
        stream,
        made.schema,
        version="2.6",
        compression="zstd",
        compression_level=3,
        data_page_version="1.0",
        store_schema=False,
    ) as writer:
        writer.write_table(made, row_group_size=1 << 20)
        writer.add_key_value_metadata(note)
    return stream.getvalue()


def decode(content: bytes, place: str) -> dict[str, pd.Series[Any]]:
    """The columns as ``typed_frame`` made them, on one index, without the upload and the file. Their cells may not be
    written to. Raises SnapshotError if the bytes are no typed table."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(io.BytesIO(content))
        table = opened.read(use_threads=False)
        types = json.loads(opened.metadata.metadata[_NOTE])["types"]
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise SnapshotError("this file is not a typed table of this store", place, "Restore it.") from error
    index = pd.RangeIndex(table.num_rows)  # one for all: pandas then has nothing to align
    return {name: _column(table[name], types[name], index) for name in table.column_names}


def column_types(form: Form) -> dict[str, str]:
    """How each column of the form is kept."""
    return {**{name: kind_of(f.type) for name, f in form.fields.items()}, ROW: "whole", UNREAD: "text"}


def _array(column: pd.Series[Any], kind: str) -> pa.Array:
    import pyarrow as pa

    kinds = {"text": pa.string(), "number": pa.float64(), "date": pa.timestamp("ns"), "whole": pa.int64()}
    return pa.array(column.to_numpy(), type=kinds[kind], from_pandas=True)


def _column(column: pa.ChunkedArray, kind: str, index: pd.Index[Any]) -> pd.Series[Any]:
    """Cells without pandas guessing a type: text stays object, also if all of it is missing.

    Arrow tells a missing cell as ``column_of`` does: None in text, NaN in numbers, NaT in dates.
    """
    import pandas as pd

    values, dtype = column.to_numpy(), DTYPES[kind]
    made = values if values.dtype == dtype else column_of(pd.Series(values), kind).to_numpy()
    return pd.Series(made, dtype=made.dtype, index=index)

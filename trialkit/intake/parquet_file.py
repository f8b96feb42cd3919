"""Parquet -> native values with their record number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError
from trialkit.intake.arrow_text import text_column
from trialkit.intake.content import Content, check_names, records
from trialkit.intake.words import LARGEST
from trialkit.model import Layout

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of a Parquet file. Raises IntakeError for a damaged file or a column that is no plain value."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        shape = pq.ParquetFile(pa.BufferReader(data)).schema_arrow
        check_names(shape.names, name)
        table = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts_of(shape)).read()
        table.validate(full=True)  # Arrow hands out damaged text unseen
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0][:120]
        raise IntakeError(
            f"this is not a whole Parquet file ({said})", name, "It may be cut off; send it again."
        ) from None
    return records(frame(table, name))


def texts_of(shape: pa.Schema) -> list[str]:
    """The columns of text: they are read as dictionaries, each distinct text once."""
    import pyarrow as pa

    return [field.name for field in shape if pa.types.is_string(field.type)]


def frame(table: pa.Table, name: str) -> pd.DataFrame:
    """The values of a table of Arrow. Raises IntakeError for a column that is no plain value."""
    import pandas as pd

    columns = {field.name: _column(table.column(field.name), field, name) for field in table.schema}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def _column(column: pa.ChunkedArray, field: pa.Field, name: str) -> pd.Series[Any]:
    """A column as numbers (float64; int64 if all are whole and there), dates (datetime64[ns]) or text (a category)."""
    import pandas as pd
    import pyarrow as pa

    kind = field.type
    if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
        return text_column(column)
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_null(kind):
        return pd.Series([None] * len(column), dtype=object)
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale <= 0):
        _check_sizes(column, field, name)
    if pa.types.is_integer(kind):
        return pd.Series(column.cast(pa.int64()).to_numpy(), copy=False)  # NaN and float64, if one is missing
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pd.Series(column.cast(pa.float64(), safe=False).to_numpy(), copy=False)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _dates(column, field, name)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view":
        return text_column(column.cast(pa.large_string()))
    raise IntakeError(
        f"column {field.name!r} holds {kind}, which is no text, number or date", name, "Export it as one of these."
    )


def _check_sizes(column: pa.ChunkedArray, field: pa.Field, name: str) -> None:
    """Whole numbers become float64, which keeps them exactly up to 2 to the 53rd; a larger one is refused."""
    import pyarrow.compute as pc

    ends = pc.min_max(column)
    if max(abs(ends["min"].as_py() or 0), abs(ends["max"].as_py() or 0)) <= LARGEST:
        return
    for record, value in enumerate(column.to_pylist(), 1):
        if value is not None and abs(value) > LARGEST:
            raise IntakeError(
                f"column {field.name!r} of record {record}: {value} is too large a whole number to be kept exactly",
                name,
                f"Numbers are kept exactly up to {LARGEST:,}. Export an identifier as text, and declare it text.",
            )


def _dates(column: pa.ChunkedArray, field: pa.Field, name: str) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_timestamp(field.type) and field.type.tz:
        raise IntakeError(f"column {field.name!r} has a time zone", name, "Export local times without a zone.")
    try:
        return pd.Series(column.cast(pa.timestamp("ns")).to_numpy(zero_copy_only=False)).astype("datetime64[ns]")
    except pa.ArrowInvalid:
        hint = "Correct it at source; dates lie between 1678 and 2261."
        raise IntakeError(f"column {field.name!r} holds a date out of range", name, hint) from None

"""The result rows as Parquet under the column names of cards."""

from __future__ import annotations

from io import BytesIO

from trialkit.report.formats.ard import COLUMNS, NUMBERS, records
from trialkit.report.formats.edition import Edition


def write(edition: Edition) -> bytes:
    """``stat`` and ``at`` are 64-bit floats, null for none; all other columns are text, null for none."""
    import pyarrow as pa
    from pyarrow import parquet

    fields = [pa.field(name, pa.float64() if name in NUMBERS else pa.string()) for name in COLUMNS]
    rows = [{name: None if value == "" else value for name, value in record.items()} for record in records(edition)]
    out = BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=pa.schema(fields)), out)
    return out.getvalue()

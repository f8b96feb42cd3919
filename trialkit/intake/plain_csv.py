"""Delimited text without a quote, read many rows at a time. What it is not sure of it leaves to the careful reader.

Without a quote a line is a record and a delimiter ends a cell, so that Arrow's reader and ours cannot differ: every
condition is proved from the bytes before, or from the table after. Anything else, above all anything wrong with the
file, goes to ``csv_file``, which tells the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.intake.arrow_text import text_column

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK = 1 << 24
"""Bytes read at a time by each thread."""


def plain_rows(text: str, header: list[str], delimiter: str, longest: int) -> pd.DataFrame | None:
    """All rows after line 1 as categories of text, index 0..n-1, row n on line n + 2; None if that is not proved.

    ``header`` is line 1, which may hold quotes; ``longest`` the number of characters a cell may have.
    """
    import pandas as pd

    start = text.find("\n") + 1
    once = len(set(header)) == len(header)
    if not once or not start or start == len(text) or not _plain(text, start, len(header), delimiter):
        return None
    data = text.encode()
    table = _table(memoryview(data)[data.index(b"\n") + 1 :], len(header), delimiter)
    if table is None or table.num_rows != text.count("\n", start) + (text[-1] != "\n"):
        return None
    if any(_longest(column) > longest for column in table.columns):
        return None
    columns = {name: text_column(column) for name, column in zip(header, table.columns, strict=True)}
    return pd.DataFrame(columns, columns=pd.Index(header, dtype=object), copy=False)


def _plain(text: str, start: int, width: int, delimiter: str) -> bool:
    """Whether the rows hold no quote and no line end but LF and CR LF, and do not begin with a blank line or a byte
    order mark, which Arrow would leave out. A blank line further down shows in the number of rows."""
    returns = text.count("\r", start)
    ends = not returns or returns == text.count("\r\n", start)
    blank = text.startswith(("\n", "\r", "\ufeff"), start)
    return (
        width > 1 and len(delimiter) == 1 and delimiter.isascii() and ends and not blank and text.find('"', start) < 0
    )


def _table(data: memoryview, width: int, delimiter: str) -> pa.Table | None:
    """The rows as dictionaries of text; None if a row has another width (Arrow does not tell its line in our words)."""
    import pyarrow as pa
    from pyarrow import csv

    names = [str(n) for n in range(width)]
    kinds = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    try:
        return csv.read_csv(
            pa.py_buffer(data),
            read_options=csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=False, escape_char=False),
            convert_options=csv.ConvertOptions(column_types=kinds, strings_can_be_null=False, check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None


def _longest(column: pa.ChunkedArray) -> int:
    """Bytes of the longest cell: never fewer than its characters."""
    import pyarrow.compute as pc

    return max((pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0) for chunk in column.chunks)

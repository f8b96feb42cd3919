"""Delimited text without a quote, read many rows at a time. What it is not sure of it leaves to the careful reader.

Without a quote a line is a record and a delimiter ends a cell, so that Arrow's reader and ours cannot differ: every
condition is proved from the bytes before, or from the table after. Anything else, above all anything wrong with the
file, goes to ``csv_file``, which tells the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.intake.arrow_text import text_column
from trialkit.intake.letters import letters_column, longest_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK = 1 << 24
"""Bytes read at a time by each thread."""
AT_A_TIME = 1 << 18
"""Bytes counted in one step."""
BOM = b"\xef\xbb\xbf"


def plain_rows(data: bytes, header: list[str], delimiter: str, longest: int) -> pd.DataFrame | None:
    """All rows after line 1 as categories of text, index 0..n-1, row n on line n + 2; None if that is not proved.

    ``data`` is text in UTF-8, ``header`` its line 1, which may hold quotes; ``longest`` the number of characters a
    cell may have.
    """
    import pandas as pd

    start = data.find(b"\n") + 1
    once = len(set(header)) == len(header)
    if not once or not start or start == len(data) or not _plain(data, start, len(header), delimiter):
        return None
    table = _table(memoryview(data)[start:], len(header), delimiter)
    if table is None or table.num_rows != lines_in(data, start) + (data[-1:] != b"\n"):
        return None
    widest = [longest_of(column) for column in table.columns]
    if max(widest) > longest:
        return None
    columns = {
        name: letters_column(column) if most <= 1 else text_column(column)
        for name, column, most in zip(header, table.columns, widest, strict=True)
    }
    return pd.DataFrame(columns, columns=pd.Index(header, dtype=object), copy=False)


def lines_in(data: bytes, start: int) -> int:
    """How many lines end from here on; some at a time, which the processor has at hand."""
    import numpy as np

    letters = np.frombuffer(data, dtype=np.uint8)
    ends = range(start, len(letters), AT_A_TIME)
    return sum(int(np.count_nonzero(letters[at : at + AT_A_TIME] == ord("\n"))) for at in ends)


def _plain(data: bytes, start: int, width: int, delimiter: str) -> bool:
    """Whether the rows hold no NUL, no quote and no line end but LF and CR LF, and do not begin with a blank line or a
    byte order mark, which Arrow would leave out. A blank line further down shows in the number of rows."""
    ends = data.find(b"\r", start) < 0 or data.count(b"\r", start) == data.count(b"\r\n", start)
    blank = data.startswith((b"\n", b"\r", BOM), start)
    strange = data.find(b'"', start) >= 0 or b"\0" in data
    return width > 1 and len(delimiter) == 1 and delimiter.isascii() and ends and not blank and not strange


def _table(data: memoryview, width: int, delimiter: str) -> pa.Table | None:
    """The rows as columns of text; None if a row has another width (Arrow does not tell its line in our words)."""
    import pyarrow as pa
    from pyarrow import csv

    names = [str(n) for n in range(width)]
    kinds = dict.fromkeys(names, pa.string())
    try:
        return csv.read_csv(
            pa.py_buffer(data),
            read_options=csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=False, escape_char=False),
            convert_options=csv.ConvertOptions(column_types=kinds, strings_can_be_null=False, check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None

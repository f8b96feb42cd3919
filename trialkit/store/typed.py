"""A form's rows as the store keeps and hands them out: declared types, and where each row came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROW, UPLOAD, FILE, UNREAD = "_row", "_upload", "_file", "_unread"
OWN = (ROW, UNREAD, UPLOAD, FILE)
"""Columns beside the form's fields: line or record number, the fields of cells that could not be read (joined by
a blank, "" for none), the SHA-256 of the raw file, and its name."""

_KINDS = {"integer": "number", "decimal": "number", "date": "date", "datetime": "date"}
DTYPES = {"text": "object", "number": "float64", "date": "datetime64[ns]", "whole": "int64"}


def kind_of(field_type: str) -> str:
    """How a field's type is kept: text, number (float64) or date (datetime64[ns])."""
    return _KINDS.get(field_type, "text")


def column_of(values: Any, kind: str) -> pd.Series[Any]:
    """Values as a column of that kind; missing is None in text, NaN in numbers, NaT in dates."""
    import pandas as pd

    column = pd.Series(values).reset_index(drop=True)
    if kind == "number":
        return pd.Series(column.to_numpy(dtype="float64", na_value=float("nan")))
    if kind == "text":
        cells = column.to_numpy(dtype=object, copy=True)
        cells[column.isna().to_numpy()] = None
        return pd.Series(cells, dtype=object)
    dtype: Any = DTYPES[kind]
    return pd.Series(column.to_numpy().astype(dtype))


def empty_column(rows: int, kind: str) -> pd.Series[Any]:
    """A column of that kind with nothing in it."""
    import pandas as pd

    return column_of(pd.Series([None] * rows, dtype=object), kind)


def typed_frame(table: Table) -> pd.DataFrame:
    """The table's form fields in declared order and types, and the columns OWN; index 0..n-1.

    A field the file did not have is a column of missing cells; a cell that could not be read is missing.
    """
    import pandas as pd

    columns: dict[str, pd.Series[Any]] = {}
    for name, field in table.form.fields.items():
        kind = kind_of(field.type)
        if name in table.frame:
            columns[name] = column_of(table.frame[name], kind)
        else:
            columns[name] = empty_column(len(table.frame), kind)
        if name in table.unread:
            columns[name] = _without(columns[name], table.unread[name], kind)
    columns[ROW] = column_of(table.rows, "whole")
    columns[UNREAD] = pd.Series(unread_words(table), dtype=object)
    return stamped(columns, table.sha256, table.file)


def _without(column: pd.Series[Any], mask: np.ndarray, kind: str) -> pd.Series[Any]:
    import numpy as np

    return column_of(np.where(mask, empty_column(len(column), kind).to_numpy(), column.to_numpy()), kind)


def stamped(columns: dict[str, pd.Series[Any]], sha256: str, file: str) -> pd.DataFrame:
    """The columns (ROW among them) as a frame, with the upload and the file its rows came from."""
    import numpy as np
    import pandas as pd

    index = columns[ROW].index
    made = {
        name: pd.Series(np.full(len(index), text, dtype=object), dtype=object, index=index)
        for name, text in ((UPLOAD, sha256), (FILE, file))
    }
    return pd.DataFrame({**columns, **made}, index=index)


def unread_words(table: Table) -> list[str]:
    """For each row the names of its cells that could not be read, joined by a blank."""
    words = [""] * len(table.frame)
    for name, mask in table.unread.items():
        for position in mask.nonzero()[0]:
            words[position] += f" {name}" if words[position] else name
    return words

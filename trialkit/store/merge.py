"""Several uploads of a form as one frame: a later record replaces the earlier one with the same key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trialkit.model import Table
from trialkit.store.typed import DTYPES, OWN, UPLOAD, column_of, empty_column, typed_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def overlay(current: Mapping[str, pd.DataFrame], tables: Mapping[str, Table] | Iterable[Table]) -> dict[str, Any]:
    """``current`` as it would be if these tables were accepted: form -> frame. ``current`` is left alone.

    A table of a cumulative form stands in place of the form's rows; one of an incremental form is laid over them.
    """
    laid: dict[str, pd.DataFrame] = dict(current)
    for table in tables.values() if isinstance(tables, Mapping) else tables:
        form, frame = table.form, typed_frame(table)
        before = laid.get(form.id)
        if form.mode == "cumulative" or before is None:
            laid[form.id] = frame
        else:
            others = before[before[UPLOAD] != table.sha256]
            laid[form.id] = merged([others, frame], form.key)
    return laid


def merged(parts: Sequence[pd.DataFrame], key: Sequence[str]) -> pd.DataFrame:
    """The parts (oldest first) under each other, without the records a later part replaces; index 0..n-1.

    Records that share a key inside one part are all kept (that is a finding, not ours to mend), and so is a record
    with a missing key cell: it cannot be said to be another one.
    """
    import pandas as pd

    if len(parts) == 1:
        only = parts[0].copy(deep=False)
        only.index = pd.RangeIndex(len(only))
        return only
    whole = _stacked(parts)
    if not key or any(name not in whole for name in key):
        return whole
    return whole[_latest(whole[list(key)], [len(part) for part in parts])].reset_index(drop=True)


def _latest(keys: pd.DataFrame, sizes: Sequence[int]) -> np.ndarray:
    """True for the rows of the last part that holds their key."""
    import numpy as np
    import pandas as pd

    part = pd.Series(np.repeat(np.arange(len(sizes)), sizes), index=keys.index)
    record = keys.groupby(list(keys.columns), dropna=False, sort=False).ngroup()
    last = part.groupby(record).transform("max")
    return np.asarray((part == last) | keys.isna().any(axis=1), dtype=bool)


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All rows; the columns of the last part, then those only earlier ones had, then our own."""
    import pandas as pd

    names = dict.fromkeys(name for part in reversed(parts) for name in part.columns if name not in OWN)
    return pd.DataFrame({name: _stacked_column(name, parts) for name in (*names, *OWN)})


def _stacked_column(name: str, parts: Sequence[pd.DataFrame]) -> pd.Series[Any]:
    """One column over all parts; text if the form's versions disagree about its type."""
    import numpy as np
    import pandas as pd

    kinds = {_kind(part[name]) for part in parts if name in part}
    kind = kinds.pop() if len(kinds) == 1 else "text"
    columns = [
        (as_text(part[name]) if kind == "text" else part[name]) if name in part else empty_column(len(part), kind)
        for part in parts
    ]
    return pd.Series(np.concatenate([column.to_numpy() for column in columns]), dtype=DTYPES[kind])


def _kind(column: pd.Series[Any]) -> str:
    from pandas.api.types import is_datetime64_any_dtype, is_float_dtype, is_integer_dtype

    if is_datetime64_any_dtype(column):
        return "date"
    return "number" if is_float_dtype(column) else "whole" if is_integer_dtype(column) else "text"


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column as text: 3.0 as "3", a midnight as its date; missing stays missing."""
    kind = _kind(column)
    if kind == "text":
        return column
    if kind == "date":
        words = [None if cell is None else cell.removesuffix("T00:00:00") for cell in _iso(column)]
    else:
        words = [None if cell != cell else str(int(cell)) if cell == int(cell) else repr(cell) for cell in column]
    return column_of(words, "text")


def _iso(column: pd.Series[Any]) -> list[str | None]:
    import pandas as pd

    return [None if pd.isna(cell) else cell.isoformat() for cell in column]

"""Native values of typed formats against the declared type: nothing is converted that would change a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.intake.words import LARGEST, empty, read_cells
from trialkit.model import Field

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SAS_EPOCH = "1960-01-01"
AT_A_TIME = 1 << 15
"""Numbers looked at in one step."""


def read_native(column: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], np.ndarray, str]:
    """(values, cells that could not be read, what the whole column holds if that is not the declared type)."""
    import numpy as np
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

    nothing = np.zeros(len(column), dtype=bool)
    if column.head(1).isna().all() and column.isna().all():
        return empty(field, len(column)), nothing, ""
    if field.type in ("date", "datetime"):
        return _dates(column, field)
    if is_datetime64_any_dtype(column):
        return empty(field, len(column)), nothing, "dates"
    if field.type in ("integer", "decimal"):
        return _numbers(column, field)
    if is_numeric_dtype(column) or is_bool_dtype(column):
        return empty(field, len(column)), nothing, "numbers"
    return _texts(column, field)


def _numbers(column: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], np.ndarray, str]:
    import numpy as np
    import pandas as pd
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if not is_numeric_dtype(column) or is_bool_dtype(column):
        return empty(field, len(column)), np.zeros(len(column), dtype=bool), "text"
    if column.dtype == "int64":
        whole = column.to_numpy()
        bad = (whole > LARGEST) | (whole < -LARGEST)
        values = whole.astype("float64")
        values[bad] = np.nan
        return pd.Series(values, copy=False), bad, ""
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    bad = _no_whole_number(values) if field.type == "integer" else np.isinf(values)
    return pd.Series(np.where(bad, np.nan, values) if bad.any() else values), bad, ""


def _no_whole_number(values: np.ndarray) -> np.ndarray:
    """Numbers that are not whole, or too large to be kept exactly; some at a time, which the processor has at hand."""
    import numpy as np

    bad = np.empty(len(values), dtype=bool)
    for start in range(0, len(values), AT_A_TIME):
        some = values[start : start + AT_A_TIME]
        np.logical_and(np.floor(some) != some, some == some, out=bad[start : start + AT_A_TIME])
        if max(np.fmax.reduce(some), -np.fmin.reduce(some)) > LARGEST:
            bad[start : start + AT_A_TIME] |= np.abs(some) > LARGEST
    return bad


def _dates(column: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], np.ndarray, str]:
    import numpy as np
    import pandas as pd
    from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

    nothing = np.zeros(len(column), dtype=bool)
    if is_datetime64_any_dtype(column):
        return *_whole_days(column.astype("datetime64[ns]").reset_index(drop=True), field), ""
    if is_numeric_dtype(column):
        if field.format != "sasdate":
            return empty(field, len(column)), nothing, "numbers"
        made = pd.to_datetime(column, unit="D", origin=SAS_EPOCH, errors="coerce").astype("datetime64[ns]")
        lost = (made.isna() & column.notna()).to_numpy()
        values, bad = _whole_days(made.reset_index(drop=True), field)
        return values, bad | lost, ""
    return _texts(column, field)


def _whole_days(values: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], np.ndarray]:
    """A date has no time of day: a cell that has one other than midnight cannot be read as a date."""
    import numpy as np

    if field.type == "datetime":
        return values, np.zeros(len(values), dtype=bool)
    bad = (values.notna() & (values != values.dt.normalize())).to_numpy()
    return values.where(~bad) if bad.any() else values, bad


def _texts(column: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], np.ndarray, str]:
    """Text cells: blank ones are missing, the rest are read as in a text file."""
    from pandas.api.types import infer_dtype

    if column.dtype == "category":
        return *read_cells(column, field, blank=True), ""
    plain = column.astype(object).reset_index(drop=True)
    if infer_dtype(plain, skipna=True) == "string":
        return *read_cells(plain, field, blank=True), ""
    blank = plain.map(lambda cell: isinstance(cell, str) and not cell.strip(" "))
    text = plain.where(plain.isna() | blank, plain.map(str)).where(~blank, None)
    return *read_cells(text, field), ""

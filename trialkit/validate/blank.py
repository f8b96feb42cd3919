"""A column without some of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model.texts import category

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def without(column: pd.Series[Any], gone: np.ndarray) -> pd.Series[Any]:
    """The column with these cells missing."""
    import numpy as np
    import pandas as pd

    if column.dtype == "category":
        return category(np.where(gone, -1, column.cat.codes), column.cat.categories, column.index)
    if str(column.dtype) not in ("float64", "datetime64[ns]", "object"):
        return column.mask(gone)
    cells = column.to_numpy(copy=True)
    cells[gone] = np.datetime64("NaT") if cells.dtype.kind == "M" else np.nan
    return pd.Series(cells, index=column.index, dtype=column.dtype, copy=False)

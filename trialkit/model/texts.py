"""Columns of text in which each distinct text stands once, so that it is read and judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def filled(column: pd.Series[Any]) -> np.ndarray:
    """Where a column has a value: as ``notna``, without the copies pandas makes on the way."""
    import numpy as np

    if column.dtype == "float64":
        values = column.to_numpy()
        return np.asarray(values == values)
    if column.dtype == "category":
        return np.asarray(column.cat.codes.to_numpy() >= 0)
    if column.dtype == "datetime64[ns]":
        return ~np.isnat(column.to_numpy())
    return column.notna().to_numpy()


def by_number(column: pd.Series[Any]) -> tuple[np.ndarray, pd.Index[Any]]:
    """(the number of each cell's value, -1 where it is missing; the value of each number).

    Of a category it is what the category holds already, with values that no cell may have.
    """
    import pandas as pd

    if column.dtype == "category":
        return column.cat.codes.to_numpy(), column.cat.categories
    places, distinct = pd.factorize(column)
    return places, pd.Index(distinct)


def category(places: np.ndarray, distinct: pd.Index[Any], index: pd.Index[Any] | None = None) -> pd.Series[Any]:
    """The column with these numbers of these values, each of which stands once."""
    import pandas as pd

    return pd.Series(pd.Categorical.from_codes(places, distinct, validate=False), index=index, copy=False)  # type: ignore[arg-type]


def plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """A category of text as objects, None where it is missing; any other column as it is."""
    import numpy as np
    import pandas as pd

    if column.dtype != "category":
        return column
    distinct = np.append(column.cat.categories.to_numpy(dtype=object), [None])
    return pd.Series(distinct[column.cat.codes.to_numpy()], index=column.index, dtype=object)


def plainly(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with every category of text as objects."""
    return frame.assign(**{str(name): plain(frame[name]) for name in frame if frame[name].dtype == "category"})

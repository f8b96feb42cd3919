"""Frames as steps hand them on: columns that stay are shared and not copied, for no step changes the cells it gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def with_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The frame with these columns, new or in place of its own of that name. The others are shared with it and not
    copied: no step changes the cells of a frame it gets."""
    made = frame.copy(deep=False)
    for name, values in columns.items():
        if name in made.columns:
            made[name] = values
        else:
            made.insert(made.shape[1], name, values)
    return made


def only(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """The columns {NEW: OLD} of the frame in that order, shared with it and not copied."""
    import pandas as pd

    return pd.DataFrame({new: frame[old] for new, old in columns.items()}, index=frame.index, copy=False)


def without(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The other columns of the frame, shared with it and not copied."""
    dropped = set(columns)
    return only(frame, {name: name for name in frame.columns if name not in dropped})


def rows_where(frame: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
    """The rows for which the mask holds, with a fresh index; if it holds for all they are shared and not copied."""
    return numbered(frame.copy(deep=False) if mask.all() else frame[mask])


def numbered(made: pd.DataFrame) -> pd.DataFrame:
    """The frame, which is the caller's own, with a fresh index."""
    import pandas as pd

    made.index = pd.RangeIndex(len(made))
    return made


def taken(column: pd.Series[Any], places: np.ndarray) -> Any:
    """The cells at these places of a column, and a missing one for the place -1."""
    import pandas as pd

    return pd.api.extensions.take(column.to_numpy(), places, allow_fill=True, fill_value=float("nan"))

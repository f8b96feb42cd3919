"""Of the rows that a row is compared with, the few that decide: so that not every pair has to be looked at.

Whether "a op b" fails for some of the values b depends on the smallest or the largest of them alone, and so does
whether it fails for all of them; but not whether a is one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trialkit.validate.axis import SIGNS, Stretch

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def deciding(other: pd.DataFrame, match: Sequence[str], values: Stretch, op: str, every: bool) -> np.ndarray:
    """Positions (ascending) of the rows that decide whether "a op b" fails for some b of those that match.

    With ``every``: whether it fails for all of them, an unknown value being one that does not fail. All rows, where
    no few of them decide.
    """
    import numpy as np

    sign = SIGNS[op]
    if sign == "!=" or (sign == "=" and every):
        return np.arange(len(other))
    group = grouping(other, match)
    below = sign in ("<", "<=", "=")
    kept = [ends(group, values.high, largest=every)] if below else []
    if sign in (">", ">=", "="):
        kept.append(ends(group, values.low, largest=not every))
    if every:
        kept.append(ends(group, np.where(np.isnan(values.low), 0.0, np.nan), largest=False))
    return np.unique(np.concatenate(kept))


def grouping(other: pd.DataFrame, match: Sequence[str]) -> np.ndarray:
    """The number of each row's group, -1 where one of the fields is missing."""
    return other[list(match)].groupby(list(match), sort=False).ngroup().to_numpy()


def ends(group: np.ndarray, values: np.ndarray, largest: bool) -> np.ndarray:
    """The position of the smallest or largest known value of each group."""
    import numpy as np

    known = ((group >= 0) & ~np.isnan(values)).nonzero()[0]
    order = known[np.lexsort((-values[known] if largest else values[known], group[known]))]
    return order[np.unique(group[order], return_index=True)[1]]

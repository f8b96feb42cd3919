"""Rows numbered by the values of their match columns: a table is looked into many times by the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Keyed:
    """The rows of a frame by the values of some columns.

    ``numbers`` has a number for each value (a tuple, if there are several columns), from 0 on in the order in which
    they appear; ``codes`` the number of each row, -1 where a value is missing: such a row belongs to nobody.
    """

    codes: np.ndarray
    numbers: dict[Any, int]

    def of(self, frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
        """The numbers of the values in another frame's rows, -1 for those that are not here."""
        import numpy as np

        numbers = self.numbers
        return np.array([numbers.get(value, -1) for value in _values(frame, names)], dtype="int64")

    def number(self, values: Sequence[Any]) -> int:
        """The number of one row's values, -1 if they are not here."""
        return self.numbers.get(values[0] if len(values) == 1 else tuple(values), -1)

    def spread(self, codes: np.ndarray, values: Any, blank: Any) -> np.ndarray:
        """An array by number with these values, the last where a number stands twice, and ``blank`` for the others;
        the place -1 is blank too."""
        import numpy as np

        made = np.full(len(self.numbers) + 1, blank)
        made[codes] = values
        return made


def keyed(frame: pd.DataFrame, names: Sequence[str]) -> Keyed:
    """The rows of a frame by the values of these columns."""
    import numpy as np

    known = known_in(frame, names)
    numbers: dict[Any, int] = {}
    codes = np.full(len(frame), -1, dtype="int64")
    codes[known] = [numbers.setdefault(value, len(numbers)) for value in compress(_values(frame, names), known)]
    return Keyed(codes, numbers)


def last_of_group(frame: pd.DataFrame, names: Sequence[str], places: np.ndarray) -> np.ndarray:
    """For each row the last of these places whose row has the same values in the columns; -1 if there is none, or if
    one of its values is missing."""
    import numpy as np
    import pandas as pd

    codes = np.zeros(len(frame), dtype="int64")
    for name in names:
        more, distinct = pd.factorize(frame[name])
        known = (codes >= 0) & (more >= 0)
        codes[known] = pd.factorize(codes[known] * len(distinct) + more[known])[0]
        codes[~known] = -1
    last = np.full(codes.max(initial=-1) + 2, -1)
    last[codes[places]] = places
    last[-1] = -1
    return last[codes]


def known_in(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Which rows have a value in all of these columns."""
    import numpy as np
    import pandas as pd

    known = np.ones(len(frame), dtype=bool)
    for name in names:
        known &= pd.notna(frame[name].values)
    return known


def _values(frame: pd.DataFrame, names: Sequence[str]) -> Sequence[Any]:
    columns = [frame[name].tolist() for name in names]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

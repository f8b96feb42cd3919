"""Which rows are alike in some of their fields, told by numbers: sorting and comparing texts is dear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trialkit.model.texts import by_number
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np

ROOM = 4
"""Numbers are made consecutive when they may run beyond so many times the number of rows."""


def record_numbers(rows: Rows, names: Sequence[str]) -> np.ndarray:
    """A number of each row (from 0, at most about ``ROOM`` times as many as rows): the same for rows alike in these
    fields, where a missing value is like another missing one."""
    import numpy as np
    import pandas as pd

    made, size = np.zeros(len(rows), dtype=np.int64), 1
    for name in names:
        places, distinct = by_number(rows.coded(name))
        many = len(distinct) + 1
        made *= many
        made += places
        made += 1
        size *= many
        if size > ROOM * len(rows) + ROOM:
            made, known = pd.factorize(made)
            size = len(known)
    return made


def repeated(numbers: np.ndarray) -> np.ndarray:
    """True for each row that another has the number of."""
    import numpy as np

    return (np.bincount(numbers) > 1)[numbers] if len(numbers) else np.zeros(0, dtype=bool)


def again(numbers: np.ndarray) -> np.ndarray:
    """True for each row that an earlier one has the number of."""
    import pandas as pd

    made = repeated(numbers)
    made[made] = pd.Series(numbers[made]).duplicated().to_numpy()
    return made


def first_with(numbers: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The position of the first row that has the number of each of these rows."""
    import numpy as np

    wanted = np.zeros(numbers.max(initial=-1) + 1, dtype=bool)
    wanted[numbers[positions]] = True
    near = np.flatnonzero(wanted[numbers])[::-1]
    first = np.zeros(len(wanted), dtype=np.int64)
    first[numbers[near]] = near
    return first[numbers[positions]]

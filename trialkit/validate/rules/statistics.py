"""The statistics a change rule may name: what is odd about many values that are each allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Statistic:
    """A named statistic of the rows of a group in order of time.

    ``compute(values, group)``: ``values`` is one row per record (float64, NaN where unknown; days since 1970 if the
    statistic is of ``dates``), one column per field; ``group`` is non-decreasing. It gives for each record (how many
    records it rests on, the share they make). ``of`` says what the share is one of. ``whole`` statistics belong to the
    group and are told at its last record; ``single`` ones are of one field. ``cut``: the values are 1 where they are
    not above the rule's cut, else 0.
    """

    words: str
    compute: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    whole: bool = False
    single: bool = False
    of: str = ""
    dates: bool = False
    cut: bool = False


def _repeated(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records in a row, up to this one, hold the same values. One with an unknown value ends the row."""
    import numpy as np

    new = np.ones(len(values), dtype=bool)
    new[1:] = (group[1:] != group[:-1]) | ~(values[1:] == values[:-1]).all(axis=1)
    place = np.arange(len(values))
    return place - np.maximum.accumulate(np.where(new, place, 0)) + 1, np.ones(len(values))


def _run(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same, told at the last record of the row of equal ones and nowhere else."""
    import numpy as np

    length, share = _repeated(values, group)
    goes_on = np.zeros(len(length), dtype=bool)
    goes_on[:-1] = length[1:] > 1
    return np.where(goes_on, 0, length), share


def _constant(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records the group has, if they all hold the same values; else none."""
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(values).groupby(group)
    count = frame[0].transform("size").to_numpy()
    known = frame.transform("count").to_numpy() == count[:, None]
    same = known & (frame.transform("max") == frame.transform("min")).to_numpy()
    return count * same.all(axis=1), np.ones(len(values))


def _digits(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records of the group are known, and the share of the commonest last digit of their whole numbers."""
    import numpy as np
    import pandas as pd

    last = pd.Series(np.floor(np.abs(values[:, 0])) % 10)
    known = last.groupby(group).transform("count")
    same = last.groupby([group, last]).transform("size")
    most = same.groupby(group).transform("max")
    return known.to_numpy(), (most / known).to_numpy()


def _zeros(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records of the group are known, and the share of them that is zero."""
    import numpy as np

    return _share(values, group, np.where(np.isnan(values[:, 0]), np.nan, values[:, 0] == 0))


def _weekend(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many dates of the group are known, and the share of them on a Saturday or Sunday; day 0 is a Thursday."""
    import numpy as np

    weekday = (np.floor(values[:, 0]) + 3) % 7
    return _share(values, group, np.where(np.isnan(weekday), np.nan, weekday >= 5))


def _share(values: np.ndarray, group: np.ndarray, yes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import pandas as pd

    found = pd.Series(yes).groupby(group)
    return found.transform("count").to_numpy(), found.transform("mean").to_numpy()


def _narrow(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records of the group are known, and the share of the spread (standard deviation) of all records that
    the group's own lacks: 0.8 is a fifth of it."""
    import numpy as np
    import pandas as pd

    cells = pd.Series(values[:, 0])
    found = cells.groupby(group)
    own, whole = found.transform("std").to_numpy(), float(cells.std())
    lacks = 1 - own / whole if whole > 0 else np.zeros(len(cells))
    return found.transform("count").to_numpy(), np.nan_to_num(lacks)


def _low(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many records of the group are known, and the share of them that is not above the cut."""
    import pandas as pd

    below = pd.Series(values[:, 0]).groupby(group)
    return below.transform("count").to_numpy(), below.transform("mean").to_numpy()


STATISTICS: dict[str, Statistic] = {
    "repeated": Statistic("the same values in a row", _repeated),
    "run": Statistic("the same values in a row", _run),
    "constant": Statistic("never any other value", _constant, whole=True),
    "digits": Statistic("a last digit that comes too often", _digits, whole=True, single=True, of="the same digit"),
    "zeros": Statistic("too often nothing at all", _zeros, whole=True, single=True, of="with nothing"),
    "weekend": Statistic(
        "too many days on a weekend", _weekend, whole=True, single=True, of="on a weekend", dates=True
    ),
    "narrow": Statistic("much less spread than the others", _narrow, whole=True, single=True, of="less spread"),
    "low": Statistic(
        "values that are nearly all small", _low, whole=True, single=True, of="not above the cut", cut=True
    ),
}

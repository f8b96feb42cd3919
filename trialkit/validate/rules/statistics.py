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

    ``compute(values, group)``: ``values`` is one row per record (float64, NaN where unknown), one column per field;
    ``group`` is non-decreasing. It gives for each record (how many records it rests on, the share they make).
    ``whole`` statistics belong to the group and are told at its last record. ``of`` says what the share is one of.
    ``cut``: the values are 1 where they are not above the rule's cut, else 0.
    """

    words: str
    compute: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    whole: bool = False
    single: bool = False
    of: str = ""
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
    "low": Statistic(
        "values that are nearly all small", _low, whole=True, single=True, of="not above the cut", cut=True
    ),
}

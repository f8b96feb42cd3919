"""The rows of an analysis by the levels of the columns it is repeated over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.analyze.levels import level_text, ordered_levels
from trialkit.model.analysis import Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Groups = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Parts:
    """The level combinations that have rows, in display order.

    ``order`` (n,) are the positions of all rows, those of a part together and in the order they had; ``starts`` say
    where each of ``groups`` begins in it.
    """

    order: np.ndarray
    starts: tuple[int, ...]
    groups: tuple[Groups, ...]

    def __iter__(self) -> Iterator[tuple[Groups, slice]]:
        ends = (*self.starts, len(self.order))[1:]
        for groups, start, end in zip(self.groups, self.starts, ends, strict=True):
            yield groups, slice(start, end)


def parts_of(dataset: Dataset, by: tuple[str, ...], frame: pd.DataFrame) -> Parts:
    """The parts of rows that have a value in each of one or more columns."""
    import numpy as np

    ranked = [_ranked(dataset, name, frame[name]) for name in by]
    ranks = np.array([rank for rank, _ in ranked])
    order = np.lexsort(ranks[::-1])
    fresh = (np.diff(ranks[:, order], axis=1, prepend=-1) != 0).any(axis=0)
    starts = np.flatnonzero(fresh)
    firsts = ranks[:, order[starts]].T.tolist()
    texts = [text for _, text in ranked]
    groups = tuple(tuple((n, t[i]) for n, t, i in zip(by, texts, first, strict=True)) for first in firsts)
    return Parts(order, tuple(starts.tolist()), groups)


def _ranked(dataset: Dataset, name: str, column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The place of each row's level in the order of display, and the levels as text in this order."""
    import numpy as np
    import pandas as pd

    codes, found = pd.factorize(column)
    levels = ordered_levels(dataset, name, pd.Series(found))
    place = {level: i for i, level in enumerate(levels)}
    return np.array([place[value] for value in found], dtype=np.intp)[codes], [level_text(level) for level in levels]

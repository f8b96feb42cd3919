"""What rules may see of the rows: hidden cells blank, each column blanked once and text numbered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from trialkit.validate.compiled import Compiled
from trialkit.validate.judge import hides
from trialkit.validate.rows import Rows, framed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Seen:
    """Rows with the cells that no rule may judge; rules that find a cell wrong add to them by ``hide``."""

    def __init__(self, rows: Rows, hidden: Mapping[str, np.ndarray]) -> None:
        self.rows = rows
        self.hidden = dict(hidden)
        self._blank: dict[str, pd.Series[Any]] = {}
        self._whole: pd.DataFrame | None = None

    def hide(self, item: Compiled, wrong: np.ndarray) -> None:
        """No later rule judges a cell that this one found wrong by itself."""
        if hides(item) and wrong.any():
            name = item.rule.field
            self.hidden[name] = self.hidden[name] | wrong if name in self.hidden else wrong
            self._blank.pop(name, None)
            self._whole = None

    def column(self, name: str) -> pd.Series[Any]:
        """A column, its hidden cells blank."""
        if name not in self._blank:
            column = self.rows.frame[name]
            gone = self.hidden.get(name)
            self._blank[name] = column if gone is None or not gone.any() else column.mask(gone)
        return self._blank[name]

    def coded(self, name: str) -> pd.Series[Any]:
        """The same; text as categories, in which each distinct text stands once."""
        import numpy as np
        import pandas as pd

        coded, gone = self.rows.coded(name), self.hidden.get(name)
        if coded.dtype != "category":
            return self.column(name)
        if gone is None or not gone.any():
            return coded
        codes = np.where(gone, -1, coded.cat.codes)
        blank = pd.Categorical.from_codes(codes, coded.cat.categories, validate=False)
        return pd.Series(blank, index=coded.index, copy=False)

    def doubt(self, names: Sequence[str]) -> np.ndarray | None:
        """Rows that hold a hidden cell in one of these columns; None if there are none."""
        needed = [self.hidden[name] for name in names if name in self.hidden and self.hidden[name].any()]
        return reduce(or_, needed) if needed else None

    def frame(self, names: Sequence[str], coded: bool = False) -> pd.DataFrame:
        """Some of the columns."""
        one = self.coded if coded else self.column
        return framed({name: one(name) for name in names}, self.rows.frame.index)

    def as_rows(self, names: Sequence[str]) -> Rows:
        """All columns, and in doubt the rows in which one of these is hidden."""
        if self._whole is None:
            self._whole = self.frame(list(self.rows.frame.columns))
        return self.rows.shown(self._whole, self.doubt(names))

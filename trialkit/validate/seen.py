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
        self._whole: pd.DataFrame | None = None

    def hide(self, item: Compiled, wrong: np.ndarray) -> None:
        """No later rule judges a cell that this one found wrong by itself."""
        if hides(item) and wrong.any():
            name = item.rule.field
            self.hidden[name] = self.hidden[name] | wrong if name in self.hidden else wrong
            self._whole = None

    def column(self, name: str) -> pd.Series[Any]:
        """A column, its hidden cells blank."""
        gone = self.hidden.get(name)
        return self.rows.frame[name] if gone is None or not gone.any() else self.rows.without(name, gone)

    def coded(self, name: str) -> pd.Series[Any]:
        """The same; text as categories, in which each distinct text stands once."""
        coded, gone = self.rows.coded(name), self.hidden.get(name)
        if coded.dtype != "category":
            return self.column(name)
        return coded if gone is None or not gone.any() else self.rows.without(name, gone, coded=True)

    def doubt(self, names: Sequence[str]) -> np.ndarray | None:
        """Rows that hold a hidden cell in one of these columns; None if there are none."""
        needed = [self.hidden[name] for name in names if name in self.hidden and self.hidden[name].any()]
        return reduce(or_, needed) if needed else None

    def frame(self, names: Sequence[str], coded: bool = False, blank: Sequence[str] | None = None) -> pd.DataFrame:
        """Some of the columns; hidden cells are blank in those of ``blank`` alone, if it is named."""
        one, as_read = (self.coded, self.rows.coded) if coded else (self.column, self.rows.frame.__getitem__)
        made = {name: one(name) if blank is None or name in blank else as_read(name) for name in names}
        return framed(made, self.rows.frame.index)

    def as_rows(self, names: Sequence[str], only: bool = False) -> Rows:
        """All columns, and in doubt the rows in which one of these is hidden; with ``only`` the others are as read."""
        coded = {name: self.coded(name) for name in self.rows.numbered if not only or name in names}
        if only:
            shown = {
                str(name): self.column(str(name)) if name in names else column
                for name, column in self.rows.frame.items()
            }
            return self.rows.shown(framed(shown, self.rows.frame.index), self.doubt(names), coded)
        if self._whole is None:
            self._whole = self.frame(list(self.rows.frame.columns))
        return self.rows.shown(self._whole, self.doubt(names), coded)

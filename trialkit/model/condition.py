"""Conditions: which rows are meant, with "unknown" kept apart from "no"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.model.tree import NOWHERE, Where

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Op = Literal["is", "not", "above", "at_least", "below", "at_most", "missing"]
OPS: tuple[str, ...] = ("is", "not", "above", "at_least", "below", "at_most", "missing")


@dataclass(frozen=True)
class Test:
    """One column against one or more values. ``is`` and ``not`` take any number of values."""

    __test__ = False

    column: str
    op: Op
    values: tuple[str, ...]
    place: Where = field(default=NOWHERE, compare=False, repr=False)

    def words(self) -> str:
        """The test as a person would say it."""
        if self.op == "missing":
            return f"{self.column} is missing" if self.values == ("true",) else f"{self.column} is filled"
        value = " or ".join(self.values)
        said = {"is": "is", "not": "is not", "above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
        return f"{self.column} {said[self.op]} {value}"

    def masks(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """(holds, unknown), boolean arrays of the frame's length.

        A missing cell makes every test but ``missing`` unknown. Raises KeyError for an absent column.
        """
        import numpy as np

        column = frame[self.column]
        gone = column.isna().to_numpy()
        if self.op == "missing":
            return (gone if self.values == ("true",) else ~gone), np.zeros(len(frame), dtype=bool)
        holds = np.zeros(len(frame), dtype=bool)
        known = column[~gone]
        holds[~gone] = self._holds(known)
        return holds, gone

    def _holds(self, known: pd.Series[Any]) -> np.ndarray:
        import numpy as np

        if self.op in ("is", "not"):
            wanted = [typed(known, value) for value in self.values]
            found = np.asarray(known.isin(wanted), dtype=bool)
            return found if self.op == "is" else ~found
        bound = typed(known, self.values[0])
        compared = {
            "above": known > bound,
            "at_least": known >= bound,
            "below": known < bound,
            "at_most": known <= bound,
        }[self.op]
        return np.asarray(compared, dtype=bool)


@dataclass(frozen=True)
class Condition:
    """Tests that must all hold. The empty condition holds everywhere."""

    tests: tuple[Test, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tests)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return tuple(test.column for test in self.tests)

    def words(self) -> str:
        """The condition as a person would say it."""
        return " and ".join(test.words() for test in self.tests) or "always"

    def masks(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """(holds, unknown): unknown where some test is unknown and none fails."""
        import numpy as np

        holds = np.ones(len(frame), dtype=bool)
        fails = np.zeros(len(frame), dtype=bool)
        for test in self.tests:
            yes, unknown = test.masks(frame)
            holds &= yes
            fails |= ~yes & ~unknown
        return holds, ~holds & ~fails


def typed(column: pd.Series[Any], text: str) -> Any:
    """A condition's value in the type of the column it is compared with (number, timestamp, else text).

    Raises ValueError if the text is not such a value.
    """
    import pandas as pd
    from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

    if is_datetime64_any_dtype(column):
        return pd.Timestamp(text)
    return float(text) if is_numeric_dtype(column) else text

"""Conditions: which rows are meant, with "unknown" kept apart from "no"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Literal

from trialkit.errors import AnalysisError
from trialkit.model.tree import NOWHERE, Where

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Op = Literal["is", "not", "contains", "above", "at_least", "below", "at_most", "missing"]
OPS: tuple[str, ...] = ("is", "not", "contains", "above", "at_least", "below", "at_most", "missing")
SEVERAL = ("is", "not", "contains")
"""Comparisons that take any number of values."""
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {"above": gt, "at_least": ge, "below": lt, "at_most": le}


@dataclass(frozen=True)
class Test:
    """One column against one or more values. Those in SEVERAL take any number of values."""

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
        return f"{self.column} {said.get(self.op, self.op)} {value}"

    def masks(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """(holds, unknown), boolean arrays of the frame's length.

        A missing cell makes every test but ``missing`` unknown. Raises KeyError for an absent column, AnalysisError
        (with the test's place) for a value that is not of the column's kind.
        """
        import numpy as np
        import pandas as pd

        column = frame[self.column]
        gone: np.ndarray = pd.isna(column.values)
        if self.op == "missing":
            return (gone if self.values == ("true",) else ~gone), np.zeros(len(frame), dtype=bool)
        if column.dtype == "category":
            return self._by_category(column), gone
        if self.op in ("is", "not") or not gone.any():
            return self._holds(column) & ~gone, gone
        holds = np.zeros(len(frame), dtype=bool)
        holds[~gone] = self._holds(column[~gone])
        return holds, gone

    def holds(self, frame: pd.DataFrame) -> np.ndarray:
        """The first of ``masks``. A missing cell is none of the values and no number is above or below it, so that
        most tests need not look for missing cells."""
        column = frame[self.column]
        if self.op == "is" and column.dtype != "category":
            return self._holds(column)
        if self.op in _COMPARED and column.dtype.kind in "fM":
            return self._holds(column)
        return self.masks(frame)[0]

    def _by_category(self, column: pd.Series[Any]) -> np.ndarray:
        """Where it holds in a column of text as categories: each distinct text is tested once."""
        import numpy as np
        import pandas as pd

        distinct = pd.Series(column.cat.categories.to_numpy(), dtype=object)
        return np.append(self._holds(distinct), False)[column.cat.codes.to_numpy()]

    def _holds(self, known: pd.Series[Any]) -> np.ndarray:
        import numpy as np

        if self.op in ("is", "not"):
            wanted = [self._typed(known, value) for value in self.values]
            found = _among(known, wanted)
            return found if self.op == "is" else ~found
        if self.op == "contains":
            return self._contains(known)
        bound = self._typed(known, self.values[0])
        return np.asarray(_COMPARED[self.op](known, bound), dtype=bool)

    def _contains(self, known: pd.Series[Any]) -> np.ndarray:
        """Where the text has one of the values in it, letter for letter."""
        import numpy as np

        if len(known) and not known.map(lambda cell: isinstance(cell, str)).all():
            hint = "Name a column of text, or compare with 'is', 'above' or 'below'."
            raise AnalysisError(f"{self.column!r} is no text; 'contains' looks into text", str(self.place), hint)
        return np.array([any(value in cell for value in self.values) for cell in known], dtype=bool)

    def _typed(self, known: pd.Series[Any], value: str) -> Any:
        try:
            return typed(known, value)
        except ValueError as error:
            raise AnalysisError(
                f"the condition on {self.column!r} has the value {value!r}, which is not {error}",
                str(self.place),
                f"Write {error}, or name another column.",
            ) from None


def _among(column: pd.Series[Any], wanted: list[Any]) -> np.ndarray:
    """Which cells are one of the values."""
    import numpy as np

    if column.dtype != object:
        return np.asarray(column.isin(wanted), dtype=bool)
    values = frozenset(wanted)
    return np.array([cell in values for cell in column.tolist()], dtype=bool)


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
        """(holds, unknown): unknown where some test is unknown and none fails. Raises as ``Test.masks``."""
        import numpy as np

        holds = np.ones(len(frame), dtype=bool)
        fails = np.zeros(len(frame), dtype=bool)
        for test in self.tests:
            yes, unknown = test.masks(frame)
            holds &= yes
            fails |= ~yes & ~unknown
        return holds, ~holds & ~fails

    def holds(self, frame: pd.DataFrame) -> np.ndarray:
        """The first of ``masks``, for a caller to whom unknown is no."""
        import numpy as np

        made = np.ones(len(frame), dtype=bool)
        for test in self.tests:
            made &= test.holds(frame)
        return made


def typed(column: pd.Series[Any], text: str) -> Any:
    """A condition's value in the type of the column it is compared with (number, timestamp, else text).

    Raises ValueError, whose message is what was wanted, if the text is not such a value.
    """
    kind = column.dtype.kind
    if kind == "M":
        return _timestamp(text)
    return number(text) if kind in "iufcb" else text


def number(text: str) -> float:
    """A text as a finite number. Raises ValueError, whose message is what was wanted, if it is none."""
    try:
        made = float(text)
    except ValueError:
        made = float("nan")
    if not isfinite(made):
        raise ValueError("a number")
    return made


def _timestamp(text: str) -> pd.Timestamp:
    import pandas as pd

    try:
        return pd.Timestamp(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError("a date like 2026-03-01") from None

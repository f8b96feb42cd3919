"""What a derivation step gets and gives: rows in, rows out, and every lost row with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from trialkit.derive.keys import Keyed
from trialkit.errors import AnalysisError, did_you_mean
from trialkit.model.study import Medicine, Study
from trialkit.model.table import SRC
from trialkit.model.tree import Where
from trialkit.model.units import Quantity

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


_LOOKED_AT = 50


class Lookup(Protocol):
    """What a step may see beyond its own rows."""

    @property
    def study(self) -> Study:
        """The study whose data set is made."""

    def table(self, name: str, place: Where) -> pd.DataFrame:
        """The rows of another form or data set."""

    def keyed(self, name: str, columns: tuple[str, ...]) -> Keyed:
        """The rows of a form or data set by the values of these columns."""

    def subject(self, name: str) -> str:
        """The subject column of a form or data set."""

    def quantities(self, form: str, field: str, place: Where) -> dict[str, Quantity]:
        """What a field of a form may measure, by name, with the units it may be given in."""

    def medicines(self) -> dict[str, Medicine]:
        """The classes of medicines that the newest protocol restricts."""


@dataclass(frozen=True)
class Loss:
    """Rows a step dropped, and why: those of the frame for which the mask holds, all of them without a mask."""

    reason: str
    rows: pd.DataFrame
    mask: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.rows) if self.mask is None else int(self.mask.sum())

    def cells(self, name: str) -> list[Any]:
        """A column of the rows; only so much of a frame is read of what is lost."""
        column = self.rows[name]
        return (column if self.mask is None else column[self.mask]).tolist()


@dataclass(frozen=True)
class Outcome:
    """The rows after a step, those it lost, and how many it added (they count as rows in)."""

    frame: pd.DataFrame
    lost: tuple[Loss, ...] = ()
    added: int = 0


Problem = tuple[str, str]
"""What is wrong with a step's arguments, and a hint."""


def no_problem(args: Any) -> Iterator[Problem]:
    """Nothing to say about the arguments beyond their types."""
    return iter(())


@dataclass(frozen=True)
class StepKind:
    """A kind of step: its arguments, what it does in words, and the function that does it.

    ``run(frame, args, at)`` must return a frame with a fresh index and must not change the one it gets. ``problems``
    says what is wrong with the arguments themselves, whatever the rows.
    """

    name: str
    args: type
    words: Callable[[Any], str]
    run: Callable[[pd.DataFrame, Any, At], Outcome]
    problems: Callable[[Any], Iterator[Problem]] = no_problem


@dataclass(frozen=True)
class At:
    """Where a step stands: the lookup, the subject column of the data set, and the place in the file."""

    lookup: Lookup
    subject: str
    place: Where

    def need(self, frame: pd.DataFrame, names: Iterable[str], what: str = "the data set at this step") -> None:
        """Raise AnalysisError, with the nearest name, unless all columns are there."""
        for name in names:
            if name and name not in frame.columns:
                columns = [c for c in frame.columns if c != SRC]
                raise AnalysisError(f"{what} has no column {name!r}", str(self.place), did_you_mean(name, columns))

    def comparable(self, left: pd.Series[Any], right: pd.Series[Any]) -> None:
        """Raise AnalysisError unless both columns hold dates, both numbers or both text; an empty one fits all."""
        kinds = kind_of(left), kind_of(right)
        if all(kinds) and kinds[0] != kinds[1]:
            raise self.fail(
                f"{left.name} holds {kinds[0]} and {right.name} holds {kinds[1]}: they cannot be compared",
                "Name two columns of dates, or two of numbers.",
            )

    def numbers(self, column: pd.Series[Any]) -> pd.Series[float]:
        """The column as numbers. Raises AnalysisError if it holds dates or text."""
        kind = kind_of(column)
        if kind not in ("numbers", ""):
            raise self.fail(
                f"{column.name} holds {kind}; numbers are needed",
                "Declare the field's 'type' in its form, or recode it with 'map'.",
            )
        return column.astype(float)

    def fail(self, message: str, hint: str = "") -> AnalysisError:
        """An error that carries this step's place."""
        return AnalysisError(message, str(self.place), hint)


def kind_of(column: pd.Series[Any]) -> str:
    """What a column holds: "dates", "numbers" or "text"; "" if it has no value at all and no type either."""
    kind = column.dtype.kind
    if kind == "M":
        return "dates"
    if kind in "biufc":
        return "numbers"
    return "text" if filled(column) else ""


def filled(column: pd.Series[Any]) -> bool:
    """Whether the column has a value at all; mostly one stands among its first cells."""
    import pandas as pd

    return bool(pd.notna(column.values[:_LOOKED_AT]).any() or pd.notna(column.values).any())


def losses(frame: pd.DataFrame, masks: Mapping[str, np.ndarray]) -> tuple[Loss, ...]:
    """The rows lost by each reason, without the reasons for which none is."""
    return tuple(Loss(reason, frame, mask) for reason, mask in masks.items() if mask.any())

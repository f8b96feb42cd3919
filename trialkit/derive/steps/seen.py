"""What a step sees of another table: the rows that meet its condition, by the values they are matched by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from trialkit.derive.base import At
from trialkit.derive.frames import taken
from trialkit.derive.keys import Keyed
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Looking(Protocol):
    """Arguments of a step that looks into another table."""

    @property
    def from_(self) -> str:
        """The table."""

    @property
    def match(self) -> dict[str, str]:
        """{OWN: THEIR} columns that must be equal; the subject without any."""

    @property
    def where(self) -> Condition:
        """The rows of the table that count."""


@dataclass(frozen=True)
class Seen:
    """What a step sees of another table: the places of the rows that meet its condition (unknown counts as not met)
    and can be matched, and the numbers of their match values."""

    table: pd.DataFrame
    keyed: Keyed
    rows: np.ndarray
    codes: np.ndarray


def seen_by(args: Looking, keys: dict[str, str], at: At, columns: Iterable[str] = ()) -> Seen:
    """The rows that a step looks at. Raises AnalysisError for a column that the table does not have."""
    import numpy as np

    table = at.lookup.table(args.from_, at.place)
    at.need(table, [*keys.values(), *columns, *args.where.columns], f"{args.from_!r}")
    known = at.lookup.keyed(args.from_, tuple(keys.values()))
    rows = np.flatnonzero(args.where.holds(table) & (known.codes >= 0))
    return Seen(table, known, rows, known.codes[rows])


def fetched(seen: Seen, columns: dict[str, str], own: np.ndarray) -> dict[str, Any]:
    """Columns {NEW: OLD} of the rows seen, of several with one match value the last, for rows with these numbers."""
    places = seen.keyed.spread(seen.codes, seen.rows, -1)[own]
    return {new: taken(seen.table[old], places) for new, old in columns.items()}


def matched(seen: Seen, own: np.ndarray) -> np.ndarray:
    """Which of the rows with these numbers have a row among those seen."""
    return seen.keyed.spread(seen.codes, True, False)[own]


def keys_of(args: Looking, at: At) -> dict[str, str]:
    """{OWN: THEIR} columns that a row and its rows in the table have in common."""
    return args.match or {at.subject: at.lookup.subject(args.from_)}


def check_once(seen: Seen, keys: list[str], name: str, at: At) -> None:
    """Raise AnalysisError if a match value stands twice."""
    import numpy as np

    if len(seen.codes) and np.bincount(seen.codes).max() > 1:
        twice = seen.table[keys].iloc[seen.rows]
        found = ", ".join(str(v) for v in twice[twice.duplicated()].iloc[0])
        raise at.fail(
            f"{name!r} has more than one row for {found}", "Use 'pick' or 'one_per' to say which row is meant."
        )

"""From row to row: the rows of a group in order of time, and times in the unit a rule counts in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.model import Condition, Form
from trialkit.validate.axis import DATES, Stretch, stretch
from trialkit.validate.kind import Problem, unfit, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.words import number_text
from trialkit.validate.zones import in_utc, zones_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Unit = Literal["minutes", "hours", "days"]
UNITS: dict[str, float] = {"minutes": 1440.0, "hours": 24.0, "days": 1.0}
DUST = 1e-6
"""Times are rounded to a millionth of their unit; what differs by less is the same."""


def times(
    column: pd.Series,  # type: ignore[type-arg]
    kind: str,
    unit: Unit,
    zones: np.ndarray | None = None,
) -> Stretch:
    """Dates or moments in the unit. Days are calendar days; in hours and minutes a date is its whole day.

    Hours and minutes are those that passed: with the time ``zones`` of the rows they are counted in UTC.
    """
    import numpy as np

    made = stretch(column, kind, fine=unit != "days")
    if unit == "days":
        return Stretch(np.floor(made.low), np.floor(made.high))
    if zones is not None:
        made = in_utc(made, zones)
    return Stretch(np.round(made.low * UNITS[unit], 6), np.round(made.high * UNITS[unit], 6))


def time_text(value: float) -> str:
    """A length of time as a number, to a ten-thousandth of its unit."""
    return number_text(round(float(value), 4))


def length_text(value: float, unit: Unit) -> str:
    """A length of time in words: ``3 days``, ``18 hours 13 minutes``, ``30 days 3 hours``; its sign is left out.

    Parts of an hour are told to the minute; what is shorter than a minute as a number.
    """
    minutes = round(abs(float(value)) * UNITS["minutes"] / UNITS[unit])
    if unit == "days" or minutes == 0:
        return _counted(abs(round(float(value), 4)), unit)
    hours, rest = divmod(minutes, 60)
    if unit == "minutes" and minutes < 1440:
        return _counted(minutes, unit)
    if unit == "minutes":
        return f"{_counted(hours // 24, 'days')} {_counted(hours % 24, 'hours')}"
    return " ".join(_counted(n, name) for n, name in ((hours, "hours"), (rest, "minutes")) if n)


def _counted(number: float, unit: str) -> str:
    return f"{number_text(number)} {unit.removesuffix('s') if number == 1 else unit}"


def length_between(low: float, high: float, unit: Unit) -> str:
    """A length that is known to lie between two: one of them if they are the same."""
    first, last = length_text(low, unit), length_text(high, unit)
    return first if first == last else f"{first} to {last}"


def times_of(rows: Rows, name: str, unit: Unit) -> Stretch:
    """A field of the rows in the unit, as ``times``."""
    zones = zones_of(rows) if unit != "days" else None
    return times(rows.frame[name], rows.form.fields[name].type, unit, zones)


def grouped_by(form: Form, by: Sequence[str]) -> tuple[str, ...]:
    """The fields that make a group: the subject when none are named."""
    return tuple(by) or (form.subject,)


def groups(rows: Rows, by: Sequence[str]) -> np.ndarray:
    """The number of each row's group, -1 where one of the fields is missing."""
    import numpy as np

    names = list(grouped_by(rows.form, by))
    made = rows.frame.groupby(names, sort=False, dropna=False).ngroup().to_numpy()
    return np.where(rows.frame[names].isna().any(axis=1).to_numpy(), -1, made)


def taking_part(rows: Rows, where: Condition) -> tuple[np.ndarray, np.ndarray]:
    """(rows the condition holds for, rows of which it is not known)."""
    holds, unknown = where.masks(rows.frame)
    return holds, unknown


def unsure(group: np.ndarray, loose: np.ndarray) -> np.ndarray:
    """True for every row of a group that has a row in ``loose``."""
    import numpy as np

    flags = np.zeros(group.max(initial=-1) + 2, dtype=bool)
    flags[group[loose]] = True
    flags[-1] = False
    return flags[group]


@dataclass(frozen=True)
class Run:
    """Rows in the order of group and value: ``order`` their positions, ``group`` their groups (non-decreasing)."""

    order: np.ndarray
    group: np.ndarray

    def steps(self) -> tuple[np.ndarray, np.ndarray]:
        """(position of each row but the first of its group, position of the row before it)."""
        same = self.group[1:] == self.group[:-1]
        return self.order[1:][same], self.order[:-1][same]


def run(rows: Rows, group: np.ndarray, keep: np.ndarray, *values: np.ndarray) -> Run:
    """The rows to ``keep`` whose group and values are known, sorted by group, then the values, first things first.

    Rows with the same values stand in the order of the form's key, then of the file.
    """
    import numpy as np

    known = keep & (group >= 0)
    for value in values:
        known = known & ~np.isnan(value)
    at = known.nonzero()[0]
    keys = [value[at] for value in (group, *values)]
    order = np.lexsort(keys[::-1])
    same = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    if same.any():
        tied = np.zeros(len(at), dtype=bool)
        tied[order[1:][same]] = tied[order[:-1][same]] = True
        order = np.lexsort([_record(rows, at, tied), *keys[::-1]])
    return Run(at[order], group[at[order]])


def _record(rows: Rows, at: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """The rank of the key of each tied row among them, the same whatever the order of the file; 0 for the others."""
    import numpy as np

    key = [name for name in rows.form.key if name in rows.frame]
    rank = np.zeros(len(at), dtype="int64")
    if key:
        rank[tied] = rows.frame.iloc[at[tied]].groupby(key, sort=True, dropna=False).ngroup().to_numpy()
    return rank


def group_problems(form: Form, by: Sequence[str], where: Condition) -> Iterator[Problem]:
    """What is wrong with the fields that make a group, or the condition on rows that take part."""
    if not by and not form.subject:
        yield f"form {form.id!r} names no subject field", "Say which rows belong together: 'by: [fields]'."
    yield from unknown_fields(form, tuple(by))
    yield from unfit(form, where, "'where'")


def time_problems(form: Form, name: str, unit: str) -> Iterator[Problem]:
    """What is wrong with a field of time: not there, or not of a type that has the unit."""
    if not name:
        yield f"the rule needs a field of time and form {form.id!r} names no 'date'", "Say which: 'at: FIELD'."
    elif name not in form.fields:
        yield from unknown_fields(form, (name,))
    elif form.fields[name].type not in DATES:
        yield f"{name!r} is {form.fields[name].type}: time is counted between dates or moments", ""

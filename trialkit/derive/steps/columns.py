"""Steps that make columns from the row itself: constant, map, flag, compare, study_day, days_between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import with_columns
from trialkit.model.condition import Condition, number, typed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Constant:
    """The same text in every row: {COLUMN: text}."""

    columns: dict[str, str]


def constant(frame: pd.DataFrame, args: Constant, at: At) -> Outcome:
    """Rows with the constant columns."""
    return Outcome(with_columns(frame, args.columns))


@dataclass(frozen=True)
class Map:
    """Recode a column by a table of values; a value that is not in the table is an error."""

    into: str
    column: str
    values: dict[str, str]
    type: Literal["text", "number"] = "text"


def recode(frame: pd.DataFrame, args: Map, at: At) -> Outcome:
    """Rows with the recoded column; missing stays missing. A column of numbers or dates is matched as such."""
    import numpy as np
    import pandas as pd

    at.need(frame, [args.column])
    column = frame[args.column]
    table = _table(column, args, at)
    made = np.array([table.get(cell, np.nan) for cell in column.tolist()], dtype=object)
    unknown = pd.isna(made) & pd.notna(column.values)
    if unknown.any():
        raise at.fail(
            f"{args.column} holds {column[unknown].iloc[0]!r}, which has no value in the map",
            f"Add it to 'values' of {args.into}, or filter those rows first.",
        )
    return Outcome(with_columns(frame, {args.into: made.astype(float if args.type == "number" else object)}))


def _table(column: pd.Series[Any], args: Map, at: At) -> dict[Any, Any]:
    """The values in the type of the column, each with its new value."""
    made: dict[Any, Any] = {}
    for old, new in args.values.items():
        try:
            key = typed(column, old)
        except ValueError as error:
            raise at.fail(f"'values' of {args.into} has {old!r}, but {args.column} needs {error}") from None
        if key in made:
            raise at.fail(f"'values' of {args.into} has {old!r} twice, written differently", "Leave one of them out.")
        made[key] = number(new) if args.type == "number" else new
    return made


def _map_problems(args: Map) -> Iterator[Problem]:
    for old, new in args.values.items() if args.type == "number" else ():
        try:
            number(new)
        except ValueError:
            yield (
                f"'values' of {args.into} makes {old!r} into {new!r}, which is not a number",
                "Write a number, or leave out 'type: number'.",
            )


@dataclass(frozen=True)
class Flag:
    """A flag: the row meets a condition. A missing value gives ``no``."""

    into: str
    where: Condition
    yes: str = "Y"
    no: str = "N"


def flag(frame: pd.DataFrame, args: Flag, at: At) -> Outcome:
    """Rows with the flag; ``no: ""`` leaves it missing."""
    at.need(frame, args.where.columns)
    return Outcome(with_columns(frame, {args.into: flagged(args.where.holds(frame), args.yes, args.no)}))


def flagged(holds: np.ndarray, yes: str, no: str) -> Any:
    """The text of each row: ``yes`` where it holds, else ``no``, which is missing where it is ""."""
    import numpy as np

    return np.array([no or None, yes], dtype=object)[holds.astype("intp")]


OPERATIONS = ("on_or_after", "after", "on_or_before", "before", "equal")


@dataclass(frozen=True)
class Compare:
    """A flag: two columns of the row in an order (both dates, numbers or text). A missing value gives ``no``."""

    into: str
    left: str
    op: Literal["on_or_after", "after", "on_or_before", "before", "equal"]
    right: str
    yes: str = "Y"
    no: str = "N"


def compare(frame: pd.DataFrame, args: Compare, at: At) -> Outcome:
    """Rows with the flag. Raises AnalysisError unless both columns hold dates, both numbers or both text."""
    at.need(frame, [args.left, args.right])
    left, right = frame[args.left], frame[args.right]
    at.comparable(left, right)
    known = (left.notna() & right.notna()).to_numpy()
    a, b = left[known], right[known]
    held = known.copy()
    held[known] = {
        "on_or_after": lambda: a >= b,
        "after": lambda: a > b,
        "on_or_before": lambda: a <= b,
        "before": lambda: a < b,
        "equal": lambda: a == b,
    }[args.op]()
    return Outcome(with_columns(frame, {args.into: flagged(held, args.yes, args.no)}))


def days(frame: pd.DataFrame, start: str, end: str, at: At) -> np.ndarray:
    """end - start in whole days, missing where either is."""
    import numpy as np

    at.need(frame, [start, end])
    for name in (start, end):
        if frame[name].dtype.kind != "M":
            raise at.fail(f"{name} is not a date column", "Declare the field as 'type: date' in its form.")
    first, last = (frame[name].to_numpy().astype("datetime64[D]") for name in (start, end))
    return np.where(np.isnat(first) | np.isnat(last), np.nan, (last - first).astype(float))


@dataclass(frozen=True)
class StudyDay:
    """Relative day without a day 0: the start is day 1, the day before it is day -1 (SDTMIG 4.4.4)."""

    into: str
    date: str
    start: str


def study_day(frame: pd.DataFrame, args: StudyDay, at: At) -> Outcome:
    """Rows with the study day."""
    import numpy as np

    difference = days(frame, args.start, args.date, at)
    return Outcome(with_columns(frame, {args.into: np.where(difference < 0, difference, difference + 1)}))


@dataclass(frozen=True)
class DaysBetween:
    """Days from one date to another, plus a constant (1 counts both ends)."""

    into: str
    start: str
    end: str
    plus: int = 1


def days_between(frame: pd.DataFrame, args: DaysBetween, at: At) -> Outcome:
    """Rows with the duration in days."""
    return Outcome(with_columns(frame, {args.into: days(frame, args.start, args.end, at) + args.plus}))


COLUMNS = {
    "constant": StepKind("constant", Constant, lambda a: f"set {', '.join(a.columns)}", constant),
    "map": StepKind("map", Map, lambda a: f"{a.into}: recode {a.column}", recode, _map_problems),
    "flag": StepKind("flag", Flag, lambda a: f"flag {a.into}: Y if {a.where.words()}", flag),
    "compare": StepKind(
        "compare", Compare, lambda a: f"flag {a.into}: Y if {a.left} {a.op.replace('_', ' ')} {a.right}", compare
    ),
    "study_day": StepKind("study_day", StudyDay, lambda a: f"{a.into}: day of {a.date}, {a.start} = day 1", study_day),
    "days_between": StepKind("days_between", DaysBetween, lambda a: f"{a.into}: {a.start} to {a.end}", days_between),
}

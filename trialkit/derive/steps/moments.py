"""Steps that reckon with moments and with several columns of a row: time between, days later, the largest of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, StepKind, kind_of
from trialkit.derive.frames import with_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TimeBetween:
    """The time from one moment to another, in hours or minutes; negative where the end comes first."""

    into: str
    start: str
    end: str
    unit: Literal["hours", "minutes"] = "hours"


def time_between(frame: pd.DataFrame, args: TimeBetween, at: At) -> Outcome:
    """Rows with the time; missing where a moment is. Raises AnalysisError for a column that holds no dates."""
    _dates(frame, (args.start, args.end), at)
    import pandas as pd

    start, end = (pd.to_datetime(frame[name]) for name in (args.start, args.end))
    seconds = (end - start).dt.total_seconds().astype(float)
    return Outcome(with_columns(frame, {args.into: seconds / {"hours": 3600.0, "minutes": 60.0}[args.unit]}))


@dataclass(frozen=True)
class DaysLater:
    """A date so many days after another: a deadline. ``days`` is a column of numbers."""

    into: str
    of: str
    days: str


def days_later(frame: pd.DataFrame, args: DaysLater, at: At) -> Outcome:
    """Rows with the date, at midnight; missing where the date or the days are. Calendar days are counted."""
    _dates(frame, (args.of,), at)
    at.need(frame, [args.days])
    import pandas as pd

    later = pd.to_timedelta(at.numbers(frame[args.days]), unit="D")
    return Outcome(with_columns(frame, {args.into: pd.to_datetime(frame[args.of]).dt.normalize() + later}))


def _dates(frame: pd.DataFrame, names: tuple[str, ...], at: At) -> None:
    at.need(frame, names)
    for name in names:
        if kind_of(frame[name]) not in ("dates", ""):
            raise at.fail(f"{name} is not a date column", "Declare the field as 'type: date' in its form.")


@dataclass(frozen=True)
class Across:
    """One value of several columns of the row: the largest, the smallest, or the sum."""

    into: str
    of: tuple[str, ...]
    how: Literal["max", "min", "sum"] = "max"


def across(frame: pd.DataFrame, args: Across, at: At) -> Outcome:
    """Rows with the value; missing values do not count, and it is missing where all are.

    Raises AnalysisError for columns of different kinds, or a sum of other than numbers.
    """
    at.need(frame, args.of)
    for name in args.of[1:]:
        at.comparable(frame[args.of[0]], frame[name])
    if args.how == "sum":
        for name in args.of:
            at.numbers(frame[name])
    part = frame[list(args.of)]
    if args.how == "sum":
        return Outcome(with_columns(frame, {args.into: part.sum(axis=1, min_count=1)}))
    made = part[args.of[0]]
    for name in args.of[1:]:
        other = part[name]
        better = made.isna() | (other > made if args.how == "max" else other < made)
        made = made.where(~better, other)
    return Outcome(with_columns(frame, {args.into: made}))


MOMENTS: dict[str, StepKind] = {
    "time_between": StepKind(
        "time_between", TimeBetween, lambda a: f"{a.into}: {a.start} to {a.end} in {a.unit}", time_between
    ),
    "days_later": StepKind("days_later", DaysLater, lambda a: f"{a.into}: {a.days} days after {a.of}", days_later),
    "across": StepKind("across", Across, lambda a: f"{a.into}: the {a.how} of {', '.join(a.of)}", across),
}

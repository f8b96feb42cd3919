"""Steps on dates known in part: a date to reckon with, marked as imputed; and what happened on treatment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind, kind_of
from trialkit.derive.frames import with_columns
from trialkit.derive.steps.columns import flagged

if TYPE_CHECKING:
    import pandas as pd

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?\Z")
NEVER, ALWAYS = date.min, date.max


@dataclass(frozen=True)
class ImputeDate:
    """A whole date from one known in part (YYYY, YYYY-MM), with a flag that says what was imputed.

    Only days that the known part allows are taken. ``toward`` names a date to be as near to as they allow (the
    first dose, for the start of an event); where it is missing, and without it, ``rule`` decides. ``not_after`` and
    ``not_before`` move the day within what the known part allows, never beyond it. What is not known at all stays
    missing, unless ``whole`` says that it takes the date of ``toward``.
    """

    into: str
    flag: str
    of: str
    rule: Literal["first", "middle", "last"] = "first"
    most: Literal["day", "month"] = "month"
    toward: str = ""
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    whole: bool = False


def impute_date(frame: pd.DataFrame, args: ImputeDate, at: At) -> Outcome:
    """Rows with the date and its flag (ADaM DTF: D day, M month and day, Y all of it imputed; missing: none)."""
    import pandas as pd

    others = [name for name in (args.toward, *args.not_before, *args.not_after) if name]
    at.need(frame, [args.of, *others])
    for name in others:
        if kind_of(frame[name]) not in ("dates", ""):
            raise at.fail(f"{name} holds {kind_of(frame[name])}; dates are needed", "Make it a date first.")
    known = [_days(frame[name]) for name in others]
    made = [_imputed(text, dict(zip(others, days, strict=True)), args, at)
            for text, *days in zip(_texts(frame[args.of]), *known, strict=True)]  # fmt: skip
    dates = pd.Series([day for day, _ in made], index=frame.index, dtype="object")
    flags = pd.Series([flag for _, flag in made], index=frame.index, dtype="object")
    return Outcome(with_columns(frame, {args.into: pd.to_datetime(dates).astype("datetime64[ns]"), args.flag: flags}))


def _texts(column: pd.Series[Any]) -> list[str | None]:
    """Cells as ISO text; a column of dates is known in whole."""
    if kind_of(column) == "dates":
        return [None if day is None else day.isoformat() for day in _days(column)]
    return [cell if isinstance(cell, str) else None for cell in column]


def _days(column: pd.Series[Any]) -> list[date | None]:
    if kind_of(column) == "dates":
        return [day if there else None for day, there in zip(column.dt.date, column.notna(), strict=True)]
    return [None] * len(column)


def _imputed(
    text: str | None, known: dict[str, date | None], args: ImputeDate, at: At
) -> tuple[date | None, str | None]:
    toward = known.get(args.toward)
    if text is None:
        return (toward, "Y") if args.whole and toward else (None, None)
    low, high, flag = stretch_of(text, at)
    if flag is None:
        return low, None
    if flag == "M" and args.most == "day":
        return None, None
    day = min(max(toward, low), high) if toward else _by_rule(low, high, args.rule)
    for name in args.not_before:
        day = min(max(day, known[name] or NEVER), high)
    for name in args.not_after:
        day = max(min(day, known[name] or ALWAYS), low)
    return day, flag


def stretch_of(text: str, at: At) -> tuple[date, date, str | None]:
    """(first, last) day that a date known in part may be, and its flag (None if it is known in whole)."""
    found = _DATE.match(text)
    try:
        if not found:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        low = date(year, month or 1, day or 1)
    except ValueError:
        raise at.fail(f"{text!r} is no date in the form YYYY, YYYY-MM or YYYY-MM-DD") from None
    if day:
        return low, low, None
    if month:
        return low, _month_end(low), "D"
    return low, date(year, 12, 31), "M"


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def _by_rule(low: date, high: date, rule: str) -> date:
    """The first or last day, or the middle: the 15th of a month, 1 July of a year."""
    if rule == "middle":
        return low.replace(day=15) if low.month == high.month else low.replace(month=7)
    return low if rule == "first" else high


@dataclass(frozen=True)
class Emergent:
    """Treatment-emergent: begun on or after the first dose, and no later than some days after the last.

    A start known in part counts as emergent unless all its days lie before the first dose (or after the time at
    risk): a doubt is decided for emergent. An event without any start is emergent unless it is known to have ended
    before the first dose. Who was never dosed has none. ``why`` is a column for the reason in words.
    """

    into: str
    start: str
    first: str
    last: str = ""
    days_after: int = 0
    end: str = ""
    why: str = ""


def emergent(frame: pd.DataFrame, args: Emergent, at: At) -> Outcome:
    """Rows with Y or N. Days are compared, not times: an event on the day of the first dose is emergent."""
    import numpy as np

    names = [name for name in (args.start, args.first, args.last, args.end) if name]
    at.need(frame, names)
    spans = {name: _spans(frame[name], at) for name in names}
    nothing: list[Span] = [None] * len(frame)
    columns: list[list[Span]] = [spans.get(name, nothing) for name in (args.start, args.first, args.last, args.end)]
    reasons = [_reason(a, b, c, d, args.days_after) for a, b, c, d in zip(*columns, strict=True)]
    yes = np.array([said in _YES for said in reasons], dtype=bool)
    made = with_columns(frame, {args.into: flagged(yes, "Y", "N")})
    return Outcome(with_columns(made, {args.why: np.array(reasons, dtype=object)}) if args.why else made)


Span = tuple[date, date] | None
_YES = ("began under treatment", "may have begun under treatment", "start not known")


def _spans(column: pd.Series[Any], at: At) -> list[Span]:
    """(first, last) day that each cell may be; a column of dates is known in whole."""
    if kind_of(column) == "dates":
        return [None if day is None else (day, day) for day in _days(column)]
    return [None if text is None else stretch_of(text, at)[:2] for text in _texts(column)]


def _reason(start: Span, first: Span, last: Span, end: Span, days: int) -> str:
    if first is None:
        return "never dosed"
    if start is None:
        return "ended before the first dose" if end and end[1] < first[0] else "start not known"
    if start[1] < first[0]:
        return "began before the first dose"
    if last and start[0] > last[1] + timedelta(days):
        return "began after the time at risk"
    inside = start[0] >= first[0] and (last is None or start[1] <= last[1] + timedelta(days))
    return "began under treatment" if inside else "may have begun under treatment"


def _impute_problems(args: ImputeDate) -> Iterator[Problem]:
    if args.whole and not args.toward:
        yield "a date that is not known at all needs 'toward' to be taken from", "Name 'toward', or leave out 'whole'."
    if args.whole and args.most == "day":
        yield "'whole' imputes all of a date, and 'most: day' only its day", "Leave out one of the two."


def _impute_words(args: ImputeDate) -> str:
    toward = f", toward {args.toward}" if args.toward else ""
    return f"{args.into}: {args.of}, its missing part imputed ({args.rule} day{toward})"


def _emergent_words(args: Emergent) -> str:
    days = f"{args.days_after} day{'' if args.days_after == 1 else 's'}"
    until = f", up to {days} after {args.last}" if args.last else ""
    return f"{args.into}: {args.start} on or after {args.first}{until}"


DATES = {
    "impute_date": StepKind("impute_date", ImputeDate, _impute_words, impute_date, _impute_problems),
    "emergent": StepKind("emergent", Emergent, _emergent_words, emergent),
}

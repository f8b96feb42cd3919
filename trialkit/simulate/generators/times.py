"""Dates and times: of the row, around a dose, partly known, of birth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.simulate.generators.base import Cells, Generator, Making, numbers_of, objects, text_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray

MORNING = 10 * 60
"""Minute of the day of an assessment at a visit without a dose."""


def dates(days: Array) -> Array:
    """Days since 1970-01-01 as ISO dates, "" for a negative one (each day is written once)."""
    import numpy as np

    known, at = np.unique(days, return_inverse=True)
    texts = known.astype("datetime64[D]").astype(str)
    return objects(["" if day < 0 else text for day, text in zip(known, texts, strict=True)])[at]


@dataclass(frozen=True)
class Day:
    """A date: of the row, of the event's end (empty while ongoing), of screening, enrollment, the first or last day
    of the stay, the first or last dose taken (empty if none was), the last contact; moved by between ``lo`` and ``hi``
    days, but not to after the last contact; plus the days that the row's entry says under ``plus``."""

    of: Literal[
        "row", "end", "screened", "enrolled", "first dose", "last day", "first taken", "last taken", "contact"
    ] = "row"
    lo: int = 0
    hi: int = 0
    plus: str = ""


def day(args: Day, m: Making) -> Array:
    """ISO dates."""
    import numpy as np

    days = _days(args.of, m)
    if args.plus:
        days = days + numbers_of(m.said(args.plus)).astype(int)
    moved = days + (m.rng.integers(args.lo, args.hi + 1, len(days)) if args.hi > args.lo else args.lo)
    if args.hi > 0:
        moved = np.minimum(moved, np.maximum(m.trial.contact[m.rows.subject], days))
    return dates(np.where(days < 0, -1, moved))


def _days(of: str, m: Making) -> Array:
    if of == "row":
        return m.rows.day
    if of == "end":
        found: Array = m.rows.values["end"].astype(int)
        return found
    if of in ("first taken", "last taken"):
        return _taken(of == "last taken", m)[m.rows.subject]
    per = {"screened": m.trial.screened, "enrolled": m.trial.enrolled, "first dose": m.trial.first_dose}
    per["contact"] = m.trial.contact
    return per.get(of, m.trial.last_day)[m.rows.subject]


def _taken(last: bool, m: Making) -> Array:
    """(n,) the day of the first or last dose taken, -1 without one."""
    import numpy as np

    day = m.trial.visit_day[:, m.design.at(m.design.plan.dosing)]
    far = np.where(m.trial.taken, day, -1 if last else np.iinfo(np.int64).max)
    return np.where(m.trial.taken.any(axis=1), far.max(axis=1) if last else far.min(axis=1), -1)


@dataclass(frozen=True)
class Moment:
    """A date and time to the minute: of the row's dose (the morning at a visit without one), plus the hours that the
    row's entry says under ``hours``, plus up to ``late`` minutes."""

    hours: str = ""
    late: int = 0


def moment(args: Moment, m: Making) -> Array:
    """ISO date-times."""
    import numpy as np

    minute = dose_minute(m)
    if args.hours:
        minute = minute + np.round(60 * numbers_of(m.said(args.hours))).astype(int)
    if args.late:
        minute = minute + m.rng.integers(0, args.late + 1, len(minute))
    known, at = np.unique(minute, return_inverse=True)
    return objects(known.astype("datetime64[m]").astype(str))[at]


@dataclass(frozen=True)
class Later:
    """An earlier cell's date and time, plus between ``lo`` and ``hi`` minutes; empty where that is."""

    of: str
    lo: int = 0
    hi: int = 0


def later(args: Later, m: Making) -> Array:
    """ISO date-times to the minute."""
    import numpy as np

    cells = text_of(m.said(args.of)).astype(str)
    moved = m.rng.integers(args.lo, args.hi + 1, len(cells))
    filled = cells != ""
    made = objects([""])[np.zeros(len(cells), dtype=int)]
    made[filled] = objects((cells[filled].astype("datetime64[m]") + moved[filled]).astype(str))
    return made


def dose_minute(m: Making) -> Array:
    """(r,) when the dose of each row's visit is due, in minutes since 1970; the morning at a visit without one."""
    import numpy as np

    position = np.full(len(m.design.visits) + 1, -1)
    position[m.design.at(m.design.plan.dosing)] = np.arange(len(m.design.plan.dosing))
    dose = position[m.rows.visit]
    return np.where(dose >= 0, m.trial.dose_minute[m.rows.subject, dose], m.rows.day * 1440 + MORNING)


@dataclass(frozen=True)
class Past:
    """A date in the past of the subject's screening, between so many days before it, written in part: to the day,
    month or year by these shares. ``before`` names an earlier cell that must not be after it."""

    lo: int
    hi: int
    day: float = 0.2
    month: float = 0.4
    year: float = 0.4


def past(args: Past, m: Making) -> Array:
    """Partial ISO dates."""
    import numpy as np

    days = m.trial.screened[m.rows.subject] - m.rng.integers(args.lo, args.hi + 1, len(m.rows))
    share = np.array([args.day, args.month, args.year])
    length = m.rng.choice([10, 7, 4], len(m.rows), p=share / share.sum())
    return objects([text[:n] for text, n in zip(dates(days), length, strict=True)])


@dataclass(frozen=True)
class Birth:
    """Year and month of birth that fit the age in another field on the row's day, or on that of screening."""

    age: str
    on: Literal["row", "screened"] = "row"


def birth(args: Birth, m: Making) -> Array:
    """ISO months. The birthday lies 1 to 364 days before the age was reached so many years ago."""
    import numpy as np

    age = numbers_of(m.said(args.age))
    days = _days(args.on, m) - np.floor(age * 365.25).astype(int) - m.rng.integers(1, 364, len(m.rows))
    return objects([text[:7] for text in days.astype("datetime64[D]").astype(str)])


GENERATORS: dict[str, Generator] = {
    "day": (Day, day),
    "moment": (Moment, moment),
    "later": (Later, later),
    "past": (Past, past),
    "birth": (Birth, birth),
}

__all__ = ["GENERATORS", "Cells", "dates", "dose_minute"]

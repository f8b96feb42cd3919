"""Steps about baseline: which record it is, and the change from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import taken, with_columns, without
from trialkit.derive.keys import last_of_group
from trialkit.derive.steps.columns import flagged
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Baseline:
    """The baseline record of each subject (and of each ``by`` group): the last dated, non-missing value.

    Candidates are the rows dated before (or on or before) ``start``, or those that meet ``where``, or both. A row
    without a date is never the baseline: nobody knows that it is the last.
    """

    into: str
    value: str
    date: str
    start: str = ""
    rule: Literal["before", "on_or_before"] = "on_or_before"
    where: Condition = field(default_factory=Condition)
    by: tuple[str, ...] = ()
    flag: str = ""


def baseline(frame: pd.DataFrame, args: Baseline, at: At) -> Outcome:
    """Rows with the subject's baseline value in every row, and a flag Y on the record it was taken from."""
    import numpy as np

    at.need(frame, [args.value, args.date, args.start, *args.by, *args.where.columns])
    keys = [at.subject, *args.by]
    candidates = np.flatnonzero(_candidates(frame, args, keys, at))
    ordered = candidates[frame[args.date].iloc[candidates].argsort(kind="stable")]
    chosen = last_of_group(frame, keys, ordered)
    plain = without(frame, [args.into]) if args.into in frame else frame
    made = with_columns(plain, {args.into: taken(frame[args.value], chosen)})
    if args.flag:
        made[args.flag] = flagged(chosen == np.arange(len(frame)), "Y", "")
    return Outcome(made)


def _candidates(frame: pd.DataFrame, args: Baseline, keys: list[str], at: At) -> np.ndarray:
    """Which rows may be the baseline, as a mask."""
    made = args.where.holds(frame)
    for name in (args.value, args.date, *keys, *filter(None, [args.start])):
        made &= frame[name].notna().to_numpy()
    if args.start:
        at.comparable(frame[args.date], frame[args.start])
        date, start = frame.loc[made, args.date], frame.loc[made, args.start]
        made[made] = (date < start) | ((date == start) & (args.rule == "on_or_before"))
    return made


def _baseline_problems(args: Baseline) -> Iterator[Problem]:
    if not args.start and not args.where:
        yield "a baseline needs 'start', 'where' or both", ""


def _baseline_words(args: Baseline) -> str:
    start = f" {args.rule.replace('_', ' ')} {args.start}" if args.start else ""
    where = f" where {args.where.words()}" if args.where else ""
    return f"{args.into}: last {args.value}{start}{where}"


@dataclass(frozen=True)
class Change:
    """Change from baseline. ``where`` says which rows have one (post-baseline rows); all rows without it."""

    into: str
    value: str
    baseline: str
    where: Condition = field(default_factory=Condition)
    percent: str = ""


def change(frame: pd.DataFrame, args: Change, at: At) -> Outcome:
    """Rows with value - baseline, and percent change (missing where the baseline is 0); both columns hold numbers."""
    at.need(frame, [args.value, args.baseline, *args.where.columns])
    value, base = at.numbers(frame[args.value]), at.numbers(frame[args.baseline])
    difference = (value - base).where(args.where.holds(frame))
    made = with_columns(frame, {args.into: difference})
    if args.percent:
        made[args.percent] = 100 * difference / base.where(base != 0)
    return Outcome(made)


BASELINE = {
    "baseline": StepKind("baseline", Baseline, _baseline_words, baseline, _baseline_problems),
    "change": StepKind("change", Change, lambda a: f"{a.into}: {a.value} minus {a.baseline}", change),
}

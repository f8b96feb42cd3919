"""Steps that say which visit a record belongs to, and which record of a visit counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import with_columns
from trialkit.derive.keys import known_in, last_of_group
from trialkit.derive.steps.columns import flagged
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Window:
    """A visit and the study days that belong to it, both ends included; an end left out is open."""

    visit: str
    number: float
    target: float
    first: float | None = field(default=None, metadata={"key": "from"})
    last: float | None = field(default=None, metadata={"key": "to"})


@dataclass(frozen=True)
class VisitWindow:
    """The analysis visit by study day, whatever the visit was called; a day in no window has no analysis visit."""

    into: str
    number: str
    day: str
    windows: tuple[Window, ...]
    distance: str = ""


def visit_window(frame: pd.DataFrame, args: VisitWindow, at: At) -> Outcome:
    """Rows with visit and number, missing outside all windows; the distance is in days, and there is no day 0."""
    import numpy as np

    at.need(frame, [args.day])
    day = at.numbers(frame[args.day]).to_numpy()
    place = np.full(len(frame), -1)
    for number, window in enumerate(args.windows):
        low, high = _ends(window)
        place[(day >= low) & (day <= high)] = number
    visits = np.array([*(w.visit for w in args.windows), None], dtype=object)
    numbers = np.array([*(w.number for w in args.windows), np.nan])
    made = with_columns(frame, {args.into: visits[place], args.number: numbers[place]})
    if args.distance:
        targets = np.array([*(w.target for w in args.windows), np.nan])
        made[args.distance] = np.abs(_whole(day) - _whole(targets[place]))
    return Outcome(made)


def _ends(window: Window) -> tuple[float, float]:
    low = float("-inf") if window.first is None else window.first
    high = float("inf") if window.last is None else window.last
    return low, high


def _whole(day: np.ndarray) -> np.ndarray:
    """Study days on a line without a hole: day 1 is 0, day -1 is -1."""
    import numpy as np

    return np.where(day > 0, day - 1, day)


def _window_problems(args: VisitWindow) -> Iterator[Problem]:
    if not args.windows:
        yield "there is no window", "Name at least one under 'windows'."
    for window in args.windows:
        low, high = _ends(window)
        if not low <= window.target <= high:
            yield f"the target of {window.visit!r} lies outside its window", "Correct 'from', 'to' or 'target'."
    ordered = sorted(args.windows, key=_ends)
    for one, other in pairwise(ordered):
        if _ends(one)[1] >= _ends(other)[0]:
            yield f"the windows of {one.visit!r} and {other.visit!r} overlap", "Let one end before the other begins."


@dataclass(frozen=True)
class Choose:
    """Mark the one record of each group that counts: the first in an order of columns, each up or down.

    The order is the tie-break: with the distance up and then the date down, the record nearest to the target day is
    taken and, of two as near, the later one. What is left equal is decided by the order of the rows.
    """

    into: str
    by: tuple[str, ...]
    order: dict[str, Literal["up", "down"]]
    where: Condition = field(default_factory=Condition)


def choose(frame: pd.DataFrame, args: Choose, at: At) -> Outcome:
    """Rows with Y on the chosen record, missing on the others; a record with a missing group or order is not chosen."""
    import numpy as np

    keys = [at.subject, *args.by]
    at.need(frame, [*keys, *args.order, *args.where.columns])
    candidates = args.where.holds(frame) & known_in(frame, [*keys, *args.order])
    order = frame.loc[candidates, list(args.order)]
    ordered = order.sort_values(
        list(args.order), ascending=[way == "up" for way in args.order.values()], kind="stable"
    ).index.to_numpy()
    chosen = last_of_group(frame, keys, ordered[::-1])
    return Outcome(with_columns(frame, {args.into: flagged(chosen == np.arange(len(frame)), "Y", "")}))


def _choose_problems(args: Choose) -> Iterator[Problem]:
    if not args.order:
        yield "no order says which record counts", "Name columns under 'order', each 'up' or 'down'."


def _choose_words(args: Choose) -> str:
    order = ", ".join(f"{name} {way}" for name, way in args.order.items())
    where = f", of those where {args.where.words()}" if args.where else ""
    return f"{args.into}: the first by {order} of {', '.join(args.by) or 'each subject'}{where}"


WINDOWS = {
    "visit_window": StepKind(
        "visit_window", VisitWindow, lambda a: f"{a.into}: the window {a.day} lies in", visit_window, _window_problems
    ),
    "choose": StepKind("choose", Choose, _choose_words, choose, _choose_problems),
}

"""Times from a start to an end, and whether two of them certainly overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.model import Condition, Form
from trialkit.validate.groups import Unit, groups, run, taking_part, times
from trialkit.validate.plan import amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Interval:
    """What is certain of each row's time: it has begun at ``start`` and still goes on at ``end`` (NaN: unknown)."""

    start: np.ndarray
    end: np.ndarray


def own(rows: Rows, start: str, end: str, ongoing: Condition, unit: Unit) -> Interval:
    """The rows' own times; a row with an unread cell is not taken to go on for ever."""
    import numpy as np

    made = interval(rows.frame, rows.form, start, end, ongoing, unit)
    if rows.doubt is None:
        return made
    return Interval(made.start, np.where(rows.doubt & np.isinf(made.end), made.start, made.end))


def interval(frame: pd.DataFrame, form: Form, start: str, end: str, ongoing: Condition, unit: Unit) -> Interval:
    """The time of each row of a form. Without a known end only the start is certain; ongoing has no end."""
    import numpy as np

    first = times(frame[start], form.fields[start].type, unit)
    last = times(frame[end], form.fields[end].type, unit).low if end else first.low
    if ongoing:
        last = np.where(ongoing.masks(frame)[0], np.inf, last)
    return Interval(first.high, np.fmax(last, first.low))


def with_earlier(rows: Rows, one: Interval, by: Sequence[str], where: Condition, touch: bool) -> np.ndarray:
    """For each row an earlier row of its group (by start) that certainly still goes on when it begins, or -1."""
    import numpy as np
    import pandas as pd

    shown = np.full(len(rows), -1)
    ordered = run(rows, groups(rows, by), taking_part(rows, where)[0], one.start)
    ends = pd.Series(one.end[ordered.order])
    longest = ends.groupby(ordered.group).cummax()
    holder = pd.Series(np.where(ends == longest, ordered.order, np.nan)).groupby(ordered.group).ffill()
    earlier, until = (item.groupby(ordered.group).shift().to_numpy() for item in (holder, longest))
    begins = one.start[ordered.order]
    fails = until > begins if touch else until >= begins
    fails[fails] &= one.end[ordered.order[fails]] >= one.start[earlier[fails].astype("int64")]
    shown[ordered.order[fails]] = earlier[fails].astype("int64")
    return shown


def with_other(rows: Rows, one: Interval, args: Any) -> np.ndarray:
    """For each row a matched row of the other form whose time certainly overlaps its own, or -1."""
    import numpy as np

    shown = np.full(len(rows), -1)
    if args.form not in rows.others:
        return shown
    form, other = rows.forms[args.form], rows.others[args.form]
    two = interval(other, form, args.its_start, args.its_end, args.its_ongoing, args.unit)
    here, there = pairs(rows, other, matching(rows.form, form, args.match))
    early, late = amounts(rows, args.before)[here], amounts(rows, args.after)[here]
    left, right = two.end[there] + late, two.start[there] - early
    fails = (left > one.start[here]) & (one.end[here] > right)
    if not args.touch:
        fails = (left >= one.start[here]) & (one.end[here] >= right)
    fails &= args.where.masks(other)[0][there]
    shown[here[fails][::-1]] = there[fails][::-1]
    return shown

"""Which rows meet a criterion, and which have a row that meets another one near them in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.validate.axis import Stretch, numbers, satisfies
from trialkit.validate.groups import grouped_by, groups, times_of
from trialkit.validate.plan import amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.reference import moment_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def meets(rows: Rows, one: Any) -> np.ndarray:
    """True where a row certainly meets the criterion."""
    holds = one.where.masks(rows.frame)[0]
    if not one.field:
        return holds
    value, bound = numbers(rows.frame[one.field]), amounts(rows, one.value)
    if one.times:
        bound = bound * numbers(rows.frame[one.times])
    return holds & satisfies(one.op, Stretch(value, value), Stretch(bound, bound))


def beside(rows: Rows, args: Any, one: Any) -> tuple[np.ndarray, np.ndarray]:
    """(a row that meets the criterion is certainly near enough, the time of the first such row in words).

    Of a criterion that must be ``absent``: a row that meets it may be near enough.
    """
    import numpy as np

    words = np.full(len(rows), "", dtype=object)
    its = _rows_of(rows, one.form)
    if its is None:
        return np.full(len(rows), one.absent), words
    at = one.at or (its.form.date if one.form else args.at or its.form.date)
    own, other = times_of(rows, args.at or rows.form.date, args.unit), times_of(its, at, args.unit)
    group, its_group = _groups(rows, its, args)
    meeting, exact = (_may_meet if one.absent else meets)(its, one) & (its_group >= 0), other.low == other.high
    good, mine = meeting & exact, (group >= 0) & (own.low == own.high)
    room = _room(amounts(rows, args.within), one)
    near, shown = _near(own.low, group, mine, other.low[good], its_group[good], room)
    words[near] = [moment_text(value, args.unit) for value in other.low[good][shown[near]]]
    return (near | np.isin(group, its_group[meeting & ~exact]) if one.absent else near), words


def _may_meet(rows: Rows, one: Any) -> np.ndarray:
    """True where a row meets the criterion or may meet it."""
    import numpy as np

    if one.field:
        return meets(rows, one) | rows.frame[one.field].isna().to_numpy()
    return np.logical_or(*one.where.masks(rows.frame))


def _room(within: np.ndarray, one: Any) -> tuple[np.ndarray, np.ndarray]:
    """How far from a row's time another may be, from and to, as whole millionths; NaN where that is not known."""
    import numpy as np

    far, close = np.round(within * 1e6) + 1, np.full(len(within), max(round(one.least * 1e6), 1))
    return close if one.side == "after" else -far, -close if one.side == "before" else far


def _rows_of(rows: Rows, name: str) -> Rows | None:
    """The rows the criterion is about; None if that form was not received."""
    if not name:
        return rows
    if name not in rows.others:
        return None
    frame = rows.others[name].reset_index(drop=True)  # in base units already: it is not made from accepted rows again
    return Rows(rows.forms[name], frame, rows.others, rows.forms, plan=rows.plan)


def _groups(rows: Rows, its: Rows, args: Any) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the groups of both, the same for the same subject; -1 where a field is missing."""
    import numpy as np
    import pandas as pd

    if its is rows:
        own = groups(rows, args.by)
        return own, own
    names, its_names = list(grouped_by(rows.form, args.by)), [its.form.subject]
    both = pd.concat([_named(rows.frame[names]), _named(its.frame[its_names])], ignore_index=True)
    made = both.groupby(list(both), sort=False, dropna=False).ngroup().to_numpy()
    made = np.where(both.isna().any(axis=1).to_numpy(), -1, made)
    return made[: len(rows)], made[len(rows) :]


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(range(frame.shape[1]), axis=1)


def _near(
    own: np.ndarray,
    group: np.ndarray,
    mine: np.ndarray,
    other: np.ndarray,
    its_group: np.ndarray,
    room: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """For each row of ``mine`` whether one of the others of its group is within ``room`` of it, and the first."""
    import numpy as np

    near, shown = np.zeros(len(own), dtype=bool), np.zeros(len(own), dtype="int64")
    mine = mine & ~np.isnan(room[0]) & ~np.isnan(room[1])
    if not len(other) or not mine.any():
        return near, shown
    order = np.lexsort((other, its_group))
    start = min(own[mine].min(), other.min())
    width = max(own[mine].max(), other.max()) - start + 2 * max(np.abs(side[mine]).max() for side in room) / 1e6 + 1
    line = np.round((its_group[order] * width + other[order] - start) * 1e6).astype("int64")
    at = np.round((group[mine] * width + own[mine] - start) * 1e6).astype("int64")
    first = np.searchsorted(line, at + room[0][mine].astype("int64"), side="left")
    near[mine] = first < np.searchsorted(line, at + room[1][mine].astype("int64"), side="right")
    shown[mine] = order[np.minimum(first, len(order) - 1)]
    return near, shown

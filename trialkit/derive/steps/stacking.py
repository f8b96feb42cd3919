"""Steps that change what a row stands for: rows of another table below, one row for a group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind, filled, losses
from trialkit.derive.frames import rows_where, with_columns
from trialkit.derive.keys import known_in
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Append:
    """Put rows of another table below: {NEW: OLD} columns; ``constant`` gives them fixed texts."""

    columns: dict[str, str]
    from_: str = field(metadata={"key": "from"})
    where: Condition = field(default_factory=Condition)
    constant: dict[str, str] = field(default_factory=dict)


def append(frame: pd.DataFrame, args: Append, at: At) -> Outcome:
    """The rows of both; a column that one of them lacks is missing there. Added rows count as rows in."""
    import numpy as np
    import pandas as pd

    other = at.lookup.table(args.from_, at.place)
    at.need(other, [*args.columns.values(), *args.where.columns], repr(args.from_))
    for name in args.columns:
        if name in frame:
            at.comparable(frame[name], other[args.columns[name]].rename(name))
    rows = np.flatnonzero(args.where.holds(other))
    added = {new: other[old].iloc[rows] for new, old in args.columns.items()}
    added |= {name: pd.Series(np.full(len(rows), text, dtype=object)) for name, text in args.constant.items()}
    added[SRC] = other[SRC].iloc[rows]
    parts = {str(name): column for name, column in frame.items()}, added
    stacked = _under_each_other if len(frame) and len(rows) else _of_one
    return Outcome(stacked(*parts, len(frame), len(rows)), added=len(rows))


Columns = dict[str, "pd.Series[Any]"]


def _of_one(frame: Columns, added: Columns, rows: int, more: int) -> pd.DataFrame:
    """One part alone, and the columns of the other, which has no rows and no types to mix."""
    import pandas as pd

    full, empty = (added, frame) if more else (frame, added)
    index = pd.RangeIndex(rows + more)
    lacking = {name: _blank(column, index) for name, column in empty.items() if name not in full}
    return pd.DataFrame(
        {**{name: column.set_axis(index) for name, column in full.items()}, **lacking}, index=index, copy=False
    )


def _blank(column: pd.Series[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Missing values of the column's type, so that a column of dates is one although no row has a date."""
    import pandas as pd

    return pd.Series(None, index=index, dtype="float64" if column.dtype.kind in "iuf" else column.dtype)


def _under_each_other(frame: Columns, added: Columns, rows: int, more: int) -> pd.DataFrame:
    import pandas as pd

    index = pd.RangeIndex(rows + more)
    sizes = (frame, rows), (added, more)
    return pd.DataFrame({name: _stacked(name, sizes, index) for name in {**frame, **added}}, index=index, copy=False)


def _stacked(name: str, parts: tuple[tuple[Columns, int], ...], index: pd.Index[Any]) -> pd.Series[Any]:
    """A column of both parts in the type of the first that has a value of it, or of the last that has it at all."""
    import numpy as np
    import pandas as pd

    there = [part[name] for part, _ in parts if name in part]
    typed = there[0] if filled(there[0]) else there[-1]
    dtype: Any = "float64" if typed.dtype.kind in "iuf" and name != SRC else typed.dtype
    columns = [part[name] if name in part else pd.Series([None] * size, dtype=dtype) for part, size in parts]
    cells = [(column if column.dtype == dtype else column.astype(dtype)).to_numpy() for column in columns]
    return pd.Series(np.concatenate(cells), index=index, dtype=dtype)


@dataclass(frozen=True)
class Total:
    """One number made of a group: the sum, mean, smallest, largest, last or first of a column, or the count of rows."""

    into: str
    how: Literal["sum", "mean", "min", "max", "first", "last", "count"]
    column: str = ""


@dataclass(frozen=True)
class Collapse:
    """One row for each group, with totals of its rows; ``order`` sorts them first, for first and last."""

    by: tuple[str, ...]
    totals: tuple[Total, ...]
    order: tuple[str, ...] = ()


def collapse(frame: pd.DataFrame, args: Collapse, at: At) -> Outcome:
    """One row per group, with its totals and the source of its first row; the others are lost into it.

    A missing value does not count; a group in which all are missing has a missing total, a sum too. Rows in which a
    column of ``by`` is missing make no group and are lost.
    """
    at.need(frame, [*args.by, *args.order, *(t.column for t in args.totals)])
    whole = known_in(frame, args.by)
    rows = frame[whole].sort_values(list(args.order), kind="stable") if args.order else frame[whole]
    groups, again = rows.groupby(list(args.by), sort=False), rows.duplicated(subset=list(args.by)).to_numpy()
    made = rows_where(rows[[*args.by, SRC]], ~again)
    made = with_columns(made, {total.into: _total(rows, groups, total, at) for total in args.totals})
    into_one = losses(rows, {f"put together into one row of {', '.join(args.by)}": again})
    return Outcome(made, into_one + losses(frame, {f"{' or '.join(args.by)} is missing": ~whole}))


def _total(rows: pd.DataFrame, groups: Any, total: Total, at: At) -> np.ndarray:
    """The number of each group, in the order in which they appear."""
    if total.how == "count":
        return groups.size().to_numpy(dtype=float)  # type: ignore[no-any-return]
    if total.how in ("sum", "mean"):
        at.numbers(rows[total.column])
    column = groups[total.column]
    made = column.sum(min_count=1) if total.how == "sum" else getattr(column, total.how)()
    return made.to_numpy()  # type: ignore[no-any-return]


def _collapse_problems(args: Collapse) -> Iterator[Problem]:
    for total in args.totals:
        if total.how != "count" and not total.column:
            yield f"{total.into}: the {total.how} of which column?", "Name it under 'column'."
        if total.how in ("first", "last") and not args.order:
            yield f"{total.into}: the {total.how} in which order?", "Name columns under 'order'."


STACKING = {
    "append": StepKind("append", Append, lambda a: f"add rows of {a.from_}", append),
    "collapse": StepKind("collapse", Collapse, lambda a: f"one row of {', '.join(a.by)}", collapse, _collapse_problems),
}

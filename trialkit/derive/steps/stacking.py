"""Steps that change what a row stands for: rows of another table below, one row for a group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Loss, Outcome, Problem, StepKind, with_columns
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
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
    import pandas as pd

    other = at.lookup.table(args.from_, at.place)
    at.need(other, [*args.columns.values(), *args.where.columns], repr(args.from_))
    for name in args.columns:
        if name in frame:
            at.comparable(frame[name], other[args.columns[name]].rename(name))
    rows = other[args.where.holds(other)]
    added = pd.DataFrame({new: rows[old].to_numpy() for new, old in args.columns.items()}).assign(**args.constant)
    added[SRC] = rows[SRC].to_numpy()
    if not len(frame) or not len(added):  # an empty part has no types to mix
        whole = (added if len(added) else frame).reset_index(drop=True)
        other = frame if len(added) else added
        lacking = {str(name): _blank(other[name], whole.index) for name in other if name not in whole}
        return Outcome(with_columns(whole, lacking), added=len(added))
    names = [*frame.columns, *(name for name in added if name not in frame)]
    index = pd.RangeIndex(len(frame) + len(added))
    columns = {name: _stacked(frame, added, name, index) for name in names}
    return Outcome(pd.DataFrame(columns, index=index), added=len(added))


def _blank(column: pd.Series[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Missing values of the column's type, so that a column of dates is one although no row has a date."""
    import pandas as pd

    return pd.Series(None, index=index, dtype="float64" if column.dtype.kind in "iuf" else column.dtype)


def _stacked(frame: pd.DataFrame, added: pd.DataFrame, name: str, index: pd.Index[Any]) -> pd.Series[Any]:
    """A column of both parts in the type of the one that has it."""
    import numpy as np
    import pandas as pd

    typed = (
        frame[name] if name in frame and frame[name].notna().any() else added[name] if name in added else frame[name]
    )
    dtype: Any = "float64" if typed.dtype.kind in "iuf" and name != SRC else typed.dtype
    parts = [
        (part[name] if part[name].dtype == dtype else part[name].astype(dtype))
        if name in part
        else pd.Series([None] * len(part), dtype=dtype)
        for part in (frame, added)
    ]
    return pd.Series(np.concatenate([part.to_numpy() for part in parts]), index=index, dtype=dtype)


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
    whole = frame[list(args.by)].notna().all(axis=1)
    rows = frame[whole].sort_values(list(args.order), kind="stable") if args.order else frame[whole]
    groups = rows.groupby(list(args.by), sort=False)
    made = rows.drop_duplicates(subset=list(args.by))[[*args.by, SRC]].reset_index(drop=True)
    for total in args.totals:
        made = made.merge(_total(rows, groups, total, at), on=list(args.by), how="left")
    rest = rows[rows.duplicated(subset=list(args.by))]
    losses = (
        Loss(f"put together into one row of {', '.join(args.by)}", rest),
        Loss(f"{' or '.join(args.by)} is missing", frame[~whole]),
    )
    return Outcome(made, tuple(loss for loss in losses if len(loss.rows)))


def _total(rows: pd.DataFrame, groups: Any, total: Total, at: At) -> pd.DataFrame:
    if total.how == "count":
        return groups.size().rename(total.into).astype(float).reset_index()  # type: ignore[no-any-return]
    if total.how in ("sum", "mean"):
        at.numbers(rows[total.column])
    column = groups[total.column]
    made = column.sum(min_count=1) if total.how == "sum" else getattr(column, total.how)()
    return made.rename(total.into).reset_index()  # type: ignore[no-any-return]


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

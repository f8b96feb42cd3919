"""Steps that fetch from other forms and data sets: join, pick, aggregate, exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import (
    At,
    Loss,
    Outcome,
    Problem,
    StepKind,
    keyed,
    kind_of,
    per_subject,
    rows_where,
    taken,
    with_columns,
)
from trialkit.derive.steps.columns import flagged
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def _other(name: str, where: Condition, at: At, keys: dict[str, str], columns: Iterable[str] = ()) -> pd.DataFrame:
    """The rows of another table that meet a condition (unknown counts as not met) and can be matched, with their
    match values, ``columns`` and source.

    A row with a missing match value belongs to nobody and is left out.
    """
    other, named = at.lookup.table(name, at.place), list(dict.fromkeys([*keys.values(), *columns]))
    at.need(other, [*named, *where.columns], f"{name!r}")
    meets = where.masks(other)[0]
    for key in keys.values():
        meets &= other[key].notna().to_numpy()
    rows = other[[*named, SRC]]
    return rows if meets.all() else rows[meets]


def _fetch(
    frame: pd.DataFrame, other: pd.DataFrame, index: pd.Index[Any], columns: dict[str, str], keys: Iterable[str]
) -> pd.DataFrame:
    """``frame`` with columns {NEW: OLD} of ``other``, whose rows stand in ``index`` by the values of ``keys``."""
    places = index.get_indexer(keyed(frame, list(keys)))
    return with_columns(frame, {new: taken(other[old], places) for new, old in columns.items()})


def _matched(frame: pd.DataFrame, other: pd.DataFrame, keys: dict[str, str]) -> np.ndarray:
    """Which rows have a row with the same keys in ``other``."""
    return keyed(frame, list(keys)).isin(keyed(other, list(keys.values())))


def _keys(match: dict[str, str], name: str, at: At) -> dict[str, str]:
    return match or {at.subject: at.lookup.subject(name)}


@dataclass(frozen=True)
class Join:
    """Fetch columns {NEW: OLD} from a table with one row per match; ``required`` loses rows without a match."""

    columns: dict[str, str]
    from_: str = field(metadata={"key": "from"})
    match: dict[str, str] = field(default_factory=dict)
    where: Condition = field(default_factory=Condition)
    required: bool = False


def join(frame: pd.DataFrame, args: Join, at: At) -> Outcome:
    """Rows with the fetched columns, in their order; a missing match is a missing value, or a loss if required."""
    keys = _keys(args.match, args.from_, at)
    at.need(frame, keys)
    other = _other(args.from_, args.where, at, keys, args.columns.values())
    index = per_subject(other, list(keys.values()), at, repr(args.from_))
    made = _fetch(frame, other, index, args.columns, keys)
    if not args.required:
        return Outcome(made)
    found, blank = _matched(frame, other, keys), frame[list(keys)].isna().any(axis=1).to_numpy()
    lost = (
        Loss(f"no row in {args.from_!r}", made[~found & ~blank]),
        Loss(f"no value to match by in {', '.join(keys)}", made[blank]),
    )
    return Outcome(rows_where(made, found), tuple(loss for loss in lost if len(loss.rows)))


@dataclass(frozen=True)
class Pick:
    """Fetch columns {NEW: OLD} from each subject's first or last row of a table, in the order given."""

    columns: dict[str, str]
    order: tuple[str, ...]
    from_: str = field(metadata={"key": "from"})
    rule: Literal["first", "last"] = "first"
    match: dict[str, str] = field(default_factory=dict)
    where: Condition = field(default_factory=Condition)


def pick(frame: pd.DataFrame, args: Pick, at: At) -> Outcome:
    """Rows with the columns of the picked row; rows whose order value is missing are never picked."""
    keys = _keys(args.match, args.from_, at)
    at.need(frame, keys)
    other = _other(args.from_, args.where, at, keys, [*args.order, *args.columns.values()])
    ordered = other.dropna(subset=list(args.order)).sort_values(list(args.order), kind="stable")
    one = ordered.drop_duplicates(subset=list(keys.values()), keep=args.rule)
    return Outcome(_fetch(frame, one, keyed(one, list(keys.values())), args.columns, keys))


@dataclass(frozen=True)
class Aggregate:
    """Summarize a column of another table per subject: sum or mean of numbers, min or max of numbers or dates, or
    count of rows."""

    into: str
    from_: str = field(metadata={"key": "from"})
    how: Literal["sum", "mean", "min", "max", "count"] = "count"
    column: str = ""
    match: dict[str, str] = field(default_factory=dict)
    where: Condition = field(default_factory=Condition)


def aggregate(frame: pd.DataFrame, args: Aggregate, at: At) -> Outcome:
    """Rows with the summary; a subject without rows has 0 for a count and a missing value for the rest.

    Where all of a subject's values are missing the summary is missing, a sum too. Raises AnalysisError for a column
    that cannot be summarized so.
    """
    keys = _keys(args.match, args.from_, at)
    at.need(frame, keys)
    other = _other(args.from_, args.where, at, keys, filter(None, [args.column]))
    if args.how == "count":
        table = other.groupby(list(keys.values()), sort=False).size().astype(float).to_frame("value")
        made = _fetch(frame, table, table.index, {args.into: "value"}, keys)
        return Outcome(with_columns(made, {args.into: made[args.into].fillna(0.0)}))
    values = _summable(other[args.column], args, at)
    grouped = values.groupby([other[key] for key in keys.values()], sort=False)
    summary = grouped.sum(min_count=1) if args.how == "sum" else grouped.agg(args.how)
    return Outcome(_fetch(frame, summary.to_frame("value"), summary.index, {args.into: "value"}, keys))


def _summable(column: pd.Series[Any], args: Aggregate, at: At) -> pd.Series[Any]:
    """The column as numbers, or as dates where only their order counts."""
    ordered = kind_of(column) == "dates" and args.how in ("min", "max")
    return column if ordered else at.numbers(column)


def _aggregate_problems(args: Aggregate) -> Iterator[Problem]:
    if args.how != "count" and not args.column:
        yield f"{args.how!r} needs 'column'", ""


@dataclass(frozen=True)
class Exists:
    """A flag: the subject has a row in another table that meets the condition."""

    into: str
    from_: str = field(metadata={"key": "from"})
    where: Condition = field(default_factory=Condition)
    match: dict[str, str] = field(default_factory=dict)
    yes: str = "Y"
    no: str = "N"


def exists(frame: pd.DataFrame, args: Exists, at: At) -> Outcome:
    """Rows with the flag; ``no: ""`` leaves it missing."""
    keys = _keys(args.match, args.from_, at)
    at.need(frame, keys)
    other = _other(args.from_, args.where, at, keys)
    return Outcome(with_columns(frame, {args.into: flagged(_matched(frame, other, keys), args.yes, args.no)}))


def _exists_words(args: Exists) -> str:
    where = f" where {args.where.words()}" if args.where else ""
    return f"flag {args.into}: Y if there is a row in {args.from_}{where}"


LOOKUPS = {
    "join": StepKind("join", Join, lambda a: f"join {', '.join(a.columns)} from {a.from_}", join),
    "pick": StepKind("pick", Pick, lambda a: f"pick {', '.join(a.columns)} from the {a.rule} row of {a.from_}", pick),
    "aggregate": StepKind(
        "aggregate", Aggregate, lambda a: f"{a.into}: {a.how} over {a.from_}", aggregate, _aggregate_problems
    ),
    "exists": StepKind("exists", Exists, _exists_words, exists),
}


def rows_seen(args: Any, row: pd.Series[Any], at: At) -> tuple[str, tuple[int, ...]]:
    """The table that a step of this module looked into for a row, and the ``_src`` of the rows that counted."""
    if not isinstance(args, (Join, Pick, Aggregate, Exists)):
        return "", ()
    keys = _keys(args.match, args.from_, at)
    other = _other(args.from_, args.where, at, keys, args.order if isinstance(args, Pick) else ())
    for own, their in keys.items():
        other = other[(other[their] == row.get(own)).to_numpy()]
    if isinstance(args, Pick):
        ordered = other.dropna(subset=list(args.order)).sort_values(list(args.order), kind="stable")
        other = ordered.head(1) if args.rule == "first" else ordered.tail(1)
    return args.from_, tuple(int(source) for source in other[SRC])

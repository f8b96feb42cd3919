"""Steps that fetch from other forms and data sets: join, pick, aggregate, exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind, kind_of, losses
from trialkit.derive.frames import rows_where, taken, with_columns
from trialkit.derive.keys import known_in
from trialkit.derive.steps.columns import flagged
from trialkit.derive.steps.seen import Seen, check_once, fetched, keys_of, matched, seen_by
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd


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
    keys = keys_of(args, at)
    at.need(frame, keys)
    seen = seen_by(args, keys, at, args.columns.values())
    check_once(seen, list(keys.values()), args.from_, at)
    own = seen.keyed.of(frame, list(keys))
    made = with_columns(frame, fetched(seen, args.columns, own))
    if not args.required:
        return Outcome(made)
    found, known = matched(seen, own), known_in(frame, list(keys))
    why = f"no row in {args.from_!r}", f"no value to match by in {', '.join(keys)}"
    return Outcome(rows_where(made, found), losses(made, dict(zip(why, (~found & known, ~known), strict=True))))


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
    keys = keys_of(args, at)
    at.need(frame, keys)
    seen = _ordered(seen_by(args, keys, at, [*args.order, *args.columns.values()]), args)
    return Outcome(with_columns(frame, fetched(seen, args.columns, seen.keyed.of(frame, list(keys)))))


def _ordered(seen: Seen, args: Pick) -> Seen:
    """The rows with all values of the order, the one to be picked last."""
    import numpy as np

    order = seen.table[list(args.order)].iloc[seen.rows].set_axis(np.arange(len(seen.rows)))
    places = order.dropna().sort_values(list(args.order), kind="stable").index.to_numpy()
    places = places if args.rule == "last" else places[::-1]
    return replace(seen, rows=seen.rows[places], codes=seen.codes[places])


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
    import numpy as np

    keys = keys_of(args, at)
    at.need(frame, keys)
    seen = seen_by(args, keys, at, filter(None, [args.column]))
    own = seen.keyed.of(frame, list(keys))
    if args.how == "count":
        counts = np.bincount(seen.codes, minlength=len(seen.keyed.numbers) + 1)
        return Outcome(with_columns(frame, {args.into: counts[own].astype(float)}))
    grouped = _summable(seen.table[args.column].iloc[seen.rows], args, at).groupby(seen.codes, sort=False)
    summary = grouped.sum(min_count=1) if args.how == "sum" else grouped.agg(args.how)
    places = seen.keyed.spread(summary.index.to_numpy(), np.arange(len(summary)), -1)[own]
    return Outcome(with_columns(frame, {args.into: taken(summary, places)}))


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
    keys = keys_of(args, at)
    at.need(frame, keys)
    seen = seen_by(args, keys, at)
    found = matched(seen, seen.keyed.of(frame, list(keys)))
    return Outcome(with_columns(frame, {args.into: flagged(found, args.yes, args.no)}))


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
    keys = keys_of(args, at)
    seen = seen_by(args, keys, at, args.order if isinstance(args, Pick) else ())
    if isinstance(args, Pick):
        seen = _ordered(seen, args)
    rows = seen.rows[seen.codes == seen.keyed.number([row.get(own) for own in keys])]
    return args.from_, tuple(seen.table[SRC].iloc[rows[-1:] if isinstance(args, Pick) else rows].tolist())

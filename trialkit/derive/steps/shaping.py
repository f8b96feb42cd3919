"""Steps that change how many rows stand for one: a row for each of several columns, or for each value of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Loss, Outcome, Problem, StepKind, kind_of, losses
from trialkit.derive.frames import numbered, rows_where, with_columns, without
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Unpivot:
    """A row for each of several columns, with its name in one column and its value in another."""

    names: str
    values: str
    columns: dict[str, str]
    missing: Literal["lost", "kept"] = "lost"


def unpivot(frame: pd.DataFrame, args: Unpivot, at: At) -> Outcome:
    """The rows so multiplied, each with the source of its row, without the columns themselves; the further rows count
    as rows in. A row without a value is lost unless it is kept."""
    import numpy as np

    at.need(frame, args.columns)
    first, *rest = args.columns
    for name in rest:
        at.comparable(frame[first], frame[name])
    block, many = frame[list(args.columns)], len(args.columns)
    if any(kind_of(frame[name]) == "numbers" for name in args.columns):
        block = block.astype(float)
    made = numbered(without(frame, args.columns).take(np.repeat(np.arange(len(frame)), many)))
    names = np.tile(np.array(list(args.columns.values()), dtype=object), len(frame))
    made = with_columns(made, {args.names: names, args.values: block.to_numpy().ravel()})
    added = len(made) - len(frame)
    if args.missing == "kept":
        return Outcome(made, added=added)
    blank = made[args.values].isna().to_numpy()
    return Outcome(rows_where(made, ~blank), losses(made, {f"no value in {args.values}": blank}), added)


def _unpivot_problems(args: Unpivot) -> Iterator[Problem]:
    if not args.columns:
        yield "there is no column to make rows of", "Name them under 'columns': {COLUMN: name}."
    if len(set(args.columns.values())) != len(args.columns):
        yield f"two columns have one name in {args.names}", "Give each a name of its own."


@dataclass(frozen=True)
class Cross:
    """A row for each distinct combination of values of another table's columns, found there or not for the subject."""

    columns: dict[str, str]
    from_: str = field(metadata={"key": "from"})
    where: Condition = field(default_factory=Condition)


def cross(frame: pd.DataFrame, args: Cross, at: At) -> Outcome:
    """Every row with every combination, in the order of their values; rows are lost if the table has none.

    A combination with a missing value is none.
    """
    other = at.lookup.table(args.from_, at.place)
    at.need(other, [*args.columns.values(), *args.where.columns], repr(args.from_))
    named = other.loc[args.where.holds(other), list(args.columns.values())]
    values = named.dropna().drop_duplicates().sort_values(list(args.columns.values()), kind="stable")
    if not len(values):
        lost = (Loss(f"no row of {args.from_!r} to cross with", frame),) if len(frame) else ()
        none: dict[str, Any] = {new: values[old].to_numpy() for new, old in args.columns.items()}
        return Outcome(frame.iloc[:0].assign(**none), lost)
    plain = frame.drop(columns=[name for name in args.columns if name in frame])
    renamed = values.set_axis(list(args.columns), axis=1)
    made = plain.merge(renamed, how="cross")
    return Outcome(made, added=len(made) - len(frame))


SHAPING: dict[str, StepKind] = {
    "unpivot": StepKind(
        "unpivot", Unpivot, lambda a: f"{a.names}, {a.values}: a row each of {', '.join(a.columns)}", unpivot,
        _unpivot_problems,
    ),
    "cross": StepKind("cross", Cross, lambda a: f"a row for each {', '.join(a.columns)} of {a.from_}", cross),
}  # fmt: skip

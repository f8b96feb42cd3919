"""Steps that choose rows and columns: take, filter, one_per."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, StepKind, losses
from trialkit.derive.frames import only, rows_where
from trialkit.model.condition import Condition
from trialkit.model.table import SRC
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Take:
    """Keep and rename columns: {NEW: OLD}, or a list of names that stay."""

    columns: dict[str, str]


def take(frame: pd.DataFrame, args: Take, at: At) -> Outcome:
    """Exactly the named columns, renamed, in the order given; the source of each row stays."""
    at.need(frame, args.columns.values())
    return Outcome(only(frame, {**args.columns, SRC: SRC}))


@dataclass(frozen=True)
class Filter:
    """Keep the rows that meet a condition; rows for which it is unknown are lost under their own reason."""

    where: Condition
    reason: str = ""


def filter_rows(frame: pd.DataFrame, args: Filter, at: At) -> Outcome:
    """Rows that meet the condition; a missing value is told apart from a "no" in the ledger."""
    at.need(frame, args.where.columns)
    return split(frame, args.where, args.reason)


def split(frame: pd.DataFrame, where: Condition, reason: str = "") -> Outcome:
    """Rows that meet ``where``, and two losses: "not" and "a value is missing"."""
    holds, unknown = where.masks(frame)
    no, gone = reason or f"not: {where.words()}", f"a value is missing in: {where.words()}"
    return Outcome(rows_where(frame, holds), losses(frame, {no: ~holds & ~unknown, gone: unknown}))


@dataclass(frozen=True)
class OnePer:
    """Keep one row per group, of those that meet ``where``: the first or last in the order of the given columns."""

    by: tuple[str, ...]
    order: tuple[str, ...]
    rule: Literal["first", "last"] = "last"
    where: Condition = field(default_factory=Condition)


def one_per(frame: pd.DataFrame, args: OnePer, at: At) -> Outcome:
    """One row per group; the others are lost with that reason, and rows that do not meet ``where`` under their own."""
    at.need(frame, (*args.by, *args.order, *args.where.columns))
    met = split(frame, args.where)
    blank: Literal["first", "last"] = "last" if args.rule == "first" else "first"
    order = met.frame[list(args.order)].sort_values(list(args.order), kind="stable", na_position=blank).index.to_numpy()
    again = met.frame[list(args.by)].take(order).duplicated(keep=args.rule).sort_index().to_numpy()
    lost = losses(met.frame, {f"not the {args.rule} row of {', '.join(args.by)}": again})
    return Outcome(rows_where(met.frame, ~again), (*met.lost, *lost))


def _take_words(args: Take) -> str:
    return f"take {many(len(args.columns), 'column')}"


def _one_per_words(args: OnePer) -> str:
    where = f", of those where {args.where.words()}" if args.where else ""
    return f"keep the {args.rule} row of {', '.join(args.by)}{where}"


ROWS = {
    "take": StepKind("take", Take, _take_words, take),
    "filter": StepKind("filter", Filter, lambda a: f"keep rows where {a.where.words()}", filter_rows),
    "one_per": StepKind("one_per", OnePer, _one_per_words, one_per),
}

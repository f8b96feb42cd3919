"""Steps that combine columns of the row: a weighted sum, a rounded number, the first that is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import At, Outcome, Problem, StepKind, kind_of
from trialkit.derive.frames import with_columns
from trialkit.model.rounding import rounded

if TYPE_CHECKING:
    import pandas as pd

MOST_DECIMALS = 15


@dataclass(frozen=True)
class Sum:
    """A number: columns added up, each times its factor, plus a constant, divided by a constant.

    One column with factor 1 and a divisor is a change of unit. Missing where one of the columns is.
    """

    into: str
    of: dict[str, float]
    plus: float = 0.0
    divisor: float = 1.0


def weighted_sum(frame: pd.DataFrame, args: Sum, at: At) -> Outcome:
    """Rows with the sum. Raises AnalysisError for a column that is no number."""
    at.need(frame, args.of)
    total: Any = args.plus
    for name, factor in args.of.items():
        total = total + factor * at.numbers(frame[name])
    return Outcome(with_columns(frame, {args.into: total / args.divisor}))


@dataclass(frozen=True)
class Round:
    """A number with so many decimals, half away from zero: for a value that is kept as it is printed."""

    into: str
    of: str
    decimals: int = 0


def round_half_away(frame: pd.DataFrame, args: Round, at: At) -> Outcome:
    """Rows with the rounded number; missing stays missing. Raises AnalysisError for a column that is no number."""
    at.need(frame, [args.of])
    made = at.numbers(frame[args.of]).map(lambda v: float(rounded(v, args.decimals)), na_action="ignore")
    return Outcome(with_columns(frame, {args.into: made.astype(float)}))


@dataclass(frozen=True)
class FirstFilled:
    """The first of several columns that is filled: a value where it is known, else what stands in for it."""

    into: str
    of: tuple[str, ...]


def first_filled(frame: pd.DataFrame, args: FirstFilled, at: At) -> Outcome:
    """Rows with the value; missing where all are. Raises AnalysisError unless all hold dates, numbers or text."""
    at.need(frame, args.of)
    made = frame[args.of[0]]
    for name in args.of[1:]:
        at.comparable(made, frame[name])
        made = frame[name] if not kind_of(made) else made.where(made.notna(), frame[name])
    return Outcome(with_columns(frame, {args.into: made}))


def _sum_problems(args: Sum) -> Iterator[Problem]:
    if not args.of:
        yield f"no column is added up for {args.into}", "Name at least one, with its factor: {COLUMN: 1}."
    if args.divisor == 0:
        yield f"{args.into} is divided by 0", "Leave out 'divisor', or write another number."


def _round_problems(args: Round) -> Iterator[Problem]:
    if not 0 <= args.decimals <= MOST_DECIMALS:
        yield f"a number cannot be rounded to {args.decimals} decimals", f"Write 0 to {MOST_DECIMALS}."


def _filled_problems(args: FirstFilled) -> Iterator[Problem]:
    if len(args.of) < 2:
        yield f"{args.into} has nothing to choose from", "Name two columns or more, the preferred one first."


COMBINING: dict[str, StepKind] = {
    "sum": StepKind("sum", Sum, lambda a: f"{a.into}: sum of {', '.join(a.of)}", weighted_sum, _sum_problems),
    "round": StepKind(
        "round", Round, lambda a: f"{a.into}: {a.of} to {a.decimals} decimals", round_half_away, _round_problems
    ),
    "first_filled": StepKind(
        "first_filled", FirstFilled, lambda a: f"{a.into}: the first filled of {', '.join(a.of)}", first_filled,
        _filled_problems,
    ),
}  # fmt: skip

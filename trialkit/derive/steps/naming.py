"""A step that names a row by the first condition it meets: a status, or the reason why it is out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import with_columns
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Case:
    """A name, and the rows it is given to."""

    says: str
    where: Condition


@dataclass(frozen=True)
class Classify:
    """A category by conditions: each row has the name of the first case it meets, so that each has one only."""

    into: str
    cases: tuple[Case, ...]
    otherwise: str = ""


def classify(frame: pd.DataFrame, args: Classify, at: At) -> Outcome:
    """Rows with their name; a row that meets no case has ``otherwise``, which is missing where it is left out.

    A condition that is unknown because a value is missing is not met.
    """
    import numpy as np

    at.need(frame, [name for case in args.cases for name in case.where.columns])
    made = np.full(len(frame), args.otherwise or None, dtype=object)
    named = np.zeros(len(frame), dtype=bool)
    for case in args.cases:
        meets = case.where.holds(frame) & ~named
        made[meets] = case.says
        named |= meets
    return Outcome(with_columns(frame, {args.into: made}))


def _problems(args: Classify) -> Iterator[Problem]:
    if not args.cases:
        yield f"{args.into} has no case", "Add 'cases: [{where: {...}, says: ...}]'."
    for number, case in enumerate(args.cases, start=1):
        if not case.where:
            yield f"case {number} of {args.into}, {case.says!r}, has no condition", "Say it under 'otherwise'."


def _words(args: Classify) -> str:
    return f"{args.into}: the first that holds of {len(args.cases)} cases"


NAMING: dict[str, StepKind] = {"classify": StepKind("classify", Classify, _words, classify, _problems)}

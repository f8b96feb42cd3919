"""present: the cell must be filled, if or unless a condition holds. An unread cell counts as filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Condition, Form, Rule
from trialkit.validate.kind import Kind, Problem, unfit
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """The cell must be filled where ``if`` certainly holds, and not where ``unless`` holds or may hold."""

    only: Condition = attribute(default_factory=Condition, metadata={"key": "if"})
    unless: Condition = attribute(default_factory=Condition)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return tuple(dict.fromkeys((rule.field, *args.only.columns, *args.unless.columns)))


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the cell is missing."""
    wrong = rows.frame[rule.field].isna().to_numpy() & args.only.masks(rows.frame)[0]
    if args.unless:
        holds, unknown = args.unless.masks(rows.frame)
        wrong = wrong & ~holds & ~unknown
    return wrong


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    said = [f"where {condition.words()}" for condition in (rule.when, args.only) if condition]
    said += [f"unless {args.unless.words()}"] if args.unless else []
    return " ".join(["is missing", *said])


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Enter the value at source."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from unfit(form, args.only, "'if'")
    yield from unfit(form, args.unless, "'unless'")


KIND = Kind(
    "present", Args, mask, say, stage=0, fix=fix, reads=reads, problems=problems, single=True, presence=True, coded=True
)

"""present: the cell, or each of several, must be filled, if or unless a condition holds. Unread counts as filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from trialkit.model import Condition, Form, Rule
from trialkit.model.texts import filled
from trialkit.validate.kind import Kind, Problem, unfit, unknown_fields
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """The cell must be filled where ``if`` certainly holds, and not where ``unless`` holds or may hold.

    With ``all``, each of these fields must be, and the record is one finding at the rule's field.
    """

    only: Condition = attribute(default_factory=Condition, metadata={"key": "if"})
    unless: Condition = attribute(default_factory=Condition)
    all: tuple[str, ...] = ()


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return tuple(dict.fromkeys((*wanted(rule, args), *args.only.columns, *args.unless.columns)))


def wanted(rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields that must be filled."""
    return args.all or (rule.field,)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the cell, or one of them, is missing."""
    gone = reduce(or_, [~filled(rows.frame[name]) for name in wanted(rule, args)])
    wrong = gone & args.only.masks(rows.frame)[0]
    if args.unless:
        holds, unknown = args.unless.masks(rows.frame)
        wrong = wrong & ~holds & ~unknown
    return wrong


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    said = [f"where {condition.words()}" for condition in (rule.when, args.only) if condition]
    said += [f"unless {args.unless.words()}"] if args.unless else []
    return " ".join(["is told with parts that are missing" if args.all else "is missing", *said])


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """Of several fields, how many are filled and which are not."""
    if not args.all:
        return [""] * len(positions)
    gone = rows.frame[list(args.all)].isna().to_numpy()[positions]
    names = [rows.form.fields[name].label for name in args.all]
    lacks = [[name for name, missing in zip(names, row, strict=True) if missing] for row in gone]
    return [f"{len(names) - len(one)} of {len(names)} answered; missing: {', '.join(one)}" for one in lacks]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Enter the value that the source shows."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from unfit(form, args.only, "'if'")
    yield from unfit(form, args.unless, "'unless'")
    yield from unknown_fields(form, args.all)


KIND = Kind(
    "present", Args, mask, say, stage=0, fix=fix, reads=reads, problems=problems, detail=detail, single=True,
    presence=True, coded=True,
)  # fmt: skip

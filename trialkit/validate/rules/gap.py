"""gap: the shortest and longest time from one record of a group to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import Stretch
from trialkit.validate.groups import (
    DUST,
    Unit,
    group_problems,
    grouped_by,
    groups,
    length_between,
    run,
    taking_part,
    time_problems,
    times_of,
    unsure,
)
from trialkit.validate.kind import Kind, Problem, a_number, at_source
from trialkit.validate.plan import amount_words, amounts
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """From one record of a group to the next there are at least ``min`` and at most ``max`` ``unit``.

    ``by`` are the fields that make a group (the subject when left out), ``where`` the rows that take part.
    """

    min: Amount = Amount()
    max: Amount = Amount()
    unit: Unit = "hours"
    by: tuple[str, ...] = ()
    where: Condition = attribute(default_factory=Condition)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (rule.field, *grouped_by(form, args.by))


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the condition on the rows that take part."""
    return args.where.columns


def gaps(rows: Rows, rule: Rule, args: Args) -> tuple[Stretch, np.ndarray]:
    """(time since the record before, NaN for the first; whether a record of unknown time may lie between)."""
    import numpy as np

    when, group = times_of(rows, rule.field, args.unit), groups(rows, args.by)
    part, doubt = taking_part(rows, args.where)
    later, earlier = run(rows, group, part, when.low).steps()
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    low[later], high[later] = when.low[later] - when.high[earlier], when.high[later] - when.low[earlier]
    return Stretch(low, high), unsure(group, doubt | (part & np.isnan(when.low)))


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the time since the record before is certainly too short or too long."""
    since, loose = gaps(rows, rule, args)
    short = since.high < amounts(rows, args.min) - DUST
    return short | ((since.low > amounts(rows, args.max) + DUST) & ~loose)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    ends = [
        f"{words} {amount_words(rows, end, args.unit)}"
        for words, end in (("less than", args.min), ("more than", args.max))
        if end
    ]
    return f"is {' or '.join(ends)} after the record before"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The time since the record before."""
    since = gaps(rows, rule, args)[0].at(positions)
    return [
        f"{length_between(low, high, args.unit)} after the one before"
        for low, high in zip(since.low, since.high, strict=True)
    ]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from time_problems(form, rule.field, args.unit)
    yield from group_problems(form, args.by, args.where)
    if not args.min and not args.max:
        yield "the rule has neither min nor max", ""
    yield from a_number("min", args.min)
    yield from a_number("max", args.max)


KIND = Kind(
    "gap", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given,
)  # fmt: skip

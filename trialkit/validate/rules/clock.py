"""clock: a time limit between two moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Amount, Form, Rule
from trialkit.validate.axis import Stretch
from trialkit.validate.groups import DUST, UNITS, Unit, length_text, time_problems, times_of
from trialkit.validate.kind import Kind, Problem, a_number
from trialkit.validate.plan import amount_words, amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.reference import (
    Reference,
    measured_from,
    moment_text,
    reference_label,
    reference_problems,
    reference_reads,
    reference_secret,
)

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Args(Reference):
    """From the reference to the row's moment there are at least ``min`` and at most ``max`` ``unit``.

    Days are calendar days. ``due`` says that the row's moment must come: while it is missing, the rule fires once the
    limit has passed by the day the data are judged as of (unknown without one).
    """

    min: Amount = Amount()
    max: Amount = Amount()
    unit: Unit = "hours"
    due: bool = False


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return reference_reads(form, args)


def taken(rows: Rows, rule: Rule, args: Args) -> tuple[Stretch, Stretch]:
    """(time from the reference to the row's moment, the reference), NaN where unknown."""
    own = times_of(rows, rule.field, args.unit)
    start = measured_from(rows, args, own, args.unit)
    return Stretch(own.low - start.high, own.high - start.low), start


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the time is certainly too short or too long, or the limit passed without the moment."""
    time, start = taken(rows, rule, args)
    least, most = amounts(rows, args.min), amounts(rows, args.max)
    wrong = (time.high < least - DUST) | (time.low > most + DUST)
    if args.due:
        wrong = wrong | _overdue(rows, rule, args, start, most)
    return wrong


def _overdue(rows: Rows, rule: Rule, args: Args, start: Stretch, most: np.ndarray) -> np.ndarray:
    """True where the moment is missing and the whole of the day the data are judged as of lies beyond the limit."""
    import numpy as np

    if rows.plan is None or rows.plan.as_of is None:
        return np.zeros(len(rows), dtype=bool)
    today = float(np.datetime64(rows.plan.as_of, "D").astype(int)) * UNITS[args.unit]
    return rows.frame[rule.field].isna().to_numpy() & (today - start.high > most + DUST)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    ends = [
        f"{words} {amount_words(rows, end, args.unit)}"
        for words, end in (("less than", args.min), ("more than", args.max))
        if end
    ]
    return f"comes {' or '.join(ends)} after {reference_label(rows, args)}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The time it took, or when it was due."""
    time, start = (one.at(positions) for one in taken(rows, rule, args))
    if reference_secret(rows, args) or rows.form.fields[rule.field].identifying:
        return [""] * len(positions)
    most = amounts(rows, args.max)[positions]
    return [
        f"{length_text(low, args.unit)} {'before' if low < 0 else 'after'} {reference_label(rows, args)}"
        if low == low
        else f"was due by {moment_text(begin + limit, args.unit)}"
        for low, begin, limit in zip(time.low, start.high, most, strict=True)
    ]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check both times at source; if they are right, record why and report the deviation."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from time_problems(form, rule.field, args.unit)
    yield from reference_problems(form, forms, args, args.unit)
    if not args.min and not args.max:
        yield "the rule has neither min nor max", ""
    if args.due and not args.max:
        yield "what is due needs a limit", "Add 'max: ...'."
    yield from a_number("min", args.min)
    yield from a_number("max", args.max)


def beyond(form: Form, rule: Rule, args: Args) -> bool:
    """Whether it asks as of which day the data are judged."""
    return args.due


KIND = Kind("clock", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, beyond=beyond)

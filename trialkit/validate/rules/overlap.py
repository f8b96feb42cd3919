"""overlap: a row's time may not overlap that of an earlier row of its group, or of a row of another form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.groups import Unit, group_problems, grouped_by, time_problems
from trialkit.validate.kind import Kind, Problem, a_number, unfit, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules import intervals
from trialkit.validate.rules.match import problems_of
from trialkit.validate.words import cell_said

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """A row's time goes from its field to its field ``end`` (without ``end`` it is a moment). It may not overlap that
    of an earlier row of the same ``by`` (the subject), or, with ``form``, the time of a matched row from ``its_start``
    to ``its_end``, made longer by ``before`` and ``after``.

    A missing end is unknown: only the start is certain. Where ``ongoing`` (``its_ongoing`` of the other form) holds,
    there is no end. A shared moment or day is an overlap unless ``touch`` says that it is allowed.
    """

    end: str = ""
    by: tuple[str, ...] = ()
    ongoing: Condition = attribute(default_factory=Condition)
    form: str = ""
    its_start: str = ""
    its_end: str = ""
    its_ongoing: Condition = attribute(default_factory=Condition)
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    before: Amount = Amount("0")
    after: Amount = Amount("0")
    unit: Unit = "days"
    touch: bool = False


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    if args.form:
        return (rule.field, *(args.match or {form.subject: ""}))
    return (rule.field, *grouped_by(form, args.by))


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the end, and what says that there is none."""
    own = () if args.form else args.where.columns
    return (*((args.end,) if args.end else ()), *args.ongoing.columns, *own)


def shown(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """The position of a row whose time certainly overlaps each row's, -1 where there is none."""
    own = intervals.own(rows, rule.field, args.end, args.ongoing, args.unit)
    if not args.form:
        return intervals.with_earlier(rows, own, args.by, args.where, args.touch)
    return intervals.with_other(rows, own, args)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the row's time certainly overlaps another's."""
    return shown(rows, rule, args) >= 0


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if not args.form:
        return "is in the time of an earlier record"
    return f"is in the time of a record in {rows.forms[args.form].title}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The other record's time."""
    form = rows.forms[args.form] if args.form else rows.form
    frame = rows.others[args.form] if args.form else rows.frame
    first, last = (args.its_start, args.its_end) if args.form else (rule.field, args.end)
    if any(form.fields[name].identifying for name in (first, last) if name):
        return [""] * len(positions)
    at = shown(rows, rule, args)[positions]
    starts = frame[first].iloc[at].map(cell_said)
    ends = frame[last].iloc[at].map(cell_said) if last else starts
    return [f"the other is {_span(start, end)}" for start, end in zip(starts, ends, strict=True)]


def _span(start: str, end: str) -> str:
    if start == end:
        return f"at {start}"
    return f"from {start}" + (f" to {end}" if end else " on")


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check the dates of both records at source; join or correct them."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    for name in filter(None, (rule.field, args.end)):
        yield from time_problems(form, name, args.unit)
    yield from unfit(form, args.ongoing, "'ongoing'")
    if not args.form:
        yield from group_problems(form, args.by, args.where)
        if args.its_start or args.its_end or args.its_ongoing or args.match:
            yield "the rule names fields of another form and no form", "Add 'form: ID'."
        return
    yield from problems_of(form, forms, args.form, args.match)
    if not args.its_start:
        yield "the rule does not say where the other record's time starts", "Add 'its_start: FIELD'."
    if args.form in forms:
        other = forms[args.form]
        yield from unknown_fields(other, tuple(n for n in (args.its_start, args.its_end) if n))
        for name in (args.its_start, args.its_end):
            if name in other.fields:
                yield from time_problems(other, name, args.unit)
        yield from unfit(other, args.where, "'where'")
        yield from unfit(other, args.its_ongoing, "'its_ongoing'")
    yield from a_number("before", args.before)
    yield from a_number("after", args.after)


KIND = Kind(
    "overlap", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given,
)  # fmt: skip

"""change: how a value moves from record to record: too far, too fast, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from math import isnan
from typing import TYPE_CHECKING, Literal

from trialkit.errors import did_you_mean
from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import DATES, NUMBERS
from trialkit.validate.groups import Unit, group_problems, grouped_by, time_problems
from trialkit.validate.kind import Kind, Problem, a_number, at_source, unfit, unknown_fields
from trialkit.validate.plan import amount_words
from trialkit.validate.rows import Rows
from trialkit.validate.rules import steps
from trialkit.validate.rules.match import problems_of
from trialkit.validate.rules.statistics import STATISTICS
from trialkit.validate.words import measured, number_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """Either a step or a statistic, over the records of a group in order of time.

    A step: the value may differ by at most ``max`` (in its unit) and at most ``percent`` from the record before, the
    ``first``, or the last one that meets ``base``; only a ``rise`` or a ``fall`` if ``direction`` says so, and only
    between records at most ``within`` ``unit`` apart. ``reaching`` says that a step of exactly so much counts too.

    A ``statistic`` of the ``fields`` (the rule's field when left out) that rests on at least ``least`` records and,
    where it is a share, on more than ``share`` of them. ``cut`` is the number that ``low`` compares with.

    With ``form`` it is a statistic of how many rows of that form, by ``match``, belong to each record.

    ``at`` is the field of time (the form's date), ``by`` makes a group (the subject), ``where`` says who takes part.
    """

    max: Amount = Amount()
    percent: Amount = Amount()
    direction: Literal["any", "rise", "fall"] = "any"
    against: Literal["previous", "first", "base"] = "previous"
    base: Condition = attribute(default_factory=Condition)
    within: Amount = Amount()
    unit: Unit = "hours"
    reaching: bool = False
    statistic: str = ""
    fields: tuple[str, ...] = ()
    least: int = 3
    share: float = 0.0
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    cut: float = float("nan")
    at: str = ""
    by: tuple[str, ...] = ()
    where: Condition = attribute(default_factory=Condition)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    matched = tuple(args.match or {form.subject: ""}) if args.form else ()
    names = (rule.field, args.at or form.date, *grouped_by(form, args.by), *matched)
    return tuple(name for name in (*names, *args.fields) if name)


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the conditions."""
    return (*args.where.columns, *args.base.columns)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the step is certainly too large, or the statistic too high."""
    return steps.odd(rows, rule, args)[0] if args.statistic else steps.too_far(rows, rule, args)[0]


_FROM = {"previous": "the record before", "first": "the first record", "base": "the base record"}
_MOVED = {"any": "changed", "rise": "rose", "fall": "fell"}


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if args.statistic:
        return f"shows {STATISTICS[args.statistic].words}"
    unit = rows.form.fields[rule.field].unit
    ends = [amount_words(rows, args.max, unit)] if args.max else []
    ends += [f"{amount_words(rows, args.percent)} %"] if args.percent else []
    time = f" within {amount_words(rows, args.within, args.unit)}" if args.within else ""
    size = "at least" if args.reaching else "more than"
    return f"{_MOVED[args.direction]} by {size} {' or '.join(ends)} from {_FROM[args.against]}{time}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The value it is compared with, or how many records the statistic rests on."""
    if args.statistic:
        _, count, share = steps.odd(rows, rule, args)
        statistic = STATISTICS[args.statistic]
        ends = [f", {number_text(round(float(part) * 100))} % {statistic.of}" for part in share[positions]]
        ends = ends if statistic.single else [""] * len(positions)
        return [f"{int(one)} records{end}" for one, end in zip(count[positions], ends, strict=True)]
    if rows.form.fields[rule.field].identifying:
        return [""] * len(positions)
    at, own = steps.too_far(rows, rule, args)[1][positions], rows.form.fields[rule.field]
    return [f"the other value is {measured(value, own)}" for value in rows.frame[rule.field].iloc[at].to_list()]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from time_problems(form, args.at or form.date, args.unit)
    yield from group_problems(form, args.by, args.where)
    yield from unfit(form, args.base, "'base'")
    yield from unknown_fields(form, args.fields)
    yield from _statistic(args) if args.statistic else _step(form, rule, args)
    yield from problems_of(form, forms, args.form, args.match) if args.form else ()
    dated = args.statistic in STATISTICS and STATISTICS[args.statistic].dates
    for name in (rule.field, *args.fields):
        wanted = DATES if dated else NUMBERS
        if name in form.fields and not args.form and form.fields[name].type not in wanted:
            what = "only dates have a weekend" if dated else "only a number changes by an amount"
            yield f"{name!r} is {form.fields[name].type}: {what}", ""


def _statistic(args: Args) -> Iterator[Problem]:
    if args.statistic not in STATISTICS:
        yield f"there is no statistic {args.statistic!r}", did_you_mean(args.statistic, STATISTICS)
    elif STATISTICS[args.statistic].single and len(args.fields) > 1:
        yield f"{args.statistic} is a statistic of one field, found {len(args.fields)}", ""
    elif STATISTICS[args.statistic].cut == isnan(args.cut):
        yield f"'cut' and the statistic {args.statistic} do not go together", "'cut' belongs to 'low', which needs it."
    if args.form and args.fields:
        yield "a statistic of another form's rows has no 'fields'", "Leave them out."
    if args.max or args.percent or args.within or args.base or args.reaching:
        yield "a statistic takes no step", "Leave out 'max', 'percent', 'within', 'base' and 'reaching'."
    if args.least < 2 or not 0 <= args.share < 1:
        yield "'least' is at least 2 records, 'share' from 0 to below 1", ""


def _step(form: Form, rule: Rule, args: Args) -> Iterator[Problem]:
    if not args.max and not args.percent:
        yield "the rule needs a step 'max' or 'percent', or a 'statistic'", did_you_mean("", STATISTICS)
    if bool(args.base) != (args.against == "base"):
        yield "'against: base' and the condition 'base' go together", ""
    if args.form:
        yield "'form' belongs to a statistic", "A step is that of the rule's own field."
    if args.fields or not isnan(args.cut):
        yield "'fields' and 'cut' belong to a statistic", "The step is that of the rule's own field."
    for name in ("max", "percent", "within"):
        yield from a_number(name, getattr(args, name))


KIND = Kind(
    "change", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given,
)  # fmt: skip

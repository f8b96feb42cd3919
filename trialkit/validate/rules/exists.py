"""exists: another form must (or must not) have a row that belongs to this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import NUMBERS, Op, Stretch, op_words, opposite, satisfies, stretches, violates
from trialkit.validate.groups import DUST, Unit, time_problems, times
from trialkit.validate.kind import Kind, Problem, a_number, unfit, unknown_fields
from trialkit.validate.plan import amount_words, amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.extremes import deciding
from trialkit.validate.rules.match import comparable, matching, pairs, problems_of
from trialkit.validate.rules.registered import NO, YES, is_current
from trialkit.validate.rules.triggered import triggered
from trialkit.validate.words import measured
from trialkit.validate.zones import zones_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class On:
    """The row's own value must be ``op`` the other row's ``field`` (give or take ``tolerance``: days for dates, hours
    for times, else the value's unit), and at most ``within`` ``unit`` away from it; a number by more than ``apart``."""

    field: str
    op: Op | None = None
    tolerance: Amount = Amount("0")
    within: Amount = Amount()
    unit: Unit = "hours"
    apart: Amount = Amount()


@dataclass(frozen=True)
class Provided:
    """A row of ``form`` with the same ``match`` fields that meets ``where``."""

    form: str
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)


@dataclass(frozen=True)
class Args:
    """A row of ``form`` with the same ``match`` fields must be there (``must: false``: must not).

    ``match`` maps own fields to the other form's (a list if the names are the same; the subject fields when left
    out). ``where`` keeps only some of the other rows; ``on`` compares own fields with the other row's. ``current``
    names fields of the other row that hold what was in force at the own row's site and date: the version of the
    ``protocol``, or that of the ``consent``. ``trigger`` is one of the protocol: its condition, in the version in
    force for the row, must hold for the other row as well. ``if_any``: a row without any matched row there is not
    judged. ``provided``: only rows are judged that certainly have such a row in that form.
    """

    form: str
    match: dict[str, str] = attribute(default_factory=dict)
    must: bool = True
    if_any: bool = False
    on: dict[str, On] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    current: dict[str, Literal["protocol", "consent"]] = attribute(default_factory=dict)
    trigger: str = ""
    provided: Provided | None = None


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    further = (args.provided.match or {form.subject: ""}) if args.provided else {}
    return (*(args.match or {form.subject: ""}), *args.on, *further)


def sees(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The other forms it looks at."""
    return (args.form, args.provided.form) if args.provided else (args.form,)


def planned(form: Form, rule: Rule, args: Args) -> bool:
    """Whether the protocol is asked."""
    return bool(args.current or args.trigger)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where no row can be the wanted one, or where one certainly is the unwanted one.

    Nothing is wrong while the other form has not been handed in at all.
    """
    import numpy as np

    found = np.zeros(len(rows), dtype=bool)
    if args.form not in rows.others:
        return found
    found[_fitting(rows, args)[1]] = True
    wrong = ~found if args.must else found
    if args.if_any:
        match = matching(rows.form, rows.forms[args.form], args.match)
        wrong &= ~_unmatched(rows, rows.others[args.form], match)
    return wrong & _provided(rows, args.provided) if args.provided else wrong


def _fitting(rows: Rows, args: Args) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The other form's rows that decide, and (position here, position there) of the pairs that fit."""
    form, other = rows.forms[args.form], rows.others[args.form]
    match = matching(rows.form, form, args.match)
    holds, unknown = args.where.masks(other)
    other = other[(holds | unknown) if args.must else holds].reset_index(drop=True)
    other = other.iloc[_deciding(rows, form, other, list(match.values()), args)]
    here, there = pairs(rows, other, match)
    fits = _fits(rows, form, other, here, there, args)
    return other, here[fits], there[fits]


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What the first unwanted record says where it is compared; nothing that may identify or is blinded."""
    import numpy as np

    form = rows.forms[args.form]
    fields = [form.fields[on.field] for on in args.on.values()]
    shown = [on.field for on in args.on.values() if on.op != "equal"]
    if args.must or not shown or any(one.identifying or one.blinded for one in fields):
        return [""] * len(positions)
    other, here, there = _fitting(rows.take(positions), args)
    found, first = np.unique(here, return_index=True)
    words = [""] * len(positions)
    for at, its in zip(found.tolist(), there[first].tolist(), strict=True):
        said = [f"{form.fields[name].label} {measured(other[name].iloc[its], form.fields[name])}" for name in shown]
        words[at] = f"{form.title}: {', '.join(said)}"
    return words


def _unmatched(rows: Rows, other: pd.DataFrame, match: dict[str, str]) -> np.ndarray:
    """True where no row of the other form matches, whatever else is asked of it."""
    import numpy as np

    alone = np.ones(len(rows), dtype=bool)
    alone[pairs(rows, other[~other.duplicated(list(match.values()))].reset_index(drop=True), match)[0]] = False
    return alone


def _provided(rows: Rows, one: Provided) -> np.ndarray:
    """True where the row has what it must have to be judged."""
    import numpy as np

    there = np.zeros(len(rows), dtype=bool)
    if one.form in rows.others:
        form, other = rows.forms[one.form], rows.others[one.form]
        other = other[one.where.masks(other)[0]].reset_index(drop=True)
        there[pairs(rows, other, matching(rows.form, form, one.match))[0]] = True
    return there


def _deciding(rows: Rows, form: Form, other: pd.DataFrame, match: list[str], args: Args) -> np.ndarray:
    """The rows of the other form that decide: one of those that match is enough, if nothing is compared."""
    import numpy as np

    if args.current or args.trigger:
        return np.arange(len(other))
    if not args.on:
        return np.flatnonzero(~other.duplicated(match).to_numpy())
    (name, on), *more = args.on.items()
    if more or on.within or on.apart or not on.op or form.fields[on.field].type == "text":
        return np.arange(len(other))
    kinds = rows.form.fields[name].type, form.fields[on.field].type
    its = stretches(rows.frame[name].iloc[:0], kinds[0], other[on.field], kinds[1])[1]
    return deciding(other, match, its, on.op if args.must else opposite(on.op), every=args.must)


def _fits(rows: Rows, form: Form, other: pd.DataFrame, here: np.ndarray, there: np.ndarray, args: Args) -> np.ndarray:
    """For each pair: may it be the wanted row (``must``), is it the unwanted one (else)?"""
    import numpy as np

    fits = np.ones(len(here), dtype=bool)
    for name, register in args.current.items():
        verdict = is_current(rows, register, here, other[name].iloc[there])
        fits &= verdict != NO if args.must else verdict == YES
    if args.trigger:
        fits &= triggered(rows, other, (here, there), args.trigger, args.must)
    for name, on in args.on.items():
        own, its = rows.frame[name].iloc[here], other[on.field].iloc[there]
        types = rows.form.fields[name].type, form.fields[on.field].type
        if on.op:
            a, b = stretches(own, types[0], its, types[1])
            room = amounts(rows, on.tolerance)[here]
            fits &= ~violates(on.op, a, b, room) if args.must else satisfies(on.op, a, b, room)
        if on.within:
            zones = zones_of(rows) if on.unit != "days" else None  # a matched record is of the row's own site
            zones = None if zones is None else zones[here]
            a, b = times(own, types[0], on.unit, zones), times(its, types[1], on.unit, zones)
            room = amounts(rows, on.within)[here] + DUST
            fits &= ~_apart(a, b, room) if args.must else _near(a, b, room)
        if on.apart:
            a, b = stretches(own, types[0], its, types[1])
            room = amounts(rows, on.apart)[here] + DUST
            fits &= ~_near(a, b, room) if args.must else _apart(a, b, room)
    return fits


def _apart(a: Stretch, b: Stretch, room: np.ndarray) -> np.ndarray:
    return (a.low - b.high > room) | (b.low - a.high > room)


def _near(a: Stretch, b: Stretch, room: np.ndarray) -> np.ndarray:
    return (a.high - b.low <= room) & (b.high - a.low <= room)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    form = rows.forms[args.form]
    which = [f"with {args.where.words()}"] if args.where else []
    which += [f"{form.fields[name].label} as in force on the day" for name in args.current]
    which += [
        f"{rows.form.fields[name].label} {_on_words(rows, on)} its {form.fields[on.field].label}"
        for name, on in args.on.items()
    ]
    tail = f" ({', '.join(which)})" if which else ""
    return f"has {'no' if args.must else 'a'} record in {form.title}{tail}"


def _on_words(rows: Rows, on: On) -> str:
    within = f"within {amount_words(rows, on.within, on.unit)} of" if on.within else ""
    apart = f"more than {amount_words(rows, on.apart)} from" if on.apart else ""
    return " and ".join(filter(None, [op_words(on.op) if on.op else "", within, apart]))


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Send the missing record, or correct this one." if args.must else "Correct one of the two records."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from problems_of(form, forms, args.form, args.match)
    if args.form not in forms:
        return
    other = forms[args.form]
    yield from unknown_fields(form, tuple(args.on))
    yield from unknown_fields(other, tuple(on.field for on in args.on.values()))
    yield from unfit(other, args.where, "'where'")
    yield from unknown_fields(other, tuple(args.current))
    if args.provided:
        yield from problems_of(form, forms, args.provided.form, args.provided.match)
        if args.provided.form in forms:
            yield from unfit(forms[args.provided.form], args.provided.where, "'where' of provided")
    for name, on in args.on.items():
        if name in form.fields and on.field in other.fields:
            yield from comparable(form, name, other, on.field)
        if not on.op and not on.within and not on.apart:
            yield f"'on' does not say how {name!r} is compared", "Give it 'op', 'within' or 'apart'."
        yield from a_number("tolerance", on.tolerance)
        if on.apart:
            yield from a_number("apart", on.apart)
            if name in form.fields and form.fields[name].type not in NUMBERS:
                yield f"{name!r} is {form.fields[name].type}: only numbers are so far apart", "Use 'within' for times."
        if on.within:
            yield from a_number("within", on.within)
            yield from time_problems(form, name, on.unit)
            yield from time_problems(other, on.field, on.unit)


KIND = Kind(
    "exists", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, needs_field=False, sees=sees,
    planned=planned, detail=detail,
)  # fmt: skip

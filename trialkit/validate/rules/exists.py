"""exists: another form must (or must not) have a row that belongs to this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import NUMBERS, Op, Stretch, op_words, satisfies, stretches, violates
from trialkit.validate.groups import DUST, Unit, time_problems, times
from trialkit.validate.kind import Kind, Problem, a_number, unfit, unknown_fields
from trialkit.validate.plan import amount_words, amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import comparable, matching, pairs, problems_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class On:
    """The row's own value must be ``op`` the other row's ``field``, and at most ``within`` ``unit`` away from it;
    a number by more than ``apart``."""

    field: str
    op: Op | None = None
    within: Amount = Amount()
    unit: Unit = "hours"
    apart: Amount = Amount()


@dataclass(frozen=True)
class Args:
    """A row of ``form`` with the same ``match`` fields must be there (``must: false``: must not).

    ``match`` maps own fields to the other form's (a list if the names are the same; the subject fields when left
    out). ``where`` keeps only some of the other rows; ``on`` compares own fields with the other row's.
    """

    form: str
    match: dict[str, str] = attribute(default_factory=dict)
    must: bool = True
    on: dict[str, On] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (*(args.match or {form.subject: ""}), *args.on)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where no row can be the wanted one, or where one certainly is the unwanted one.

    Nothing is wrong while the other form has not been handed in at all.
    """
    import numpy as np

    found = np.zeros(len(rows), dtype=bool)
    if args.form not in rows.others:
        return found
    form, other = rows.forms[args.form], rows.others[args.form]
    here, there = pairs(rows, other, matching(rows.form, form, args.match))
    found[here[_fits(rows, form, other, here, there, args)]] = True
    return ~found if args.must else found


def _fits(rows: Rows, form: Form, other: pd.DataFrame, here: np.ndarray, there: np.ndarray, args: Args) -> np.ndarray:
    """For each pair: may it be the wanted row (``must``), is it the unwanted one (else)?"""
    import numpy as np

    fits = np.ones(len(here), dtype=bool)
    if args.where:
        holds, unknown = args.where.masks(other)
        fits &= ((holds | unknown) if args.must else holds)[there]
    for name, on in args.on.items():
        own, its = rows.frame[name].iloc[here], other[on.field].iloc[there]
        types = rows.form.fields[name].type, form.fields[on.field].type
        if on.op:
            a, b = stretches(own, types[0], its, types[1])
            fits &= ~violates(on.op, a, b) if args.must else satisfies(on.op, a, b)
        if on.within:
            a, b = times(own, types[0], on.unit), times(its, types[1], on.unit)
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
    for name, on in args.on.items():
        if name in form.fields and on.field in other.fields:
            yield from comparable(form, name, other, on.field)
        if not on.op and not on.within and not on.apart:
            yield f"'on' does not say how {name!r} is compared", "Give it 'op', 'within' or 'apart'."
        if on.apart:
            yield from a_number("apart", on.apart)
            if name in form.fields and form.fields[name].type not in NUMBERS:
                yield f"{name!r} is {form.fields[name].type}: only numbers are so far apart", "Use 'within' for times."
        if on.within:
            yield from a_number("within", on.within)
            yield from time_problems(form, name, on.unit)
            yield from time_problems(other, on.field, on.unit)


KIND = Kind("exists", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, needs_field=False)

"""range: the value must lie between min and max, both included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Amount, Field, Form, Rule
from trialkit.model.units import Unit
from trialkit.validate.axis import constant, family, stretch, violates
from trialkit.validate.kind import Kind, Problem, at_source
from trialkit.validate.plan import amount_text, amount_words, bound
from trialkit.validate.rows import Rows
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """``min`` and ``max``: numbers or ISO dates, ``today``, or parameters of the protocol; the field's own when both
    are left out."""

    min: Amount = Amount()
    max: Amount = Amount()


def bounds(form: Form, rule: Rule, args: Args) -> tuple[Amount, Amount]:
    """Smallest and largest allowed value, empty for none."""
    if args.min or args.max:
        return args.min, args.max
    field = form.fields[rule.field]
    low, high = (Amount("" if end is None else number_text(end)) for end in (field.min, field.max))
    return low, high


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the value is certainly below min or above max."""
    import numpy as np

    kind = rows.form.fields[rule.field].type
    values = stretch(rows.frame[rule.field], kind)
    wrong = np.zeros(len(rows), dtype=bool)
    for op, end in zip(("at_least", "at_most"), bounds(rows.form, rule, args), strict=True):
        if end:
            wrong |= violates(op, values, bound(rows, end, kind))
    return wrong


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    field = rows.form.fields[rule.field]
    low, high = bounds(rows.form, rule, args)
    less, more = ("before", "after") if family(field.type) == "date" else ("below", "above")
    if low and high:
        return f"is outside {amount_words(rows, low)} to {amount_words(rows, high, field.unit)}"
    said, end = (less, low) if low else (more, high)
    return f"is {said} {amount_words(rows, end, field.unit)}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What the protocol's limits are for each row, and which day it was."""
    own, ends = rows.form.fields[rule.field], (("at least", args.min), ("at most", args.max))
    kind, unit = own.type, f" {own.unit}" if own.unit else ""
    named = [
        ("checked on " if end.today else f"{words} ", bound(rows, end, kind).low[positions])
        for words, end in ends
        if end.parameter or end.today
    ]
    made = [[f"{words}{amount_text(value, kind)}{unit}" for value in values] for words, values in named]
    return [", ".join(ends) for ends in zip(*made, strict=True)] or [""] * len(positions)


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do; a value that would lie within the limits in another declared unit is asked about."""
    field = form.fields[rule.field]
    units = [] if args.min or args.max or not value else _fitting(field, value)
    if not units:
        return at_source(form, rule, args, value)
    said = " or ".join(f"in {name} it would be {made} {field.quantities[field.quantity].base}" for name, made in units)
    return f"Check the value and its unit at source: {said}."


def _fitting(field: Field, value: str) -> list[tuple[str, str]]:
    """The units of the field's one quantity in which the value lies within its limits, with the value in the base
    unit."""
    quantity = field.quantities.get(field.quantity)
    try:
        number = float(value)
    except ValueError:
        return []
    low = float("-inf") if field.min is None else field.min
    high = float("inf") if field.max is None else field.max
    units = [Unit(quantity.base), *quantity.units.values()] if quantity else []
    made = [(one.id, number * one.factor + one.offset) for one in units]
    return [(name, number_text(round(base, 1))) for name, base in made if low <= base <= high]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    field, ends = form.fields[rule.field], bounds(form, rule, args)
    if field.type == "text":
        yield f"a range cannot be checked on the text field {field.name!r}", "Give the field a type, or use kind codes."
        return
    if not any(ends):
        yield "the rule has neither min nor max", "Give them in args, or on the field."
    known = []
    for end in filter(None, ends):
        if end.today and family(field.type) == "date":
            continue
        try:
            known += [] if end.parameter else [float(constant(end.text, field.type).low[0])]
        except ValueError:
            yield f"{end.text!r} is not a value of the {field.type} field {field.name!r}", ""
    if len(known) == 2 and known[0] > known[1]:
        yield f"min {ends[0].text} is above max {ends[1].text}", ""


KIND = Kind("range", Args, mask, say, stage=2, fix=fix, problems=problems, detail=detail, single=True)

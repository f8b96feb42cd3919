"""range: the value must lie between min and max, both included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Form, Rule
from trialkit.validate.axis import constant, stretch, violates
from trialkit.validate.kind import Kind, Problem, at_source
from trialkit.validate.rows import Rows
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """``min`` and ``max``: numbers or ISO dates; the field's own when both are left out."""

    min: str = ""
    max: str = ""


def bounds(form: Form, rule: Rule, args: Args) -> tuple[str, str]:
    """Smallest and largest allowed value, "" for none."""
    if args.min or args.max:
        return args.min, args.max
    field = form.fields[rule.field]
    return tuple("" if end is None else number_text(end) for end in (field.min, field.max))  # type: ignore[return-value]


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the value is certainly below min or above max."""
    import numpy as np

    kind = rows.form.fields[rule.field].type
    values = stretch(rows.frame[rule.field], kind)
    wrong = np.zeros(len(rows), dtype=bool)
    for op, bound in zip(("at_least", "at_most"), bounds(rows.form, rule, args), strict=True):
        if bound:
            wrong |= violates(op, values, constant(bound, kind))
    return wrong


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    low, high = bounds(rows.form, rule, args)
    unit = rows.form.fields[rule.field].unit
    after = f" {unit}" if unit else ""
    if low and high:
        return f"is outside {low} to {high}{after}"
    return f"is below {low}{after}" if low else f"is above {high}{after}"


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
        try:
            known.append(float(constant(end, field.type).low[0]))
        except ValueError:
            yield f"{end!r} is not a value of the {field.type} field {field.name!r}", ""
    if len(known) == 2 and known[0] > known[1]:
        yield f"min {ends[0]} is above max {ends[1]}", ""


KIND = Kind("range", Args, mask, say, stage=2, fix=at_source, problems=problems, single=True)

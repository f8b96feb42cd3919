"""codes: the cell must hold one of the allowed values. Numbers are compared as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Form, Rule
from trialkit.model.texts import by_number
from trialkit.validate.axis import NUMBERS, numbers
from trialkit.validate.kind import Kind, Problem, unknown_fields
from trialkit.validate.measured import scales
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np

LISTED = 12


@dataclass(frozen=True)
class Args:
    """``codes``: the allowed values; the field's own when left out. ``unit_of`` in their place names a measured
    field: allowed are the units declared for what the row measures."""

    codes: tuple[str, ...] = ()
    unit_of: str = ""


def allowed(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The values this rule allows."""
    return args.codes or tuple(form.fields[rule.field].codes)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    what = form.fields[args.unit_of].quantity_in if args.unit_of in form.fields else ""
    return (rule.field, what) if what else (rule.field,)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the value is not among the allowed ones."""
    import numpy as np

    if args.unit_of:
        return np.isnan(scales(rows.form.fields[args.unit_of], rows.frame)[0])
    codes, column = allowed(rows.form, rule, args), rows.frame[rule.field]
    if rows.form.fields[rule.field].type in NUMBERS:
        return ~np.isin(numbers(column), [float(code) for code in codes])
    places, distinct = by_number(column)
    return ~np.append(distinct.isin(codes), False)[places]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if args.unit_of:
        return f"is not a unit declared for {rows.form.fields[args.unit_of].label}"
    codes = allowed(rows.form, rule, args)
    more = f" and {len(codes) - LISTED} more" if len(codes) > LISTED else ""
    return f"is not an allowed value; allowed: {', '.join(codes[:LISTED])}{more}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """Of units, what is measured and which are declared for it."""
    if not args.unit_of:
        return [""] * len(positions)
    field = rows.form.fields[args.unit_of]
    names = rows.frame[field.quantity_in].iloc[positions] if field.quantity_in else [field.quantity] * len(positions)
    known = {name: [one.base, *one.units] for name, one in field.quantities.items()}
    return [f"allowed for {name}: {', '.join(known.get(str(name), ()))}" for name in names]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do, with the nearest allowed text."""
    if args.unit_of:
        return "Correct the unit, and the number with it, as they are at source."
    field = form.fields[rule.field]
    hint = did_you_mean(value, allowed(form, rule, args)) if value and field.type not in NUMBERS else ""
    near = hint + " " if hint.startswith("Did you mean") else ""
    return near + "Enter the allowed value that the source shows."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    field = form.fields[rule.field]
    if args.unit_of:
        yield from unknown_fields(form, (args.unit_of,))
        if args.unit_of in form.fields and form.fields[args.unit_of].unit_in != rule.field:
            yield f"{rule.field!r} does not tell the unit of {args.unit_of!r}", "Say so at the field: 'unit_in'."
        return
    if not allowed(form, rule, args):
        yield f"field {field.name!r} has no codes to check", "Give the field codes, or the rule 'args: {codes: [...]}'."
    if field.type in ("date", "datetime"):
        yield f"codes cannot be checked on the {field.type} field {field.name!r}", "Use kind range."
    if field.type in NUMBERS:
        for code in allowed(form, rule, args):
            if not _is_number(code):
                yield f"code {code!r} of the {field.type} field {field.name!r} is not a number", ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


KIND = Kind(
    "codes", Args, mask, say, stage=1, fix=fix, reads=reads, problems=problems, detail=detail, single=True, coded=True
)

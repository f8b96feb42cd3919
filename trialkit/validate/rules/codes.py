"""codes: the cell must hold one of the allowed values. Numbers are compared as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Form, Rule
from trialkit.validate.axis import NUMBERS, numbers
from trialkit.validate.kind import Kind, Problem
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np

LISTED = 12


@dataclass(frozen=True)
class Args:
    """``codes``: the allowed values; the field's own when left out."""

    codes: tuple[str, ...] = ()


def allowed(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The values this rule allows."""
    return args.codes or tuple(form.fields[rule.field].codes)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the value is not among the allowed ones."""
    import numpy as np

    codes, column = allowed(rows.form, rule, args), rows.frame[rule.field]
    if rows.form.fields[rule.field].type in NUMBERS:
        return ~np.isin(numbers(column), [float(code) for code in codes])
    return ~np.asarray(column.isin(list(codes)), dtype=bool)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    codes = allowed(rows.form, rule, args)
    more = f" and {len(codes) - LISTED} more" if len(codes) > LISTED else ""
    return f"is not an allowed value; allowed: {', '.join(codes[:LISTED])}{more}"


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do, with the nearest allowed text."""
    field = form.fields[rule.field]
    hint = did_you_mean(value, allowed(form, rule, args)) if value and field.type not in NUMBERS else ""
    near = hint + " " if hint.startswith("Did you mean") else ""
    return near + "Enter the allowed value that the source shows."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    field = form.fields[rule.field]
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


KIND = Kind("codes", Args, mask, say, stage=1, fix=fix, problems=problems, single=True, coded=True)

"""compare: a value against another field of the row, a constant, or a field of another form's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Literal

from trialkit.model import Condition, Form, Rule
from trialkit.validate.axis import Op, Stretch, constant, family, op_words, stretch, stretches, violates
from trialkit.validate.kind import Kind, Problem, at_source, unfit_values, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import comparable, matching, pairs, problems_of
from trialkit.validate.words import cell_text, number_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Args:
    """The value must be ``op`` the ``field`` of the same row, the ``value``, or ``field`` of ``form``.

    ``match`` maps own fields to the other form's (a list if the names are the same; the subject fields when left
    out), ``where`` keeps only some of its rows. Of several, ``pick`` takes the first (smallest value), the last
    (largest), or asks that any or all (the default) compare well. ``tolerance`` is in the value's unit, days for
    dates, hours for times.
    """

    op: Op
    field: str = ""
    value: str = ""
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    pick: Literal["first", "last", "any", "all"] = "all"
    tolerance: float = 0.0


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    if args.form:
        return (rule.field, *(args.match or {form.subject: ""}))
    return (rule.field, args.field) if args.field else (rule.field,)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the comparison certainly fails."""
    if args.form:
        return _across(rows, rule, args)[0]
    kind, column = rows.form.fields[rule.field].type, rows.frame[rule.field]
    if args.field:
        sides = stretches(column, kind, rows.frame[args.field], rows.form.fields[args.field].type)
    else:
        sides = _against(column, kind, args.value)
    return violates(args.op, *sides, args.tolerance)


def _against(column: pd.Series[Any], kind: str, value: str) -> tuple[Stretch, Stretch]:
    import pandas as pd

    if kind == "text":
        return stretches(column, kind, pd.Series([value] * len(column), dtype="object"), kind)
    return stretch(column, kind), constant(value, kind)


def _across(rows: Rows, rule: Rule, args: Args) -> tuple[np.ndarray, np.ndarray]:
    """(wrong, position of the other form's row that shows it, -1 if none)."""
    import numpy as np

    wrong, shown = np.zeros(len(rows), dtype=bool), np.full(len(rows), -1)
    if args.form not in rows.others:
        return wrong, shown
    form, other = rows.forms[args.form], rows.others[args.form]
    if args.where:
        other = other[args.where.masks(other)[0]]
    other = other.reset_index(drop=True)
    here, there = pairs(rows, other, matching(rows.form, form, args.match))
    own_type, other_type = rows.form.fields[rule.field].type, form.fields[args.field].type
    own, its = rows.frame[rule.field].iloc[here], other[args.field].iloc[there]
    a, b = stretches(own, own_type, its, other_type)
    if args.pick in ("first", "last"):
        chosen = _chosen(here, b, args.pick)
        here, there, a, b = here[chosen], there[chosen], a.at(chosen), b.at(chosen)
    fails = violates(args.op, a, b, args.tolerance)
    wrong[here[fails]] = True
    shown[here[fails][::-1]] = there[fails][::-1]
    if args.pick == "any":
        wrong[here[~fails]] = False
    return wrong, shown


def _chosen(here: np.ndarray, values: Stretch, pick: str) -> np.ndarray:
    """For each row the pair with the smallest (first) or largest (last) known value."""
    import numpy as np

    order = np.lexsort((values.low if pick == "first" else -values.high, here))
    order = order[~np.isnan(values.low[order])]
    _, starts = np.unique(here[order], return_index=True)
    return order[starts]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if not args.field:
        return f"is not {op_words(args.op)} {args.value}{_give(args)}"
    form = rows.forms[args.form] if args.form else rows.form
    of = f" of {form.title}" if args.form else ""
    return f"is not {op_words(args.op)} {form.fields[args.field].label}{of}{_give(args)}"


def _give(args: Args) -> str:
    return f" within {number_text(args.tolerance)}" if args.tolerance else ""


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The value it was compared with."""
    form = rows.forms[args.form] if args.form else rows.form
    if not args.field or form.fields[args.field].identifying:
        return [""] * len(positions)
    if not args.form:
        found = rows.frame[args.field].iloc[positions]
    else:
        other = rows.others[args.form]
        if args.where:
            other = other[args.where.masks(other)[0]]
        found = other[args.field].iloc[_across(rows.take(positions), rule, args)[1]]
    return [f"{form.fields[args.field].label} is {cell_text(cell)}" for cell in found.to_list()]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if bool(args.field) == bool(args.value):
        yield "the rule needs a field or a value to compare with, one of the two", ""
    elif args.value and args.form:
        yield "a constant value has no form", "Leave out 'form', or name its 'field'."
    elif args.form:
        yield from problems_of(form, forms, args.form, args.match)
        if args.form in forms:
            yield from unknown_fields(forms[args.form], (args.field, *args.where.columns))
            yield from unfit_values(forms[args.form], args.where, "where")
            if args.field in forms[args.form].fields:
                yield from comparable(form, rule.field, forms[args.form], args.field)
    elif args.field:
        yield from unknown_fields(form, (args.field,))
        if args.field in form.fields:
            yield from comparable(form, rule.field, form, args.field)
    else:
        yield from _value(form, rule, args)
    if args.tolerance < 0 or (args.tolerance and family(form.fields[rule.field].type) == "text"):
        yield "a tolerance is a positive number, for numbers, dates and times", ""


def _value(form: Form, rule: Rule, args: Args) -> Iterator[Problem]:
    kind = form.fields[rule.field].type
    if kind != "text":
        try:
            constant(args.value, kind)
        except ValueError:
            yield f"{args.value!r} is not a value of the {kind} field {rule.field!r}", ""


KIND = Kind(
    "compare", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail, cross=True
)

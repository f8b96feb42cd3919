"""compare: a value against another field of the row, a constant, or a field of another form's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Literal

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import Op, Stretch, family, op_words, stretch, stretches, violates
from trialkit.validate.kind import Kind, Problem, a_number, at_source, fits, unfit, unknown_fields
from trialkit.validate.plan import amount_text, amount_words, amounts, bound
from trialkit.validate.rows import Rows
from trialkit.validate.rules.extremes import deciding, ends, grouping
from trialkit.validate.rules.match import comparable, matching, pairs, problems_of
from trialkit.validate.words import measured

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Args:
    """The value must be ``op`` the ``field`` of the same row, the ``value``, or ``field`` of ``form``.

    ``match`` maps own fields to the other form's (a list if the names are the same; the subject fields when left
    out), ``where`` keeps only some of its rows. Of several, ``pick`` takes the first (smallest value), the last
    (largest), or asks that any or all (the default) compare well. ``tolerance`` is in the value's unit, days for
    dates, hours for times. ``times`` multiplies the number it is compared with.
    """

    op: Op
    field: str = ""
    value: Amount = Amount()
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    pick: Literal["first", "last", "any", "all"] = "all"
    times: Amount = Amount("1")
    tolerance: Amount = Amount("0")


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    if args.form:
        return (rule.field, *(args.match or {form.subject: ""}))
    return (rule.field, args.field) if args.field else (rule.field,)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the comparison certainly fails."""
    if args.form:
        return _across(rows, rule, args, few=True)[0]
    kind, column = rows.form.fields[rule.field].type, rows.frame[rule.field]
    if args.field:
        left, right = stretches(column, kind, rows.frame[args.field], rows.form.fields[args.field].type)
    else:
        left, right = _against(rows, column, kind, args.value)
    return violates(args.op, left, _times(rows, args, right), amounts(rows, args.tolerance))


def _against(rows: Rows, column: pd.Series[Any], kind: str, value: Amount) -> tuple[Stretch, Stretch]:
    import pandas as pd

    if kind == "text":
        return stretches(column, kind, pd.Series([value.text] * len(column), dtype="object"), kind)
    return stretch(column, kind), bound(rows, value, kind)


def _times(rows: Rows, args: Args, right: Stretch, here: Any = slice(None)) -> Stretch:
    """What is compared with, as many times as the rule says."""
    if args.times == Amount("1"):
        return right
    factor = amounts(rows, args.times)[here]
    return Stretch(right.low * factor, right.high * factor)


def _across(rows: Rows, rule: Rule, args: Args, few: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(wrong, position of the other form's row that shows it, -1 if none).

    With ``few`` only rows that decide are looked at, and the position is of no use.
    """
    import numpy as np

    wrong, shown = np.zeros(len(rows), dtype=bool), np.full(len(rows), -1)
    if args.form not in rows.others:
        return wrong, shown
    form, other = rows.forms[args.form], rows.others[args.form]
    if args.where:
        other = other[args.where.masks(other)[0]]
    other = other.reset_index(drop=True)
    match = matching(rows.form, form, args.match)
    own_type, other_type = rows.form.fields[rule.field].type, form.fields[args.field].type
    own, its = stretches(rows.frame[rule.field], own_type, other[args.field], other_type)
    if few:
        kept = _deciding(other, list(match.values()), its, args)
        other, its = other.iloc[kept], its.at(kept)
    here, there = pairs(rows, other, match)
    a, b = own.at(here), its.at(there)
    if args.pick in ("first", "last"):
        chosen = _chosen(here, b, args.pick)
        here, there, a, b = here[chosen], there[chosen], a.at(chosen), b.at(chosen)
    fails = violates(args.op, a, _times(rows, args, b, here), amounts(rows, args.tolerance)[here])
    wrong[here[fails]] = True
    shown[here[fails][::-1]] = there[fails][::-1]
    if args.pick == "any":
        wrong[here[~fails]] = False
    return wrong, shown


def _deciding(other: pd.DataFrame, match: list[str], its: Stretch, args: Args) -> np.ndarray:
    if args.pick in ("first", "last"):
        first = args.pick == "first"
        return ends(grouping(other, match), its.low if first else its.high, largest=not first)
    return deciding(other, match, its, args.op, every=args.pick == "any")


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
        return f"is not {op_words(args.op)} {_of_times(rows, args)}{amount_words(rows, args.value)}{_give(rows, args)}"
    form = rows.forms[args.form] if args.form else rows.form
    of = f" of {form.title}" if args.form else ""
    return f"is not {op_words(args.op)} {_of_times(rows, args)}{form.fields[args.field].label}{of}{_give(rows, args)}"


def _of_times(rows: Rows, args: Args) -> str:
    return "" if args.times == Amount("1") else f"{amount_words(rows, args.times)} x "


def _give(rows: Rows, args: Args) -> str:
    return "" if args.tolerance == Amount("0") else f" within {amount_words(rows, args.tolerance)}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The value it was compared with."""
    form = rows.forms[args.form] if args.form else rows.form
    if args.value.parameter or args.value.today:
        kind = form.fields[rule.field].type
        what = "the day of the check" if args.value.today else "the protocol's value"
        return [f"{what} is {amount_text(value, kind)}" for value in bound(rows, args.value, kind).low[positions]]
    its = form.fields.get(args.field)
    if not its or its.identifying or (args.form and its.blinded):
        return [""] * len(positions)
    if not args.form:
        found = rows.frame[args.field].iloc[positions]
    else:
        other = rows.others[args.form]
        if args.where:
            other = other[args.where.masks(other)[0]]
        found = other[args.field].iloc[_across(rows.take(positions), rule, args)[1]]
    name = f"{form.title}: {its.label}" if args.form else f"{its.label} is"
    return [f"{name} {measured(cell, its)}" for cell in found.to_list()]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if bool(args.field) == bool(args.value):
        yield "the rule needs a field or a value to compare with, one of the two", ""
    elif args.value and args.form:
        yield "a constant value has no form", "Leave out 'form', or name its 'field'."
    elif args.form:
        yield from problems_of(form, forms, args.form, args.match)
        if args.form in forms:
            yield from unknown_fields(forms[args.form], (args.field,))
            yield from unfit(forms[args.form], args.where, "'where'")
            if args.field in forms[args.form].fields:
                yield from comparable(form, rule.field, forms[args.form], args.field)
    elif args.field:
        yield from unknown_fields(form, (args.field,))
        if args.field in form.fields:
            yield from comparable(form, rule.field, form, args.field)
    else:
        yield from _value(form, rule, args)
    kind = family(form.fields[rule.field].type)
    if args.tolerance != Amount("0") and (kind == "text" or list(a_number("", args.tolerance))):
        yield "a tolerance is a positive number, for numbers, dates and times", ""
    if args.times != Amount("1") and (kind != "number" or list(a_number("", args.times))):
        yield "'times' is a positive number, for numbers", ""


def _value(form: Form, rule: Rule, args: Args) -> Iterator[Problem]:
    kind = form.fields[rule.field].type
    if kind == "text" and (args.value.parameter or args.value.today):
        yield "a parameter of the protocol, or the day, is not compared with text", ""
    elif args.value.today and family(kind) == "date":
        return
    elif kind != "text" and args.value.text and not fits(args.value.text, kind):
        yield f"{args.value.text!r} is not a value of the {kind} field {rule.field!r}", ""


KIND = Kind("compare", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail)

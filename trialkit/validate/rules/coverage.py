"""coverage: all days of a span, all of some values, or all forms of a visit must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Condition, Form, Rule
from trialkit.validate.groups import time_problems
from trialkit.validate.kind import EVERY, Kind, Problem, unfit, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules import lacking
from trialkit.validate.rules.match import problems_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """One of three.

    ``day``: the matched rows of ``form`` have, in their field ``day``, every calendar day from the row's ``start`` to
    its ``end``. ``point``: they have, in their field ``point``, each of ``values``. ``visit: true``: each form that
    the protocol version in force plans at the row's visit has a record of the subject at that visit. ``but`` are forms
    that may lack; a matched row of ``form`` whose field ``point`` names a form says that it was not done.

    ``match`` maps own fields to the other form's (the subject fields when left out), ``where`` says which of its rows
    count. A row whose day, value or visit is not known may be any of those that lack.
    """

    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    day: str = ""
    start: str = ""
    end: str = ""
    point: str = ""
    values: tuple[str, ...] = ()
    visit: bool = False
    but: tuple[str, ...] = ()


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    if args.visit:
        return (form.subject, form.visit)
    return (*(args.match or {form.subject: ""}), *(name for name in (args.start, args.end) if name))


def sees(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The forms it looks at."""
    return (EVERY,) if args.visit else (args.form,)


def planned(form: Form, rule: Rule, args: Args) -> bool:
    """Whether the protocol is asked."""
    return args.visit


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where something certainly lacks. A form that was not received is unknown."""
    import numpy as np

    if args.visit:
        made = [lacks for _, lacks in lacking.forms(rows, args)]
        return np.logical_or.reduce(made) if made else np.zeros(len(rows), dtype=bool)
    if args.form not in rows.others:
        return np.zeros(len(rows), dtype=bool)
    return lacking.days(rows, args)[0] if args.day else lacking.values(rows, args)[0]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if args.visit:
        return "is of a visit whose planned forms are not all there"
    form = rows.forms[args.form]
    return f"has no complete set of {form.fields[args.day or args.point].label} in {form.title}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What lacks."""
    some = rows.take(positions)
    if args.visit:
        each = [(rows.forms[name].title, lacks) for name, lacks in lacking.forms(some, args)]
        return ["no " + ", no ".join(title for title, lacks in each if lacks[n]) for n in range(len(some))]
    if args.point:
        found = lacking.values(some, args)[1]
        return ["no " + ", no ".join(v for v, has in zip(args.values, row, strict=True) if not has) for row in found]
    return lacking.day_words(some, args)


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Send what lacks, or record why it was not done."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if args.visit and not args.day:
        yield from _visit(form, forms, args)
        return
    if sum((bool(args.day), bool(args.point), args.visit)) != 1:
        yield "the rule needs one of 'day', 'point' and 'visit: true'", ""
        return
    yield from problems_of(form, forms, args.form, args.match)
    if args.form in forms:
        yield from unfit(forms[args.form], args.where, "'where'")
        yield from _span(form, forms[args.form], args) if args.day else _points(forms[args.form], args)


def _visit(form: Form, forms: Mapping[str, Form], args: Args) -> Iterator[Problem]:
    if not (form.subject and form.visit):
        yield f"form {form.id!r} does not say which field is subject and visit", ""
    if bool(args.form) != bool(args.point):
        yield "'form' and 'point' go together: the form that says what was not done, and its field that names it", ""
    elif args.form:
        yield from problems_of(form, forms, args.form, args.match)
    if args.form in forms:
        yield from unknown_fields(forms[args.form], (args.point,))
    for name in args.but:
        if name not in forms:
            yield f"there is no form {name!r}", did_you_mean(name, forms)


def _span(form: Form, other: Form, args: Args) -> Iterator[Problem]:
    yield from time_problems(other, args.day, "days")
    if not (args.start and args.end):
        yield "the days go from 'start' to 'end'", "Name two fields of the row."
        return
    for name in (args.start, args.end):
        yield from time_problems(form, name, "days")


def _points(other: Form, args: Args) -> Iterator[Problem]:
    yield from unknown_fields(other, (args.point,))
    if not args.values:
        yield "the rule does not say which values there must be", "Add 'values: [...]'."


KIND = Kind(
    "coverage", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, needs_field=False,
    sees=sees, planned=planned,
)  # fmt: skip

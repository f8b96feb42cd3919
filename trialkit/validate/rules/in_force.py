"""in_force: on the row's date a register must hold: of the protocol (version, consent, visits, approval), or a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.model import Condition, Form, Rule
from trialkit.validate.kind import Kind, Problem, unfit, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules import registered
from trialkit.validate.rules.match import comparable, problems_of
from trialkit.validate.rules.taken import beside, widened

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """Either ``register``, kept by the protocol versions and the sites that adopted them, or ``form``, whose matched
    row must be valid from its field ``from`` until its field ``to`` (both included; a missing one is no bound).

    ``on`` is the field of the date, the form's own when left out. ``where`` must hold for the register's row.
    ``also`` are values that are right whatever the register ``visit`` holds.

    ``within`` maps own numbers to the two fields of the register between which they lie (both included), ``equal``
    own values to what the register holds for them. A field that ``match`` or ``within`` names and the form does not
    have is that of the subject's row in the form ``beside``.
    """

    register: Literal["", "protocol", "consent", "visit", "approval"] = ""
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    start: str = attribute(default="", metadata={"key": "from"})
    to: str = ""
    where: Condition = attribute(default_factory=Condition)
    on: str = ""
    also: tuple[str, ...] = ()
    within: dict[str, tuple[str, ...]] = attribute(default_factory=dict)
    equal: dict[str, str] = attribute(default_factory=dict)
    beside: str = ""


def day_of(form: Form, rule: Rule, args: Args) -> str:
    """The field of the date."""
    return args.on or (rule.field if args.register == "approval" else form.date)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    own = tuple(args.match or {form.subject: ""}) if args.form else (rule.field,)
    named = (*own, *args.within, *args.equal, day_of(form, rule, args), *((form.subject,) if args.beside else ()))
    return tuple(name for name in named if name in form.fields)


def sees(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The other forms it looks at."""
    return tuple(filter(None, (args.form, args.beside)))


def _entry(rows: Rows, rule: Rule, args: Args) -> tuple[Rows, registered.Entry]:
    """The rows with what they lack, and what makes a row of the register right for one of them."""
    wide = beside(rows, args.beside, (*args.match, *args.within)) if args.beside else rows
    on, bounds = day_of(rows.form, rule, args), (args.start, args.to)
    return wide, registered.Entry(args.form, args.match, on, bounds, args.where, args.within, args.equal)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the register certainly does not hold on the date. Unknown: the site, the date, a form not received."""
    on = day_of(rows.form, rule, args)
    if args.register:
        return registered.by_protocol(rows, rule.field, args.register, on, args.also)
    return registered.by_form(*_entry(rows, rule, args))[0]


def planned(form: Form, rule: Rule, args: Args) -> bool:
    """Whether the protocol is asked."""
    return bool(args.register)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if args.register == "approval":
        return "is on a day without a valid ethics approval"
    if args.register == "visit":
        return "is not a visit of the protocol version in force"
    if args.register:
        return "was not the version in force at the site on the day"
    return f"is not in force on the day by {rows.forms[args.form].title}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What was in force, or what the register says."""
    on, some = day_of(rows.form, rule, args), rows.take(positions)
    if args.register:
        return registered.protocol_words(some, args.register, on)
    shown = (*(name for name in (args.start, args.to) if name), *args.where.columns)
    bands = tuple(name for names in args.within.values() for name in names)
    return registered.form_words(*_entry(some, rule, args), tuple(args.equal.values()) or (*shown, *bands))


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    if args.register == "consent":
        return "Check which version was signed and when; report to the board if it is right."
    return "Check the value and the date at source; record a deviation if both are right."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if bool(args.register) == bool(args.form):
        yield "the rule needs a register of the protocol or a form, one of the two", ""
        return
    if args.register and not rule.field:
        yield "a register of the protocol needs the field it checks", "Add a line 'field: ...'."
    on = day_of(form, rule, args)
    if not on:
        yield f"form {form.id!r} names no 'date'", "Say which field holds the date: 'on: FIELD'."
    yield from unknown_fields(form, (on,) if on else ())
    wide = widened(form, forms.get(args.beside), (*args.match, *args.within))
    if args.beside and args.beside not in forms:
        yield f"there is no form {args.beside!r}", ""
    if args.form:
        yield from problems_of(wide, forms, args.form, args.match)
    if args.form in forms:
        yield from _bounds(form, forms[args.form], on, args)
        yield from _values(wide, forms[args.form], args)


def _values(form: Form, other: Form, args: Args) -> Iterator[Problem]:
    """What is wrong with the numbers that lie between two of the register, and the values that are the register's."""
    if any(len(names) != 2 for names in args.within.values()):
        yield "'within' needs two fields of the register: 'FIELD: [from, to]'", ""
    both = [(own, its) for own, names in args.within.items() for its in names] + list(args.equal.items())
    yield from unknown_fields(form, tuple(own for own, _ in both))
    yield from unknown_fields(other, tuple(its for _, its in both))
    for own, its in both:
        if own in form.fields and its in other.fields:
            yield from comparable(form, own, other, its)


def _bounds(form: Form, other: Form, on: str, args: Args) -> Iterator[Problem]:
    yield from unfit(other, args.where, "'where'")
    bounds = tuple(name for name in (args.start, args.to) if name)
    if not (bounds or args.where or args.within or args.equal):
        yield "the rule does not say what makes a row of the register valid", "Give 'from', 'to' or 'where'."
    yield from unknown_fields(other, bounds)
    for name in bounds:
        if name in other.fields and on in form.fields:
            yield from comparable(form, on, other, name)


KIND = Kind(
    "in_force", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, planned=planned,
    needs_field=False, sees=sees,
)  # fmt: skip

"""sequence: the dates of a group must be in the order of its visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Condition, Form, Rule
from trialkit.validate.axis import NUMBERS, numbers
from trialkit.validate.groups import group_problems, grouped_by, groups, run, taking_part, time_problems, times_of
from trialkit.validate.kind import Kind, Problem, unknown_fields
from trialkit.validate.plan import versions_of
from trialkit.validate.rows import Rows
from trialkit.validate.words import cell_said

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """``order`` is the field that says which comes first (the form's visit when left out): a number; or a text in
    the order of ``visits``; or, without ``visits``, a visit by its planned day in the protocol version in force.

    A value that has no place in the order takes no part. ``by`` makes a group (the subject), ``where`` says which
    rows take part.
    """

    order: str = ""
    visits: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: Condition = attribute(default_factory=Condition)


def order_of(form: Form, args: Args) -> str:
    """The field that says which comes first."""
    return args.order or form.visit


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (rule.field, order_of(form, args), *grouped_by(form, args.by))


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the condition on the rows that take part."""
    return args.where.columns


def planned(form: Form, rule: Rule, args: Args) -> bool:
    """Whether the protocol is asked for the order."""
    field = form.fields.get(order_of(form, args))
    return field is not None and field.type == "text" and not args.visits


def places(rows: Rows, args: Args) -> np.ndarray:
    """Each row's place in the order, NaN where it has none."""
    import numpy as np

    name = order_of(rows.form, args)
    column = rows.frame[name]
    if rows.form.fields[name].type in NUMBERS:
        return numbers(column)
    if args.visits:
        return column.map({visit: place for place, visit in enumerate(args.visits)}).to_numpy(dtype="float64")
    made, versions = np.full(len(rows), np.nan), versions_of(rows)
    for number, protocol in enumerate(rows.plan.study.protocols.values() if rows.plan else ()):
        days = {visit.id: visit.day for visit in protocol.visits.values() if visit.day is not None}
        at = versions == number
        made[at] = column[at].map(days).to_numpy(dtype="float64")
    return made


def before(rows: Rows, rule: Rule, args: Args) -> tuple[np.ndarray, np.ndarray]:
    """(rows dated certainly before the row that should come before them, the position of that row, else -1)."""
    import numpy as np

    when, place = times_of(rows, rule.field, "hours"), places(rows, args)
    part = taking_part(rows, args.where)[0]
    later, earlier = run(rows, groups(rows, args.by), part, place, when.low).steps()
    wrong = (when.high[later] < when.low[earlier]) & (place[later] > place[earlier])
    shown = np.full(len(rows), -1)
    shown[later[wrong]] = earlier[wrong]
    return shown >= 0, shown


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the first date of a visit is before the last date of the visit before it."""
    return before(rows, rule, args)[0]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return f"is before an earlier {rows.form.fields[order_of(rows.form, args)].label}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The record that should come before."""
    names = (order_of(rows.form, args), rule.field)
    if any(rows.form.fields[name].identifying for name in names):
        return [""] * len(positions)
    shown = before(rows, rule, args)[1][positions]
    visits, dates = (rows.frame[name].iloc[shown].map(cell_said) for name in names)
    return [f"{visit} is on {day}" for visit, day in zip(visits, dates, strict=True)]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check both dates and the visits at source and correct the wrong one."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from time_problems(form, rule.field, "days")
    yield from group_problems(form, args.by, args.where)
    name = order_of(form, args)
    if not name:
        yield f"form {form.id!r} names no visit", "Say which field gives the order: 'order: FIELD'."
        return
    yield from unknown_fields(form, (name,))
    if name in form.fields and form.fields[name].type not in (*NUMBERS, "text"):
        yield f"{name!r} is {form.fields[name].type}: the order is a number or a visit", ""
    codes = form.fields[name].codes if name in form.fields else {}
    for visit in args.visits:
        if codes and visit not in codes:
            yield f"{visit!r} is not a value of {name!r}", did_you_mean(visit, codes)


KIND = Kind(
    "sequence", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given, planned=planned,
)  # fmt: skip

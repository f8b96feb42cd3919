"""together: several thresholds may not all be met within a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import NUMBERS, Op
from trialkit.validate.groups import Unit, group_problems, grouped_by, time_problems
from trialkit.validate.kind import Kind, Problem, a_number, fits, unfit, unknown_fields
from trialkit.validate.plan import amount_words
from trialkit.validate.rows import Rows
from trialkit.validate.rules import met

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Criterion:
    """A row meets it if ``where`` holds and ``field`` is ``op`` ``value`` (times its field ``times``).

    With ``form`` it is met by rows of that form, at their time ``at`` (that form's date when left out). ``side`` says
    whether they must lie ``before`` or ``after`` the row, by ``least`` at the least; ``absent``: there must be none.
    """

    field: str = ""
    op: Op = "at_least"
    value: Amount = Amount()
    times: str = ""
    where: Condition = attribute(default_factory=Condition)
    form: str = ""
    at: str = ""
    side: Literal["any", "before", "after"] = "any"
    least: float = 0
    absent: bool = False


@dataclass(frozen=True)
class Args:
    """``all``: the criteria by name. The rule fires at each row of its form that meets the first one, if each other
    one is met by a record of the same ``by`` (the subject) at most ``within`` ``unit`` before or after it.

    ``at`` is the field of time, the form's date when left out.
    """

    criteria: dict[str, Criterion] = attribute(metadata={"key": "all"})
    within: Amount = Amount("0")
    unit: Unit = "days"
    at: str = ""
    by: tuple[str, ...] = ()


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    first = next(iter(args.criteria.values()), Criterion())
    names = (rule.field, args.at or form.date, *grouped_by(form, args.by), *_fields(first))
    return tuple(name for name in names if name)


def _fields(criterion: Criterion) -> tuple[str, ...]:
    return tuple(n for n in (criterion.field, criterion.times, *criterion.where.columns) if n)


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the fields of the other criteria."""
    return tuple(name for one in args.criteria.values() if not one.form for name in _fields(one))


def sees(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The other forms it looks at."""
    return tuple(dict.fromkeys(one.form for one in args.criteria.values() if one.form))


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the first criterion is met and each other one certainly within the time."""
    first, *others = args.criteria.values()
    wrong = met.meets(rows, first)
    for one in others:
        near = met.beside(rows, args, one)[0]
        wrong = wrong & (~near if one.absent else near)
    return wrong


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    names = [f"no {name}" if one.absent else name for name, one in args.criteria.items()]
    time = f" within {amount_words(rows, args.within, args.unit)}"
    return f"meets {names[0]} together with {' and '.join(names[1:])}{time}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """When the others were met."""
    named = [(name, one) for name, one in list(args.criteria.items())[1:] if not one.absent]
    said = [(name, met.beside(rows, args, one)[1][positions]) for name, one in named]
    return [", ".join(f"{name} on {moments[n]}" for name, moments in said) for n in range(len(positions))]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check the values at source; if they are right, inform the medical monitor at once."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from group_problems(form, args.by, Condition())
    yield from time_problems(form, args.at or form.date, args.unit)
    yield from a_number("within", args.within)
    if len(args.criteria) < 2:
        yield "the rule needs two criteria or more", ""
    for number, (name, one) in enumerate(args.criteria.items()):
        yield from _criterion(form, forms, args, name, one, number == 0)


def _criterion(
    form: Form, forms: Mapping[str, Form], args: Args, name: str, one: Criterion, first: bool
) -> Iterator[Problem]:
    if one.form and one.form not in forms:
        yield f"there is no form {one.form!r}", ""
        return
    if one.form and (first or args.by or not forms[one.form].subject):
        yield f"criterion {name!r} cannot be of another form here", "Groups over forms are subjects; the first is own."
    if (first and (one.absent or one.side != "any")) or (one.least and one.side == "any"):
        yield f"criterion {name!r}: 'side', 'least' and 'absent' are said of the others, 'least' of one side", ""
    its = forms[one.form] if one.form else form
    yield from unfit(its, one.where, f"'where' of {name}")
    yield from unknown_fields(its, tuple(n for n in (one.field, one.times) if n))
    if one.form or one.at:
        yield from time_problems(its, one.at or its.date, args.unit)
    if not one.field and not one.where:
        yield f"criterion {name!r} says nothing", "Give it 'field' and 'value', or 'where'."
    if one.field and (not one.value or (one.value.text and not fits(one.value.text, "decimal"))):
        yield f"criterion {name!r} needs a number to compare {one.field!r} with", ""
    for field in (one.field, one.times):
        if field in its.fields and its.fields[field].type not in NUMBERS:
            yield f"{field!r} is {its.fields[field].type}: a threshold is for numbers", "Use 'where'."


KIND = Kind(
    "together", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given, sees=sees,
)  # fmt: skip

"""rolling: the sum over a moving time may not exceed a cap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import NUMBERS, numbers
from trialkit.validate.groups import Unit, group_problems, grouped_by, groups, run, taking_part, time_problems, times_of
from trialkit.validate.kind import Kind, Problem, a_number, unknown_fields
from trialkit.validate.plan import amount_words, amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import problems_of
from trialkit.validate.rules.taken import taken
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """The amounts of a group within the last ``within`` ``unit`` may sum to at most ``max``.

    What happened exactly ``within`` ago is no longer counted. ``at`` is the field of time (the form's date when left
    out), ``by`` the fields that make a group (the subject), ``where`` the rows that are counted. With ``take``
    each amount is multiplied by that field of the one row of ``form`` that matches (a volume by its concentration).
    """

    max: Amount
    within: float = 24
    unit: Unit = "hours"
    at: str = ""
    by: tuple[str, ...] = ()
    where: Condition = attribute(default_factory=Condition)
    take: str = ""
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)


def time_field(form: Form, args: Args) -> str:
    """The field of time."""
    return args.at or form.date


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    matched = tuple(args.match or {form.subject: ""}) if args.form else ()
    return tuple(name for name in (rule.field, time_field(form, args), *grouped_by(form, args.by), *matched) if name)


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: the condition on the rows that are counted."""
    return args.where.columns


def sums(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """For each row what its group's amounts up to its moment sum to, NaN where the row itself is not counted.

    Rows of one moment are counted together. A row without an amount, or whose moment is not known exactly, adds
    nothing: the sum is the least it can be, as amounts are not negative. An amount of zero is never the wrong one.
    """
    import numpy as np
    import pandas as pd

    when, values = times_of(rows, time_field(rows.form, args), args.unit), numbers(rows.frame[rule.field])
    if args.take:
        values = values * taken(rows, args.take, args.form, args.match)
    exact = taking_part(rows, args.where)[0] & (when.low == when.high) & (values > 0)
    ordered = run(rows, groups(rows, args.by), exact, when.low)
    made = np.full(len(rows), np.nan)
    if not len(ordered.order):
        return made
    at, group = _axis(when.low[ordered.order], ordered.group, args.within)
    total = pd.Series(values[ordered.order]).groupby(group).cumsum().to_numpy()
    last = np.searchsorted(at, at, side="right") - 1
    gone = np.searchsorted(at, at - round(args.within * 1e6), side="right") - 1
    before = np.where((gone >= 0) & (group[np.maximum(gone, 0)] == group), total[np.maximum(gone, 0)], 0.0)
    made[ordered.order] = total[last] - before
    return made


def _axis(when: np.ndarray, group: np.ndarray, within: float) -> tuple[np.ndarray, np.ndarray]:
    """Times as whole millionths on one line, the groups one after the other and further apart than ``within``."""
    import numpy as np

    ticks = np.round((when - when.min()) * 1e6).astype("int64")
    number = np.cumsum(np.concatenate([[0], group[1:] != group[:-1]]))
    return number * (int(ticks.max()) + round(within * 1e6) + 1) + ticks, group


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the sum up to the row's moment is certainly above the cap."""
    import numpy as np

    made, cap = sums(rows, rule, args), amounts(rows, args.max)
    return made > cap + 1e-9 * np.maximum(1.0, np.abs(cap))


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    cap = amount_words(rows, args.max, "" if args.take else rows.form.fields[rule.field].unit)
    return f"brings the sum of {number_text(args.within)} {args.unit} above {cap}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """The sum, and the cap."""
    made, cap = sums(rows, rule, args)[positions], amounts(rows, args.max)[positions]
    return [f"sum {number_text(one)}, at most {number_text(top)}" for one, top in zip(made, cap, strict=True)]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check amounts and times at source; if they are right, inform the medical monitor."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if form.fields[rule.field].type not in NUMBERS:
        yield f"{rule.field!r} is {form.fields[rule.field].type}: only numbers are summed", ""
    at = time_field(form, args)
    yield from time_problems(form, at, args.unit)
    if args.unit != "days" and at in form.fields and form.fields[at].type != "datetime":
        yield f"{at!r} has no time of day: a sum over {args.unit} needs one", "Count in days, or use a moment."
    yield from group_problems(form, args.by, args.where)
    if bool(args.take) != bool(args.form):
        yield "'take' and 'form' (where the factor is found) go together", ""
    elif args.form:
        yield from problems_of(form, forms, args.form, args.match)
        if args.form in forms:
            yield from unknown_fields(forms[args.form], (args.take,))
    yield from a_number("max", args.max)
    if not args.max or args.within <= 0:
        yield "the rule needs a cap 'max' and a time 'within' above zero", ""


KIND = Kind(
    "rolling", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, grouped=True,
    given=given,
)  # fmt: skip

"""computed: a recorded number must equal what a named formula makes of other fields of the row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.errors import did_you_mean
from trialkit.methods import _clinical as clinical
from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import DATES, NUMBERS, Stretch, numbers, violates
from trialkit.validate.kind import Kind, Problem, a_number, at_source, unfit, unknown_fields
from trialkit.validate.plan import amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.formulas import FORMULAS, Formula
from trialkit.validate.rules.graded import grade_problems
from trialkit.validate.rules.match import problems_of
from trialkit.validate.rules.parts import bounds, expected
from trialkit.validate.words import measured

if TYPE_CHECKING:
    import numpy as np

NAMED = 4
NOTHING = Amount("0")


@dataclass(frozen=True)
class Args:
    """``formula`` of the fields ``of``; the difference allowed is the larger of ``tolerance``, in the field's unit,
    and ``percent`` of what is expected.

    ``take`` are further parts: fields of the one row of ``form`` that matches; with none, or several that differ, the
    answer is unknown. ``where`` keeps only some of its rows. With ``rows`` the parts are taken from so many rows: each
    that is not there is a missing part, and with more the answer is unknown.

    ``missing`` says what a sum or mean makes of missing parts: ``unknown`` (the default), ``left_out`` or ``prorated``
    (the mean of the known ones stands in), if at most ``allowed`` are missing. ``cuts`` and ``scores`` (one more)
    belong to the formulas that give bands, ``grades`` to the formula grade: its tables by the value of the field
    ``by``. ``several: sum`` takes the sum over all matched rows in place of the one.
    """

    formula: str
    of: tuple[str, ...] = ()
    tolerance: Amount = NOTHING
    percent: Amount = NOTHING
    take: tuple[str, ...] = ()
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    rows: int = 1
    missing: Literal["unknown", "left_out", "prorated"] = "unknown"
    allowed: int = 0
    cuts: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()
    several: Literal["one", "sum"] = "one"
    by: str = ""
    grades: dict[str, clinical.Grades] = attribute(default_factory=dict)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    matched = tuple(args.match or {form.subject: ""}) if args.form else ()
    needed = args.of if args.missing == "unknown" and not args.grades else ()
    return (rule.field, *needed, *matched, *((args.by,) if args.by else ()))


def looks(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The parts: some may be missing, all must be read."""
    return args.of


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the recorded number differs by more than the tolerance."""
    import numpy as np

    found, wanted = numbers(rows.frame[rule.field]), bounds(rows, args)
    room = amounts(rows, args.tolerance)
    if args.percent != NOTHING:
        room = np.maximum(room, np.abs(wanted.low) * amounts(rows, args.percent) / 100)
    return violates("equal", Stretch(found, found), wanted, room)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    many = len(args.of) + len(args.take)
    words = [rows.form.fields[name].label for name in args.of]
    those = "all records in " if args.several == "sum" else f"{args.rows} records in " if args.rows > 1 else ""
    words += [
        f"{rows.forms[args.form].fields[name].label} of {those}{rows.forms[args.form].title}" for name in args.take
    ]
    named = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if many <= NAMED else f"its {many} parts"
    return f"is not {FORMULAS[args.formula].words} {named}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What was expected; nothing if it could tell a value that may identify."""
    theirs = [rows.forms[args.form].fields[name] for name in args.take]
    secret = any(one.identifying or one.blinded for one in theirs)
    if secret or any(rows.form.fields[name].identifying for name in args.of):
        return [""] * len(positions)
    own = rows.form.fields[rule.field]
    return [f"expected {measured(float(f'{value:.6g}'), own)}" for value in expected(rows.take(positions), args)]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from unknown_fields(form, args.of)
    if args.form or args.take:
        yield from problems_of(form, forms, args.form, args.match)
    if form.fields[rule.field].type not in NUMBERS:
        yield f"field {rule.field!r} is {form.fields[rule.field].type}: only a number can be computed", ""
    if args.formula not in FORMULAS:
        yield f"there is no formula {args.formula!r}", did_you_mean(args.formula, FORMULAS)
        return
    formula = FORMULAS[args.formula]
    allowed = (*NUMBERS, *DATES) if formula.dates else NUMBERS
    parts = [(form, name) for name in args.of]
    if args.form in forms:
        yield from unknown_fields(forms[args.form], args.take)
        yield from unfit(forms[args.form], args.where, "'where'")
        parts += [(forms[args.form], name) for name in args.take]
    for its, name in parts:
        if name in its.fields and its.fields[name].type not in allowed:
            yield f"{args.formula} cannot be made of the {its.fields[name].type} field {name!r}", ""
    count = len(args.of) + len(args.take) * args.rows
    if count < formula.least or (formula.most and count > formula.most):
        many = formula.most if formula.most == formula.least else f"at least {formula.least}"
        yield f"{args.formula} takes {many} field{'' if many == 1 else 's'}, found {count}", ""
    yield from _rows(args, formula)
    yield from a_number("tolerance", args.tolerance)
    yield from a_number("percent", args.percent)
    yield from grade_problems(form, args, formula.graded)
    yield from _missing(args, formula)
    yield from _bands(args, formula.bands, formula.falling)


def _rows(args: Args, formula: Formula) -> Iterator[Problem]:
    if args.rows < 1 or (args.rows > 1 and not args.take):
        yield "'rows' is how many rows of 'form' are taken: at least 1, and more only with 'take'", ""
    elif args.rows > 1 and not formula.rows:
        yield f"{args.formula} cannot be made of rows, for they stand in no order", "Take one row."
    if args.where and not args.take:
        yield "'where' says which rows of 'form' are taken", "Say which fields: 'take: [FIELD]'."


def _missing(args: Args, formula: Formula) -> Iterator[Problem]:
    if args.missing != "unknown" and not formula.additive:
        yield f"{args.formula} cannot be made without one of its parts", "Leave out 'missing'."
    elif (args.allowed > 0) != (args.missing != "unknown"):
        yield "'missing' and 'allowed' (how many parts may be missing) go together", ""


def _bands(args: Args, wanted: bool, falling: bool) -> Iterator[Problem]:
    if not wanted and (args.cuts or args.scores):
        yield f"{args.formula} takes no cuts and scores", "They belong to the formula bands."
    elif wanted and (not args.cuts or len(args.scores) != len(args.cuts) + 1):
        yield f"bands need one score more than cuts, found {len(args.cuts)} and {len(args.scores)}", ""
    elif list(args.cuts) != sorted(set(args.cuts), reverse=falling):
        yield f"the cuts do not {'descend' if falling else 'ascend'}", ""


KIND = Kind(
    "computed", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail, looks=looks
)

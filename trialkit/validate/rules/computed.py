"""computed: a recorded number must equal what a named formula makes of other fields of the row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Form, Rule
from trialkit.validate.axis import NUMBERS, Stretch, numbers, stretch, violates
from trialkit.validate.kind import Kind, Problem, at_source, labels, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules.formulas import FORMULAS
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np

NAMED = 4


@dataclass(frozen=True)
class Args:
    """``formula`` of the fields ``of``; ``tolerance`` is the difference allowed, in the field's unit.

    ``cuts`` (ascending) and ``scores`` (one more) belong to the formula bands.
    """

    formula: str
    of: tuple[str, ...]
    tolerance: float = 0.0
    cuts: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (rule.field, *args.of)


def expected(rows: Rows, args: Args) -> np.ndarray:
    """What the formula gives, NaN where a part is missing."""
    parts = [stretch(rows.frame[name], rows.form.fields[name].type).low for name in args.of]
    return FORMULAS[args.formula].compute(parts, args.cuts, args.scores)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the recorded number differs by more than the tolerance."""
    found, wanted = numbers(rows.frame[rule.field]), expected(rows, args)
    return violates("equal", Stretch(found, found), Stretch(wanted, wanted), args.tolerance)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    named = labels(rows.form, args.of) if len(args.of) <= NAMED else f"its {len(args.of)} parts"
    return f"is not {FORMULAS[args.formula].words} {named}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What was expected; nothing if it could tell a value that may identify."""
    if any(rows.form.fields[name].identifying for name in args.of):
        return [""] * len(positions)
    return [f"expected {number_text(value)}" for value in expected(rows.take(positions), args)]


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from unknown_fields(form, args.of)
    if form.fields[rule.field].type not in NUMBERS:
        yield f"field {rule.field!r} is {form.fields[rule.field].type}: only a number can be computed", ""
    if args.formula not in FORMULAS:
        yield f"there is no formula {args.formula!r}", did_you_mean(args.formula, FORMULAS)
        return
    formula = FORMULAS[args.formula]
    allowed = (*NUMBERS, "date", "datetime") if formula.dates else NUMBERS
    for name in args.of:
        if name in form.fields and form.fields[name].type not in allowed:
            yield f"{args.formula} cannot be made of the {form.fields[name].type} field {name!r}", ""
    if len(args.of) < formula.least or (formula.most and len(args.of) > formula.most):
        many = formula.most if formula.most == formula.least else f"at least {formula.least}"
        yield f"{args.formula} takes {many} field{'' if many == 1 else 's'}, found {len(args.of)}", ""
    yield from _bands(args, formula.bands)


def _bands(args: Args, wanted: bool) -> Iterator[Problem]:
    if not wanted and (args.cuts or args.scores):
        yield f"{args.formula} takes no cuts and scores", "They belong to the formula bands."
    elif wanted and (not args.cuts or len(args.scores) != len(args.cuts) + 1):
        yield f"bands need one score more than cuts, found {len(args.cuts)} and {len(args.scores)}", ""
    elif list(args.cuts) != sorted(set(args.cuts)):
        yield "the cuts do not ascend", ""


KIND = Kind("computed", Args, mask, say, stage=4, fix=at_source, reads=reads, problems=problems, detail=detail)

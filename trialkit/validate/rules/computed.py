"""computed: a recorded number must equal what a named formula makes of other fields of the row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.errors import did_you_mean
from trialkit.model import Amount, Form, Rule
from trialkit.validate.axis import NUMBERS, Stretch, numbers, stretch, violates
from trialkit.validate.kind import Kind, Problem, a_number, at_source, unknown_fields
from trialkit.validate.plan import amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.formulas import FORMULAS, Formula
from trialkit.validate.rules.match import matching, pairs, problems_of
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np

NAMED = 4


@dataclass(frozen=True)
class Args:
    """``formula`` of the fields ``of``; the difference allowed is the larger of ``tolerance``, in the field's unit,
    and ``percent`` of what is expected.

    ``take`` are further parts: fields of the one row of ``form`` that matches; with none, or several that differ, the
    answer is unknown. ``missing`` says what a sum or mean makes of missing parts: ``unknown`` (the default),
    ``left_out`` or ``prorated`` (the mean of the known ones stands in), if at most ``allowed`` are missing. ``cuts``
    and ``scores`` (one more) belong to the formulas that give bands.
    """

    formula: str
    of: tuple[str, ...]
    tolerance: Amount = Amount("0")
    percent: Amount = Amount("0")
    take: tuple[str, ...] = ()
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    missing: Literal["unknown", "left_out", "prorated"] = "unknown"
    allowed: int = 0
    cuts: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    matched = tuple(args.match or {form.subject: ""}) if args.form else ()
    return (rule.field, *(args.of if args.missing == "unknown" else ()), *matched)


def looks(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The parts: some may be missing, all must be read."""
    return args.of


def expected(rows: Rows, args: Args) -> np.ndarray:
    """What the formula gives, NaN where it is not known."""
    parts = [stretch(rows.frame[name], rows.form.fields[name].type).low for name in args.of]
    parts += [_taken(rows, args, name) for name in args.take]
    if args.missing != "unknown":
        parts = _filled(parts, args)
    return FORMULAS[args.formula].compute(parts, args.cuts, args.scores)


def _taken(rows: Rows, args: Args, name: str) -> np.ndarray:
    """A field of the matched row of the other form; NaN where there is none, or where several differ."""
    import numpy as np
    import pandas as pd

    made = np.full(len(rows), np.nan)
    if args.form in rows.others:
        form, other = rows.forms[args.form], rows.others[args.form].reset_index(drop=True)
        here, there = pairs(rows, other, matching(rows.form, form, args.match))
        values = stretch(other[name], form.fields[name].type).low[there]
        found = pd.Series(values).groupby(here).agg(["min", "max", "size", "count"])
        one = found[(found["min"] == found["max"]) & (found["size"] == found["count"])]
        made[one.index.to_numpy(dtype="int64")] = one["min"].to_numpy()
    return made


def _filled(parts: list[np.ndarray], args: Args) -> list[np.ndarray]:
    """The parts with what stands in for those that are missing, where there are few enough of them."""
    import numpy as np

    table = np.column_stack(parts)
    gone = np.isnan(table)
    few = (gone.sum(axis=1) <= args.allowed) & ~gone.all(axis=1)
    known = (~gone).sum(axis=1)
    mean = np.where(gone, 0, table).sum(axis=1) / np.maximum(known, 1)
    instead = np.zeros(len(table)) if args.missing == "left_out" and args.formula == "sum" else mean
    return list(np.where(gone & few[:, None], instead[:, None], table).T)


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the recorded number differs by more than the tolerance."""
    import numpy as np

    found, wanted = numbers(rows.frame[rule.field]), expected(rows, args)
    room = np.maximum(amounts(rows, args.tolerance), np.abs(wanted) * amounts(rows, args.percent) / 100)
    return violates("equal", Stretch(found, found), Stretch(wanted, wanted), room)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    many = len(args.of) + len(args.take)
    words = [rows.form.fields[name].label for name in args.of]
    words += [f"{rows.forms[args.form].fields[name].label} of {rows.forms[args.form].title}" for name in args.take]
    named = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if many <= NAMED else f"its {many} parts"
    return f"is not {FORMULAS[args.formula].words} {named}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What was expected; nothing if it could tell a value that may identify."""
    secret = any(rows.forms[args.form].fields[name].identifying for name in args.take)
    if secret or any(rows.form.fields[name].identifying for name in args.of):
        return [""] * len(positions)
    return [f"expected {number_text(value)}" for value in expected(rows.take(positions), args)]


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
    allowed = (*NUMBERS, "date", "datetime") if formula.dates else NUMBERS
    parts = [(form, name) for name in args.of]
    if args.form in forms:
        yield from unknown_fields(forms[args.form], args.take)
        parts += [(forms[args.form], name) for name in args.take]
    for its, name in parts:
        if name in its.fields and its.fields[name].type not in allowed:
            yield f"{args.formula} cannot be made of the {its.fields[name].type} field {name!r}", ""
    count = len(args.of) + len(args.take)
    if count < formula.least or (formula.most and count > formula.most):
        many = formula.most if formula.most == formula.least else f"at least {formula.least}"
        yield f"{args.formula} takes {many} field{'' if many == 1 else 's'}, found {count}", ""
    yield from a_number("tolerance", args.tolerance)
    yield from a_number("percent", args.percent)
    yield from _missing(args, formula)
    yield from _bands(args, formula.bands, formula.falling)


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

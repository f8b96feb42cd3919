"""unique: no two records may share these fields. The first is kept as it is, every later one is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.model import Form, Rule
from trialkit.validate.kind import Kind, Problem, labels, unknown_fields
from trialkit.validate.records import again, first_with, record_numbers, repeated
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """``fields``: what must differ; the form's key when left out. ``records`` keeps to those that are ``identical`` in
    all their fields, or to those that are ``different`` in some other field."""

    fields: tuple[str, ...] = ()
    records: Literal["any", "identical", "different"] = "any"


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return args.fields or form.key


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where an earlier row has the same values."""
    names = list(reads(rows.form, rule, args))
    numbers = record_numbers(rows, names)
    later = again(numbers)
    if args.records == "any" or not later.any():
        return later
    some = repeated(numbers)
    same = later.copy()
    same[some] = rows.frame.iloc[some.nonzero()[0]].duplicated(list(rows.form.fields), keep="first").to_numpy()
    if rows.doubt is not None:
        same &= ~rows.doubt
    return same if args.records == "identical" else later & ~same


def given(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """What else it sees: whole records, if it asks whether they are the same."""
    return () if args.records == "any" else tuple(form.fields)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    if args.records == "identical":
        return "is the same as an earlier one in every field"
    return f"repeats an earlier one: same {labels(rows.form, reads(rows.form, rule, args))}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """Where the first record stands."""
    import numpy as np

    lines = np.arange(len(rows)) if rows.lines is None else rows.lines
    found = first_with(record_numbers(rows, reads(rows.form, rule, args)), positions)
    return [f"first on {rows.numbering} {line}" for line in lines[found]]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    if args.records == "identical":
        return "Remove one of the two if it was entered twice."
    return "Remove one of the two records, or correct what tells them apart."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    if not reads(form, rule, args):
        yield "the rule names no fields and the form has no key", ""
    yield from unknown_fields(form, args.fields)


KIND = Kind(
    "unique", Args, mask, say, stage=3, fix=fix, reads=reads, problems=problems, detail=detail, needs_field=False,
    grouped=True, several=True, given=given, coded=True, doubt=True,
)  # fmt: skip

"""What a rule kind is: its arguments, its mask, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.errors import did_you_mean
from trialkit.model import Amount, Condition, Form, Rule
from trialkit.validate.axis import constant
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np

Problem = tuple[str, str]
"""What is wrong with a rule's content, and what to do ("" if the first says it)."""

EVERY = "*"
"""In place of a form's id: all forms."""


def own_field(form: Form, rule: Rule, args: Any) -> tuple[str, ...]:
    """The usual answer to "which fields of its row does the rule read": its own."""
    return (rule.field,)


def no_field(form: Form, rule: Rule, args: Any) -> tuple[str, ...]:
    """The usual answer to "which further fields": none."""
    return ()


def form_named(form: Form, rule: Rule, args: Any) -> tuple[str, ...]:
    """The usual answer to "which other forms does it look at": the one its arguments name, if any."""
    name = getattr(args, "form", "")
    return (name,) if name else ()


def never(form: Form, rule: Rule, args: Any) -> bool:
    """The usual answer to "does it need more than data": no."""
    return False


def no_problem(form: Form, forms: Mapping[str, Form], rule: Rule, args: Any) -> Iterator[Problem]:
    """The usual answer to "what is wrong with the arguments": nothing."""
    return iter(())


@dataclass(frozen=True)
class Kind:
    """One kind of rule.

    ``mask(rows, rule, args)`` is True where the row is wrong, whatever is missing or unread: the three-valued logic
    stands once, in ``judge``. ``say`` completes a sentence that starts with the field and its value; ``detail`` adds
    what is particular to each wrong row. ``reads`` names the fields of the row the verdict depends on: missing or
    unread, the rule is unknown. ``looks`` are those of which only an unread cell makes it unknown, ``given`` those
    it sees and that decide nothing by themselves. ``sees`` names the other forms it looks at (``EVERY``: all),
    ``planned`` says whether it looks up the protocol version in force (a parameter among the arguments always is),
    ``beyond`` whether it needs the last upload or the day the data are judged as of (one with ``today`` always does).

    ``stage`` orders the kinds; a ``single`` kind judges a cell by itself, ``presence`` means missing is its subject,
    a ``grouped`` kind looks from row to row of its form, one of ``several`` finds nothing wrong in a single
    row. A ``coded`` kind is content with text as categories, which answers once for each distinct text. One that has
    ``doubt`` enough asks ``Rows.doubt`` of what it is ``given``, and may see those cells as they are.
    """

    name: str
    args: type
    mask: Callable[[Rows, Rule, Any], np.ndarray]
    say: Callable[[Rows, Rule, Any], str]
    stage: int
    fix: Callable[[Form, Rule, Any, str], str]
    reads: Callable[[Form, Rule, Any], tuple[str, ...]] = own_field
    problems: Callable[[Form, Mapping[str, Form], Rule, Any], Iterator[Problem]] = no_problem
    detail: Callable[[Rows, Rule, Any, np.ndarray], list[str]] | None = None
    single: bool = False
    presence: bool = False
    grouped: bool = False
    several: bool = False
    coded: bool = False
    doubt: bool = False
    needs_field: bool = True
    looks: Callable[[Form, Rule, Any], tuple[str, ...]] = no_field
    given: Callable[[Form, Rule, Any], tuple[str, ...]] = no_field
    sees: Callable[[Form, Rule, Any], tuple[str, ...]] = form_named
    planned: Callable[[Form, Rule, Any], bool] = never
    beyond: Callable[[Form, Rule, Any], bool] = never


def unknown_fields(form: Form, names: tuple[str, ...]) -> Iterator[Problem]:
    """A problem for every name that is no field of the form."""
    for name in names:
        if name not in form.fields:
            yield f"there is no field {name!r} in form {form.id!r}", did_you_mean(name, form.fields)


def unfit(form: Form, condition: Condition, name: str) -> Iterator[Problem]:
    """A problem for every field of a condition that is none, and every value not of its field's type."""
    yield from unknown_fields(form, condition.columns)
    for test in condition.tests:
        field = form.fields.get(test.column)
        if field is None or test.op == "missing" or field.type in ("text", "time", "partial_date", "partial_datetime"):
            continue
        if test.op == "contains":
            yield f"'contains' in {name} looks into text, and {field.name!r} is a field of type {field.type}", ""
            continue
        for value in test.values:
            if not fits(value, field.type):
                yield f"{value!r} in {name} is not a value of the {field.type} field {field.name!r}", ""


def fits(text: str, kind: str) -> bool:
    """Whether a text is a value of the field type."""
    try:
        constant(text, kind)
    except ValueError:
        return False
    return True


def a_number(name: str, amount: Amount) -> Iterator[Problem]:
    """A problem unless the amount is empty, a parameter, or a number of at least zero."""
    if amount.text and not (fits(amount.text, "decimal") and float(amount.text) >= 0):
        yield f"{name} {amount.text!r} is not a number of at least zero", ""


def at_source(form: Form, rule: Rule, args: Any, value: str) -> str:
    """The usual thing to do."""
    return "Check the value at source and correct it."


def labels(form: Form, names: tuple[str, ...]) -> str:
    """Fields as a person would list them: "Start, End and Outcome"."""
    words = [form.fields[name].label for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

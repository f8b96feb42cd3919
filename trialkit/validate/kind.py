"""What a rule kind is: its arguments, its mask, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.errors import did_you_mean
from trialkit.model import Condition, Form, Rule
from trialkit.validate.axis import constant
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np

Problem = tuple[str, str]
"""What is wrong with a rule's content, and what to do ("" if the first says it)."""


def own_field(form: Form, rule: Rule, args: Any) -> tuple[str, ...]:
    """The usual answer to "which fields of its row does the rule read": its own."""
    return (rule.field,)


def no_problem(form: Form, forms: Mapping[str, Form], rule: Rule, args: Any) -> Iterator[Problem]:
    """The usual answer to "what is wrong with the arguments": nothing."""
    return iter(())


@dataclass(frozen=True)
class Kind:
    """One kind of rule.

    ``mask(rows, rule, args)`` is True where the row is wrong, whatever is missing or unread: the three-valued logic
    stands once, in ``judge``. ``say`` completes a sentence that starts with the field and its value; ``detail`` adds
    what is particular to each wrong row. ``reads`` names the fields of the row the verdict depends on.
    ``stage`` orders the kinds; a ``single`` kind judges a cell by itself, ``presence`` means missing is its subject,
    ``cross`` that it may look at other forms.
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
    cross: bool = False
    needs_field: bool = True


def unknown_fields(form: Form, names: tuple[str, ...]) -> Iterator[Problem]:
    """A problem for every name that is no field of the form."""
    for name in names:
        if name not in form.fields:
            yield f"there is no field {name!r} in form {form.id!r}", did_you_mean(name, form.fields)


def unfit_values(form: Form, where: Condition, key: str) -> Iterator[Problem]:
    """A problem for every value of a condition that is not of its field's type; unknown fields are passed over."""
    for test in where.tests:
        kind = form.fields[test.column].type if test.column in form.fields else "text"
        if test.op == "missing" or kind in ("text", "time", "partial_date"):
            continue
        for value in test.values:
            try:
                constant(value, kind)
            except ValueError:
                yield f"{value!r} in {key!r} is not a value of the {kind} field {test.column!r}", ""


def at_source(form: Form, rule: Rule, args: Any, value: str) -> str:
    """The usual thing to do."""
    return "Check the value at source and correct it."


def labels(form: Form, names: tuple[str, ...]) -> str:
    """Fields as a person would list them: "Start, End and Outcome"."""
    words = [form.fields[name].label for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

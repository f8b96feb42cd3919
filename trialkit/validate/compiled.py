"""All rules of a form: those it states, and those that follow from its fields and key."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from trialkit.model import Amount, Form, Rule, tree_of
from trialkit.model.form import Field
from trialkit.spec.build import build
from trialkit.validate.kind import EVERY, Kind
from trialkit.validate.measured import unit_fields
from trialkit.validate.rules import RULE_KINDS


@dataclass(frozen=True)
class Compiled:
    """A rule ready to run: its kind, its arguments, and what it looks at.

    ``reads`` are the fields of the row its verdict depends on; ``needs`` all whose unread cells make it unknown;
    ``columns`` all it is given. ``sees`` are the other forms it looks at; a rule is ``cross`` if the rows of its form
    alone are not enough for it, ``planned`` if it looks something up in the protocol.
    """

    rule: Rule
    kind: Kind
    args: Any
    reads: tuple[str, ...]
    needs: tuple[str, ...]
    columns: tuple[str, ...]
    sees: tuple[str, ...]
    planned: bool
    beyond: bool

    @property
    def cross(self) -> bool:
        """Whether the rows of its form alone are not enough for it."""
        return bool(self.sees) or self.planned or self.beyond

    @property
    def by_cell(self) -> bool:
        """Whether a column is all it needs to see."""
        return self.kind.single and not self.cross and self.columns == (self.rule.field,)

    def by_row(self, form: str) -> bool:
        """Whether all it looks at in its own form are cells of the row that must be fit to be judged: what it says of
        a row with another cell is not listened to, so that it may be given the cells as they are."""
        own = self.kind.grouped or self.beyond or self.asks((form,))
        return not own and set(self.columns) <= set(self.needs)

    def blanked(self, form: Form) -> tuple[str, ...]:
        """Those of its columns of which it may not see a cell that is not fit to be judged."""
        if not self.kind.doubt:
            return self.columns
        return tuple(name for name in self.columns if name in self.needs or name in form.key)

    def asks(self, forms: Container[str]) -> bool:
        """Whether it looks at one of these forms."""
        return any(name == EVERY or name in forms for name in self.sees)


def rules_of(form: Form) -> dict[str, Rule]:
    """Every rule of the form by id; a stated rule stands in place of the implied one with its id."""
    implied = {rule.id: rule for field in form.fields.values() for rule in _of_field(form, field)}
    if form.key:
        name = f"{form.id}.key.unique"
        implied[name] = Rule(name, "unique", place=form.place)
    return implied | form.rules


def _of_field(form: Form, field: Field) -> Iterator[Rule]:
    if field.required or field.name in form.key:
        name = f"{form.id}.{field.name}.present"
        grave = "critical" if field.name in form.key else "major"
        yield Rule(name, "present", field.name, severity=grave, place=field.place)  # type: ignore[arg-type]
    if field.codes:
        yield Rule(f"{form.id}.{field.name}.codes", "codes", field.name, place=field.place)
    if field.min is not None or field.max is not None:
        yield Rule(f"{form.id}.{field.name}.range", "range", field.name, place=field.place)
    if field.unit_in:
        args = tree_of({"unit_of": field.name})
        yield Rule(f"{form.id}.{field.unit_in}.declared", "codes", field.unit_in, args, place=field.place)
    if field.pattern:
        yield Rule(f"{form.id}.{field.name}.pattern", "pattern", field.name, place=field.place)


def compiled(form: Form) -> list[Compiled]:
    """The form's rules in the order they run: presence, codes, range and pattern, key, then relations.

    A conditional rule on one cell runs after all unconditional ones, so that no condition stands on a wrong cell.
    A rule of class listing comes after its like: it flags a value, it does not find it wrong.
    Raises StudyError if a rule's arguments do not fit its kind.
    """
    return list(_compiled(Same(form)))


class Same:
    """Content by identity: it is never changed, and comparing it would cost more than making its rules again."""

    def __init__(self, content: object) -> None:
        self.content = content

    def __hash__(self) -> int:
        return id(self.content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.content is other.content


@lru_cache(maxsize=256)
def _compiled(held: Same) -> tuple[Compiled, ...]:
    form: Any = held.content
    return tuple(sorted((compile_rule(form, rule) for rule in rules_of(form).values()), key=_turn))


def _turn(item: Compiled) -> tuple[bool, bool, int, bool]:
    conditional = item.kind.single and not item.by_cell
    return not item.kind.single, conditional, item.kind.stage, item.rule.finding_class == "listing"


def compile_rule(form: Form, rule: Rule) -> Compiled:
    """One rule. Raises StudyError (place, what was allowed) if its arguments do not fit."""
    kind = RULE_KINDS[rule.kind]
    args: Any = build(kind.args, rule.args)
    reads = kind.reads(form, rule, args)
    own = (rule.field,) if rule.field else ()
    looked_up = any(amount.parameter for amount in amounts_in(args))
    dated = any(amount.today for amount in amounts_in(args))
    needs = _once(*reads, *kind.looks(form, rule, args), *rule.when.columns, *own)
    needs = _once(*needs, *(told for name in needs for told in unit_fields(form, name)))
    columns = _once(*needs, *kind.given(form, rule, args), *(form.key if kind.grouped else ()))
    planned, beyond = looked_up or kind.planned(form, rule, args), dated or kind.beyond(form, rule, args)
    beyond |= form.local and _counts_hours(args)
    if planned:
        needs = _once(*needs, *(name for name in (form.site or form.subject, form.date) if name))
    return Compiled(rule, kind, args, reads, needs, columns, kind.sees(form, rule, args), planned, beyond)


def _counts_hours(args: Any) -> bool:
    """Whether time that passed is counted: with time zones the site is needed for it."""
    held = args.values() if isinstance(args, dict) else [getattr(args, one.name) for one in fields(args)]
    return getattr(args, "unit", "days") != "days" or any(_counts_hours(one) for one in held if _nested(one))


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (is_dataclass(value) and not isinstance(value, (type, Amount)))


def _once(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def amounts_in(args: Any) -> Iterator[Amount]:
    """Every amount among the arguments of a rule, at any depth."""
    if isinstance(args, Amount):
        yield args
    elif isinstance(args, dict):
        for value in args.values():
            yield from amounts_in(value)
    elif is_dataclass(args):
        for attribute in fields(args):
            yield from amounts_in(getattr(args, attribute.name))

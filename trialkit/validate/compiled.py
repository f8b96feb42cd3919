"""All rules of a form: those it states, and those that follow from its fields and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trialkit.model import Form, Rule
from trialkit.model.form import Field
from trialkit.spec.build import build
from trialkit.validate.kind import Kind
from trialkit.validate.rules import RULE_KINDS


@dataclass(frozen=True)
class Compiled:
    """A rule ready to run: its kind, its arguments, and the fields of the row its verdict depends on."""

    rule: Rule
    kind: Kind
    args: Any
    reads: tuple[str, ...]
    cross: bool

    @property
    def needs(self) -> tuple[str, ...]:
        """Every field of the row it looks at, that of ``when`` included."""
        names = (*self.reads, *self.rule.when.columns, *((self.rule.field,) if self.rule.field else ()))
        return tuple(dict.fromkeys(names))

    @property
    def by_cell(self) -> bool:
        """Whether a column is all it needs to see."""
        return self.kind.single and not self.rule.when


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
    if field.pattern:
        yield Rule(f"{form.id}.{field.name}.pattern", "pattern", field.name, place=field.place)


def compiled(form: Form) -> list[Compiled]:
    """The form's rules in the order they run: presence, codes, range and pattern, key, then relations.

    A conditional rule on one cell runs after all unconditional ones, so that no condition stands on a wrong cell.
    A rule of class listing comes after its like: it flags a value, it does not find it wrong.
    Raises StudyError if a rule's arguments do not fit its kind.
    """
    return sorted((compile_rule(form, rule) for rule in rules_of(form).values()), key=_turn)


def _turn(item: Compiled) -> tuple[bool, bool, int, bool]:
    conditional = item.kind.single and bool(item.rule.when)
    return not item.kind.single, conditional, item.kind.stage, item.rule.finding_class == "listing"


def compile_rule(form: Form, rule: Rule) -> Compiled:
    """One rule. Raises StudyError (place, what was allowed) if its arguments do not fit."""
    kind = RULE_KINDS[rule.kind]
    args: Any = build(kind.args, rule.args)
    cross = bool(getattr(args, "form", ""))
    return Compiled(rule, kind, args, kind.reads(form, rule, args), cross)

"""Is every rule well made? Fields and forms that exist, arguments that fit, patterns that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialkit.errors import StudyError, StudyErrors
from trialkit.model import Form, Rule
from trialkit.validate.compiled import compile_rule, rules_of
from trialkit.validate.kind import unfit_values, unknown_fields
from trialkit.validate.rules import RULE_KINDS


def binding(form: Form, forms: Mapping[str, Form]) -> Iterator[StudyError]:
    """What is wrong with the content of the form's rules, implied ones included."""
    if "." in form.id:
        yield StudyError(f"form id {form.id!r} has a dot", str(form.place), "Rule ids are made of it: leave it out.")
    for rule in rules_of(form).values():
        yield from _rule(form, forms, rule)


def _rule(form: Form, forms: Mapping[str, Form], rule: Rule) -> Iterator[StudyError]:
    kind = RULE_KINDS[rule.kind]
    if kind.needs_field and not rule.field:
        yield _error(rule, f"a rule of kind {rule.kind} needs the field it checks", "Add a line 'field: ...'.")
        return
    unknown = list(unknown_fields(form, ((rule.field,) if rule.field else ()) + rule.when.columns))
    if unknown:
        yield from (_error(rule, *problem) for problem in unknown)
        return
    yield from (_error(rule, *problem) for problem in unfit_values(form, rule.when, "when"))
    try:
        made = compile_rule(form, rule)
    except StudyErrors as several:
        yield from several.errors
    except StudyError as error:
        yield error
    else:
        yield from (_error(rule, *problem) for problem in kind.problems(form, forms, rule, made.args))


def _error(rule: Rule, message: str, hint: str) -> StudyError:
    return StudyError(f"rule {rule.id!r}: {message}", str(rule.place), hint)

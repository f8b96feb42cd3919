"""Is every rule well made? Fields and forms that exist, arguments that fit, patterns that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trialkit.errors import StudyError, StudyErrors, did_you_mean
from trialkit.model import Form, Parameter, Rule, Study
from trialkit.validate.axis import constant
from trialkit.validate.compiled import Compiled, Same, amounts_in, compile_rule, rules_of
from trialkit.validate.groups import UNITS
from trialkit.validate.kind import Problem, unfit, unknown_fields
from trialkit.validate.rules import RULE_KINDS


def mistakes(study: Study) -> list[StudyError]:
    """What is wrong with the content of the rules of all forms."""
    return list(_mistakes(Same(study)))


@lru_cache(maxsize=8)
def _mistakes(held: Same) -> tuple[StudyError, ...]:
    study: Any = held.content
    return tuple(error for form in study.forms.values() for error in binding(form, study))


def binding(form: Form, study: Study) -> Iterator[StudyError]:
    """What is wrong with the content of the form's rules, implied ones included."""
    if "." in form.id:
        yield StudyError(f"form id {form.id!r} has a dot", str(form.place), "Rule ids are made of it: leave it out.")
    for name, allowance in form.identifiers.items():
        if name not in form.fields:
            hint = did_you_mean(name, form.fields)
            yield StudyError(f"there is no field {name!r} in form {form.id!r}", str(allowance.place), hint)
        if not allowance.reason.strip():
            yield StudyError(f"what {name!r} may hold needs a reason", str(allowance.place), "Say why it is safe.")
    for rule in rules_of(form).values():
        yield from _rule(form, study, rule)


def _rule(form: Form, study: Study, rule: Rule) -> Iterator[StudyError]:
    kind = RULE_KINDS[rule.kind]
    if kind.needs_field and not rule.field:
        yield _error(rule, f"a rule of kind {rule.kind} needs the field it checks", "Add a line 'field: ...'.")
        return
    unknown = list(unknown_fields(form, ((rule.field,) if rule.field else ()) + rule.when.columns))
    if unknown:
        yield from (_error(rule, *problem) for problem in unknown)
        return
    yield from (_error(rule, *problem) for problem in unfit(form, rule.when, "'when'"))
    try:
        made = compile_rule(form, rule)
    except StudyErrors as several:
        yield from several.errors
    except StudyError as error:
        yield error
    else:
        yield from (_error(rule, *problem) for problem in kind.problems(form, study.forms, rule, made.args))
        yield from (_error(rule, *problem) for problem in _looked_up(form, study, made))


def _looked_up(form: Form, study: Study, item: Compiled) -> Iterator[Problem]:
    """What a rule looks up in the protocol: the parameter, and the site and date that say in which version."""
    if item.planned:
        if not form.site and not (form.subject and study.header.roster):
            yield (
                f"form {form.id!r} has no site: the protocol version in force cannot be known",
                "Name its 'site' field, or in schemas/study.yaml the 'roster' form that tells each subject's site.",
            )
        if not form.date and item.rule.kind != "in_force":
            yield f"form {form.id!r} has no 'date': the protocol version in force cannot be known", ""
    yield from _trigger(study, getattr(item.args, "trigger", ""), getattr(item.args, "form", ""))
    known = {name: p for protocol in study.protocols.values() for name, p in protocol.parameters.items()}
    for name in {amount.parameter for amount in amounts_in(item.args) if amount.parameter}:
        if name not in known:
            yield f"no protocol has a parameter {name!r}", did_you_mean(name, known)
            continue
        yield from _unit(known[name], getattr(item.args, "unit", ""))
        for protocol in study.protocols.values():
            yield from _value(form, protocol.parameters.get(name), item)


def _trigger(study: Study, name: str, form: str) -> Iterator[Problem]:
    """A trigger that no protocol has, or that is of another form."""
    held = {one: p.triggers[one] for p in study.protocols.values() for one in p.triggers}
    if name and name not in held:
        yield f"no protocol has a trigger {name!r}", did_you_mean(name, held)
    elif name and held[name].form != form:
        yield f"trigger {name!r} is of form {held[name].form!r}", "Name that form in the rule."


def _unit(parameter: Parameter, unit: str) -> Iterator[Problem]:
    """Minutes are not hours: a parameter in a unit of time is looked up in that unit only."""
    if unit and parameter.unit in UNITS and parameter.unit != unit:
        yield f"parameter {parameter.id!r} is in {parameter.unit}, the rule counts {unit}", f"unit: {parameter.unit}"


def _value(form: Form, parameter: Parameter | None, item: Compiled) -> Iterator[Problem]:
    kind = form.fields[item.rule.field].type if item.kind.name in ("range", "compare") else "decimal"
    try:
        if parameter and kind != "text":
            constant(parameter.value, kind)
    except ValueError:
        yield f"parameter {parameter.id!r} is {parameter.value!r}: not a value to compare with", ""  # type: ignore[union-attr]


def _error(rule: Rule, message: str, hint: str) -> StudyError:
    return StudyError(f"rule {rule.id!r}: {message}", str(rule.place), hint)

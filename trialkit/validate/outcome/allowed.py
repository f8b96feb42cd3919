"""What a cell may hold, in words, beside the finding that says it does not."""

from __future__ import annotations

from trialkit.intake.words import WHAT
from trialkit.model import Field, Finding, Form, Rule, Study
from trialkit.validate.compiled import compile_rule
from trialkit.validate.kind import labels
from trialkit.validate.outcome.words import UNREAD, listed, parts, rule_of
from trialkit.validate.rules.codes import allowed as codes_of
from trialkit.validate.rules.pattern import picture, wanted
from trialkit.validate.rules.range import bounds
from trialkit.validate.words import number_text

LISTED = 12


def allowed_words(study: Study, finding: Finding) -> str:
    """What is allowed in the cell; "" where only a comparison can tell."""
    form, rule = study.forms.get(finding.form), rule_of(study, finding)
    if form is None or finding.field not in form.fields:
        return _key_words(form, rule)
    field = form.fields[finding.field]
    if rule is None:
        return WHAT[field.type](field) if finding.rule.endswith(UNREAD) else ""
    args = compile_rule(form, rule).args
    if rule.kind == "codes" and not rule.when:
        return listed([_code(field, code) for code in codes_of(form, rule, args)], LISTED)
    if rule.kind == "pattern":
        return picture(wanted(form, rule, args))
    if rule.kind == "range":
        return _range(field, *(_end(end.text) for end in bounds(form, rule, args))) or parts(finding.say)[1]
    return _of_field(field) if rule.kind == "present" else ""


def _key_words(form: Form | None, rule: Rule | None) -> str:
    if form is None or rule is None or rule.kind != "unique":
        return ""
    names = compile_rule(form, rule).args.fields or form.key
    return f"one record for each {labels(form, names)}"


def _of_field(field: Field) -> str:
    """What the field allows by itself."""
    if field.codes:
        return listed([_code(field, code) for code in field.codes], LISTED)
    low, high = ("" if end is None else number_text(end) for end in (field.min, field.max))
    return _range(field, low, high) or ("any text" if field.type == "text" else WHAT[field.type](field))


def _code(field: Field, code: str) -> str:
    meaning = field.codes.get(code, "")
    return code if meaning.casefold() in ("", code.casefold()) else f"{code} ({meaning})"


def _end(text: str) -> str:
    return "the day of the check" if text == "today" else text


def _range(field: Field, low: str, high: str) -> str:
    ends = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
    return f"{ends} {field.unit}".strip() if ends else ""

"""What wrong values look like: another field's, right but for the spelling, one column out of place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from trialkit.model import Field, Finding, Form, Rule

MOST = 0.9
"""A column holds another field's values if so large a part of the wrong ones is allowed there."""


def other_field(values: Sequence[str], own: Field, fields: Iterable[Field]) -> Field | None:
    """The field whose values these are, None if there is none or several."""
    found = [
        field
        for field in fields
        if field.name != own.name and _telling(field) and sum(_is_of(v, field) for v in values) >= MOST * len(values)
    ]
    return found[0] if len(found) == 1 else None


def only_spelling(findings: Sequence[Finding], field: Field) -> bool:
    """Whether every value is an allowed one but for capitals and blanks."""
    known = {_bare(code) for code in field.codes}
    return bool(known) and all(finding.value and _bare(finding.value) in known for finding in findings)


def from_beside(value: str, place: int, fields: Sequence[Field]) -> bool:
    """Whether a value is one of the field before or after."""
    beside = [fields[at] for at in (place - 1, place + 1) if 0 <= at < len(fields)]
    return bool(value) and any(_telling(field) and _is_of(value, field) for field in beside)


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def _telling(field: Field) -> bool:
    """Whether its values can be told from others."""
    return bool(field.codes or field.pattern) or field.type in ("date", "datetime")


def _is_of(value: str, field: Field) -> bool:
    if field.codes:
        return value in field.codes
    if field.pattern:
        return re.fullmatch(field.pattern, value) is not None
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def looks_elsewhere(rule: Rule | None) -> bool:
    """Whether the rule compares with another form."""
    return rule is not None and isinstance(rule.args.value, dict) and "form" in rule.args.value


def by_subject_only(rule: Rule | None, form: Form) -> bool:
    """Whether it looks there for the subject alone."""
    return _matched(rule, form.subject) <= {form.subject}


def by_value_only(rule: Rule | None) -> bool:
    """Whether it asks of another form only that the cell's own value be on record."""
    return rule is not None and rule.kind == "exists" and looks_elsewhere(rule) and _matched(rule, "") == {rule.field}


def _matched(rule: Rule | None, default: str) -> set[str]:
    """The fields by which it finds the other form's rows."""
    args = rule.args.value if rule is not None else None
    match = args.get("match") if isinstance(args, dict) else None
    if match is None or not isinstance(match.value, (dict, tuple, str)):
        return {default}
    if isinstance(match.value, str):
        return {match.value}
    return set(match.value) if isinstance(match.value, dict) else {str(item.value) for item in match.value}

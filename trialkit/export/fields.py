"""Fields and code lists of the data dictionary, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from trialkit.export.markdown import NOTHING, anchor, code, codes, heading, prose, table
from trialkit.model.form import Field, Form

HEAD = ("field", "label", "type", "unit", "required", "allowed", "marks")


def field_table(form: Form) -> str:
    """One row a field: name, label, type, unit, whether it is required, what is allowed, and its marks."""
    return table(HEAD, (_row(form, field) for field in form.fields.values()))


def _row(form: Form, field: Field) -> tuple[str, ...]:
    required = "key" if field.name in form.key else "yes" if field.required else "no"
    return (
        code(field.name),
        prose(field.label),
        field.type.replace("_", " "),
        prose(field.unit) or NOTHING,
        required,
        "; ".join(allowed(field)) or NOTHING,
        ", ".join(_marks(field)) or NOTHING,
    )


def allowed(field: Field) -> Iterator[str]:
    """What a cell may hold beside its type, a few words each, as Markdown."""
    if field.codelist:
        yield f"code list [{prose(field.codelist)}](#{anchor('codes', field.codelist)})"
    elif field.codes:
        yield ", ".join(_code(value, meaning) for value, meaning in field.codes.items())
    if field.min is not None or field.max is not None:
        yield limits(field.min, field.max)
    if field.pattern:
        yield f"matches {code(field.pattern)}"
    if field.format:
        yield f"written as {code(field.format)} in text files"
    if field.missing:
        yield f"no value: {codes(field.missing)}"


def _code(value: str, meaning: str) -> str:
    return code(value) if meaning in ("", value) else f"{code(value)} {prose(meaning)}"


def limits(low: float | None, high: float | None) -> str:
    """An inclusive range in words, "" if it has no end."""
    if low is not None and high is not None:
        return f"{number(low)} to {number(high)}"
    return f"at least {number(low)}" if low is not None else f"at most {number(high)}" if high is not None else ""


def number(value: float) -> str:
    """A number without a trailing ".0"."""
    return format(value, ".15g")


def _marks(field: Field) -> Iterator[str]:
    if field.blinded:
        yield "blinded"
    if field.identifying:
        yield "identifying"


class CodeList(NamedTuple):
    """A shared code list: code to meaning, and the fields (form.field) that use it."""

    codes: Mapping[str, str]
    users: list[str]


def shared(forms: Mapping[str, Form]) -> dict[str, CodeList]:
    """The code lists that fields name, in the order of their names."""
    found: dict[str, CodeList] = {}
    for form in forms.values():
        for field in form.fields.values():
            if field.codelist:
                found.setdefault(field.codelist, CodeList(field.codes, [])).users.append(f"{form.id}.{field.name}")
    return dict(sorted(found.items()))


def code_lists(forms: Mapping[str, Form]) -> Iterator[str]:
    """Every shared code list in full, a part each, under one heading; nothing if there is none."""
    lists = shared(forms)
    if lists:
        yield heading(2, "Code lists")
    for name, made in lists.items():
        rows = [(code(value), prose(meaning) or NOTHING) for value, meaning in made.codes.items()]
        used = f"Used by {codes(made.users)}.\n"
        yield "\n".join([heading(3, name, anchor("codes", name)), used, table(("code", "meaning"), rows)])

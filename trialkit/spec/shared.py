"""Rules that are stated once for many forms: ``schemas/shared/*.yaml``, one mapping of rule id to shared rule.

Words in braces stand for what the form calls its parts, and make a rule of each form from the one text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.form import DATES, Form, Rule, SharedRule
from trialkit.model.tree import Tree, Where
from trialkit.spec.braces import Absent, Braces
from trialkit.spec.build import build, content_fields, convert
from trialkit.spec.laid import inside, laid

LISTS = ("forms", "but", "each")
SPREAD = tuple(content_fields(SharedRule).keys() - content_fields(Rule).keys())


@dataclass(frozen=True)
class _Spread:
    """Which forms, and which fields of each, a shared rule is for."""

    forms: tuple[str, ...]
    but: tuple[str, ...]
    each: tuple[str, ...]
    cells: dict[str, dict[str, str]]
    also: dict[str, tuple[str, ...]]
    place: Where


def with_shared(forms: dict[str, Form], tree: Tree) -> dict[str, Form]:
    """The forms with the rules that a file of shared rules makes for them.

    A rule that a form states itself stands in place of the shared one with its id. Raises StudyError (place, what was
    allowed) for a form or field that does not exist, and for a rule that no form can have.
    """
    for name, rule in inside(tree).items():
        spread = _spread(rule, tree.keys[name], forms)
        made = [(form, *one) for form in _meant(forms, spread) for one in _of_form(name, rule, forms[form], spread)]
        if not made:
            hint = "Name its forms under 'forms', or give a form the part that the rule asks for."
            raise StudyError(f"shared rule {name!r} fits no form", str(tree.keys[name]), hint)
        for form, id_, body in made:
            if id_ not in forms[form].rules:
                rules = forms[form].rules | {id_: build(Rule, body, id_)}
                forms = forms | {form: replace(forms[form], rules=rules)}
    return forms


def _spread(rule: Tree, place: Where, forms: dict[str, Form]) -> _Spread:
    content = inside(rule)
    for key in content:
        if key not in content_fields(SharedRule):
            hint = did_you_mean(key, content_fields(SharedRule))
            raise StudyError(f"unknown key {key!r}", str(rule.keys[key]), hint)
    names = {key: convert(tuple[str, ...], content[key]) if key in content else () for key in LISTS}
    cells = convert(dict[str, dict[str, str]], content["cells"]) if "cells" in content else {}
    also = convert(dict[str, tuple[str, ...]], content["also"]) if "also" in content else {}
    spread = _Spread(**names, cells=cells, also=also, place=place)
    for name in (*spread.forms, *(one.split(".")[0] for one in (*spread.but, *cells, *also))):
        if name not in forms:
            raise StudyError(f"there is no form {name!r}", str(place), did_you_mean(name, forms))
    for one in (*spread.but, *cells, *also):
        form, _, field = one.partition(".")
        if field and field not in forms[form].fields:
            raise StudyError(
                f"form {form!r} has no field {field!r}", str(place), did_you_mean(field, forms[form].fields)
            )
    return spread


def _meant(forms: dict[str, Form], spread: _Spread) -> list[str]:
    meant = [name for name in (spread.forms or forms) if name not in spread.but]
    fields = {field for name in meant for field in forms[name].fields}
    for name in spread.each:
        if name != "dates" and name not in fields:
            raise StudyError(f"none of its forms has a field {name!r}", str(spread.place), did_you_mean(name, fields))
    return meant


def _of_form(id_: str, rule: Tree, form: Form, spread: _Spread) -> Iterator[tuple[str, Tree]]:
    """The rules of one form: (id, content)."""
    body = {key: inner for key, inner in inside(rule).items() if key not in SPREAD}
    plain = Tree(body, spread.place, {key: rule.keys[key] for key in body})
    for field in _fields(form, spread):
        braces = Braces(form, field)
        own = plain
        for name in (form.id, f"{form.id}.{field}"):
            own = laid(own, spread.cells.get(name, {}), spread.also.get(name, ()))
        try:
            yield braces.text(id_), braces.tree(own)
        except Absent as absent:
            if spread.forms:
                raise StudyError(f"form {form.id!r} {absent}", str(spread.place)) from None


def _fields(form: Form, spread: _Spread) -> list[str]:
    """The fields of a form the rule is made for, one after the other; once for "" if it names none."""
    if not spread.each:
        return [""]
    dated = [field.name for field in form.fields.values() if field.type in DATES]
    named = [name for one in spread.each for name in (dated if one == "dates" else [one])]
    return [name for name in dict.fromkeys(named) if name in form.fields and f"{form.id}.{name}" not in spread.but]

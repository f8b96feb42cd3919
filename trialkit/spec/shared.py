"""Rules that are stated once for many forms: ``schemas/shared/*.yaml``, one mapping of rule id to shared rule.

Words in braces stand for what the form calls its parts, and make a rule of each form from the one text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.form import DATES, Form, Rule, SharedRule
from trialkit.model.tree import Tree, Where
from trialkit.spec.build import build, content_fields, convert
from trialkit.spec.braces import Absent, Braces

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
    content = tree.value if isinstance(tree.value, dict) else {}
    for name, rule in content.items():
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
    content = rule.value if isinstance(rule.value, dict) else {}
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
            raise StudyError(f"form {form!r} has no field {field!r}", str(place), did_you_mean(field, forms[form].fields))
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
    body = {key: inner for key, inner in rule.value.items() if key not in SPREAD}  # type: ignore[union-attr]
    plain = Tree(body, spread.place, {key: rule.keys[key] for key in body})
    for field in _fields(form, spread):
        braces = Braces(form, field)
        own = plain
        for name in (form.id, f"{form.id}.{field}"):
            own = _laid(own, spread.cells.get(name, {}), spread.also.get(name, ()))
        try:
            yield braces.text(id_), braces.tree(own)
        except Absent as absent:
            if spread.forms:
                raise StudyError(f"form {form.id!r} {absent}", str(spread.place)) from None


def _laid(rule: Tree, cells: dict[str, str], also: tuple[str, ...]) -> Tree:
    """The rule with these cells in the row of both examples, unless the example says otherwise, and these further
    rules in the firing one."""
    if not (cells or also) or "examples" not in rule.value:  # type: ignore[operator]
        return rule
    examples = rule.value["examples"]  # type: ignore[index,call-overload]
    both = {name: _over(one, "row", cells) for name, one in examples.value.items()}
    if also:
        fires, named = both["fires"], Tree(tuple(Tree(one, examples.where) for one in also), examples.where)
        both["fires"] = Tree(fires.value | {"also": named}, fires.where, fires.keys | {"also": examples.where})
    return Tree(rule.value | {"examples": Tree(both, examples.where, examples.keys)}, rule.where, rule.keys)  # type: ignore[operator]


def _over(tree: Tree, key: str, cells: dict[str, str]) -> Tree:
    row = tree.value.get(key, Tree({}, tree.where))  # type: ignore[union-attr]
    under = {name: Tree(cell, tree.where) for name, cell in cells.items()}
    keys = dict.fromkeys(cells, tree.where) | row.keys
    made = Tree(under | row.value, row.where, keys)  # type: ignore[operator]
    return Tree(tree.value | {key: made}, tree.where, tree.keys | {key: row.where})  # type: ignore[operator]


def _fields(form: Form, spread: _Spread) -> list[str]:
    """The fields of a form the rule is made for, one after the other; once for "" if it names none."""
    if not spread.each:
        return [""]
    dated = [field.name for field in form.fields.values() if field.type in DATES]
    named = [name for one in spread.each for name in (dated if one == "dates" else [one])]
    return [name for name in dict.fromkeys(named) if name in form.fields and f"{form.id}.{name}" not in spread.but]



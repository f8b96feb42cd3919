"""What an amendment changed: one protocol version compared with the one it supersedes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, NamedTuple

from trialkit.model.study import Protocol
from trialkit.queries.protocols.words import words

KINDS = {
    "visits": "visit",
    "parameters": "parameter",
    "arms": "arm",
    "strata": "stratum",
    "medicines": "medicine",
    "triggers": "trigger",
}
"""The parts of a protocol that are compared, and what one entry of each is called."""


class Difference(NamedTuple):
    """One thing that is not as it was: what it is, its id, and the change in words (plain text)."""

    kind: str
    id: str
    change: str


def differences(old: Protocol, new: Protocol) -> list[Difference]:
    """Everything added, dropped or changed from ``old`` to ``new``, by kind and in the order of the protocols.

    Fields of forms are not compared: a form has a version of its own.
    """
    found = [Difference(KINDS[part], *change) for part in KINDS for change in _entries(old, new, part)]
    if old.consent != new.consent:
        found.insert(0, Difference("consent form", "", _from_to("version", old.consent, new.consent)))
    return found


def _entries(old: Protocol, new: Protocol, part: str) -> Iterator[tuple[str, str]]:
    before, after = getattr(old, part), getattr(new, part)
    for name in dict.fromkeys([*before, *after]):
        if name not in before:
            yield name, f"added: {_described(after[name])}"
        elif name not in after:
            yield name, f"dropped; it was: {_described(before[name])}"
        elif before[name] != after[name]:
            yield name, "; ".join(_changed(before[name], after[name]))


def _described(entry: Any) -> str:
    """An entry's attributes that say something, in words."""
    said = {a.name: getattr(entry, a.name) for a in fields(entry) if a.name != "id"}
    defaults = {a.name: a.default for a in fields(entry) if a.default is not MISSING}
    told = [f"{_name(name)} {words(v)}" for name, v in said.items() if v != defaults.get(name, MISSING) and words(v)]
    return ", ".join(told)


def _changed(before: Any, after: Any) -> Iterator[str]:
    for attribute in fields(before):
        old, new = getattr(before, attribute.name), getattr(after, attribute.name)
        if old == new:
            continue
        if isinstance(old, tuple) and set(old) != set(new):
            yield from _members(_name(attribute.name), old, new)
        else:
            yield _from_to(_name(attribute.name), words(old), words(new))


def _members(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    added, dropped = [v for v in new if v not in old], [v for v in old if v not in new]
    if added:
        yield f"{name} added: {', '.join(added)}"
    if dropped:
        yield f"{name} dropped: {', '.join(dropped)}"


def _from_to(name: str, old: str, new: str) -> str:
    return f"{name} from {old or 'none'} to {new or 'none'}"


def _name(attribute: str) -> str:
    return attribute.replace("_", " ")

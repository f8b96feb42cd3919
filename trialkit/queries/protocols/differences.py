"""What differs between two protocol versions, found by comparing all they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from trialkit.model.study import Parameter, Protocol
from trialkit.queries.protocols.words import words

PARTS = {
    "visits": "Schedule of visits",
    "parameters": "Limits and other fixed values",
    "arms": "Arms",
    "strata": "Strata of the randomization",
    "medicines": "Restricted medicines",
    "triggers": "What holds a dose or stops",
}
"""The parts of a protocol that hold entries, as a reader calls them."""

SINGLE = {"consent": ("Consent form", "version"), "summary": ("Text of the protocol", "summary")}
"""Single values of a protocol: the part each belongs to, and what it is."""

NAMES = {
    "day": "planned day",
    "early": "window: days early",
    "late": "window: days late",
    "forms": "forms due",
    "where": "condition",
    "ratio": "share of the randomization",
}
"""Attributes whose own name would not tell a reader enough."""


@dataclass(frozen=True)
class Difference:
    """One value that differs, or one entry that only one version has.

    ``kind`` is added, removed or changed; ``item`` the entry's label, ``id`` its id (both "" for a single value);
    ``what`` the attribute ("" for a whole entry); ``old`` and ``new`` are words, "" where there is none.
    """

    part: str
    kind: str
    item: str
    id: str
    what: str
    old: str
    new: str


def differences(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Every difference of content, by part, in the order of the protocols.

    Title, approval and the superseded version name a version and are not compared, nor is the declared list.
    """
    return (*_singles(old, new), *(found for part in PARTS for found in _entries(old, new, part)))


def _singles(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for attribute, (part, what) in SINGLE.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            yield Difference(part, _kind(before, after), "", "", what, before, after)


def _kind(before: str, after: str) -> str:
    return "changed" if before and after else "added" if after else "removed"


def _entries(old: Protocol, new: Protocol, part: str) -> Iterator[Difference]:
    before, after = getattr(old, part), getattr(new, part)
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        label = (other or one).label or name
        if one is None or other is None:
            kind = "added" if one is None else "removed"
            yield Difference(PARTS[part], kind, label, name, "", _all(one), _all(other))
        else:
            yield from _attributes(PARTS[part], label, name, _said(one), _said(other))
    yield from _order(part, [n for n in before if n in after], [n for n in after if n in before])


def _attributes(part: str, label: str, name: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    for what, before in one.items():
        if before != other[what]:
            yield Difference(part, "changed", label, name, what, words(before), words(other[what]))


def _order(part: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    if before != after:
        yield Difference(PARTS[part], "changed", "", "", "order", ", ".join(before), ", ".join(after))


def _said(entry: Any) -> dict[str, Any]:
    """An entry's attributes as a reader calls them; a parameter's value goes with its unit."""
    said = {
        NAMES.get(a.name, a.name.replace("_", " ")): getattr(entry, a.name) for a in fields(entry) if a.name != "id"
    }
    if isinstance(entry, Parameter):
        said["value"] = f"{entry.value} {said.pop('unit')}".rstrip()
    return said


def _all(entry: Any) -> str:
    """A whole entry in words."""
    if entry is None:
        return ""
    return "; ".join(f"{what}: {words(v)}" for what, v in _said(entry).items() if words(v))

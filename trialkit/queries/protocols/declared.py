"""Which declared change gives the reason of a difference.

A declared change is a sentence, so it is matched by what it says. It *names* a difference if it has a word of the
difference's place and every number in which old and new value differ; it *touches* one if it has at least half of
the place's words but not the values. What touches only is told as such: a person has to judge it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialkit.queries.protocols.differences import Difference

NAMED, TOUCHED, NONE = "named", "touched", "not declared"
_WORD = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")
_SMALL = frozenset(
    ["a", "an", "and", "any", "as", "at", "be", "by", "for", "from", "has", "in", "is", "it", "not", "of", "on", "to"]
)


@dataclass(frozen=True)
class Judged:
    """A difference, the declared changes that go with it, and how well: named, touched or not declared."""

    difference: Difference
    reasons: tuple[str, ...]
    match: str


def judge(found: Sequence[Difference], changes: Sequence[str]) -> tuple[Judged, ...]:
    """Each difference with its reasons, in the order given."""
    judged = [_judge(one, changes) for one in found]
    return tuple(_following(one, judged) for one in judged)


def unmatched(judged: Sequence[Judged], changes: Sequence[str]) -> tuple[str, ...]:
    """The declared changes that go with no difference: possibly of the text only, or of a form."""
    used = {reason for one in judged for reason in one.reasons}
    return tuple(change for change in changes if change not in used)


def _judge(one: Difference, changes: Sequence[str]) -> Judged:
    named = tuple(change for change in changes if _names(change, one))
    if named:
        return Judged(one, named, NAMED)
    touched = tuple(change for change in changes if _touches(change, one))
    return Judged(one, touched, TOUCHED if touched else NONE)


def _following(one: Judged, judged: Sequence[Judged]) -> Judged:
    """A changed source goes with the changed value of the same entry."""
    if one.difference.what != "source" or one.match == NAMED:
        return one
    entry = (one.difference.part, one.difference.id)
    values = (j for j in judged if (j.difference.part, j.difference.id) == entry and j.match != NONE)
    value = next((j for j in values if j.difference.what == "value"), None)
    return replace(one, reasons=value.reasons, match=value.match) if value else one


def _names(change: str, one: Difference) -> bool:
    said, old, new = _words(change), _words(one.old), _words(one.new)
    apart = (old ^ new) if old and new else set()
    numbers = {word for word in apart if word[0].isdigit()}
    return bool(numbers) and numbers <= said and bool(_place(one) & said)


def _touches(change: str, one: Difference) -> bool:
    place = _place(one)
    return bool(place) and 2 * len(place & _words(change)) >= len(place)


def _place(one: Difference) -> set[str]:
    return _words(one.item or one.part)


def _words(text: str) -> set[str]:
    """Words and numbers in small letters, plurals as singulars, without words that say nothing."""
    found = {word.lower() for word in _WORD.findall(text)} - _SMALL
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found}

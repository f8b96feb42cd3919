"""The events among the rows behind a number: what a curve, a median or a hazard ratio turns on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trialkit.model.result import Set
from trialkit.report.rows import Groups, Number, Rows

Pair = tuple[str, str]
"""An analysis and the id of a set behind one of its numbers."""


def events_among(rows: Rows, sets: Mapping[str, Set], pairs: Iterable[Pair]) -> dict[Pair, tuple[str, ...]]:
    """The sets of counted events that lie within the set of each pair; none for what counts no events.

    A set that numbers of several ``by`` levels share says nothing: an event at one level may be none at another.
    """
    counted = [n for n in rows.where(stat="events") if n.value and _one_a_row(n, sets)]
    named = tuple(dict.fromkeys(n.analysis for n in counted))
    events: dict[tuple[str, Groups], dict[str, None]] = {}
    for number in counted:
        events.setdefault((number.analysis, _level(number)), {})[number.set_id] = None
    levels: dict[Pair, set[Groups]] = {}
    for number in rows.where(analysis=named):
        levels.setdefault((number.analysis, number.set_id), set()).add(_level(number))
    made = {}
    for analysis, name in pairs:
        at = levels.get((analysis, name), set())
        same = events.get((analysis, next(iter(at))), {}) if len(at) == 1 else {}
        behind = set(sets[name].sources) if same and name in sets else set()
        made[analysis, name] = tuple(one for one in same if behind.issuperset(sets[one].sources))
    return {pair: inside for pair, inside in made.items() if inside}


def _one_a_row(number: Number, sets: Mapping[str, Set]) -> bool:
    return number.set_id in sets and number.value == len(sets[number.set_id].sources)


def _level(number: Number) -> Groups:
    """The levels of the columns that the analysis is repeated over."""
    return number.groups[: len(number.by.split())]

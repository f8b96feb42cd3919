"""Footnotes a display has without being told: method, convention, estimand, status, evidence, warnings, source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from trialkit.derive.hiding import is_untold
from trialkit.model.analysis import AnalysisSpec
from trialkit.report.conventions import methods
from trialkit.report.rows import Number
from trialkit.report.scene import Scene
from trialkit.report.table import Notice

SHOWN = 3
"""How many places of a warning are named before the rest is counted."""


CLOSED = "Numbers that do not open: "
"""Begins the footnote on numbers that have no rows behind them."""


def footnotes(scene: Scene, made: Iterable[str]) -> tuple[str, ...]:
    """All footnotes of a display: those of the content, of its kind, then the automatic ones."""
    notes = [*scene.display.footnotes, *made]
    notes += methods(scene)
    for spec in scene.specs:
        notes += _estimand(scene, spec)
    notes += _status(scene)
    notes += warnings(scene)
    return tuple(dict.fromkeys(note for note in notes if note))


def _estimand(scene: Scene, spec: AnalysisSpec) -> list[str]:
    found = scene.study.estimands.get(spec.estimand)
    if found is None:
        return []
    strategies = "; ".join(f"{event}: {strategy}" for event, strategy in found.intercurrent.items())
    handled = f" Intercurrent events: {strategies}." if strategies else ""
    return [f"Estimand: {found.title}. Summary: {found.summary}.{handled}"]


def _status(scene: Scene) -> list[str]:
    """Role and time of specification, in one sentence for analyses of the same."""
    made: list[str] = []
    for role, status in dict.fromkeys((spec.role, spec.status) for spec in scene.specs):
        same = [spec for spec in scene.specs if (spec.role, spec.status) == (role, status)]
        several = len({(spec.role, spec.status) for spec in scene.specs}) > 1
        which = f" ({'; '.join(spec.title for spec in same)})" if several else ""
        made.append(f"{role.capitalize()} analysis, {status}{which}.")
    return made


def warnings(scene: Scene) -> list[str]:
    """Each warning once, with the places it holds for."""
    found: dict[str, list[tuple[str, str]]] = {}
    for number in scene.rows:
        if number.warning and not number.error:
            arm = scene.arm_label(number.arm) if number.arm else ""
            found.setdefault(_labelled(scene, number), []).append((place(scene, number), arm))
    return [f"Warning: {text}{_places(places)}." for text, places in found.items()]


def _labelled(scene: Scene, number: Number) -> str:
    """A warning as its method gives it, with the labels of columns that lack values in place of their names."""
    said, lacking, columns = number.warning.partition("no value in ")
    return said + lacking + re.sub(r"\w+", lambda word: scene.column(number.analysis, word[0]).label, columns)


def _places(found: list[tuple[str, str]]) -> str:
    """``(Age, A; Age, B)``; of more than can be named, how many there are in each arm."""
    places = list(dict.fromkeys(found))
    names = [words for words, _ in places if words]
    arms = Counter(arm for _, arm in places)
    if len(names) > SHOWN and len(arms) < len(names) and "" not in arms:
        return f" ({'; '.join(f'{arm}: {n} place' + 's' * (n > 1) for arm, n in arms.items())})"
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" ({'; '.join(names[:SHOWN])}{rest})" if names else ""


def place(scene: Scene, number: Number) -> str:
    """Where a row stands: its group, column, category and arm in words."""
    words = [scene.group_words(number.analysis, number.groups)] if number.groups else []
    if number.variable:
        words.append(scene.column(number.analysis, number.variable).label)
    if number.arm:
        words.append(scene.arm_label(number.arm))
    return ", ".join(words)


def notices(scene: Scene) -> tuple[Notice, ...]:
    """What could not be computed, in the method's words; analyses with the same words stand together."""
    failures: dict[str, dict[str, None]] = {}
    for name in scene.display.analyses:
        rows = scene.of(name)
        failed = [number for number in rows if number.error]
        whole = len(failed) == len(rows) and len({number.error for number in failed}) == 1
        for number in failed:
            spec = scene.spec(number)
            title = spec.title if spec else number.analysis
            where = "" if whole or is_untold(number.error) else place(scene, number)
            failures.setdefault(number.error, {})[f"{title} ({where})" if where else title] = None
    made = {f"Not computed: {'; '.join(titles)}: {error}.": None for error, titles in failures.items()}
    missing = [spec for spec in scene.specs if not len(scene.everything.where(analysis=spec.id))]
    for spec in missing:
        made[f"Not computed: {spec.title}: the results hold no rows of this analysis."] = None
    for listing in scene.listed:
        found = scene.listings.get(listing.id)
        if why := "the results hold no such listing" if found is None else found.error:
            made[f"Not made: {listing.title}: {why}."] = None
    return tuple(Notice(text.replace("..", ".")) for text in made)


def population(scene: Scene) -> str:
    """The labels of the display's populations."""
    named = [spec.population for spec in scene.reads if spec.population]
    labels = [scene.study.populations[name].label for name in named]
    return "; ".join(dict.fromkeys(labels))


def source(scene: Scene, snapshot: str, software: str) -> str:
    """Data sets, snapshot, content and software."""
    sets = dict.fromkeys(spec.dataset for spec in scene.reads)
    words = ", ".join(f"{name} ({scene.study.datasets[name].label})" for name in sets)
    words = words or "the store's record of submissions and findings, and the protocols"
    return f"Source: {words}; snapshot {snapshot[:16]}; content {scene.study.digest[:8]}; {software}"

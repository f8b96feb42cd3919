"""Subjects with at least one recorded event, overall and by nested terms, most frequent first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Arm, Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

UNCODED = "No coding available"


@dataclass(frozen=True)
class Params:
    """Parameters of ``incidence_table``.

    Attributes:
        any_label: words of the first row.
        events: whether a column counts the events beside the subjects.
        counted: heading of that column, in the plural.
        at_least: terms are shown if their percentage reaches this in an arm.
        order: terms by falling number of subjects (ties by name), the inner ones so and the outer ones by name
            ("inner"), or as the analysis gives them ("given").
        by: the arm whose subjects decide the order; all arms together if empty.
    """

    any_label: str = "Subjects with at least one event"
    events: bool = True
    counted: str = "Events"
    at_least: float = 0.0
    order: Literal["frequency", "inner", "given"] = "frequency"
    by: str = ""


def build(scene: Scene, params: Params) -> Made:
    """The overall row, then terms; columns n (%) and events per arm, and p where an analysis gives it."""
    rows = scene.methods("incidence")
    rows = Rows(tuple(n for n in rows if n.stat != "error"))
    arms = scene.arms(rows)
    tests = scene.methods("fisher", "chi_square").where(stat="p")
    pairs = list(dict.fromkeys((n.arm, n.reference) for n in tests))
    heads = _heads(scene, arms, pairs, params)
    panels = rows.panels(scene.depth(rows)) or [((), rows)]
    tables = [_table(scene, panel, arms, heads, (tests, pairs), params) for panel in panels]
    return Made(tuple(tables), _notes(scene, rows, tests, params))


def _heads(scene: Scene, arms: tuple[Arm, ...], pairs: list[tuple[str, str]], params: Params) -> tuple[Head, ...]:
    parts = ("n (%)", params.counted) if params.events else ("n (%)",)
    if params.events:
        made = [Head(part, "", arm.label, arm.note) for arm, part in product(arms, parts)]
    else:
        made = [Head(arm.label, arm.note) for arm in arms]
    return (*made, *(Head(f"p, {scene.arm_label(a)} vs {scene.arm_label(b)}" if b else "p") for a, b in pairs))


def _table(
    scene: Scene, panel: tuple[Groups, Rows], arms: tuple[Arm, ...], heads: tuple[Head, ...],
    tests: tuple[Rows, list[tuple[str, str]]], params: Params,
) -> TableModel:  # fmt: skip
    groups, rows = panel
    stub = (
        " / ".join(scene.column(rows.numbers[0].analysis, name).label for name in _columns(rows)) if len(rows) else ""
    )
    caption = scene.group_words(rows.numbers[0].analysis, groups) if groups else ""
    if nobody(rows, ("n",)):
        return shell(heads, stub, caption)
    by = rows.index(lambda n: (n.groups, n.arm, n.stat))
    known, depth = tests[0].index(lambda n: (n.groups, n.arm, n.reference)), len(_columns(rows))
    lines = []
    for path in ordered(scene, rows, params):
        words = scene.level(rows.numbers[0].analysis, *path[-1]) if path else params.any_label
        cells = [cell for arm in arms for cell in _cells(scene, by, path, arm.id, params)]
        cells += [_p(scene, known, by, path, pair) for pair in tests[1]]
        lines.append(
            Line(words, tuple(cells), max(len(path) - 1, 0), "row" if path and len(path) == depth else "total")
        )
    return TableModel(heads, tuple(lines), stub, caption)


def _columns(rows: Rows) -> tuple[str, ...]:
    deepest = max((n.groups for n in rows), key=len)
    return tuple(name for name, _ in deepest)


def _cells(scene: Scene, by: dict, path: Groups, arm: str, params: Params) -> Iterator[Cell]:
    yield scene.count_cell(by.get((path, arm, "n")), by.get((path, arm, "pct")), "n_pct")
    if params.events:
        yield scene.count_cell(by.get((path, arm, "events")))


def _p(scene: Scene, tests: dict, by: dict, path: Groups, pair: tuple[str, str]) -> Cell:
    """The p-value of a term: the test's groups are the whole path or its last term.

    Blank where nobody in the two arms has the term: there is nothing to compare.
    """
    counts = [by.get((path, arm, "n")) for arm in pair if arm]
    if counts and not any(n.value for n in counts if n):
        return BLANK
    return scene.p(tests.get((path, *pair)) or tests.get((path[-1:], *pair)))


def ordered(scene: Scene, rows: Rows, params: Params) -> list[Groups]:
    """Term paths, each before its inner terms: by falling number of subjects (see ``Params``), then by name.

    Categories whose order the data set declares stand in it, where the order is by frequency.
    """
    total: dict[Groups, float] = {}
    share: dict[Groups, float] = {}
    for n in rows:
        if n.stat == "n" and params.by in ("", n.arm):
            total[n.groups] = total.get(n.groups, 0) + (n.value or 0)
        elif n.stat == "pct":
            share[n.groups] = max(share.get(n.groups, 0), n.value or 0)
    paths: list[Groups] = rows.values("groups")
    shown = [path for path in paths if not path or share.get(path, 0) >= params.at_least]
    if params.order == "given":
        return shown
    inner = len(_columns(rows)) if params.order == "inner" else 0

    def place(step: Groups) -> float:
        declared = list(scene.column(rows.numbers[0].analysis, step[-1][0]).levels) if not inner else []
        return declared.index(step[-1][1]) if step[-1][1] in declared else -total.get(step, 0)

    def key(path: Groups) -> list[tuple[bool, float, str]]:
        steps = [path[: i + 1] for i in range(len(path))]
        counts = [place(step) if len(step) >= inner else 0 for step in steps]
        return [(s[-1][1] == UNCODED, n, s[-1][1]) for s, n in zip(steps, counts, strict=True)]

    return sorted(shown, key=key)


def _by_count(scene: Scene, rows: Rows) -> bool:
    """Whether the terms of a column have no order of their own."""
    first = rows.first()
    return first is not None and any(not scene.column(first.analysis, name).levels for name in _columns(rows))


def _notes(scene: Scene, rows: Rows, tests: Rows, params: Params) -> tuple[str, ...]:
    many = params.counted if params.counted[1:2].isupper() else params.counted.lower()  # an acronym stays one
    notes = [f"A subject counts once in each row, however many {many}; percentages are of N in the column heading."]
    if params.events:
        notes.append(f"{params.counted}: number of recorded {many}.")
    if params.order != "given" and any(n.groups for n in rows) and (params.order == "inner" or _by_count(scene, rows)):
        arms = f"in {scene.arm_label(params.by)}" if params.by else "over all arms"
        outer = ", the outer terms by name" if params.order == "inner" else ""
        notes.append(f"Terms stand in falling order of subjects {arms}, ties by name{outer}.")
    if len(tests):
        notes.append("p is left out where nobody in the two arms has the term.")
    if params.at_least:
        notes.append(f"Terms that reach {params.at_least:g}% in no column are not shown.")
    return tuple(notes)


KIND = Kind(build, Params, needs=("incidence",), also=("fisher", "chi_square"))

"""Shift: from which category at baseline to which later, a line for each shift that occurred."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, empty, nobody, shell
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Arm, Scene
from trialkit.report.table import Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``shift_table``.

    Attributes:
        stub: heading of the lines.
    """

    stub: str = "From, to"


def build(scene: Scene, params: Params) -> Made:
    """One table: for each ``by`` level (a test) its shifts, n (%) per arm; the two nested terms are from and to."""
    rows = Rows(tuple(n for n in scene.methods("incidence") if n.stat != "error"))
    arms = scene.arms(rows)
    heads = tuple(Head(arm.label, arm.note) for arm in arms)
    if nobody(rows, ("n",)):
        return Made((shell(heads, params.stub),))
    lines: list[Line] = []
    for groups, panel in rows.panels(scene.depth(rows)):
        if groups:
            words = scene.level(panel.numbers[0].analysis, *groups[-1])
            lines.append(Line(words, empty(len(arms)), 0, "group"))
        lines += _shifts(scene, panel, arms, 1 if groups else 0)
    notes = ("Percentages are of N in the column heading. Shifts that occurred in nobody have no line.",)
    return Made((TableModel(heads, tuple(lines), params.stub),), notes)


def _shifts(scene: Scene, rows: Rows, arms: tuple[Arm, ...], indent: int) -> list[Line]:
    by = rows.index(lambda n: (n.groups, n.arm, n.stat))
    analysis = rows.numbers[0].analysis
    paths = sorted((p for p in rows.values("groups") if len(p) == 2), key=lambda p: _place(scene, analysis, p))
    lines = []
    for path in paths:
        first, last = (scene.level(analysis, *step) for step in path)
        cells: list[Cell] = [
            scene.count_cell(by.get((path, arm.id, "n")), by.get((path, arm.id, "pct")), "n_pct") for arm in arms
        ]
        lines.append(Line(f"{first} \u2192 {last}", tuple(cells), indent))
    return lines


def _place(scene: Scene, analysis: str, path: Groups) -> list[tuple[int, str]]:
    """Categories in their declared order, others after them by name."""
    made = []
    for name, level in path:
        levels = list(scene.column(analysis, name).levels)
        made.append((levels.index(level) if level in levels else len(levels), level))
    return made


KIND = Kind(build, Params, needs=("incidence",))

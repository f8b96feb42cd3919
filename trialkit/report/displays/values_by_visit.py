"""Values and their changes by visit: a line per visit, n, mean (SD) and range per arm."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``values_by_visit``.

    Attributes:
        change: the analyzed column that holds the change, shown beside the value of the same visit.
    """

    change: str = ""


def build(scene: Scene, params: Params) -> Made:
    """A table per outer ``by`` level; the innermost ``by`` column is the visit. Analyses of one table share them."""
    rows = Rows(tuple(n for n in scene.methods("summary") if n.stat != "error"))
    panels = rows.panels(scene.depth(rows) - 1) or [((), rows)]
    notes = ["n: subjects measured at the visit. Numbers are means, with standard deviations in brackets."]
    if params.change:
        notes.append("The change is of those measured both then and at baseline.")
    return Made(tuple(_table(scene, groups, panel, params) for groups, panel in panels), tuple(notes))


def _table(scene: Scene, groups: Groups, rows: Rows, params: Params) -> TableModel:
    arms = scene.arms(rows)
    first = rows.numbers[0] if len(rows) else None
    shown = [name for name in rows.values("variable") if name != params.change]
    shown += [params.change] if params.change else []
    labels = ["n", *(scene.column(scene.specs[0].id, name).label for name in shown)]
    heads = tuple(Head(part, "", arm.label, arm.note) for arm in arms for part in labels)
    caption = scene.group_words(first.analysis, groups) if first else ""
    stub = scene.column(first.analysis, first.groups[-1][0]).label if first and first.groups else ""
    if first is None or nobody(rows, ("n",)):
        return shell(heads, stub, caption)
    by = rows.index(lambda n: (n.groups, n.arm, n.variable, n.stat))
    lines = []
    for path in rows.values("groups"):
        cells: list[Cell] = []
        for arm in arms:
            cells.append(scene.count_cell(by.get((path, arm.id, shown[0], "n"))))
            cells += [_mean(scene, [by.get((path, arm.id, name, stat)) for stat in ("mean", "sd")]) for name in shown]
        lines.append(Line(scene.level(first.analysis, *path[-1]) if path else "All", tuple(cells)))
    return TableModel(heads, tuple(lines), stub, caption)


def _mean(scene: Scene, numbers: list[Number | None]) -> Cell:
    mean, sd = numbers
    if mean is None or mean.value is None:
        return BLANK if mean is None or not mean.error else scene.cell(mean)
    tail = f"({scene.text(sd)})" if sd is not None and sd.value is not None else ""
    return scene.estimate(mean, scene.text(mean), tail)


KIND = Kind(build, Params, needs=("summary",))

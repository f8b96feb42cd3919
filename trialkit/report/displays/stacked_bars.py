"""The share of each category by visit as stacked bars: counts that the analysis repeats ``by`` visit."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.displays.blocks import MISSING
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.stacked import Panel, StackedFigure
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``stacked_bars``.

    Attributes:
        y: title of the vertical axis.
        missing: words for subjects without a value.
    """

    y: str = "Share of all subjects"
    missing: str = "Not there or not measured"


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table per analysis and column; the innermost ``by`` column is the visit."""
    parts: list[Part] = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for variable in rows.values("variable") or [""]:
            for groups, panel in rows.where(variable=variable).panels(len(spec.by) - 1) or [((), Rows(()))]:
                parts.append(_part(scene, spec.id, (variable, groups), panel, params))
    return Made(tuple(parts), ("Percentages are of N: whoever has no value at a visit is counted as such.",))


def _part(scene: Scene, analysis: str, what: tuple[str, Groups], rows: Rows, params: Params) -> Part:
    variable, groups = what
    caption = scene.group_words(analysis, groups)
    if nobody(rows, ("n",)):
        return shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(rows)), "Visit", caption)
    names, visits = names_of(scene, rows), rows.values("groups")
    levels = [level for level in rows.values("variable_level") if level != MISSING]
    levels += [MISSING] * (MISSING in rows.values("variable_level"))
    said = tuple(params.missing if level == MISSING else scene.level(analysis, variable, level) for level in levels)
    by = rows.index(lambda n: (n.groups, n.variable_level, n.arm, n.stat))

    def shares(arm: str, level: str) -> tuple[float, ...]:
        found = (by.get((path, level, arm, "pct")) for path in visits)
        return tuple((n.value or 0.0) if n else 0.0 for n in found)

    panels = tuple(Panel(name, tuple(shares(arm, level) for level in levels)) for arm, name in names.items())
    words = tuple(scene.level(analysis, *path[-1]) for path in visits)
    heading = scene.heading(analysis, variable)
    figure = StackedFigure(
        visits=words,
        categories=said if MISSING in levels else (*said, params.missing),
        panels=panels if MISSING in levels else tuple(_with_none(p, len(visits)) for p in panels),
        x_title=scene.column(analysis, visits[0][-1][0]).label,
        y_title=params.y,
        alt=_alt(heading, words, said, panels),
    )
    lines = []
    for path, word in zip(visits, words, strict=True):
        lines.append(Line(word, (Cell("", "blank"),) * len(names), 0, "group"))
        for level, label in zip(levels, said, strict=True):
            cells = [
                scene.count_cell(by.get((path, level, arm, "n")), by.get((path, level, arm, "pct")), "n_pct")
                for arm in names
            ]
            lines.append(Line(label, tuple(cells), 1))
    heads = tuple(Head(name.label, name.note) for name in names.values())
    return picture(figure, caption, TableModel(heads, tuple(lines), heading))


def _with_none(panel: Panel, visits: int) -> Panel:
    return Panel(panel.name, (*panel.shares, (0.0,) * visits))


def _alt(heading: str, visits: tuple[str, ...], levels: tuple[str, ...], panels: tuple[Panel, ...]) -> str:
    made = [f"{heading} by visit, stacked bars that add up to all subjects of an arm."]
    for panel in panels:
        parts = [f"{level} {share[-1]:.0f}%" for level, share in zip(levels, panel.shares, strict=True)]
        made.append(f"{panel.name.label} at {visits[-1]}: {', '.join(parts)}.")
    return " ".join(made) + " All numbers are in the table below the figure."


KIND = Kind(build, Params, needs=("counts",))

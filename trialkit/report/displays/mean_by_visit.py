"""Means with intervals by visit: a summary that the analysis repeats ``by`` visit."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.frame import Name
from trialkit.report.figures.means import MeanLine, MeansFigure
from trialkit.report.numbers import count
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``mean_by_visit``.

    Attributes:
        y: title of the vertical axis; the column's label and unit if empty.
        zero: whether the vertical axis begins at 0 (if no value is below).
    """

    y: str = ""
    zero: bool = True


def build(scene: Scene, params: Params) -> Made:
    """A figure per analysis, variable and outer ``by`` level; the innermost ``by`` column is the visit."""
    parts: list[Part] = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for variable in rows.values("variable") or [""]:
            for groups, panel in rows.where(variable=variable).panels(len(spec.by) - 1) or [((), Rows(()))]:
                parts.append(_part(scene, spec.id, variable, (groups, panel), params))
    notes = (
        "Points: means of the values observed at each visit; bars: their intervals; visits stand at equal distances.",
    )
    return Made(tuple(parts), notes)


def _part(scene: Scene, analysis: str, variable: str, panel: tuple[Groups, Rows], params: Params) -> Part:
    groups, rows = panel
    caption = scene.group_words(analysis, groups)
    names = names_of(scene, rows)
    if nobody(rows, ("n",)):
        return shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(rows)), "Visit", caption)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    visits: list[Groups] = rows.values("groups")
    lines = tuple(line for arm, name in names.items() if (line := _line(rows.where(arm=arm), name, visits)).points)
    heading = scene.heading(analysis, variable)
    figure = MeansFigure(
        visits=tuple(_word(scene, analysis, path) for path in visits),
        lines=lines,
        x_title=scene.column(analysis, visits[0][-1][0]).label if visits[0] else "",
        y_title=params.y or f"{heading}, mean ({ci})",
        zero=params.zero,
        alt=_alt(scene, analysis, heading, lines, [_word(scene, analysis, path) for path in visits]),
    )
    return picture(figure, caption, _table(scene, analysis, rows, (names, visits), ci))


def _word(scene: Scene, analysis: str, path: Groups) -> str:
    return scene.level(analysis, *path[-1]) if path else ""


def _line(rows: Rows, name: Name, visits: list[Groups]) -> MeanLine:
    points = []
    for i, path in enumerate(visits):
        here = {n.stat: n.value for n in rows.where(groups=path)}
        mean = here.get("mean")
        if mean is not None:
            points.append((i, mean, here.get("ci_low"), here.get("ci_high"), count(here.get("n"))))
    return MeanLine(name, tuple(points))


def _alt(scene: Scene, analysis: str, heading: str, lines: tuple[MeanLine, ...], visits: list[str]) -> str:
    said = [f"{heading}: mean by visit with intervals."]
    for line in lines:
        first, last = line.points[0], line.points[-1]
        said.append(
            f"{line.name.label}: {first[1]:.1f} at {visits[first[0]]} (n={first[4]}), "
            f"{last[1]:.1f} at {visits[last[0]]} (n={last[4]})."
        )
    return " ".join(said) + " All numbers are in the table below the figure."


def _table(
    scene: Scene, analysis: str, rows: Rows, what: tuple[dict[str, Name], list[Groups]], ci: str
) -> TableModel:  # fmt: skip
    names, visits = what
    heads = [Head(part, "", name.label) for name in names.values() for part in ("n", "Mean", ci)]
    lines = []
    for path in visits:
        cells: list[Cell] = []
        for arm in names:
            by = rows.where(groups=path, arm=arm).index(lambda n: n.stat)
            n, mean = by.get("n"), by.get("mean")
            cells.append(scene.count_cell(n) if n else BLANK)
            cells.append(scene.cell(mean))
            cells.append(scene.limits(by.get("ci_low"), by.get("ci_high")))
        lines.append(Line(_word(scene, analysis, path), tuple(cells)))
    return TableModel(tuple(heads), tuple(lines), "Visit")


KIND = Kind(build, Params, needs=("summary",))

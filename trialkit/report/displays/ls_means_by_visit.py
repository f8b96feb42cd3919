"""Least-squares means of a mixed model by visit, with the number of subjects and the differences under the axis."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.displays.mixed_model import Place, at, estimates, fit_notes, panels, places, words
from trialkit.report.figures.frame import Name, UnderRow
from trialkit.report.figures.means import MeanLine, MeansFigure
from trialkit.report.numbers import count, p_value
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``ls_means_by_visit``.

    Attributes:
        y: title of the vertical axis; the response's label and unit if empty.
        zero: whether the vertical axis begins at 0 (if no value is below).
        differences: whether the differences stand under the axis.
    """

    y: str = ""
    zero: bool = False
    differences: bool = True


def build(scene: Scene, params: Params) -> Made:
    """A figure per analysis and ``by`` level, with a line an arm."""
    parts: list[Part] = []
    notes: tuple[str, ...] = ("LS mean: least-squares mean; bars: its interval; visits stand at equal distances.",)
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for groups, panel in panels(scene, spec, rows):
            parts.append(_part(scene, spec.id, (groups, panel), params))
            notes += fit_notes(panel)
    return Made(tuple(parts), notes)


def _part(scene: Scene, analysis: str, panel: tuple[Groups, Rows], params: Params) -> Part:
    groups, rows = panel[0], estimates(scene, panel[1])
    caption = scene.group_words(analysis, groups)
    names = names_of(scene, rows)
    if nobody(rows, ("n",)):
        return shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(rows)), "Visit", caption)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    visits, _ = places(rows)
    lines = tuple(line for arm, name in names.items() if (line := _line(rows.where(arm=arm), name, visits)).points)
    heading = scene.heading(analysis, scene.response(analysis))
    figure = MeansFigure(
        visits=tuple(words(scene, analysis, visit) for visit in visits),
        lines=lines,
        x_title=scene.column(analysis, visits[0][0][-1][0]).label,
        y_title=params.y or f"{heading}, LS mean ({ci})",
        zero=params.zero,
        alt=_alt(scene, analysis, heading, lines, visits),
        below=_below(scene, rows, names, visits, ci) if params.differences else (),
    )
    return picture(figure, caption, _table(scene, analysis, rows, names, visits, ci))


def _line(rows: Rows, name: Name, visits: list[Place]) -> MeanLine:
    points = []
    for i, visit in enumerate(visits):
        here = {n.stat: n.value for n in at(rows, visit).where(reference="")}
        mean = here.get("lsmean")
        if mean is not None:
            points.append((i, mean, here.get("ci_low"), here.get("ci_high"), count(here.get("n"))))
    return MeanLine(name, tuple(points))


def _below(scene: Scene, rows: Rows, names: dict[str, Name], visits: list[Place], ci: str) -> tuple[UnderRow, ...]:
    """Differences with interval and p-value, a comparison after the other."""
    made: list[UnderRow] = []
    for reference in rows.where(stat="diff").values("reference"):
        heading = f"LS mean difference from {scene.arm_label(reference)}"
        made.append(UnderRow(heading, bold=True))
        for arm in rows.where(stat="diff", reference=reference).values("arm"):
            own = rows.where(arm=arm, reference=reference)
            found = [(float(i), at(own, visit).index(lambda n: n.stat)) for i, visit in enumerate(visits)]
            values = tuple((x, scene.text(by.get("diff"))) for x, by in found if "diff" in by)
            limits = tuple((x, scene.between(by.get("ci_low"), by.get("ci_high"))) for x, by in found if "ci_low" in by)
            p = tuple((x, p_value(by["p"].value)) for x, by in found if "p" in by)
            made.append(UnderRow(names[arm].label, values, names[arm].style.color, True))
            made += [UnderRow(ci, limits), UnderRow("p", p)]
    return tuple(made)


def _alt(scene: Scene, analysis: str, heading: str, lines: tuple[MeanLine, ...], visits: list[Place]) -> str:
    said = [f"{heading}: least-squares mean by visit with intervals."]
    for line in lines:
        first, last = line.points[0], line.points[-1]
        said.append(
            f"{line.name.label}: {first[1]:.1f} at {words(scene, analysis, visits[first[0]])} (n={first[4]}), "
            f"{last[1]:.1f} at {words(scene, analysis, visits[last[0]])} (n={last[4]})."
        )
    return " ".join(said) + " All numbers are in the table below the figure."


def _table(
    scene: Scene, analysis: str, rows: Rows, names: dict[str, Name], visits: list[Place], ci: str
) -> TableModel:  # fmt: skip
    heads = [Head(part, "", name.label) for name in names.values() for part in ("n", "LS mean", ci)]
    lines = []
    for visit in visits:
        cells: list[Cell] = []
        for arm in names:
            by = at(rows, visit).where(arm=arm, reference="").index(lambda n: n.stat)
            cells.append(scene.count_cell(by["n"]) if "n" in by else BLANK)
            cells.append(scene.cell(by.get("lsmean")))
            cells.append(scene.limits(by.get("ci_low"), by.get("ci_high")))
        lines.append(Line(words(scene, analysis, visit), tuple(cells)))
    return TableModel(tuple(heads), tuple(lines), "Visit")


KIND = Kind(build, Params, needs=("mmrm",))

"""Kaplan-Meier curves with numbers at risk, medians, hazard ratios and the log-rank test."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.comparison import COMPARED, comparison_lines
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.frame import Name
from trialkit.report.figures.survival import Curve, SurvivalFigure
from trialkit.report.numbers import count
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``kaplan_meier``.

    Attributes:
        y: title of the vertical axis.
        x: title of the horizontal axis; the time column's label if empty.
        event: words of the row that counts events.
    """

    y: str = "Subjects without the event"
    x: str = ""
    event: str = "Events"


def build(scene: Scene, params: Params) -> Made:
    """A figure per ``by`` level of the Kaplan-Meier analysis, and a table of what is compared."""
    parts: list[Part] = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id).where(method="kaplan_meier") if n.stat != "error"))
        if spec.method != "kaplan_meier":
            continue
        for groups, panel in rows.panels(scene.depth(rows)) or [((), rows)]:
            parts += _parts(scene, spec.id, groups, panel, params)
    return Made(
        tuple(parts), ("NE: not estimable, or not reached; CI: confidence interval; N: subjects in the curve.",)
    )


def _parts(scene: Scene, analysis: str, groups: Groups, rows: Rows, params: Params) -> list[Part]:
    caption = scene.group_words(analysis, groups)
    names = names_of(scene, rows)
    heads = {arm.id: Head(arm.label, arm.note) for arm in scene.arms(rows)}
    if nobody(rows, ("n",)):
        return [shell(tuple(heads.values()), "", caption)]
    curves = tuple(c for arm, name in names.items() if (c := _curve(rows.where(arm=arm), name)).points)
    words = ("At risk", "Censored", params.event)
    figure = SurvivalFigure(
        curves=curves,
        x_title=params.x or scene.heading(analysis, scene.response(analysis)),
        y_title=params.y,
        alt=_alt(scene, curves, params),
        words=words,
    )
    drawn = picture(figure, caption, _points_table(scene, analysis, rows, names))
    return [drawn, _comparison(scene, analysis, groups, rows, {arm: heads[arm] for arm in names})]


def _curve(rows: Rows, name: Name) -> Curve:
    """The curve from time 0, where everybody is without the event."""
    at = rows.index(lambda n: (n.stat, n.at))
    points: list[tuple[float, float, float | None, float | None]] = [(0.0, 1.0, None, None)]
    for n in sorted(rows.where(stat="survival"), key=lambda n: n.at or 0.0):
        if n.value is None or n.at is None:
            continue
        low, high = at.get(("survival_ci_low", n.at)), at.get(("survival_ci_high", n.at))
        points.append((n.at, n.value, low.value if low else None, high.value if high else None))
    if nobody(rows, ("n",)):
        points = []
    ticks = tuple(sorted(n.at for n in rows.where(stat="censored_at") if n.at is not None))
    return Curve(name, tuple(points), ticks, _risk(rows))


def _risk(rows: Rows) -> tuple[tuple[object, ...], ...]:
    at = rows.index(lambda n: (n.stat, n.at))
    made = []
    for n in rows.where(stat="at_risk"):
        parts = [at.get((stat, n.at)) for stat in ("at_risk", "censored_before", "events_before")]
        first, second, third = (count(p.value) if p else "" for p in parts)
        made.append((n.at or 0.0, first, second, third))
    return tuple(made)


def _alt(scene: Scene, curves: tuple[Curve, ...], params: Params) -> str:
    said = [f"Kaplan-Meier curves, {params.y}."]
    for curve in curves:
        time, share = curve.points[-1][:2]
        said.append(f"{curve.name.label}: {100 * share:.0f}% at {time:g}.")
    return " ".join(said) + " All numbers are in the tables below the figure."


def _points_table(scene: Scene, analysis: str, rows: Rows, names: dict[str, Name]) -> TableModel:
    """At the times asked for (else at all): the share and its interval, at risk, censored and events before."""
    times = sorted({n.at for n in rows.where(stat="at_risk") if n.at is not None})
    times = times or sorted({n.at for n in rows.where(stat="survival") if n.at is not None})
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    parts = ("At risk", "Censored", "Events", "Estimate", ci)
    heads = tuple(Head(part, "", name.label) for name in names.values() for part in parts)
    lines = []
    for t in times:
        cells: list[Cell] = []
        for arm in names:
            by = rows.where(arm=arm, at=t).index(lambda n: n.stat)
            cells += [scene.count_cell(by.get(stat)) for stat in ("at_risk", "censored_before", "events_before")]
            cells.append(scene.cell(by.get("survival")))
            cells.append(scene.limits(by.get("survival_ci_low"), by.get("survival_ci_high")))
        lines.append(Line(f"{t:g}", tuple(cells)))
    return TableModel(heads, tuple(lines), scene.heading(analysis, scene.response(analysis)))


def _comparison(scene: Scene, analysis: str, groups: Groups, rows: Rows, heads: dict[str, Head]) -> TableModel:
    arms = tuple(heads)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    by = rows.index(lambda n: (n.stat, n.arm))
    lines = [
        Line("Events, n", tuple(scene.count_cell(by.get(("events", arm))) for arm in arms)),
        Line("Censored, n", tuple(scene.count_cell(by.get(("censored", arm))) for arm in arms)),
    ]
    if any((n := by.get(("median", arm))) and n.value is not None for arm in arms):
        unit = scene.column(analysis, scene.response(analysis)).unit
        lines.append(
            Line(f"Median{f', {unit}' if unit else ''} ({ci})", tuple(_median(scene, by, arm) for arm in arms))
        )
    return TableModel(tuple(heads.values()), (*lines, *comparison_lines(scene, groups, arms)))


def _median(scene: Scene, by: dict, arm: str) -> Cell:
    low, high = (by.get((f"median_ci_{side}", arm)) for side in ("low", "high"))
    median = by.get(("median", arm))
    return scene.estimate(median, scene.text(median), scene.between(low, high))


KIND = Kind(build, Params, needs=("kaplan_meier",), also=COMPARED)

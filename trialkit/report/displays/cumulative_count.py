"""How many had come by each day, as steps, beside the plan."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.canvas import ACTIVE, CONTROL, Style
from trialkit.report.figures.frame import Name
from trialkit.report.figures.survival import Curve, SurvivalFigure, rounded_up
from trialkit.report.numbers import count
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``cumulative_count``.

    Attributes:
        y: title of the vertical axis.
        x: title of the horizontal axis.
        actual: words of the line that was counted.
        planned: words of the plan.
    """

    y: str = "Subjects, n"
    x: str = "Days since the first"
    actual: str = "Actual"
    planned: str = "Planned"


def build(scene: Scene, params: Params) -> Made:
    """The figure, with a line of numbers for each day on which somebody came."""
    rows = Rows(tuple(n for n in scene.rows if not n.groups))
    if nobody(rows, ("n",)):
        return Made((shell((Head(params.actual), Head(params.planned)), params.x),))
    curves = [_curve(rows, "cumulative", params.actual, ACTIVE[0])]
    if len(rows.where(stat="planned")):
        curves.append(_curve(rows, "planned", params.planned, CONTROL))
    highest = max(p[1] for curve in curves for p in curve.points)
    ends = "; ".join(f"{c.name.label}: {count(c.points[-1][1])} by day {c.points[-1][0]:g}" for c in curves)
    figure = SurvivalFigure(
        curves=tuple(curves),
        x_title=params.x,
        y_title=params.y,
        alt=f"{params.y} by day. {ends}. All numbers are in the table below the figure.",
        top=rounded_up(highest),
        percent=False,
    )
    return Made((picture(figure, "", _table(scene, rows, params)),))


def _curve(rows: Rows, stat: str, words: str, style: Style) -> Curve:
    points = [(n.at, n.value, None, None) for n in rows.where(stat=stat) if n.at is not None and n.value is not None]
    return Curve(Name(words, "", style), ((0.0, 0.0, None, None), *points), (), ())


def _table(scene: Scene, rows: Rows, params: Params) -> TableModel:
    plan = {n.at: n for n in rows.where(stat="planned")}
    lines = []
    for number in rows.where(stat="cumulative"):
        planned = plan.get(number.at)
        cells = (scene.count_cell(number), Cell(count(planned.value)) if planned else BLANK)
        lines.append(Line(f"{number.at:g}", cells))
    return TableModel((Head(params.actual), Head(params.planned)), tuple(lines), params.x)


KIND = Kind(build, Params, needs=("accrual",), closed="those planned are of the plan, which has no rows.")

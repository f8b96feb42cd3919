"""Two values of each row of a listing against each other, with the line an analysis fitted to them."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, arms_among, confidence, listed_rows, nobody, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.canvas import INK, styles
from trialkit.report.figures.frame import Name
from trialkit.report.figures.scatter import Fitted, ScatterFigure
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Head, Line, Part, TableModel
from trialkit.words import many


@dataclass(frozen=True)
class Params:
    """Parameters of ``scatter_plot``.

    Attributes:
        x, y: columns of the listing; a row in which one is missing is not drawn.
        arm: column of the arm, which colors the points.
        slope: words for the slope in the table.
    """

    x: str
    y: str
    arm: str
    slope: str = "Slope"


def build(scene: Scene, params: Params) -> Made:
    """A figure of each listing with the lines of the display's analyses, and the lines' numbers as a table."""
    rows = Rows(tuple(n for n in scene.rows if n.stat != "error"))
    table = _table(scene, rows, params)
    parts: list[Part] = []
    for spec in scene.listed:
        if spec.id not in scene.listings:
            continue
        figure = _figure(scene, spec.id, rows, params)
        parts.append(picture(figure, "", table) if figure else table)
    return Made(tuple(parts), ("Points that coincide are drawn once. Band: the limits of the line, not of a subject.",))


def _figure(scene: Scene, listing: str, rows: Rows, params: Params) -> ScatterFigure | None:
    frame = listed_rows(scene, listing, (params.x, params.y, params.arm))
    drawn = frame[frame[params.x].notna() & frame[params.y].notna()]
    arms = arms_among(scene, drawn[params.arm])
    if not arms:
        return None
    looks = styles(arms, scene.study.control)
    names = {arm: Name(scene.arm_label(arm), "", looks[arm]) for arm in arms}
    places = tuple(_places(drawn[drawn[params.arm].isin([arm])], params) for arm in arms)
    x, y = scene.heading(listing, params.x), scene.heading(listing, params.y)
    fitted = tuple(_line(rows.where(arm=arm), names) for arm in rows.where(stat="line").values("arm"))
    points = many(sum(map(len, places)), "point")
    alt = f"{y} against {x}: {points}. The numbers of the line are in the table below the figure."
    return ScatterFigure(places, tuple(names.values()), fitted, x, y, alt)


def _places(frame: object, params: Params) -> tuple[tuple[float, float], ...]:
    columns = (frame[name].astype(float).tolist() for name in (params.x, params.y))  # type: ignore[index]
    return tuple(zip(*columns, strict=True))


def _line(rows: Rows, names: dict[str, Name]) -> Fitted:
    by = rows.index(lambda n: (n.at, n.stat))
    ends = sorted({n.at for n in rows.where(stat="line") if n.at is not None})
    points = []
    for at in ends:
        found = [by[(at, stat)].value for stat in ("line", "line_ci_low", "line_ci_high")]
        y, low, high = (value for value in found if value is not None)
        points.append((at, y, low, high))
    style = names[rows.numbers[0].arm].style if rows.numbers[0].arm in names else None
    return Fitted(tuple(points), style.color if style else INK, style.dash if style else ())


def _table(scene: Scene, rows: Rows, params: Params) -> TableModel:
    """A column for each line that was asked for: rows, subjects, slope with limits and p, and how far it explains."""
    arms = rows.where(stat="n").values("arm")
    heads = tuple(Head(scene.arm_label(arm)) for arm in arms) or (Head(scene.arm_label("")),)
    if not len(rows) or nobody(rows, ("n",)):
        return shell(heads, "Estimate")
    ci = confidence(scene.params(scene.specs[0]))
    by = Rows(tuple(n for n in rows if n.at is None and not n.groups)).index(lambda n: (n.stat, n.arm))
    found = [{stat: by.get((stat, arm)) for stat in STATS} for arm in arms]
    lines = {
        "Points, n": [scene.count_cell(one["n"]) for one in found],
        "Subjects, n": [scene.count_cell(one["subjects"]) for one in found],
        f"{params.slope} (SE)": [
            scene.estimate(one["slope"], scene.text(one["slope"]), _in(scene, one)) for one in found
        ],
        ci: [scene.limits(one["slope_ci_low"], one["slope_ci_high"]) for one in found],
        "p": [scene.p(one["slope_p"]) for one in found],
        "Where the predictor is 0": [scene.cell(one["intercept"]) for one in found],
        "Share of the variance explained": [scene.cell(one["r_squared"]) for one in found],
    }
    return TableModel(heads, tuple(Line(words, tuple(cells)) for words, cells in lines.items()), "Estimate")


STATS = ("n", "subjects", "slope", "slope_se", "slope_ci_low", "slope_ci_high", "slope_p", "intercept", "r_squared")


def _in(scene: Scene, one: dict) -> str:  # type: ignore[type-arg]
    return f"({scene.text(one['slope_se'])})" if one["slope_se"] is not None else ""


KIND = Kind(build, Params, needs=("regression",), lists=True)

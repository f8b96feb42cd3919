"""Two peaks of each subject against each other, cut into quadrants (eDISH), with a table of the cases beyond a cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import StudyError
from trialkit.model.table import SRC
from trialkit.report.displays.base import Kind, Made, arms_among, listed_rows, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.displays.listing_table import value_text
from trialkit.report.figures.canvas import styles
from trialkit.report.figures.frame import Name
from trialkit.report.figures.quadrants import Point, QuadrantsFigure
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, Part, TableModel
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Params:
    """Parameters of ``quadrant_plot``.

    Attributes:
        x, y: columns of the listing, multiples of a limit; rows in which one is missing or not above 0 are not drawn.
        label: column that names a case.
        arm: column of the arm.
        x_cut, y_cut: where the quadrants meet.
        quadrants: names of lower left, lower right, upper left and upper right.
    """

    x: str
    y: str
    label: str
    arm: str
    x_cut: float
    y_cut: float
    quadrants: tuple[str, ...]


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table of cases per listing."""
    if len(params.quadrants) != 4:
        raise StudyError(f"{len(params.quadrants)} quadrants are named", str(scene.display.place), "Name four.")
    parts: list[Part] = []
    notes = ["Points that coincide are drawn once. The table holds the subjects beyond a cut."]
    for spec in scene.listed:
        if spec.id not in scene.listings:
            continue
        frame = listed_rows(scene, spec.id, (params.x, params.y, params.label, params.arm))
        drawn = frame[(frame[params.x] > 0) & (frame[params.y] > 0)]
        if len(drawn) < len(frame):
            notes.append(_lacking(len(frame) - len(drawn)))
        parts.append(_part(scene, spec.id, drawn, params))
    return Made(tuple(parts), tuple(notes))


def _lacking(count: int) -> str:
    who = many(count, "subject lacks", "subjects lack")
    return f"{who} one of the two values and {'is' if count == 1 else 'are'} not drawn."


def _part(scene: Scene, listing: str, frame: pd.DataFrame, params: Params) -> Part:
    beyond = frame[(frame[params.x] >= params.x_cut) | (frame[params.y] >= params.y_cut)]
    table = _table(scene, listing, beyond, params)
    if not len(frame):
        return shell(table.heads, table.stub)
    arms = arms_among(scene, frame[params.arm]) or [""]  # without arms all are of one kind
    looks = styles(arms, scene.study.control)
    names = tuple(Name(scene.arm_label(arm), "", looks[arm]) for arm in arms)
    known = frame[frame[params.arm].isin(arms)] if any(arms) else frame.assign(**{params.arm: ""})
    cases = set(beyond.index)
    points = tuple(
        Point(float(row[params.x]), float(row[params.y]), arms.index(row[params.arm]),
              str(row[params.label]) if at in cases else "")
        for at, row in known.iterrows()
    )  # fmt: skip
    figure = QuadrantsFigure(
        points=points,
        names=names,
        cuts=(params.x_cut, params.y_cut),
        quadrants=params.quadrants,
        x_title=f"{scene.heading(listing, params.x)} (log scale)",
        y_title=f"{scene.heading(listing, params.y)} (log scale)",
        alt=_alt(scene, listing, len(known), table, params),
    )
    return picture(figure, "", table)


def _quadrant(x: float, y: float, params: Params) -> str:
    return params.quadrants[(1 if x >= params.x_cut else 0) + (2 if y >= params.y_cut else 0)]


def _table(scene: Scene, listing: str, frame: pd.DataFrame, params: Params) -> TableModel:
    names = [name for name in (params.arm, params.x, params.y) if name not in scene.listings[listing].hidden]
    heads = (*(Head(scene.heading(listing, name), text=name == params.arm) for name in names), Head("Where", text=True))
    lines = []
    for _, row in frame.sort_values([params.x, params.y], ascending=False, kind="stable").iterrows():
        cells = [Cell(value_text(scene, listing, name, row[name]), "text" if name == params.arm else "value")
                 for name in names]  # fmt: skip
        where = _quadrant(float(row[params.x]), float(row[params.y]), params)
        words = value_text(scene, listing, params.label, row[params.label])
        opens = scene.shown(listing, [row[SRC]])
        lines.append(Line(words, (*cells, Cell(where, "text")), opens=opens))
    stub = scene.heading(listing, params.label)
    return TableModel(heads, tuple(lines), stub) if lines else shell(heads, stub)


def _alt(scene: Scene, listing: str, drawn: int, table: TableModel, params: Params) -> str:
    x, y = scene.heading(listing, params.x), scene.heading(listing, params.y)
    cases = [f"{line.stub}: {line.cells[-1].text}." for line in table.lines if line.cells][:8]
    said = f"{x} against {y} of {many(drawn, 'subject')} on log axes, cut at {params.x_cut:g} and {params.y_cut:g}."
    return " ".join([said, *(cases or ["Nobody lies beyond a cut."])])


KIND = Kind(build, Params, lists=True)

"""The values of every subject over the visits as thin lines, an arm a panel, with marks of two kinds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from trialkit.model.table import SRC
from trialkit.report.displays.base import Kind, Made, arms_among, listed_rows, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.canvas import styles
from trialkit.report.figures.courses import CoursesFigure, Panel
from trialkit.report.figures.frame import Name
from trialkit.report.figures.paths import Place
from trialkit.report.scene import EVERYBODY, Scene
from trialkit.report.table import Cell, Head, Line, Part, TableModel
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Params:
    """Parameters of ``subject_courses``.

    Attributes:
        subject, visit, value: columns of the listing; visits stand in the order of their levels, at equal distances.
        arm: column of the arm; where it is blank (the arms are hidden) all stand in one panel.
        dot, bar: columns that are ``marked`` in the rows to be marked; dot_words and bar_words are the key.
        marked: what marks a row.
        at_most: so many subjects of an arm are drawn, the first of the listing, 0 for all; the display says so.
    """

    subject: str
    visit: str
    value: str
    arm: str
    dot: str = ""
    bar: str = ""
    dot_words: str = ""
    bar_words: str = ""
    marked: str = "Y"
    at_most: int = 0


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table of what is drawn per listing."""
    parts: list[Part] = []
    for spec in scene.listed:
        if spec.id in scene.listings:
            parts.append(_part(scene, spec.id, params))
    some = f"At most {params.at_most} subjects of an arm are drawn, the first of the listing." if params.at_most else ""
    return Made(tuple(parts), tuple(filter(None, (some, "A line ends or breaks where a visit has no value."))))


def _part(scene: Scene, listing: str, params: Params) -> Part:
    named = filter(None, (params.subject, params.visit, params.value, params.arm, params.dot, params.bar))
    frame = listed_rows(scene, listing, named)
    levels = scene.column(listing, params.visit).levels
    drawn = frame[frame[params.value].notna() & frame[params.visit].isin(list(levels))]
    arms = arms_among(scene, drawn[params.arm])
    groups = {arm: drawn[drawn[params.arm].isin([arm])] for arm in arms} or ({"": drawn} if len(drawn) else {})
    groups = {arm: _first(rows, params) for arm, rows in groups.items()}
    words = {"Subjects": "", params.dot_words: params.dot, params.bar_words: params.bar}
    heads = tuple(Head(scene.arm_label(arm)) for arm in groups) or (Head(EVERYBODY),)
    if not groups:
        return shell(heads, "Drawn")
    looks = styles(list(groups), scene.study.control)
    places = {level: i for i, level in enumerate(levels)}
    panels = tuple(
        _panel(rows, Name(scene.arm_label(arm), "", looks[arm]), places, params) for arm, rows in groups.items()
    )
    lines = tuple(
        Line(said, tuple(_many(scene, listing, rows, column, params) for rows in groups.values()))
        for said, column in words.items()
        if said
    )
    y, of = scene.heading(listing, params.value), sum(len(set(rows[params.subject])) for rows in groups.values())
    alt = f"{y} of {many(of, 'subject')} over {many(len(levels), 'visit')}, a thin line each."
    figure = CoursesFigure(
        panels, tuple(levels.values()), float(drawn[params.value].max()), scene.heading(listing, params.visit), y,
        params.dot_words, params.bar_words, alt,
    )  # fmt: skip
    return picture(figure, "", TableModel(heads, lines, "Drawn"))


def _first(rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The rows of the first subjects."""
    subjects = list(dict.fromkeys(rows[params.subject]))
    return rows[rows[params.subject].isin(subjects[: params.at_most])] if params.at_most else rows


def _many(scene: Scene, listing: str, rows: pd.DataFrame, column: str, params: Params) -> Cell:
    """How many subjects are drawn, or are marked in a column; it opens to the rows drawn."""
    found = rows if not column else rows[rows[column].isin([params.marked])]
    return scene.shown(listing, found[SRC], str(len(set(found[params.subject]))))


def _panel(rows: pd.DataFrame, name: Name, places: dict[str, int], params: Params) -> Panel:
    courses: list[tuple[Place, ...]] = []
    table = rows.assign(_x=rows[params.visit].map(places)).sort_values([params.subject, "_x"], kind="stable")
    columns = (table[c].tolist() for c in (params.subject, "_x", params.value))
    whose: dict[str, list[Place]] = {}
    for subject, x, y in zip(*columns, strict=True):
        whose.setdefault(str(subject), []).append((float(x), float(y)))
    for course in whose.values():
        courses += _unbroken(course)
    marks = [table[table[c].isin([params.marked])] if c else table.iloc[:0] for c in (params.dot, params.bar)]
    dots, bars = (tuple(zip(m["_x"].astype(float), m[params.value].astype(float), strict=True)) for m in marks)
    return Panel(name, tuple(courses), dots, bars)


def _unbroken(course: list[Place]) -> list[tuple[Place, ...]]:
    """The parts of a course in which no visit is missing, of two values or more."""
    parts = [[course[0]]]
    for before, after in pairwise(course):
        if after[0] - before[0] > 1:
            parts.append([])
        parts[-1].append(after)
    return [tuple(part) for part in parts if len(part) > 1]


KIND = Kind(build, Params, lists=True)

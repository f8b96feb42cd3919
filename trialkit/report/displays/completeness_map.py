"""Which planned forms are there: a map of forms by visits, a panel for each site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.conduct_table import NOTHING, conduct_frame
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.heat import Field, HeatFigure
from trialkit.report.numbers import count
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, Notice, TableModel

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("Expected", "Received", "Not done", "Lacking")
TABLE = "completeness"


@dataclass(frozen=True)
class Params:
    """Parameters of ``completeness_map``.

    Attributes:
        site: words before the name of a site.
    """

    site: str = "Site"


def build(scene: Scene, params: Params) -> Made:
    """The map; its table has a line for each form and visit of a site at which not all that was expected is there."""
    frame = conduct_frame(scene, TABLE)
    if frame is None:
        return Made((Notice("Not made: the results hold no table on which forms are there."),))
    heads = tuple(Head(name) for name in HEADS)
    if not len(frame):
        return Made((TableModel(heads, (Line(NOTHING, (), 0, "span"),), "Form"),))
    records = [{str(name): value for name, value in record.items()} for record in frame.to_dict("records")]
    visits = _visits(scene, frame)
    panels = {
        f"{params.site} {site}": {
            (record["Form"], record["Visit"]): Field(record["Expected"], record["Received"], record["Lacking"])
            for record in records
            if record["Site"] == site
        }
        for site in sorted({str(record["Site"]) for record in records})
    }
    forms = tuple(dict.fromkeys(str(record["Form"]) for record in records))
    alt = _alt(frame, panels)
    figure = HeatFigure(forms, visits, panels, alt)
    return Made((picture(figure, "", _table(scene, heads, records, params)),))


def _visits(scene: Scene, frame: pd.DataFrame) -> dict[str, str]:
    """The visits in the order of the newest protocol (others after them), each with its label."""
    named = {visit.id: visit.label or visit.id for visit in scene.study.protocol.visits.values()}
    there = list(dict.fromkeys(str(visit) for visit in frame["Visit"]))
    return {name: label for name, label in named.items() if name in there} | {
        name: name for name in there if name not in named
    }


def _alt(frame: pd.DataFrame, panels: dict[str, Any]) -> str:
    sums = {name: count(float(frame[name].sum())) for name in HEADS}
    said = f"Planned forms by visit in {len(panels)} panels, one for each site. "
    said += (
        f"Of {sums['Expected']} expected, {sums['Received']} are there, {sums['Not done']} were said to be not done "
    )
    return said + f"and {sums['Lacking']} lack. The numbers are in the table below the figure."


def _table(scene: Scene, heads: tuple[Head, ...], records: list[dict[str, Any]], params: Params) -> TableModel:
    lines: list[Line] = []
    for site in sorted({str(record["Site"]) for record in records}):
        own = [record for record in records if record["Site"] == site]
        totals = tuple(Cell(count(float(sum(record[name] for record in own))), "count") for name in HEADS)
        lines.append(Line(f"{params.site} {site}", totals, 0, "total"))
        for record in own:
            if record["Received"] < record["Expected"]:
                cells = tuple(Cell(count(float(record[name])), "count") for name in HEADS)
                visit = scene.study.protocol.visits.get(record["Visit"])
                lines.append(Line(f"{visit.label if visit else record['Visit']}: {record['Form']}", cells, 1))
    return TableModel(heads, tuple(lines), "Site, visit and form")


CLOSED = "they count forms that the protocol plans, and a form that lacks has no row."
KIND = Kind(build, Params, conduct=True, closed=CLOSED)

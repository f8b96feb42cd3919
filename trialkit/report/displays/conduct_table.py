"""One of the tables on the conduct of the study, as the store tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.queries.conduct import PREFIX, TABLES
from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.same import said_once, same_in_all
from trialkit.report.numbers import collected
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, Notice, TableModel

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "Nothing to report"


@dataclass(frozen=True)
class Params:
    """Parameters of ``conduct_table``.

    Attributes:
        table: which of the tables on conduct.
        columns: the columns that are shown, in this order; all if empty. The first names the line.
        at_most: so many lines are shown; the display says how many there are beyond them. 0 shows all.
    """

    table: str
    columns: tuple[str, ...] = ()
    at_most: int = 0


def build(scene: Scene, params: Params) -> Made:
    """The table; a note if lines are left out. Raises StudyError for a table or column there is not."""
    frame = conduct_frame(scene, params.table)
    if frame is None:
        return Made((Notice(f"Not made: {TABLES[params.table]}: the results hold no such table."),))
    for name in params.columns:
        if name not in frame.columns:
            hint = did_you_mean(name, list(frame.columns))
            raise StudyError(f"the table {params.table!r} has no column {name!r}", str(scene.display.place), hint)
    frame = frame[list(params.columns)] if params.columns else frame
    same = same_in_all(frame, [str(name) for name in frame.columns[1:]])
    shown = frame.head(params.at_most) if params.at_most else frame
    left = (f"The first {len(shown)} of {len(frame)} rows are shown.",) if len(shown) < len(frame) else ()
    once = said_once(same, str, lambda name: _text(frame[name].iloc[0]))
    return Made((_table(shown.drop(columns=same), once),), left)


def conduct_frame(scene: Scene, table: str) -> pd.DataFrame | None:
    """A table on conduct; None if the results were made without it. Raises StudyError for one there is not."""
    if table not in TABLES:
        hint = did_you_mean(table, TABLES)
        raise StudyError(f"there is no table on conduct {table!r}", str(scene.display.place), hint)
    found = scene.listings.get(f"{PREFIX}{table}")
    return None if found is None else found.frame


def _table(frame: pd.DataFrame, caption: str) -> TableModel:
    first, *names = (str(name) for name in frame.columns)
    heads = tuple(Head(name, text=_is_text(frame[name])) for name in names)
    if not len(frame):
        return TableModel(heads, (Line(NOTHING, (), 0, "span"),), first, caption)
    records = frame.to_dict("records")
    lines = [Line(_text(record[first]), tuple(_cell(record[head.label], head) for head in heads)) for record in records]
    return TableModel(heads, tuple(lines), first, caption)


def _is_text(column: pd.Series) -> bool:
    """Whether a column holds words; one that holds nothing in any row is set as numbers are, their dashes below it."""
    return column.dtype.kind not in "if" and not (len(column) and bool(column.isna().all()))


def _cell(value: Any, head: Head) -> Cell:
    return Cell(_text(value), "text" if head.text else "value")


def _text(value: Any) -> str:
    import pandas as pd

    if value is None or pd.isna(value):
        return "\u2013"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return collected(float(value), None) if isinstance(value, (int, float)) else str(value)


CLOSED = "they are of the log of uploads and queries, not of rows; the list of queries gives file and line of each."
KIND = Kind(build, Params, conduct=True, closed=CLOSED)

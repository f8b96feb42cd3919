"""The rows of a listing as they are: one line a row, in the listing's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.model.table import SRC
from trialkit.report.displays.base import Kind, Made, shell
from trialkit.report.displays.same import said_once, same_in_all
from trialkit.report.numbers import fixed
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, CellKind, Head, Line, TableModel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Params:
    """Parameters of ``listing_table``.

    Attributes:
        at_most: so many lines are shown; the display says how many there are beyond them. 0 shows all.
    """

    at_most: int = 0


def build(scene: Scene, params: Params) -> Made:
    """A table for each listing: its columns with their labels, the values as recorded or derived; a line opens."""
    tables, notes = [], []
    for spec in scene.listed:
        if spec.id not in scene.listings:
            continue
        made = scene.listings[spec.id]
        frame = made.frame.drop(columns=[name for name in made.hidden if len(made.hidden) < len(spec.columns)])
        same = same_in_all(frame, [name for name in frame.columns[1:] if name != SRC])
        shown = (frame.head(params.at_most) if params.at_most else frame).drop(columns=same)
        once = _once(scene, spec.id, frame, same)
        caption = ". ".join(filter(None, (spec.title if len(scene.listed) > 1 else "", once)))
        tables.append(_table(scene, spec.id, shown, caption))
        if made.hidden:
            notes.append(f"{spec.title}: {scene.labels(spec.id, made.hidden)} left out while the arms are hidden.")
        if len(shown) < len(frame):
            notes.append(f"{spec.title}: the first {len(shown)} of {len(frame)} rows are shown.")
    return Made(tuple(tables), tuple(notes))


def _once(scene: Scene, listing: str, frame: pd.DataFrame, same: list[str]) -> str:
    return said_once(
        same,
        lambda name: scene.heading(listing, name),
        lambda name: value_text(scene, listing, name, frame[name].iloc[0]),
    )


def _table(scene: Scene, listing: str, frame: pd.DataFrame, caption: str) -> TableModel:
    names = [name for name in frame.columns if name != SRC]
    stub = scene.heading(listing, names[0])
    heads = tuple(Head(scene.heading(listing, name), text=frame[name].dtype.kind not in "if") for name in names[1:])
    if not len(frame):
        return shell(heads, stub, caption)
    texts = {name: [value_text(scene, listing, name, value) for value in frame[name]] for name in names}
    kinds: list[CellKind] = ["text" if head.text else "value" for head in heads]
    lines = [
        Line(
            texts[names[0]][i] or "\u2013",
            tuple(Cell(texts[name][i], kind) for name, kind in zip(names[1:], kinds, strict=True)),
            opens=scene.shown(listing, [source]),
        )
        for i, source in enumerate(frame[SRC])
    ]
    return TableModel(heads, tuple(lines), stub, caption)


def value_text(scene: Scene, listing: str, name: str, value: Any) -> str:
    """A value of a listing as printed: words of a category, dates as YYYY-MM-DD, numbers with the column's decimals
    (as short as they are without); "" for none."""
    import pandas as pd

    if pd.isna(value):
        return ""
    column = scene.column(listing, name)
    if isinstance(value, pd.Timestamp):
        midnight = value == value.normalize()
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M")
    if isinstance(value, (int, float)):
        return fixed(float(value), column.decimals) if column.decimals is not None else f"{float(value):g}"
    text = str(value)
    return scene.arm_label(text) if text in scene.study.arms else column.levels.get(text, text)


KIND = Kind(build, Params, lists=True, prints=True, what="Listing")

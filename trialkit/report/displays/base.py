"""What a kind of display is, and what it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel

if TYPE_CHECKING:
    import pandas as pd

NOBODY = "No participants met the criteria"
UNTOLD = "Nothing to show: see what was not computed"


@dataclass(frozen=True)
class Made:
    """The parts of a display in reading order, and the footnotes its content needs."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of display: ``build(scene, params)``, its parameters, and the methods it needs (one of) and reads.

    ``lists`` says that it shows listings and not (or not only) result rows, ``guarded`` that it shows the methods of
    ``also`` only under a preset with ``baseline_p``, ``conduct`` that it shows what the store tells of the conduct of
    the study, and neither. ``what`` is the word before its number, if not by its parts. ``closed`` says why some of
    its numbers do not open; a kind without it has none. ``prints`` says that it prints rows of its listings one by one.
    """

    build: Callable[[Scene, Any], Made]
    params: type
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    lists: bool = False
    guarded: bool = False
    conduct: bool = False
    what: str = ""
    closed: str = ""
    prints: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The methods whose rows it shows, () for any."""
        return (*self.needs, *self.also)


def arm_heads(scene: Scene, rows: Rows) -> tuple[tuple[str, ...], tuple[Head, ...]]:
    """The arms (and totals) as table columns: their ids and heads with N."""
    arms = scene.arms(rows)
    return tuple(arm.id for arm in arms), tuple(Head(arm.label, arm.note) for arm in arms)


def shell(heads: tuple[Head, ...], stub: str = "", caption: str = "") -> TableModel:
    """A table that says that there is nobody in it."""
    return TableModel(heads, (Line(NOBODY, (), 0, "span"),), stub, caption)


def unknown(part: Part) -> Part:
    """A part of a display of which something was not computed: an empty table does not say that nobody is in it."""
    if not isinstance(part, TableModel) or [line.stub for line in part.lines] != [NOBODY]:
        return part
    return replace(part, lines=(replace(part.lines[0], stub=UNTOLD),))


def empty(count: int) -> tuple[Cell, ...]:
    """So many blank cells."""
    return (BLANK,) * count


def nobody(rows: Rows, stats: tuple[str, ...] = ("n", "N")) -> bool:
    """Whether no count among the rows is above zero."""
    return not any(number.value for number in rows if number.stat in stats)


def confidence(params: Any) -> str:
    """``95% CI`` from a method's parameters."""
    return f"{100 * getattr(params, 'confidence', 0.95):g}% CI"


def listed_rows(scene: Scene, listing: str, names: Iterable[str]) -> pd.DataFrame:
    """The rows of a listing of the display. Raises StudyError for one of the columns *names* that it has not."""
    frame = scene.listings[listing].frame
    for name in names:
        if name not in frame:
            hint = did_you_mean(name, frame.columns)
            raise StudyError(f"listing {listing!r} has no column {name!r}", str(scene.display.place), hint)
    return frame


def arms_among(scene: Scene, column: pd.Series[Any]) -> list[str]:
    """The arms that a column holds, in the order of the protocol; none while they are hidden."""
    return [arm for arm in scene.study.arms if column.isin([arm]).any()]

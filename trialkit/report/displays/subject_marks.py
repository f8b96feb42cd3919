"""What the kinds that draw subjects over days share: the columns of their listing, and a subject's rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.table import SRC
from trialkit.report.scene import Scene

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Columns:
    """The columns of a listing with a row for each mark: whose it is, of what kind, from which study day to which (the
    same day if missing), its value, its words, and the column and value that mark it as weighty."""

    subject: str
    kind: str
    start: str
    end: str = ""
    value: str = ""
    words: str = ""
    group: str = ""
    weighty: str = ""
    weighty_is: str = "Y"
    reason: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """All that are named."""
        every = (
            self.subject,
            self.kind,
            self.start,
            self.end,
            self.value,
            self.words,
            self.group,
            self.weighty,
            self.reason,
        )
        return tuple(name for name in every if name)


@dataclass(frozen=True)
class Kinds:
    """Which kind of mark is a dose, an intake, an event, a score and the end."""

    dose: str
    intake: str = ""
    event: str = ""
    score: str = ""
    end: str = ""


@dataclass(frozen=True)
class Mark:
    """One mark: its days, value, words, whether it is weighty, and its source row."""

    start: float
    end: float
    value: float
    words: str
    weighty: bool
    source: int


def subjects(scene: Scene, columns: Columns) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each subject of the display's listings with its dated rows, in the listing's order.

    Raises StudyError for a column that a listing does not show.
    """
    for spec in scene.listed:
        if spec.id not in scene.listings:
            continue
        frame = scene.listings[spec.id].frame
        for name in columns.named:
            if name not in frame.columns:
                hint = did_you_mean(name, list(frame.columns))
                raise StudyError(f"listing {spec.id!r} shows no column {name!r}", str(scene.display.place), hint)
        dated = frame.loc[frame[columns.start].notna(), [*dict.fromkeys(columns.named), SRC]]
        for subject in dict.fromkeys(dated[columns.subject]):
            yield str(subject), dated[dated[columns.subject] == subject]


def said_of(rows: pd.DataFrame, column: str) -> str:
    """What a subject's rows say in a column; "" if nothing (the arm, while it is hidden), or if none is asked for."""
    named = rows[column].dropna().tolist() if column else []
    return str(named[0]) if named else ""


def marks(rows: pd.DataFrame, columns: Columns, kind: str) -> list[Mark]:
    """A subject's marks of a kind, by day."""
    if not kind:
        return []
    records = rows[rows[columns.kind] == kind].sort_values(columns.start, kind="stable").to_dict("records")
    return [_mark(record, columns) for record in records]


def _mark(record: dict[Any, Any], columns: Columns) -> Mark:
    start, end = float(record[columns.start]), record.get(columns.end)
    value = record.get(columns.value)
    return Mark(
        start,
        start if end is None or end != end else float(end),
        float("nan") if value is None else float(value),
        "" if (words := record.get(columns.words)) is None or words != words else str(words),
        record.get(columns.weighty) == columns.weighty_is if columns.weighty else False,
        int(record[SRC]),
    )


def day_words(days: list[float]) -> str:
    """``1 to 4, 6``: days as a list, runs of days in short."""
    runs: list[list[float]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][-1] in (1, 2) and (day - runs[-1][-1] == 1 or runs[-1][-1] == -1):
            runs[-1].append(day)
        else:
            runs.append([day])
    said = (f"{run[0]:g}" if len(run) == 1 else f"{run[0]:g} to {run[-1]:g}" for run in runs)
    return ", ".join(said).replace("-", "\u2212")

"""What the kinds that draw subjects over days share: the columns of their listing, and a subject's marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


Record = tuple[Any, ...]
"""A row as the listing has it: kind, start, end, value, words, what may mark it as weighty, and source row."""


@dataclass(frozen=True)
class Course:
    """A subject's dated rows in the listing's order, with the first group and reason that they name, "" if none (the
    arm, while it is hidden) or if no such column is asked for."""

    subject: str
    group: str
    reason: str
    records: tuple[Record, ...]
    weighty_is: str

    def marks(self, kind: str) -> list[Mark]:
        """The marks of a kind, by day; none of no kind."""
        found = [self._mark(*record[1:]) for record in self.records if kind and record[0] == kind]
        return sorted(found, key=lambda mark: mark.start)

    def sources(self, kinds: Iterable[str]) -> list[int]:
        """The source rows of the marks of some kinds, in the listing's order."""
        named = {kind for kind in kinds if kind}
        return [record[-1] for record in self.records if record[0] in named]

    def _mark(self, start: Any, end: Any, value: Any, words: Any, weighty: Any, source: Any) -> Mark:
        return Mark(
            float(start),
            float(start if end is None or end != end else end),
            float("nan") if value is None else float(value),
            "" if words is None or words != words else str(words),
            weighty is not None and bool(weighty == self.weighty_is),
            int(source),
        )


def subjects(scene: Scene, columns: Columns) -> Iterator[Course]:
    """Each subject of the display's listings that has dated rows, in the listing's order.

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
        yield from _courses(frame.loc[frame[columns.start].notna(), [*dict.fromkeys(columns.named), SRC]], columns)


def _courses(dated: pd.DataFrame, columns: Columns) -> Iterator[Course]:
    """The subjects of dated rows. Each column is read once: a frame for each subject would cost most of the time."""
    read = (columns.kind, columns.start, columns.end, columns.value, columns.words, columns.weighty, SRC)
    cells = [dated[name].tolist() if name else [None] * len(dated) for name in read]
    found: dict[Any, list[Record]] = {}
    for subject, *record in zip(dated[columns.subject].tolist(), *cells, strict=True):
        found.setdefault(subject, []).append(tuple(record))
    groups, reasons = _first(dated, columns.subject, columns.group), _first(dated, columns.subject, columns.reason)
    for subject, records in found.items():
        said = (groups.get(subject, ""), reasons.get(subject, ""))
        yield Course(str(subject), *said, tuple(records), columns.weighty_is)


def _first(dated: pd.DataFrame, subject: str, column: str) -> dict[Any, str]:
    """What the first row of each subject that says something in a column says."""
    if not column:
        return {}
    told = dated[dated[column].notna()].drop_duplicates(subject)
    return dict(zip(told[subject].tolist(), map(str, told[column].tolist()), strict=True))


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

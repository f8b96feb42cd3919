"""A line for each subject over the study days: doses, other intakes, events, and a score as a shade of each day."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.days import DayAxis
from trialkit.report.figures.shapes import GRID, INK, MUTED, NARROW, WIDE, Sheet, points_of, shortened

ROW, SIZE = 12.0, 7.5
"""Points: height of a subject's line, type."""
STRENGTHS = (0.06, 0.18, 0.34, 0.55)
"""How strong a day is filled, by the band of its score."""
SHADE, HAPPENED = "var(--arm-1)", "var(--arm-2)"


@dataclass(frozen=True)
class Lane:
    """A subject: name, group, day of its end (None if not known), days of doses and of intakes, events as (first day,
    last day, whether it is marked), and (day, band) of each score."""

    name: str
    group: str
    end: float | None
    doses: tuple[float, ...]
    intakes: tuple[float, ...]
    events: tuple[tuple[float, float, bool], ...]
    scores: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class TimelineFigure:
    """What is drawn. ``words`` name: dose, intake, event, marked event, end, and then each band of the score."""

    lanes: tuple[Lane, ...]
    first: float
    last: float
    words: tuple[str, ...]
    x_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        sheet = Sheet(NARROW if narrow else WIDE)
        stub = min(max((points_of(lane.name, SIZE) for lane in self.lanes), default=0.0) + 8, sheet.width / 3)
        axis = DayAxis(self.first, self.last, stub, sheet.width - stub - 4)
        y = self._key(sheet)
        top, group = y, ""
        placed: list[tuple[float, Lane]] = []
        for lane in self.lanes:
            if lane.group != group:
                group, y = lane.group, y + 14
                sheet.words(0, y - 4, group, 8.5, True)
            placed.append((y, lane))
            y += ROW
        axis.draw(sheet, top, y + 2, self.x_title)
        for at, lane in placed:
            _lane(sheet, axis, lane, at)
            sheet.words(stub - 5, at + 8.5, shortened(lane.name, SIZE, stub - 6), SIZE, anchor="end")
        sheet.height = y + 28
        return sheet.svg(self.alt)

    def _key(self, sheet: Sheet) -> float:
        """What the marks mean, above the lines; where the lines begin."""
        x, y = 1.0, 9.0
        for number, words in enumerate(self.words):
            wide = 16 + points_of(words, SIZE) + 10
            if x + wide > sheet.width and x > 1:
                x, y = 1.0, y + 12
            _sample(sheet, number, x, y)
            sheet.words(x + 16, y, words, SIZE)
            x += wide
        return y + 6


def _sample(sheet: Sheet, number: int, x: float, y: float) -> None:
    if number == 0:
        sheet.dot(x + 6, y - 3, 2.4, INK)
    elif number == 1:
        _intake(sheet, x + 6, y - 2.5)
    elif number in (2, 3):
        _event(sheet, x, x + 12, y - 4, number == 3)
    elif number == 4:
        _end(sheet, x + 6, y - 8)
    else:
        sheet.tile(x, y - 8, 12, 10, SHADE, STRENGTHS[min(number - 5, len(STRENGTHS) - 1)])
        sheet.path((x, y - 8), (x + 12, y - 8), (x + 12, y + 2), (x, y + 2), (x, y - 8), color=GRID)


def _lane(sheet: Sheet, axis: DayAxis, lane: Lane, y: float) -> None:
    for day, band in lane.scores:
        if axis.first <= day <= axis.last:
            strength = STRENGTHS[min(band, len(STRENGTHS) - 1)]
            sheet.tile(axis.x(day, 0), y + 0.5, axis.day - 0.6, ROW - 1, SHADE, strength)
    for first, last, marked in lane.events:
        if last >= axis.first and first <= axis.last:
            _event(sheet, axis.x(first, 0.1), axis.x(last, 0.9), y + 8.5, marked)
    for day in lane.doses:
        if axis.first <= day <= axis.last:
            sheet.dot(axis.x(day), y + 4.6, 2.1, INK)
    for at, day in enumerate(lane.intakes):
        if axis.first <= day <= axis.last:
            before = sum(other == day for other in lane.intakes[:at])
            _intake(sheet, axis.x(day, 0.72 + 0.14 * min(before, 1)), y + 4.8)
    if lane.end is not None and axis.first <= lane.end <= axis.last:
        _end(sheet, axis.x(lane.end, 1.0) - 1, y + 0.5)


def _intake(sheet: Sheet, x: float, y: float) -> None:
    sheet.shape((x, y - 2.6), (x + 2.4, y + 1.8), (x - 2.4, y + 1.8), color=MUTED)


def _event(sheet: Sheet, x: float, to: float, y: float, marked: bool) -> None:
    sheet.path((x, y), (max(to, x + 2), y), color=HAPPENED, width=3.2 if marked else 1.6)


def _end(sheet: Sheet, x: float, y: float) -> None:
    sheet.path((x, y), (x, y + ROW - 2), color=INK, width=1.8)

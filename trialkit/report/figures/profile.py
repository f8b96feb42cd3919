"""One subject over the study days: the course of a score, the doses, and a line for each event and intake."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.days import DayAxis
from trialkit.report.figures.shapes import GRID, INK, MUTED, NARROW, WIDE, Sheet, points_of, shortened

ROW, SIZE, PLOT, TOP = 12.0, 8.0, 90.0, 20.0
"""Points: height of a line of marks, type, height of the score's plot and where it begins."""
SCORE, HAPPENED = "var(--arm-1)", "var(--arm-2)"


@dataclass(frozen=True)
class Track:
    """A line of marks: its words, single days, and spans (first day, last day); ``marked`` draws them heavier."""

    words: str
    days: tuple[float, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()
    marked: bool = False


@dataclass(frozen=True)
class ProfileFigure:
    """What is drawn: (day, value) of the score, and the lines of marks from the top."""

    scores: tuple[tuple[float, float], ...]
    tracks: tuple[Track, ...]
    first: float
    last: float
    score: str
    x_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        sheet = Sheet(NARROW if narrow else WIDE)
        widest = max((points_of(track.words, SIZE) for track in self.tracks), default=0.0)
        stub = min(max(widest + 8, 60.0), sheet.width / 3)
        axis = DayAxis(self.first, self.last, stub, sheet.width - stub - 4)
        bottom = TOP + PLOT + 6 + ROW * len(self.tracks)
        axis.draw(sheet, TOP, bottom, self.x_title)
        sheet.words(0, 9, self.score, 8.5, True)
        self._score(sheet, axis, TOP)
        for row, track in enumerate(self.tracks):
            _track(sheet, axis, track, TOP + PLOT + 6 + row * ROW, stub)
        sheet.height = bottom + 27
        return sheet.svg(self.alt)

    def _score(self, sheet: Sheet, axis: DayAxis, top: float) -> None:
        ceiling = max([value for _, value in self.scores], default=1.0) or 1.0
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if ceiling / step <= 4 or step == 1000)
        ceiling = step * -(-ceiling // step)
        for k in range(int(ceiling / step) + 1):
            y = top + PLOT * (1 - k * step / ceiling)
            sheet.path((axis.left, y), (axis.left + axis.width, y), color=GRID, width=0.6)
            sheet.words(axis.left - 5, y + 3, f"{k * step:g}", 7.5, anchor="end", color=MUTED)
        places = [(axis.x(day), top + PLOT * (1 - value / ceiling)) for day, value in self.scores]
        if len(places) > 1:
            sheet.path(*places, color=SCORE, width=1.6)
        for x, y in places:
            sheet.dot(x, y, 2.4, SCORE)


def _track(sheet: Sheet, axis: DayAxis, track: Track, y: float, stub: float) -> None:
    sheet.words(stub - 5, y + 9, shortened(track.words, SIZE, stub - 6), SIZE, track.marked, "end")
    for first, last in track.spans:
        x = axis.x(first, 0.1)
        to = max(axis.x(last, 0.9), x + 3)
        sheet.path((x, y + 6), (to, y + 6), color=HAPPENED, width=4.5 if track.marked else 2.2)
    for at, day in enumerate(track.days):
        same = sum(other == day for other in track.days[:at])
        sheet.dot(axis.x(day, min(0.5 + 0.16 * same, 0.95)), y + 6, 2.2, INK)

"""The axis of study days on a sheet: there is no day 0, so that day -1 stands next to day 1."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.shapes import GRID, MUTED, Sheet, points_of


@dataclass(frozen=True)
class DayAxis:
    """Days ``first`` to ``last`` (both shown) from ``left``, over so many points."""

    first: float
    last: float
    left: float
    width: float

    @property
    def day(self) -> float:
        """Points a day is wide."""
        return self.width / (_place(self.last) - _place(self.first) + 1)

    def x(self, day: float, share: float = 0.5) -> float:
        """Where a day stands: its middle, or so much of it; a day beyond the axis stands at its end."""
        inside = min(max(day, self.first), self.last)
        return self.left + (_place(inside) - _place(self.first) + share) * self.day

    @property
    def days(self) -> list[int]:
        """Every day of the axis."""
        return [day for day in range(int(self.first), int(self.last) + 1) if day]

    def draw(self, sheet: Sheet, top: float, bottom: float, title: str) -> None:
        """Quiet lines from top to bottom at as many days as there is room for, their numbers, and the title."""
        room = points_of("00", 7.5) + 6
        every = next(k for k in (1, 2, 5, 7, 10, 14, 20, 50, 100, 1000) if k * self.day >= room or k == 1000)
        for day in self.days:
            if day == 1 or (day > 0 and (day % every == 0 or every == 1)) or (day == self.days[0] < 0):
                sheet.path((self.x(day), top), (self.x(day), bottom), color=GRID, width=0.6)
                sheet.words(self.x(day), bottom + 9, f"{day}".replace("-", "\u2212"), 7.5, anchor="middle", color=MUTED)
        sheet.words(self.left + self.width / 2, bottom + 21, title, 8.5, anchor="middle")


def _place(day: float) -> float:
    return day if day > 0 else day + 1

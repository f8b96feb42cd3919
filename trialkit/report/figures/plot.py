"""A plot on a sheet: two axes, lines, areas and markers at places of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from trialkit.report.figures.canvas import GRID, MUTED
from trialkit.report.figures.marks import bars, mark
from trialkit.report.figures.paths import Place
from trialkit.report.figures.shapes import MIDDLE, Sheet
from trialkit.report.numbers import MINUS

TICK, AWAY = 3.5, 7.0
"""Points: length of a tick, distance of its words from the axis."""


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high``, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1; below 0 or above 1 beyond its ends."""
        low, high, at = (log10(v) for v in (self.low, self.high, value)) if self.log else (self.low, self.high, value)
        return (at - low) / (high - low)


@dataclass(frozen=True)
class Plot:
    """Where the data lie on the sheet, in points from its upper left corner."""

    sheet: Sheet
    left: float
    top: float
    width: float
    height: float
    across: Scale
    up: Scale

    def x(self, value: float) -> float:
        """Points from the left."""
        return self.left + self.width * self.across.share(value)

    def y(self, value: float) -> float:
        """Points from above."""
        return self.top + self.height * (1 - self.up.share(value))

    def places(self, data: Iterable[Place]) -> list[Place]:
        """Places of the data on the sheet."""
        return [(self.x(x), self.y(y)) for x, y in data]

    def axes(self, left: bool = True) -> None:
        """The lower axis, and the left one unless it is not wanted."""
        corner = (self.left, self.top + self.height)
        ends = [(self.left, self.top)] if left else []
        self.sheet.path(*ends, corner, (self.left + self.width, corner[1]), color=MUTED, width=0.8)

    def x_ticks(self, values: Sequence[float], words: Sequence[str], size: float = 9.0) -> None:
        """Ticks with words under the lower axis."""
        base = self.top + self.height
        for value, text in zip(values, words, strict=True):
            self.sheet.path((self.x(value), base), (self.x(value), base + TICK), color=MUTED, width=0.8)
            self.sheet.words(self.x(value), base + AWAY + 0.766 * size, text, size, anchor="middle")

    def y_ticks(self, values: Sequence[float], words: Sequence[str], grid: bool = True) -> None:
        """Ticks with words left of the left axis, and quiet lines behind the data."""
        for value, text in zip(values, words, strict=True):
            y = self.y(value)
            if grid:
                self.level(value, GRID, 0.7)
            self.sheet.path((self.left - TICK, y), (self.left, y), color=MUTED, width=0.8)
            self.sheet.words(self.left - AWAY, y + MIDDLE * 9, text, 9, anchor="end")

    def level(self, value: float, color: str, width: float, dash: tuple[float, ...] = ()) -> None:
        """A line across the plot at a height."""
        y = self.y(value)
        self.sheet.path((self.left, y), (self.left + self.width, y), color=color, width=width, dash=dash)

    def upright(self, value: float, color: str, width: float, dash: tuple[float, ...] = ()) -> None:
        """A line over the height of the plot."""
        x = self.x(value)
        self.sheet.path((x, self.top), (x, self.top + self.height), color=color, width=width, dash=dash)

    def line(self, data: Iterable[Place], color: str, width: float, dash: tuple[float, ...] = ()) -> None:
        """Straight lines from place to place."""
        self.sheet.path(*self.places(data), color=color, width=width, dash=dash)

    def area(self, data: Sequence[tuple[float, float, float]], color: str, strength: float) -> None:
        """The area between two lines, from (x, lower, upper)."""
        ahead, back = [(x, high) for x, _, high in data], [(x, low) for x, low, _ in reversed(data)]
        self.sheet.shape(*self.places(ahead + back), color=color, strength=strength)

    def marks(self, data: Iterable[Place], marker: str, color: str, size: float, strength: float = 1.0) -> None:
        """A marker at each place."""
        mark(self.sheet, self.places(data), marker, color, size, strength)

    def bars(self, data: Iterable[Place], color: str, half: float, width: float, level: bool = False) -> None:
        """A short line at each place, upright or level."""
        bars(self.sheet, self.places(data), color, half, width, level)


def steps(low: float, high: float, most: int = 7) -> list[float]:
    """Whole steps of 1, 2 or 5 times a power of ten within the limits, ``most`` of them at most, and one more."""
    power = 10.0 ** floor(log10(high - low) - 1)
    step = next(f * power for f in (1, 2, 5, 10, 20, 50, 100) if (high - low) / (f * power) <= most)
    return [round(i * step, 10) for i in range(ceil(low / step), floor(high / step) + 1)]


def number(value: float) -> str:
    """A tick's value in words."""
    return f"{value:g}".replace("-", MINUS)

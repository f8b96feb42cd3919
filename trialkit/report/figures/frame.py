"""The parts figures share: where the plot stands, who is who, and the rows of numbers under the axis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from trialkit.report.figures.canvas import INCH, INK, Style, spread, width_of
from trialkit.report.figures.marks import mark
from trialkit.report.figures.plot import Plot, Scale
from trialkit.report.figures.shapes import MIDDLE, Sheet, points_of, two_lines

ROW = 0.185
"""Height in inches of a row of numbers under the axis."""


@dataclass(frozen=True)
class Name:
    """An arm in a figure: its words, size ("N=86", "" if unknown) and style."""

    label: str
    note: str
    style: Style

    def lines(self, wide: int = 18) -> list[str]:
        """The label in short lines, the size on the last."""
        one = f"{self.label} ({self.note})" if self.note else self.label
        return [one] if len(one) <= wide + 4 else [*wrap(self.label, wide), *([self.note] if self.note else [])]


@dataclass(frozen=True)
class UnderRow:
    """A row under the axis: a label and a text per x position; a row without texts heads those below it."""

    label: str
    texts: tuple[tuple[float, str], ...] = ()
    color: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Layout:
    """Inches: the whole figure, and the plot's left, bottom, width and height in it."""

    width: float
    height: float
    left: float
    bottom: float
    plot_width: float
    plot_height: float

    def sheet(self) -> Sheet:
        """An empty sheet of this size."""
        return Sheet(INCH * self.width, INCH * self.height)

    def down(self, inches: float) -> float:
        """Points from above of what is so many inches from below."""
        return INCH * (self.height - inches)


def layout(names: list[Name], under: list[UnderRow], narrow: bool, plot_height: float) -> Layout:
    """Room for names at the right (wide) or above (narrow) and for the rows under the axis."""
    width = 4.3 if narrow else 8.0
    labels = [width_of(row.label, 8.5, row.bold) for row in under if row.texts]
    left = max([0.75, *(w + 0.42 for w in labels)])
    right = 0.2 if narrow else max(0.25 + width_of(line, 9, True) for name in names for line in name.lines())
    top = 0.12 + (0.2 * len(names) if narrow else 0.0)
    bottom = 0.58 + (0.1 + ROW * len(under) if under else 0.0)
    return Layout(width, top + plot_height + bottom, left, bottom, width - left - right, plot_height)


def plot_of(sheet: Sheet, at: Layout, across: Scale, up: Scale) -> Plot:
    """The plot with its axes."""
    top = at.down(at.bottom + at.plot_height)
    made = Plot(sheet, INCH * at.left, top, INCH * at.plot_width, INCH * at.plot_height, across, up)
    made.axes()
    return made


def titles(sheet: Sheet, at: Layout, x: str, y: str) -> None:
    """The axes' titles at fixed heights, so that no tick label pushes them into the rows below; the lower one under
    the middle of the plot as far as the sheet has room for it."""
    size = 9.5 if points_of(x, 9.5) < sheet.width - 4 else 8.5
    lines = two_lines(x, size, sheet.width - 4)
    for line, down in zip(lines, (0.46,) if len(lines) < 2 else (0.4, 0.55), strict=True):
        half = points_of(line, size) / 2
        middle = min(max(INCH * (at.left + at.plot_width / 2), half + 2), sheet.width - half - 2)
        sheet.words(middle, at.down(at.bottom - down), line, size, anchor="middle")
    lines = wrap(y, 44 if at.plot_height > 2.5 else 36)[:2]
    for line, down in zip(lines, beneath(INCH * 0.16, len(lines), 9.5), strict=True):
        sheet.upright(down, at.down(at.bottom + at.plot_height / 2), line, 9.5, anchor="middle")


def beneath(middle: float, count: int, size: float) -> list[float]:
    """The base lines of so many lines of text around a height, in points."""
    return [middle + MIDDLE * size + (i - (count - 1) / 2) * 1.22 * size for i in range(count)]


def name_right(plot: Plot, at: Layout, names: list[Name], ends: list[float], low: float, high: float) -> None:
    """Each arm's name right of the plot at the height where its line ends."""
    deepest = max(len(name.lines()) for name in names)
    per_inch = (high - low) / at.plot_height
    places = spread(ends, (0.17 * deepest + 0.06) * per_inch, low + 0.1 * per_inch * deepest, high)
    for name, y in zip(names, places, strict=True):
        lines = name.lines()
        for line, down in zip(lines, beneath(plot.y(y), len(lines), 9), strict=True):
            plot.sheet.words(plot.left + plot.width + 7, down, line, 9, True, color=name.style.color)


def name_above(sheet: Sheet, at: Layout, names: list[Name], lines: bool = True) -> None:
    """Each arm's sample (a mark, and its line if the figure has lines) and name above the plot, a row each."""
    for i, name in enumerate(names):
        x, y, style = INCH * at.left, INCH * (0.14 + 0.2 * i), name.style
        if lines:
            sheet.path((x, y), (x + 0.42 * INCH, y), color=style.color, width=1.8, dash=style.dash)
        mark(sheet, [(x, y)], style.marker, style.color, 5.5)
        words = f"{name.label} ({name.note})" if name.note else name.label
        sheet.words(x + (0.5 if lines else 0.12) * INCH, y + MIDDLE * 9, words, 9, True, color=style.color)


def rows_under(plot: Plot, at: Layout, under: list[UnderRow]) -> None:
    """The rows of numbers, each number under its place on the axis."""
    for i, row in enumerate(under):
        base = at.down(at.bottom - 0.72 - ROW * i) + MIDDLE * 8.5
        x, side = (at.left - 0.24, "end") if row.texts else (0.06, "start")
        plot.sheet.words(INCH * x, base, row.label, 8.5, row.bold, side, row.color)
        for place, text in row.texts:
            plot.sheet.words(plot.x(place), base, text, 8.5, anchor="middle")


def thinned(places: list[float], widest: str, inches: float) -> list[float]:
    """Every k-th place from the first, the smallest k with which texts of this width do not touch."""
    if len(places) < 2:
        return places
    need = width_of(widest, 8.5) + 0.09
    gap = min(b - a for a, b in pairwise(places)) / (places[-1] - places[0]) * inches
    k = 1
    while gap * k < need and k < len(places):
        k += 1
    return places[::k]

"""Scatter of two multiples of a limit on log axes, cut into four named quadrants, the cases beyond a cut labelled."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from trialkit.report.figures.canvas import GRID, MUTED
from trialkit.report.figures.frame import Layout, Name, layout, name_above, plot_of, titles
from trialkit.report.figures.plot import Plot, Scale

TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
LABELS = 8
"""So many cases are labelled, those farthest beyond the cuts; all are in the table."""


@dataclass(frozen=True)
class Point:
    """A subject: its place, which arm it is of (by its place among the names), its label if it lies beyond a cut."""

    x: float
    y: float
    arm: int
    label: str = ""


@dataclass(frozen=True)
class QuadrantsFigure:
    """What is drawn; ``quadrants`` are the names of lower left, lower right, upper left and upper right."""

    points: tuple[Point, ...]
    names: tuple[Name, ...]
    cuts: tuple[float, float]
    quadrants: tuple[str, ...]
    x_title: str
    y_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        at = self._layout(narrow)
        sheet = at.sheet()
        spans = [_span([p.x for p in self.points], self.cuts[0]), _span([p.y for p in self.points], self.cuts[1])]
        plot = plot_of(sheet, at, Scale(*spans[0], log=True), Scale(*spans[1], log=True))
        across, up = ([t for t in TICKS if low <= t <= high] for low, high in spans)
        plot.x_ticks(across, [f"{t:g}" for t in across])
        plot.y_ticks(up, [f"{t:g}" for t in up], grid=False)
        plot.upright(1, GRID, 0.8)
        plot.level(1, GRID, 0.8)
        plot.upright(self.cuts[0], MUTED, 1, (4, 2))
        plot.level(self.cuts[1], MUTED, 1, (4, 2))
        self._points(plot)
        self._corners(plot, narrow)
        self._labels(plot, spans)
        titles(sheet, at, self.x_title, self.y_title)
        name_above(sheet, at, list(self.names), lines=False)
        return sheet.svg(self.alt)

    def _layout(self, narrow: bool) -> Layout:
        """Names above the plot in both widths: beside it they would belong to no height."""
        base = layout(list(self.names), [], True, 3.0 if narrow else 3.4)
        width = base.width if narrow else 8.0
        return Layout(width, base.height, base.left, base.bottom, width - base.left - 0.2, base.plot_height)

    def _points(self, plot: Plot) -> None:
        """Points of an arm in one go; those that coincide to a hundredth of a decade are drawn once."""
        from math import log10

        for i, name in enumerate(self.names):
            places = {(round(log10(p.x), 2), round(log10(p.y), 2)) for p in self.points if p.arm == i}
            found = [(10**x, 10**y) for x, y in sorted(places)]
            plot.marks(found, name.style.marker, name.style.color, 4.6, 0.75)

    def _corners(self, plot: Plot, narrow: bool) -> None:
        places = ((False, False), (True, False), (False, True), (True, True))
        for (right, upper), words in zip(places, self.quadrants, strict=True):
            lines = wrap(words, 15 if narrow else 24)
            x = plot.left + plot.width * (0.985 if right else 0.015)
            y = plot.top + (14 if upper else plot.height - 7 - 10.4 * (len(lines) - 1))
            if not right and not upper:  # most subjects are below: the name stands where fewest are
                y = plot.y(self.cuts[1]) + 14
            for i, line in enumerate(lines):
                anchor = "end" if right else "start"
                plot.sheet.words(x, y + 10.4 * i, line, anchor=anchor, color=MUTED, italic=True)

    def _labels(self, plot: Plot, spans: list[tuple[float, float]]) -> None:
        """The labels of the farthest cases, on the side where there is room."""
        cases = [p for p in self.points if p.label]
        cases.sort(key=lambda p: -max(p.x / self.cuts[0], p.y / self.cuts[1]))
        for p in cases[:LABELS]:
            right = p.x**2 < spans[0][0] * spans[0][1] or p.x < self.cuts[0]
            away, anchor = (5, "start") if right else (-5, "end")
            plot.sheet.words(plot.x(p.x) + away, plot.y(p.y) - 7, p.label, 8, anchor=anchor)


def _span(values: list[float], cut: float) -> tuple[float, float]:
    """Limits that hold all values, half the limit of normal, and room for the corner words."""
    return min([0.5, *values]) * 0.6, max([cut * 4, *values]) * 1.25

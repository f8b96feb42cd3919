"""Points of each arm over two linear axes, with lines and the bands of their limits."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.canvas import MUTED
from trialkit.report.figures.frame import Layout, Name, layout, name_above, plot_of, titles
from trialkit.report.figures.marks import mark
from trialkit.report.figures.paths import whole
from trialkit.report.figures.plot import Plot, Scale, number, steps


@dataclass(frozen=True)
class Fitted:
    """A line: who it is of, and (x, y, lower, upper) from left to right; ``color`` is that of its band."""

    points: tuple[tuple[float, float, float, float], ...]
    color: str
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class ScatterFigure:
    """What is drawn: places of each of ``names``, lines, and the axes' titles."""

    places: tuple[tuple[tuple[float, float], ...], ...]
    names: tuple[Name, ...]
    lines: tuple[Fitted, ...]
    x_title: str
    y_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        base = layout(list(self.names), [], True, 2.6 if narrow else 3.2)
        width = base.width if narrow else 8.0
        at = Layout(width, base.height, base.left, base.bottom, width - base.left - 0.2, base.plot_height)
        sheet = at.sheet()
        (left, right), (low, high) = self._limits()
        plot = plot_of(sheet, at, Scale(left, right), Scale(low, high))
        plot.y_ticks(shown := steps(low, high, 8), [number(y) for y in shown])
        plot.x_ticks(shown := steps(left, right, 6 if narrow else 9), [number(x) for x in shown])
        if low < 0 < high:
            plot.level(0, MUTED, 0.9)
        for line in self.lines:
            plot.area([(x, down, up) for x, _, down, up in line.points], line.color, 0.16)
        for name, places in zip(self.names, self.places, strict=True):
            _marks(plot, name, places)
        for line in self.lines:
            plot.line([(x, y) for x, y, _, _ in line.points], line.color, 1.8, line.dash)
        titles(sheet, at, self.x_title, self.y_title)
        name_above(sheet, at, list(self.names), lines=False)
        return sheet.svg(self.alt)

    def _limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        xs = [x for places in self.places for x, _ in places]
        ys = [y for places in self.places for _, y in places]
        ys += [y for line in self.lines for _, *found in line.points for y in found]
        return _wider(min(xs), max(xs)), _wider(min(ys), max(ys))


def _wider(low: float, high: float) -> tuple[float, float]:
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _marks(plot: Plot, name: Name, places: tuple[tuple[float, float], ...]) -> None:
    """Places to a whole point, those that coincide once: nobody can tell them apart."""
    mark(plot.sheet, sorted(set(whole(plot.places(places)))), name.style.marker, name.style.color, 4)

"""Means with intervals by visit, an arm a line, with the number of subjects under each visit."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.canvas import INK, width_of
from trialkit.report.figures.frame import (
    Layout,
    Name,
    UnderRow,
    layout,
    name_above,
    name_right,
    plot_of,
    rows_under,
    thinned,
    titles,
)
from trialkit.report.figures.plot import Plot, Scale, number, steps

DODGE = 0.09
"""How far apart the arms stand at a visit, as a share of the distance between visits."""


@dataclass(frozen=True)
class MeanLine:
    """An arm's line: (visit number from 0, mean, lower, upper, n as printed); limits are None where there are none."""

    name: Name
    points: tuple[tuple[int, float, float | None, float | None, str], ...]


@dataclass(frozen=True)
class MeansFigure:
    """What is drawn: visits in order, lines, the axes' titles; ``zero`` lets the y axis begin at 0.

    ``below`` are further rows under the axis, for a page; they are left out where their texts would touch.
    """

    visits: tuple[str, ...]
    lines: tuple[MeanLine, ...]
    x_title: str
    y_title: str
    zero: bool
    alt: str
    below: tuple[UnderRow, ...] = ()

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        names = [line.name for line in self.lines]
        under = [UnderRow("Subjects, n", (), INK, True)]
        under += [
            UnderRow(line.name.label, tuple((p[0], p[4]) for p in line.points), line.name.style.color, True)
            for line in self.lines
        ]
        under += [] if narrow else self._below(layout(names, under, narrow, 3.3).plot_width)
        at = layout(names, under, narrow, 2.6 if narrow else 3.3)
        return self._drawn(at, under, narrow)

    def _below(self, inches: float) -> list[UnderRow]:
        """The rows whose texts have room at every visit; a heading goes with the rows under it."""
        room = inches / max(len(self.visits), 1) - 0.06
        kept = [row for row in self.below if max((width_of(t, 8.5) for _, t in row.texts), default=0.0) <= room]
        return [row for i, row in enumerate(kept) if row.texts or (i + 1 < len(kept) and kept[i + 1].texts)]

    def _drawn(self, at: Layout, under: list[UnderRow], narrow: bool) -> str:
        sheet, (low, high) = at.sheet(), self._limits()
        plot = plot_of(sheet, at, Scale(-0.4, len(self.visits) - 0.6), Scale(low, high))
        plot.y_ticks(shown := steps(low, high, 9), [number(y) for y in shown])
        places = thinned([float(i) for i in range(len(self.visits))], max(self.visits, key=len), _span(at, self.visits))
        plot.x_ticks(places, [self.visits[int(i)] for i in places])
        for i, line in enumerate(self.lines):
            _line(plot, line, (i - (len(self.lines) - 1) / 2) * DODGE)
        titles(sheet, at, self.x_title, self.y_title)
        rows_under(plot, at, under)
        names = [line.name for line in self.lines]
        if narrow:
            name_above(sheet, at, names)
        else:
            name_right(plot, at, names, [line.points[-1][1] for line in self.lines], low, high)
        return sheet.svg(self.alt)

    def _limits(self) -> tuple[float, float]:
        values = [v for line in self.lines for p in line.points for v in p[1:4] if v is not None]
        low, high = min(values), max(values)
        if self.zero and low >= 0:
            return 0.0, high * 1.06 or 1.0
        margin = 0.06 * (high - low) or 1.0
        return low - margin, high + margin


def _span(at: Layout, visits: tuple[str, ...]) -> float:
    """Inches between the first and the last visit."""
    return at.plot_width * (len(visits) - 1) / max(len(visits) - 0.2, 1)


def _line(plot: Plot, line: MeanLine, shift: float) -> None:
    style = line.name.style
    for i, _, low, high, _ in line.points:
        if low is not None and high is not None:
            plot.line([(i + shift, low), (i + shift, high)], style.color, 1.2)
            plot.bars([(i + shift, low), (i + shift, high)], style.color, 3, 1.2, level=True)
    places = [(p[0] + shift, p[1]) for p in line.points]
    plot.line(places, style.color, 1.8, style.dash)
    plot.marks(places, style.marker, style.color, 6.5)

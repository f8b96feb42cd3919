"""Tipping point: the difference from the reference, with its interval, against a delta added to imputed values."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.canvas import INK, MUTED
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
from trialkit.report.numbers import fixed


@dataclass(frozen=True)
class DeltaLine:
    """A comparison: (delta, difference, lower, upper, p as printed) in order, and the delta at which p is alpha."""

    name: Name
    points: tuple[tuple[float, float, float, float, str], ...]
    tipping: float | None


@dataclass(frozen=True)
class TippingFigure:
    """What is drawn. A dashed vertical line in the color of a comparison stands at its tipping point."""

    lines: tuple[DeltaLine, ...]
    x_title: str
    y_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        names = [line.name for line in self.lines]
        deltas = [p[0] for p in self.lines[0].points]
        at = layout(names, [UnderRow("p", ((0.0, ""),))], narrow, 2.4 if narrow else 3.0)
        shown = thinned(deltas, "<0.001", at.plot_width * 0.94)
        under = [UnderRow("p", (), INK, True)]
        for line in self.lines:
            texts = tuple((p[0], p[4]) for p in line.points if p[0] in shown)
            under.append(UnderRow(line.name.label, texts, line.name.style.color, True))
        at = layout(names, under, narrow, 2.4 if narrow else 3.0)
        return self._drawn(at, (under, shown), narrow)

    def _drawn(self, at: Layout, rows: tuple[list[UnderRow], list[float]], narrow: bool) -> str:
        deltas = [p[0] for p in self.lines[0].points]
        margin = 0.03 * ((deltas[-1] - deltas[0]) or 1.0)
        sheet, (low, high) = at.sheet(), self._limits()
        plot = plot_of(sheet, at, Scale(deltas[0] - margin, deltas[-1] + margin), Scale(low, high))
        plot.y_ticks(shown := steps(low, high, 9), [number(y) for y in shown])
        plot.x_ticks(rows[1], [fixed(x, 0) if float(x).is_integer() else fixed(x, 1) for x in rows[1]])
        plot.level(0, MUTED, 0.9)
        for i, line in enumerate(self.lines):
            _line(plot, line, (i - (len(self.lines) - 1) / 2) * margin * 0.5)
        titles(sheet, at, self.x_title, self.y_title)
        rows_under(plot, at, rows[0])
        names = [line.name for line in self.lines]
        if narrow:
            name_above(sheet, at, names)
        else:
            name_right(plot, at, names, [line.points[-1][1] for line in self.lines], low, high)
        return sheet.svg(self.alt)

    def _limits(self) -> tuple[float, float]:
        values = [v for line in self.lines for p in line.points for v in p[1:4]]
        low, high = min([0.0, *values]), max([0.0, *values])
        margin = 0.06 * (high - low) or 1.0
        return low - margin, high + margin


def _line(plot: Plot, line: DeltaLine, shift: float) -> None:
    style = line.name.style
    for delta, _, low, high, _ in line.points:
        ends = [(delta + shift, low), (delta + shift, high)]
        plot.line(ends, style.color, 1.2)
        plot.bars(ends, style.color, 3, 1.2, level=True)
    places = [(p[0] + shift, p[1]) for p in line.points]
    plot.line(places, style.color, 1.6, style.dash)
    plot.marks(places, style.marker, style.color, 6)
    if line.tipping is not None and line.points[0][0] <= line.tipping <= line.points[-1][0]:
        plot.upright(line.tipping, style.color, 1.1, (3, 3))

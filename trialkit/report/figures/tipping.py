"""Tipping point: the difference from the reference, with its interval, against a delta added to imputed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import INK, MUTED, drawn, line_style
from trialkit.report.figures.frame import (
    Layout,
    Name,
    UnderRow,
    axes_of,
    grid,
    layout,
    name_above,
    name_right,
    rows_under,
    thinned,
    titles,
)
from trialkit.report.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class DeltaLine:
    """A comparison: (delta, difference, lower, upper, p as printed) in order, and the delta at which p is alpha."""

    name: Name
    points: tuple[tuple[float, float, float, float, str], ...]
    tipping: float | None


@dataclass(frozen=True)
class TippingFigure:
    """What is drawn. A dashed vertical line in the color of a comparison stands at its tipping point."""

    id: str
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
        name = f"{self.id}-{'phone' if narrow else 'page'}"
        return drawn(name, at.size, self.alt, lambda figure: self._draw(figure, at, (under, shown), narrow))

    def _draw(self, figure: Figure, at: Layout, rows: tuple[list[UnderRow], list[float]], narrow: bool) -> None:
        axes = axes_of(figure, at)
        grid(axes)
        deltas = [p[0] for p in self.lines[0].points]
        margin = 0.03 * ((deltas[-1] - deltas[0]) or 1.0)
        axes.set_xlim(deltas[0] - margin, deltas[-1] + margin)
        low, high = self._limits()
        axes.set_ylim(low, high)
        axes.axhline(0, color=MUTED, linewidth=0.9)
        for i, line in enumerate(self.lines):
            _line(axes, line, (i - (len(self.lines) - 1) / 2) * margin * 0.5)
        axes.set_xticks(rows[1], [fixed(x, 0) if float(x).is_integer() else fixed(x, 1) for x in rows[1]])
        titles(figure, at, self.x_title, self.y_title)
        rows_under(figure, axes, at, rows[0])
        names = [line.name for line in self.lines]
        if narrow:
            name_above(figure, at, names)
        else:
            name_right(axes, at, names, [line.points[-1][1] for line in self.lines], low, high)

    def _limits(self) -> tuple[float, float]:
        values = [v for line in self.lines for p in line.points for v in p[1:4]]
        low, high = min([0.0, *values]), max([0.0, *values])
        margin = 0.06 * (high - low) or 1.0
        return low - margin, high + margin


def _line(axes: Any, line: DeltaLine, shift: float) -> None:
    style = line.name.style
    x = [p[0] + shift for p in line.points]
    for place, point in zip(x, line.points, strict=True):
        axes.plot([place, place], point[2:4], color=style.color, linewidth=1.2, marker="_", markersize=6)
    axes.plot(x, [p[1] for p in line.points], color=style.color, linestyle=line_style(style), linewidth=1.6)
    axes.plot(x, [p[1] for p in line.points], color=style.color, linestyle="none", marker=style.marker, markersize=5)
    if line.tipping is not None and line.points[0][0] <= line.tipping <= line.points[-1][0]:
        axes.axvline(line.tipping, color=style.color, linewidth=1.1, linestyle=(0, (3, 3)))

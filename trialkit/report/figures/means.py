"""Means with intervals by visit, an arm a line, with the number of subjects under each visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import INK, drawn, line_style, width_of
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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

    id: str
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
        size = "phone" if narrow else "page"
        return drawn(f"{self.id}-{size}", at.size, self.alt, lambda figure: self._draw(figure, at, under, narrow))

    def _below(self, inches: float) -> list[UnderRow]:
        """The rows whose texts have room at every visit; a heading goes with the rows under it."""
        room = inches / max(len(self.visits), 1) - 0.06
        kept = [row for row in self.below if max((width_of(t, 8.5) for _, t in row.texts), default=0.0) <= room]
        return [row for i, row in enumerate(kept) if row.texts or (i + 1 < len(kept) and kept[i + 1].texts)]

    def _draw(self, figure: Figure, at: Layout, under: list[UnderRow], narrow: bool) -> None:
        axes = axes_of(figure, at)
        grid(axes)
        for i, line in enumerate(self.lines):
            _line(axes, line, (i - (len(self.lines) - 1) / 2) * DODGE)
        low, high = self._limits()
        axes.set_ylim(low, high)
        axes.set_xlim(-0.4, len(self.visits) - 0.6)
        places = thinned([float(i) for i in range(len(self.visits))], max(self.visits, key=len), _span(at, self.visits))
        axes.set_xticks(places, [self.visits[int(i)] for i in places])
        titles(figure, at, self.x_title, self.y_title)
        rows_under(figure, axes, at, under)
        if narrow:
            name_above(figure, at, [line.name for line in self.lines])
        else:
            ends = [line.points[-1][1] for line in self.lines]
            name_right(axes, at, [line.name for line in self.lines], ends, low, high)

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


def _line(axes: Any, line: MeanLine, shift: float) -> None:
    style = line.name.style
    x = [p[0] + shift for p in line.points]
    bars = [(at, p[2], p[3]) for at, p in zip(x, line.points, strict=True) if p[2] is not None and p[3] is not None]
    if bars:
        places, low, high = (list(part) for part in zip(*bars, strict=True))
        axes.vlines(places, low, high, color=style.color, linewidth=1.2, capstyle="butt")
        ends = {"color": style.color, "linestyle": "none", "marker": "_", "markersize": 6}
        axes.plot(places + places, low + high, **ends)
    axes.plot(x, [p[1] for p in line.points], color=style.color, linestyle=line_style(style), linewidth=1.8)
    axes.plot(x, [p[1] for p in line.points], color=style.color, linestyle="none", marker=style.marker, markersize=5.5)

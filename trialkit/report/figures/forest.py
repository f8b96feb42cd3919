"""Forest plot: a line per subgroup with its ratio (log axis) or difference and interval, and the numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import ARMS, GRID, INK, MUTED, drawn, plain_axes, width_of
from trialkit.report.numbers import MINUS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 0.23
"""Height of a line in inches."""
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True)
class ForestLine:
    """A line: words, numbers as printed, and the ratio or difference with limits (None where there is none).

    ``head`` lines name a subgroup column and carry the test of interaction in ``right``.
    """

    label: str
    counts: str = ""
    right: str = ""
    ratio: tuple[float, float, float] | None = None
    head: bool = False
    whole: bool = False


@dataclass(frozen=True)
class ForestFigure:
    """What is drawn. ``x_title`` names the ratio, ``better`` what lies left and right of 1; ``columns`` the numbers.

    Without ``log`` the lines are differences: the axis is linear and no difference is at 0.
    """

    id: str
    lines: tuple[ForestLine, ...]
    x_title: str
    columns: tuple[str, str]
    better: tuple[str, str]
    alt: str
    log: bool = True

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches: without the counts)."""
        width, high = (4.3 if narrow else 8.0), 0.3 + ROW * len(self.lines) + 0.75
        size = "phone" if narrow else "page"
        return drawn(f"{self.id}-{size}", (width, high), self.alt, lambda f: self._draw(f, (width, high), narrow))

    def _draw(self, figure: Figure, size: tuple[float, float], narrow: bool) -> None:
        width, high = size
        left = 0.1 + max(width_of(line.label, 8.5, line.head) + (0 if line.head else 0.12) for line in self.lines)
        numbers = (self.columns[0], *(line.counts for line in self.lines))
        counts = 0.0 if narrow else 0.15 + max(width_of(text, 8.5) for text in numbers)
        values = [line.right for line in self.lines if not line.head]
        right = 0.15 + max(width_of(t, 8.5) for t in (self.columns[1], *values))
        begin = left + counts + 0.1
        place = (begin / width, 0.75 / high, (width - begin - right - 0.1) / width, ROW * len(self.lines) / high)
        axes = figure.add_axes(place)
        self._axes(axes)
        for i, line in enumerate(self.lines):
            y = (0.75 + ROW * (len(self.lines) - i - 0.5)) / high
            self._texts(figure, line, y, (left, counts, size), narrow)
            if line.ratio is not None:
                _mark(axes, len(self.lines) - i - 0.5, line)
        top = (high - 0.16) / high
        quiet: dict[str, Any] = {"va": "center", "fontsize": 8.5, "color": MUTED}
        if not narrow:
            figure.text((begin - 0.1) / width, top, self.columns[0], ha="right", **quiet)
        figure.text(1 - 0.05 / width, top, self.columns[1], ha="right", **quiet)
        middle = place[0] + place[2] / 2
        figure.text(middle, 0.27 / high, self.x_title, ha="center", va="center", fontsize=9, color=INK)
        ends = (0.05 / width, 1 - 0.05 / width) if narrow else (place[0], place[0] + place[2])
        for x, text, side in zip(ends, self.better, ("left", "right"), strict=True):
            figure.text(x, 0.09 / high, text, ha=side, va="center", fontsize=8, color=MUTED)

    def _texts(self, figure: Figure, line: ForestLine, y: float, at: tuple[float, float, Any], narrow: bool) -> None:
        left, counts, (width, _) = at
        weight = "bold" if line.head or line.whole else "normal"
        x = (0.04 if line.head or line.whole else 0.16) / width
        figure.text(x, y, line.label, ha="left", va="center", fontsize=8.5, color=INK, fontweight=weight)
        if not narrow and line.counts:
            figure.text((left + counts) / width, y, line.counts, ha="right", va="center", fontsize=8.5, color=INK)
        if line.right and not (narrow and line.head):
            color = MUTED if line.head else INK
            figure.text(1 - 0.05 / width, y, line.right, ha="right", va="center", fontsize=8.5, color=color)

    def _axes(self, axes: Any) -> None:
        low, high = self._span()
        if self.log:
            axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(0, len(self.lines))
        plain_axes(axes)
        axes.spines["left"].set_visible(False)
        axes.set_yticks([])
        shown = [t for t in TICKS if low <= t <= high] if self.log else _steps(low, high)
        axes.set_xticks(shown, [f"{t:g}".replace("-", MINUS) for t in shown])
        axes.minorticks_off()
        axes.axvline(1 if self.log else 0, color=MUTED, linewidth=0.9)
        whole = next((line.ratio[0] for line in self.lines if line.whole and line.ratio), None)
        if whole is not None:
            axes.axvline(whole, color=GRID, linewidth=1.2, linestyle=(0, (4, 2)))

    def _span(self) -> tuple[float, float]:
        """Limits of the axis: all ratios and, up to a factor of 10 beyond them, their intervals."""
        ratios = [line.ratio for line in self.lines if line.ratio is not None]
        if not self.log:
            low, high = min([0.0, *(r[1] for r in ratios)]), max([0.0, *(r[2] for r in ratios)])
            return low - 0.05 * (high - low or 1.0), high + 0.05 * (high - low or 1.0)
        middle = [r[0] for r in ratios] or [1.0]
        low = max(min([0.5, *(r[1] for r in ratios)]) * 0.9, min(0.5, *middle) / 10 if middle else 0.05)
        high = min(max([2.0, *(r[2] for r in ratios)]) * 1.1, max(2.0, *middle) * 10 if middle else 20.0)
        return low, high


def _steps(low: float, high: float) -> list[float]:
    """Whole steps of 1, 2 or 5 times a power of ten within the limits, at most eight."""
    power = 10.0 ** floor(log10(high - low) - 1)
    step = next(f * power for f in (1, 2, 5, 10, 20, 50) if (high - low) / (f * power) <= 7)
    return [round(i * step, 10) for i in range(ceil(low / step), floor(high / step) + 1)]


def _mark(axes: Any, y: float, line: ForestLine) -> None:
    ratio, low, high = line.ratio or (1.0, 1.0, 1.0)
    axes.plot([low, high], [y, y], color=ARMS[0], linewidth=1.6, solid_capstyle="butt")
    axes.plot([ratio], [y], color=ARMS[0], marker="D" if line.whole else "s", markersize=6.5 if line.whole else 5.5)

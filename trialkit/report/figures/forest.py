"""Forest plot: a line per subgroup with its ratio (log axis) or difference and interval, and the numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from trialkit.report.figures.canvas import ARMS, GRID, INCH, INK, MUTED, width_of
from trialkit.report.figures.frame import beneath
from trialkit.report.figures.plot import Plot, Scale, number, steps
from trialkit.report.figures.shapes import MIDDLE, Sheet

ROW, TOP, BOTTOM = 0.23, 0.3, 0.75
"""Inches: height of a line, room above and below the lines."""
EDGE = 0.05 * INCH
"""Points from the numbers to the edge."""
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

    lines: tuple[ForestLine, ...]
    x_title: str
    columns: tuple[str, str]
    better: tuple[str, str]
    alt: str
    log: bool = True

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches: without the counts)."""
        width, high = (4.3 if narrow else 8.0), TOP + ROW * len(self.lines) + BOTTOM
        sheet = Sheet(INCH * width, INCH * high)
        left = 0.1 + max(width_of(line.label, 8.5, line.head) + (0 if line.head else 0.12) for line in self.lines)
        numbers = (self.columns[0], *(line.counts for line in self.lines))
        counts = 0.0 if narrow else 0.15 + max(width_of(text, 8.5) for text in numbers)
        values = [line.right for line in self.lines if not line.head]
        right = 0.15 + max(width_of(t, 8.5) for t in (self.columns[1], *values))
        begin = left + counts + 0.1
        plot = self._plot(sheet, begin, width - begin - right - 0.1)
        for i, line in enumerate(self.lines):
            self._texts(sheet, line, INCH * (TOP + ROW * (i + 0.5)) + MIDDLE * 8.5, INCH * (left + counts), narrow)
            if line.ratio is not None:
                _mark(plot, len(self.lines) - i - 0.5, line)
        self._heads(plot, narrow)
        return sheet.svg(self.alt)

    def _heads(self, plot: Plot, narrow: bool) -> None:
        """What stands over the numbers and under the axis."""
        sheet, base, edge = plot.sheet, INCH * 0.16 + MIDDLE * 8.5, plot.sheet.width - EDGE
        if not narrow:
            sheet.words(plot.left - 0.1 * INCH, base, self.columns[0], anchor="end", color=MUTED)
        sheet.words(edge, base, self.columns[1], anchor="end", color=MUTED)
        middle = plot.left + plot.width / 2
        title = wrap(self.x_title, 52 if narrow else 120)[:2]
        for words, y in zip(
            title, beneath(sheet.height - (0.24 + 0.03 * len(title)) * INCH, len(title), 9), strict=True
        ):
            sheet.words(sheet.width / 2 if len(title) > 1 else middle, y, words, 9, anchor="middle")
        ends = (EDGE, edge) if narrow else (plot.left, plot.left + plot.width)
        for x, text, side in zip(ends, self.better, ("start", "end"), strict=True):
            sheet.words(x, sheet.height - 0.09 * INCH + MIDDLE * 8, text, 8, anchor=side, color=MUTED)

    def _texts(self, sheet: Sheet, line: ForestLine, base: float, counts: float, narrow: bool) -> None:
        strong = line.head or line.whole
        sheet.words(INCH * (0.04 if strong else 0.16), base, line.label, bold=strong)
        if not narrow and line.counts:
            sheet.words(counts, base, line.counts, anchor="end")
        if line.right and not (narrow and line.head):
            sheet.words(sheet.width - EDGE, base, line.right, anchor="end", color=MUTED if line.head else INK)

    def _plot(self, sheet: Sheet, left: float, width: float) -> Plot:
        low, high = self._span()
        count = len(self.lines)
        across, up = Scale(low, high, self.log), Scale(0, count)
        plot = Plot(sheet, INCH * left, INCH * TOP, INCH * width, INCH * ROW * count, across, up)
        plot.axes(left=False)
        shown = [t for t in TICKS if low <= t <= high] if self.log else steps(low, high)
        plot.x_ticks(shown, [number(t) for t in shown])
        plot.upright(1 if self.log else 0, MUTED, 0.9)
        whole = next((line.ratio[0] for line in self.lines if line.whole and line.ratio), None)
        if whole is not None:
            plot.upright(whole, GRID, 1.2, (4, 2))
        return plot

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


def _mark(plot: Plot, y: float, line: ForestLine) -> None:
    """The interval, as far as the axis goes, and the estimate if it lies on it."""
    ratio, *limits = line.ratio or (1.0, 1.0, 1.0)
    low, high = (min(max(limit, plot.across.low), plot.across.high) for limit in limits)
    if low < high:
        plot.line([(low, y), (high, y)], ARMS[0], 1.6)
    if plot.across.low <= ratio <= plot.across.high:
        plot.marks([(ratio, y)], "D" if line.whole else "s", ARMS[0], 7.5 if line.whole else 6.5)

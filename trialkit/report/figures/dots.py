"""Dot plot: a line per term with the share of each arm, and beside it the differences with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from trialkit.report.figures.canvas import GRID, INCH, MUTED, width_of
from trialkit.report.figures.frame import Name, beneath
from trialkit.report.figures.marks import mark
from trialkit.report.figures.plot import Plot, Scale, number, steps
from trialkit.report.figures.shapes import MIDDLE, Sheet

ROW = 0.32
"""Height of a line in inches."""
BOTTOM = 0.62
TICKS = 5


@dataclass(frozen=True)
class DotRow:
    """A line: its words, the share of each arm in percent, and per compared arm the difference with its limits.

    Arms are named by their place among the figure's names.
    """

    label: str
    shares: tuple[tuple[int, float], ...]
    differences: tuple[tuple[int, float, float, float], ...]


@dataclass(frozen=True)
class DotsFigure:
    """What is drawn; ``titles`` are those of the two axes, or of the shares' alone where nothing is compared."""

    rows: tuple[DotRow, ...]
    names: tuple[Name, ...]
    titles: tuple[str, ...]
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        width, top = (4.3 if narrow else 8.0), 0.16 + 0.2 * len(self.names)
        sheet = Sheet(INCH * width, INCH * (top + ROW * len(self.rows) + BOTTOM))
        labels = [wrap(row.label, 16 if narrow else 30)[:2] for row in self.rows]
        left = 0.12 + max(width_of(line, 8.5) for label in labels for line in label)
        each = (width - left - 0.1 - (0.25 if narrow else 0.4)) / len(self.titles)
        for side, spans in enumerate((self._shares(), self._differences())[: len(self.titles)]):
            start = left + 0.05 + side * (each + (0.2 if narrow else 0.35))
            plot = Plot(
                sheet,
                INCH * start,
                INCH * top,
                INCH * each,
                INCH * ROW * len(self.rows),
                spans,
                Scale(0, len(self.rows)),
            )
            self._side(plot, side)
            title = wrap(self.titles[side], 26 if narrow else 46)[:2]
            for line, y in zip(title, beneath(sheet.height - 0.2 * INCH, len(title), 8.5), strict=True):
                sheet.words(plot.left + plot.width / 2, y, line, anchor="middle")
        for i, label in enumerate(labels):
            for line, y in zip(label, beneath(INCH * (top + ROW * (i + 0.5)), len(label), 8.5), strict=True):
                sheet.words(INCH * (left - 0.02), y, line, anchor="end")
        _key(sheet, self.names)
        return sheet.svg(self.alt)

    def _side(self, plot: Plot, side: int) -> None:
        """The axis and the marks of the shares (0) or of the differences (1)."""
        plot.axes(left=False)
        for i in range(1, len(self.rows)):
            plot.level(i, GRID, 0.6)
        shown = steps(plot.across.low, plot.across.high, TICKS)
        plot.x_ticks(shown, [number(x) for x in shown], 8.5)
        if side:
            plot.upright(0, MUTED, 0.9)
        for i, row in enumerate(self.rows):
            for arm, value, *limits in row.differences if side else row.shares:
                style, y = self.names[arm].style, self._place(i, arm)
                if limits:
                    plot.line([(x, y) for x in limits], style.color, 1.5)
                plot.marks([(value, y)], style.marker, style.color, 6.2)

    def _place(self, line: int, arm: int) -> float:
        return len(self.rows) - line - 0.5 + 0.5 * ((len(self.names) - 1) / 2 - arm) / max(len(self.names), 1)

    def _shares(self) -> Scale:
        highest = max((share for row in self.rows for _, share in row.shares), default=1.0)
        return Scale(0, highest * 1.06 or 1.0)

    def _differences(self) -> Scale:
        ends = [0.0, *(end for row in self.rows for _, _, *limits in row.differences for end in limits)]
        margin = 0.05 * (max(ends) - min(ends)) or 1.0
        return Scale(min(ends) - margin, max(ends) + margin)


def _key(sheet: Sheet, names: tuple[Name, ...]) -> None:
    """Each arm's marker and words above the plot, a row each."""
    for i, name in enumerate(names):
        y = INCH * (0.12 + 0.2 * i)
        mark(sheet, [(INCH * 0.14, y)], name.style.marker, name.style.color, 6.2)
        words = f"{name.label} ({name.note})" if name.note else name.label
        sheet.words(INCH * 0.26, y + MIDDLE * 9, words, 9, True, color=name.style.color)

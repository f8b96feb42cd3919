"""Dot plot: a line per term with the share of each arm, and beside it the differences with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import GRID, INK, MUTED, drawn, plain_axes, width_of
from trialkit.report.figures.frame import Name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    """What is drawn; ``titles`` are those of the two axes."""

    id: str
    rows: tuple[DotRow, ...]
    names: tuple[Name, ...]
    titles: tuple[str, str]
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        width = 4.3 if narrow else 8.0
        top = 0.16 + 0.2 * len(self.names)
        high = top + ROW * len(self.rows) + BOTTOM
        size = "phone" if narrow else "page"
        return drawn(f"{self.id}-{size}", (width, high), self.alt, lambda f: self._draw(f, (width, high), narrow))

    def _draw(self, figure: Figure, size: tuple[float, float], narrow: bool) -> None:
        width, high = size
        labels = ["\n".join(wrap(row.label, 16 if narrow else 30)[:2]) for row in self.rows]
        left = 0.12 + max(width_of(line, 8.5) for label in labels for line in label.split("\n"))
        each = (width - left - 0.1 - (0.25 if narrow else 0.4)) / 2
        for side in range(2):
            start = left + 0.05 + side * (each + (0.2 if narrow else 0.35))
            axes = figure.add_axes((start / width, BOTTOM / high, each / width, ROW * len(self.rows) / high))
            self._axes(axes)
            (self._shares, self._differences)[side](axes)
            title = "\n".join(wrap(self.titles[side], 26 if narrow else 46)[:2])
            middle = (start + each / 2) / width
            figure.text(middle, 0.2 / high, title, ha="center", va="center", fontsize=8.5, color=INK)
        for i, label in enumerate(labels):
            y = (BOTTOM + ROW * (len(self.rows) - i - 0.5)) / high
            figure.text((left - 0.02) / width, y, label, ha="right", va="center", fontsize=8.5, color=INK)
        _key(figure, self.names, size)

    def _axes(self, axes: Any) -> None:
        axes.set_ylim(0, len(self.rows))
        plain_axes(axes)
        axes.spines["left"].set_visible(False)
        axes.set_yticks([])
        axes.tick_params(labelsize=8.5)
        for i in range(1, len(self.rows)):
            axes.axhline(i, color=GRID, linewidth=0.6)

    def _place(self, line: int, arm: int) -> float:
        return len(self.rows) - line - 0.5 + 0.5 * ((len(self.names) - 1) / 2 - arm) / max(len(self.names), 1)

    def _shares(self, axes: Any) -> None:
        for i, row in enumerate(self.rows):
            for arm, share in row.shares:
                style = self.names[arm].style
                axes.plot([share], [self._place(i, arm)], color=style.color, marker=style.marker, markersize=5.2)
        highest = max((share for row in self.rows for _, share in row.shares), default=1.0)
        axes.set_xlim(0, highest * 1.06 or 1.0)
        axes.locator_params(axis="x", nbins=TICKS)

    def _differences(self, axes: Any) -> None:
        ends = [0.0]
        for i, row in enumerate(self.rows):
            for arm, value, low, high in row.differences:
                style, y = self.names[arm].style, self._place(i, arm)
                axes.plot([low, high], [y, y], color=style.color, linewidth=1.5, solid_capstyle="butt")
                axes.plot([value], [y], color=style.color, marker=style.marker, markersize=5.2)
                ends += [low, high]
        axes.axvline(0, color=MUTED, linewidth=0.9)
        margin = 0.05 * (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - margin, max(ends) + margin)
        axes.locator_params(axis="x", nbins=TICKS)


def _key(figure: Figure, names: tuple[Name, ...], size: tuple[float, float]) -> None:
    """Each arm's marker and words above the plot, a row each."""
    from matplotlib.lines import Line2D

    width, high = size
    for i, name in enumerate(names):
        y = (high - 0.12 - 0.2 * i) / high
        mark = Line2D([0.14 / width], [y], color=name.style.color, marker=name.style.marker, markersize=5.2)
        figure.add_artist(mark)
        words = f"{name.label} ({name.note})" if name.note else name.label
        figure.text(0.26 / width, y, words, va="center", color=name.style.color, fontsize=9, fontweight="bold")

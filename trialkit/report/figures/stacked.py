"""Stacked bars: the share of each category by visit, an arm a panel, those without a value hatched on top."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.canvas import ARMS, INCH, MUTED, width_of
from trialkit.report.figures.frame import Name, thinned
from trialkit.report.figures.plot import Plot, Scale
from trialkit.report.figures.shapes import MIDDLE, Sheet

LEGEND, TITLE, AXIS, SIDE, GAP = 0.2, 0.3, 0.5, 0.74, 0.24
"""Inches: a row of the legend, a panel's title, the axis under a panel, the axis left of it, between panels."""


@dataclass(frozen=True)
class Panel:
    """An arm: its name and, per category, the percentages (0 to 100) by visit."""

    name: Name
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class StackedFigure:
    """What is drawn: visits and categories in order, the last of them those without a value."""

    visits: tuple[str, ...]
    categories: tuple[str, ...]
    panels: tuple[Panel, ...]
    x_title: str
    y_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches, panels side by side) or a phone (4.3 inches, one below the other)."""
        width = 4.3 if narrow else 8.0
        legend = self._legend(width)
        top = 0.08 + LEGEND * (1 + max(row for row, _ in legend))
        rows = len(self.panels) if narrow else 1
        inside = 1.0 if narrow else 2.5
        sheet = Sheet(INCH * width, INCH * (top + rows * (TITLE + inside) + AXIS + (rows - 1) * GAP))
        self._panels(sheet, INCH * top, INCH * inside, narrow)
        for category, (row, x) in enumerate(legend):
            y = INCH * (0.14 + LEGEND * row)
            self._box(sheet, category, INCH * x, y - 0.07 * INCH, 0.2 * INCH, 0.13 * INCH)
            sheet.words(INCH * (x + 0.26), y + MIDDLE * 8.5, self.categories[category])
        middle = INCH * (SIDE + (width - SIDE) / 2)
        sheet.words(middle, sheet.height - 0.08 * INCH, self.x_title, 9, anchor="middle")
        up = (sheet.height + INCH * (top - AXIS)) / 2
        sheet.upright(0.13 * INCH + MIDDLE * 9, up, self.y_title, 9, anchor="middle")
        return sheet.svg(self.alt)

    def _legend(self, width: float) -> list[tuple[int, float]]:
        """Row and left end in inches of each category's sample."""
        made, row, x = [], 0, 0.1
        for words in self.categories:
            need = 0.3 + width_of(words, 8.5)
            if x + need > width and x > 0.1:
                row, x = row + 1, 0.1
            made.append((row, x))
            x += need + 0.16
        return made

    def _panels(self, sheet: Sheet, top: float, inside: float, narrow: bool) -> None:
        """Each arm's bars under its name, from ``top``, ``inside`` points high."""
        columns = 1 if narrow else len(self.panels)
        wide = (sheet.width - INCH * (SIDE + 0.1 + (columns - 1) * GAP)) / columns
        for i, panel in enumerate(self.panels):
            left = INCH * SIDE + (0 if narrow else i * (wide + INCH * GAP))
            upper = top + INCH * TITLE + (i * (inside + INCH * (TITLE + GAP)) if narrow else 0)
            plot = Plot(sheet, left, upper, wide, inside, Scale(-0.6, len(self.visits) - 0.4), Scale(0, 100))
            self._bars(plot, panel, (narrow or i == 0, not narrow or i == len(self.panels) - 1))
            words = f"{panel.name.label} ({panel.name.note})" if panel.name.note else panel.name.label
            sheet.words(left, upper - 0.1 * INCH, words, 9, True, color=panel.name.style.color)

    def _box(self, sheet: Sheet, category: int, x: float, y: float, width: float, height: float) -> None:
        """A box of a category: filled deeper for each next one; striped without fill for the last."""
        if category == len(self.categories) - 1:
            sheet.striped(x, y, width, height, MUTED)
            return
        depth = 0.14 + 0.86 * category / max(len(self.categories) - 2, 1)
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        sheet.shape(*corners, color=ARMS[0], strength=round(depth, 2))

    def _bars(self, plot: Plot, panel: Panel, labels: tuple[bool, bool]) -> None:
        plot.axes()
        ticks = (0, 25, 50, 75, 100)
        plot.y_ticks(ticks, [f"{v}%" if labels[0] else "" for v in ticks])
        places = [float(i) for i in range(len(self.visits))]
        room = plot.width / INCH * (len(places) - 1) / max(len(places), 1)
        shown = thinned(places, max(self.visits, key=len), room)
        plot.x_ticks(shown, [self.visits[int(i)] if labels[1] else "" for i in shown])
        below = [0.0] * len(self.visits)
        for category, shares in enumerate(panel.shares):
            for i, (low, share) in enumerate(zip(below, shares, strict=True)):
                if share > 0:
                    high = plot.y(low + share)
                    self._box(
                        plot.sheet,
                        category,
                        plot.x(i - 0.4),
                        high,
                        plot.x(i + 0.4) - plot.x(i - 0.4),
                        plot.y(low) - high,
                    )
            below = [a + b for a, b in zip(below, shares, strict=True)]

"""The course of every subject as a thin line, a panel for each arm, with marks where something happened."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.canvas import INCH, INK
from trialkit.report.figures.frame import Name, thinned
from trialkit.report.figures.marks import mark
from trialkit.report.figures.paths import Place, whole
from trialkit.report.figures.plot import Plot, Scale, number, steps
from trialkit.report.figures.shapes import MIDDLE, Sheet

SIDE, TITLE, GAP, AXIS, KEY = 0.5, 0.3, 0.16, 0.5, 0.28
"""Inches: left of the first panel, a panel's name, between panels, under them, and the key above."""


@dataclass(frozen=True)
class Panel:
    """An arm: the courses of its subjects, each in parts without a gap, and the places of both kinds of marks."""

    name: Name
    courses: tuple[tuple[Place, ...], ...]
    dots: tuple[Place, ...]
    bars: tuple[Place, ...]


@dataclass(frozen=True)
class CoursesFigure:
    """What is drawn; x counts the ``visits`` from 0. ``dot`` and ``bar`` are the words of the marks, "" for none."""

    panels: tuple[Panel, ...]
    visits: tuple[str, ...]
    highest: float
    x_title: str
    y_title: str
    dot: str
    bar: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches, panels side by side) or a phone (4.3 inches, one below the other)."""
        width, inside = (4.3, 1.5) if narrow else (8.0, 2.5)
        rows, columns = (len(self.panels), 1) if narrow else (1, len(self.panels))
        sheet = Sheet(INCH * width, INCH * (KEY + rows * (TITLE + inside) + AXIS + (rows - 1) * GAP))
        wide = (width - SIDE - 0.1 - (columns - 1) * GAP) / columns
        for i, panel in enumerate(self.panels):
            left = SIDE + (0 if narrow else i * (wide + GAP))
            top = KEY + TITLE + (i * (inside + TITLE + GAP) if narrow else 0)
            scales = Scale(-0.3, len(self.visits) - 0.7), Scale(0, self.highest * 1.04 or 1)
            plot = Plot(sheet, INCH * left, INCH * top, INCH * wide, INCH * inside, *scales)
            self._panel(plot, panel, (narrow or i == 0, not narrow or i == len(self.panels) - 1))
        self._key(sheet)
        middle = INCH * (SIDE + (width - SIDE) / 2)
        sheet.words(middle, sheet.height - 0.08 * INCH, self.x_title, 9, anchor="middle")
        up = (sheet.height + INCH * (KEY - AXIS)) / 2
        sheet.upright(0.13 * INCH + MIDDLE * 9, up, self.y_title, 9, anchor="middle")
        return sheet.svg(self.alt)

    def _panel(self, plot: Plot, panel: Panel, labels: tuple[bool, bool]) -> None:
        plot.axes()
        ticks = steps(0, self.highest or 1, 6)
        plot.y_ticks(ticks, [number(v) if labels[0] else "" for v in ticks])
        room = plot.width / INCH * (len(self.visits) - 1) / max(len(self.visits), 1)
        shown = thinned([float(i) for i in range(len(self.visits))], max(self.visits, key=len), room)
        plot.x_ticks(shown, [self.visits[int(i)] if labels[1] else "" for i in shown])
        for places in sorted({tuple(whole(plot.places(course))) for course in panel.courses}):
            plot.sheet.path(*places, color=panel.name.style.color, width=0.5)
        for x, y in sorted(set(whole(plot.places(panel.bars)))):
            plot.sheet.path((x - 3, y), (x + 3, y), color=INK, width=1.6)
        mark(plot.sheet, sorted(set(whole(plot.places(panel.dots)))), "o", INK, 3.2)
        words = f"{panel.name.label} ({panel.name.note})" if panel.name.note else panel.name.label
        plot.sheet.words(plot.left, plot.top - 0.1 * INCH, words, 9, True, color=panel.name.style.color)

    def _key(self, sheet: Sheet) -> None:
        x, y = INCH * SIDE, 0.14 * INCH
        if self.dot:
            mark(sheet, [(x, y)], "o", INK, 3.2)
            sheet.words(x + 7, y + MIDDLE * 8.5, self.dot)
        if self.bar:
            x += 0.5 * sheet.width if self.dot else 0
            sheet.path((x - 3, y), (x + 3, y), color=INK, width=1.6)
            sheet.words(x + 7, y + MIDDLE * 8.5, self.bar)

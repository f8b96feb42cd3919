"""Scatter of two multiples of a limit on log axes, cut into four named quadrants, the cases beyond a cut labelled."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import GRID, INK, MUTED, drawn, plain_axes
from trialkit.report.figures.frame import Layout, Name, layout, name_above, titles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
LABELS = 8
"""So many cases are labelled, those farthest beyond the cuts; all are in the table."""


@dataclass(frozen=True)
class Point:
    """A subject: its place, which arm it is of (by its place among the names), its label if it lies beyond a cut."""

    x: float
    y: float
    arm: int
    label: str = ""


@dataclass(frozen=True)
class QuadrantsFigure:
    """What is drawn; ``quadrants`` are the names of lower left, lower right, upper left and upper right."""

    id: str
    points: tuple[Point, ...]
    names: tuple[Name, ...]
    cuts: tuple[float, float]
    quadrants: tuple[str, ...]
    x_title: str
    y_title: str
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        at = self._layout(narrow)
        size = "phone" if narrow else "page"
        return drawn(f"{self.id}-{size}", at.size, self.alt, lambda figure: self._draw(figure, at, narrow))

    def _layout(self, narrow: bool) -> Layout:
        """Names above the plot in both widths: beside it they would belong to no height."""
        base = layout(list(self.names), [], True, 3.0 if narrow else 3.4)
        width = base.width if narrow else 8.0
        return Layout(width, base.height, base.left, base.bottom, width - base.left - 0.2, base.plot_height)

    def _draw(self, figure: Figure, at: Layout, narrow: bool) -> None:
        rectangle = (at.left / at.width, at.bottom / at.height, at.plot_width / at.width, at.plot_height / at.height)
        axes = figure.add_axes(rectangle)
        plain_axes(axes)
        axes.set_xscale("log")
        axes.set_yscale("log")
        spans = [_span([p.x for p in self.points], self.cuts[0]), _span([p.y for p in self.points], self.cuts[1])]
        axes.set_xlim(*spans[0])
        axes.set_ylim(*spans[1])
        for axis, (low, high) in zip((axes.set_xticks, axes.set_yticks), spans, strict=True):
            shown = [t for t in TICKS if low <= t <= high]
            axis(shown, [f"{t:g}" for t in shown])
        axes.minorticks_off()
        axes.axvline(self.cuts[0], color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
        axes.axhline(self.cuts[1], color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
        axes.axvline(1, color=GRID, linewidth=0.8)
        axes.axhline(1, color=GRID, linewidth=0.8)
        self._points(axes)
        self._corners(axes, narrow)
        self._labels(axes, spans)
        titles(figure, at, self.x_title, self.y_title)
        name_above(figure, at, list(self.names))

    def _points(self, axes: Any) -> None:
        """Points of an arm in one go; those that coincide to a hundredth of a decade are drawn once."""
        from math import log10

        for i, name in enumerate(self.names):
            places = {(round(log10(p.x), 2), round(log10(p.y), 2)) for p in self.points if p.arm == i}
            x, y = ([10 ** place[axis] for place in sorted(places)] for axis in (0, 1))
            style = name.style
            axes.plot(x, y, linestyle="none", color=style.color, marker=style.marker, markersize=3.6, alpha=0.75)

    def _corners(self, axes: Any, narrow: bool) -> None:
        places = ((0.015, 0.02), (0.985, 0.02), (0.015, 0.98), (0.985, 0.98))
        for (x, y), words in zip(places, self.quadrants, strict=True):
            axes.text(
                x, y, "\n".join(wrap(words, 15 if narrow else 24)), transform=axes.transAxes, color=MUTED, fontsize=8.5,
                ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top", fontstyle="italic",
            )  # fmt: skip

    def _labels(self, axes: Any, spans: list[tuple[float, float]]) -> None:
        """The labels of the farthest cases, on the side where there is room."""
        cases = [p for p in self.points if p.label]
        cases.sort(key=lambda p: -max(p.x / self.cuts[0], p.y / self.cuts[1]))
        for p in cases[:LABELS]:
            right = p.x**2 < spans[0][0] * spans[0][1] or p.x < self.cuts[0]
            axes.annotate(
                p.label, (p.x, p.y), xytext=(5 if right else -5, 5), textcoords="offset points", fontsize=8, color=INK,
                ha="left" if right else "right", va="bottom", annotation_clip=False,
            )  # fmt: skip


def _span(values: list[float], cut: float) -> tuple[float, float]:
    """Limits that hold all values, half the limit of normal, and room for the corner words."""
    return min([0.5, *values]) * 0.6, max([cut * 4, *values]) * 1.25

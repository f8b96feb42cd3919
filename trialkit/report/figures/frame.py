"""The parts figures share: where the plot stands, who is who, and the rows of numbers under the axis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import GRID, INK, MUTED, Style, line_style, plain_axes, spread, width_of
from trialkit.report.figures.words import write_row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 0.185
"""Height in inches of a row of numbers under the axis."""


@dataclass(frozen=True)
class Name:
    """An arm in a figure: its words, size ("N=86", "" if unknown) and style."""

    label: str
    note: str
    style: Style

    def lines(self, wide: int = 18) -> list[str]:
        """The label in short lines, the size on the last."""
        one = f"{self.label} ({self.note})" if self.note else self.label
        return [one] if len(one) <= wide + 4 else [*wrap(self.label, wide), *([self.note] if self.note else [])]


@dataclass(frozen=True)
class UnderRow:
    """A row under the axis: a label and a text per x position; a row without texts heads those below it."""

    label: str
    texts: tuple[tuple[float, str], ...] = ()
    color: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Layout:
    """Inches: the whole figure, and the plot's left, bottom, width and height in it."""

    width: float
    height: float
    left: float
    bottom: float
    plot_width: float
    plot_height: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the figure."""
        return self.width, self.height


def layout(names: list[Name], under: list[UnderRow], narrow: bool, plot_height: float) -> Layout:
    """Room for names at the right (wide) or above (narrow) and for the rows under the axis."""
    width = 4.3 if narrow else 8.0
    labels = [width_of(row.label, 8.5, row.bold) for row in under if row.texts]
    left = max([0.75, *(w + 0.42 for w in labels)])
    right = 0.2 if narrow else max(0.25 + width_of(line, 9, True) for name in names for line in name.lines())
    top = 0.12 + (0.2 * len(names) if narrow else 0.0)
    bottom = 0.58 + (0.1 + ROW * len(under) if under else 0.0)
    return Layout(width, top + plot_height + bottom, left, bottom, width - left - right, plot_height)


def axes_of(figure: Figure, at: Layout) -> Any:
    """The plot's axes."""
    rectangle = (at.left / at.width, at.bottom / at.height, at.plot_width / at.width, at.plot_height / at.height)
    axes = figure.add_axes(rectangle)
    plain_axes(axes)
    return axes


def titles(figure: Figure, at: Layout, x: str, y: str) -> None:
    """The axes' titles at fixed places, so that no tick label pushes them into the rows below."""
    middle = (at.left + at.plot_width / 2) / at.width
    figure.text(middle, (at.bottom - 0.46) / at.height, x, ha="center", va="baseline", color=INK, fontsize=9.5)
    up = (at.bottom + at.plot_height / 2) / at.height
    lines = wrap(y, 44 if at.plot_height > 2.5 else 36)
    figure.text(
        0.16 / at.width, up, "\n".join(lines[:2]), ha="center", va="center", rotation=90, color=INK, fontsize=9.5
    )


def name_right(axes: Any, at: Layout, names: list[Name], ends: list[float], low: float, high: float) -> None:
    """Each arm's name right of the plot at the height where its line ends."""
    deepest = max(len(name.lines()) for name in names)
    per_inch = (high - low) / at.plot_height
    places = spread(ends, (0.17 * deepest + 0.06) * per_inch, low + 0.1 * per_inch * deepest, high)
    for name, y in zip(names, places, strict=True):
        axes.annotate(
            "\n".join(name.lines()), (1, y), xycoords=("axes fraction", "data"), xytext=(7, 0),
            textcoords="offset points", va="center", ha="left", color=name.style.color, fontsize=9, fontweight="bold",
            linespacing=1.25, annotation_clip=False,
        )  # fmt: skip


def name_above(figure: Figure, at: Layout, names: list[Name]) -> None:
    """Each arm's line sample and name above the plot, a row each."""
    from matplotlib.lines import Line2D

    for i, name in enumerate(names):
        y = (at.height - 0.14 - 0.2 * i) / at.height
        x = at.left / at.width, (at.left + 0.42) / at.width
        style = name.style
        figure.add_artist(
            Line2D(x, (y, y), color=style.color, linestyle=line_style(style), linewidth=1.8, marker=style.marker,
                   markevery=[0], markersize=4.5)
        )  # fmt: skip
        words = f"{name.label} ({name.note})" if name.note else name.label
        figure.text((at.left + 0.5) / at.width, y, words, va="center", color=style.color, fontsize=9, fontweight="bold")


def rows_under(figure: Figure, axes: Any, at: Layout, under: list[UnderRow]) -> None:
    """The rows of numbers, each number under its place on the axis."""
    for i, row in enumerate(under):
        y = (at.bottom - 0.72 - ROW * i) / at.height
        weight = "bold" if row.bold else "normal"
        side: dict[str, Any] = {"va": "center", "color": row.color, "fontsize": 8.5, "fontweight": weight}
        if row.texts:
            figure.text((at.left - 0.24) / at.width, y, row.label, ha="right", **side)
        else:
            figure.text(0.06 / at.width, y, row.label, ha="left", **side)
        write_row(figure, axes, row.texts, y, 8.5, INK)


def thinned(places: list[float], widest: str, inches: float) -> list[float]:
    """Every k-th place from the first, the smallest k with which texts of this width do not touch."""
    if len(places) < 2:
        return places
    need = width_of(widest, 8.5) + 0.09
    gap = min(b - a for a, b in pairwise(places)) / (places[-1] - places[0]) * inches
    k = 1
    while gap * k < need and k < len(places):
        k += 1
    return places[::k]


def grid(axes: Any) -> None:
    """Quiet horizontal lines behind the data."""
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=GRID, linewidth=0.7)


__all__ = [
    "MUTED", "Layout", "Name", "UnderRow", "axes_of", "grid", "layout", "name_above", "name_right", "rows_under",
    "thinned", "titles",
]  # fmt: skip

"""Stacked bars: the share of each category by visit, an arm a panel, those without a value hatched on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import ARMS, GRID, INK, MUTED, drawn, plain_axes, width_of
from trialkit.report.figures.frame import Name, thinned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEGEND, TITLE, AXIS, SIDE, GAP = 0.2, 0.3, 0.5, 0.62, 0.24
"""Inches: a row of the legend, a panel's title, the axis under a panel, the axis left of it, between panels."""

CLOSED = [1, 2, 2, 2, 79]
"""A path's codes of a closed box: begin, three lines, close."""


@dataclass(frozen=True)
class Panel:
    """An arm: its name and, per category, the percentages (0 to 100) by visit."""

    name: Name
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class StackedFigure:
    """What is drawn: visits and categories in order, the last of them those without a value."""

    id: str
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
        size = (width, top + rows * (TITLE + inside) + AXIS + (rows - 1) * GAP)
        name = f"{self.id}-{'phone' if narrow else 'page'}"
        return drawn(name, size, self.alt, lambda f: self._draw(f, size, (top, inside, narrow), legend))

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

    def _draw(
        self, figure: Figure, size: tuple[float, float], how: tuple[float, float, bool], legend: list[tuple[int, float]]
    ) -> None:
        width, height = size
        top, inside, narrow = how
        for category, (row, x) in zip(range(len(self.categories)), legend, strict=True):
            self._sample(figure, size, category, (x, height - 0.14 - LEGEND * row))
        columns = 1 if narrow else len(self.panels)
        wide = (width - SIDE - 0.1 - (columns - 1) * GAP) / columns
        for i, panel in enumerate(self.panels):
            left = SIDE + (0 if narrow else i * (wide + GAP))
            upper = height - top - TITLE - (i * (inside + TITLE + GAP) if narrow else 0)
            axes = figure.add_axes((left / width, (upper - inside) / height, wide / width, inside / height))
            self._bars(axes, panel, wide, (narrow or i == 0, not narrow or i == len(self.panels) - 1))
            words = f"{panel.name.label} ({panel.name.note})" if panel.name.note else panel.name.label
            color = panel.name.style.color
            figure.text(left / width, (upper + 0.1) / height, words, fontsize=9, fontweight="bold", color=color)
        figure.text(
            (SIDE + (width - SIDE) / 2) / width, 0.08 / height, self.x_title, ha="center", fontsize=9, color=INK
        )
        middle = (height - top + AXIS) / 2 / height
        figure.text(0.13 / width, middle, self.y_title, rotation=90, ha="center", va="center", fontsize=9, color=INK)

    def _look(self, category: int) -> dict[str, Any]:
        """Fill of a category: deeper for each next one; hatched without fill for the last."""
        if category == len(self.categories) - 1:
            return {"facecolor": "none", "edgecolor": MUTED, "hatch": "////", "linewidth": 0.6}
        depth = 0.14 + 0.86 * category / max(len(self.categories) - 2, 1)
        return {"facecolor": ARMS[0], "alpha": round(depth, 2), "linewidth": 0}

    def _sample(self, figure: Figure, size: tuple[float, float], category: int, at: tuple[float, float]) -> None:
        from matplotlib.patches import Rectangle

        corner = (at[0] / size[0], (at[1] - 0.06) / size[1])
        box = Rectangle(corner, 0.2 / size[0], 0.13 / size[1], transform=figure.transFigure, **self._look(category))
        figure.add_artist(box)
        figure.text(
            (at[0] + 0.26) / size[0], at[1] / size[1], self.categories[category], va="center", fontsize=8.5, color=INK
        )

    def _bars(self, axes: Any, panel: Panel, wide: float, labels: tuple[bool, bool]) -> None:
        below = [0.0] * len(self.visits)
        for category, shares in enumerate(panel.shares):
            above = [a + b for a, b in zip(below, shares, strict=True)]
            _boxes(axes, below, above, self._look(category))
            below = above
        plain_axes(axes)
        axes.set_axisbelow(True)
        axes.grid(axis="y", color=GRID, linewidth=0.7)
        axes.set_ylim(0, 100)
        axes.set_xlim(-0.6, len(self.visits) - 0.4)
        axes.set_yticks([0, 25, 50, 75, 100], [f"{v}%" if labels[0] else "" for v in (0, 25, 50, 75, 100)])
        places = [float(i) for i in range(len(self.visits))]
        shown = thinned(places, max(self.visits, key=len), wide * (len(places) - 1) / max(len(places), 1))
        axes.set_xticks(shown, [self.visits[int(i)] if labels[1] else "" for i in shown])


def _boxes(axes: Any, below: list[float], above: list[float], look: dict[str, Any]) -> None:
    """A category's boxes at all visits as one path; boxes without height are left out."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    boxes = []
    for i, (low, high) in enumerate(zip(below, above, strict=True)):
        if high > low:
            boxes.append(
                Path([(i - 0.4, low), (i + 0.4, low), (i + 0.4, high), (i - 0.4, high), (i - 0.4, low)], CLOSED)
            )
    if boxes:
        axes.add_patch(PathPatch(Path.make_compound_path(*boxes), clip_on=False, **look))

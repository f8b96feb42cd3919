"""Step curves over time after the KMunicate recommendations (Morris et al. 2019, BMJ Open 9:e030215).

Bands for the pointwise intervals, ticks for censored times, the numbers at risk, censored and with an event under
the axis, adding up to N in every column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.canvas import INK, drawn, line_style
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


@dataclass(frozen=True)
class Curve:
    """An arm's curve.

    ``points`` are (time, height, lower, upper), the limits None where they do not exist; ``ticks`` the censored
    times; ``risk`` (time, then the numbers under the axis as printed).
    """

    name: Name
    points: tuple[tuple[float, float, float | None, float | None], ...]
    ticks: tuple[float, ...]
    risk: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class SurvivalFigure:
    """What is drawn. ``words`` name the rows under the axis; the vertical axis goes from 0 to ``top``.

    ``percent`` says that heights are shares from 0 to 1 and the axis is in percent.
    """

    id: str
    curves: tuple[Curve, ...]
    x_title: str
    y_title: str
    alt: str
    words: tuple[str, ...] = ("At risk", "Censored", "Events")
    top: float = 1.0
    percent: bool = True

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide) or a phone (4.3 inches)."""
        names = [curve.name for curve in self.curves]
        draft = layout(names, self._under([]), narrow, 1.0)
        times = self._times(draft.plot_width)
        under = self._under(times)
        at = layout(names, under, narrow, 2.6 if narrow else 3.2)
        size = "phone" if narrow else "page"
        return drawn(f"{self.id}-{size}", at.size, self.alt, lambda f: self._draw(f, at, times, under, narrow))

    @property
    def end(self) -> float:
        """The last time on the axis."""
        times = [p[0] for curve in self.curves for p in curve.points]
        return max([*times, *(r[0] for curve in self.curves for r in curve.risk)], default=1.0) or 1.0

    def _times(self, inches: float) -> list[float]:
        """The times under which numbers stand: as many of those asked for as there is room."""
        wanted = sorted({r[0] for curve in self.curves for r in curve.risk})
        widest = max((t for curve in self.curves for r in curve.risk for t in r[1:]), key=len, default="0")
        share = (wanted[-1] - wanted[0]) / (1.02 * self.end) if wanted else 1.0
        return thinned(wanted, max(widest, *(f"{t:g}" for t in wanted), key=len) if wanted else "0", inches * share)

    def _under(self, times: list[float]) -> list[UnderRow]:
        made: list[UnderRow] = []
        for curve in self.curves:
            if not curve.risk:
                continue
            shown = [(r[0], r[1:]) for r in curve.risk if not times or r[0] in times]
            made.append(UnderRow(curve.name.label, (), curve.name.style.color, True))
            made += [
                UnderRow(word, tuple((t, texts[k]) for t, texts in shown), INK) for k, word in enumerate(self.words)
            ]
        return made

    def _draw(self, figure: Figure, at: Layout, times: list[float], under: list[UnderRow], narrow: bool) -> None:
        axes = axes_of(figure, at)
        grid(axes)
        for curve in self.curves:
            _band(axes, curve)
        for curve in self.curves:
            _curve(axes, curve)
        axes.set_ylim(0, 1.02 * self.top)
        heights = [self.top * k / 5 for k in range(6)]
        axes.set_yticks(heights, [f"{100 * y:g}%" if self.percent else f"{y:g}" for y in heights])
        axes.set_xlim(0, 1.02 * self.end)
        if times:
            axes.set_xticks(times, [f"{t:g}" for t in times])
        titles(figure, at, self.x_title, self.y_title)
        rows_under(figure, axes, at, under)
        names = [curve.name for curve in self.curves]
        if narrow:
            name_above(figure, at, names)
        else:
            name_right(axes, at, names, [curve.points[-1][1] for curve in self.curves], 0, self.top)


def _curve(axes: Any, curve: Curve) -> None:
    style = curve.name.style
    x, y = [p[0] for p in curve.points], [p[1] for p in curve.points]
    axes.step(x, y, where="post", color=style.color, linestyle=line_style(style), linewidth=1.8)
    level = [(t, next((p[1] for p in reversed(curve.points) if p[0] <= t), curve.points[0][1])) for t in curve.ticks]
    axes.plot(
        [t for t, _ in level], [s for _, s in level], color=style.color, linestyle="none", marker="|", markersize=8,
        markeredgewidth=1.3, clip_on=False,
    )  # fmt: skip


def _band(axes: Any, curve: Curve) -> None:
    """The interval over each step: from a point to the next one, where both limits exist; one area where they touch."""
    area: list[tuple[float, float, float]] = []
    for (t, _, low, high), (after, *_) in pairwise(curve.points):
        if low is None or high is None:
            _fill(axes, area, curve)
            area = []
        else:
            area += [(t, low, high), (after, low, high)]
    _fill(axes, area, curve)


def _fill(axes: Any, area: list[tuple[float, float, float]], curve: Curve) -> None:
    if area:
        x, low, high = zip(*area, strict=True)
        axes.fill_between(x, low, high, color=curve.name.style.color, alpha=0.14, linewidth=0)


def rounded_up(highest: float) -> float:
    """The end of a vertical axis: the smallest of 1, 2, 2.5, 5 times a power of ten that is not below."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return min(k * power for k in (1.0, 2.0, 2.5, 5.0, 10.0) if k * power >= highest * (1 - 1e-9))

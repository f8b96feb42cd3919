"""Step curves over time after the KMunicate recommendations (Morris et al. 2019, BMJ Open 9:e030215).

Bands for the pointwise intervals, ticks for censored times, the numbers at risk, censored and with an event under
the axis, adding up to N in every column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from trialkit.report.figures.canvas import INK
from trialkit.report.figures.frame import (
    Layout,
    Name,
    UnderRow,
    layout,
    name_above,
    name_right,
    plot_of,
    rows_under,
    thinned,
    titles,
)
from trialkit.report.figures.plot import Plot, Scale, number, steps


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
        return self._drawn(at, times, under, narrow)

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

    def _drawn(self, at: Layout, times: list[float], under: list[UnderRow], narrow: bool) -> str:
        sheet = at.sheet()
        plot = plot_of(sheet, at, Scale(0, 1.02 * self.end), Scale(0, 1.02 * self.top))
        heights = [self.top * k / 5 for k in range(6)]
        plot.y_ticks(heights, [f"{100 * y:g}%" if self.percent else f"{y:g}" for y in heights])
        times = times or steps(0, self.end)
        plot.x_ticks(times, [number(t) for t in times])
        for curve in self.curves:
            _band(plot, curve)
        for curve in self.curves:
            _curve(plot, curve)
        titles(sheet, at, self.x_title, self.y_title)
        rows_under(plot, at, under)
        names = [curve.name for curve in self.curves]
        if narrow:
            name_above(sheet, at, names)
        else:
            name_right(plot, at, names, [curve.points[-1][1] for curve in self.curves], 0, self.top)
        return sheet.svg(self.alt)


def _curve(plot: Plot, curve: Curve) -> None:
    style, points = curve.name.style, [p[:2] for p in curve.points]
    stairs = [points[0], *(place for (_, y), (x, to) in pairwise(points) for place in ((x, y), (x, to)))]
    plot.line(stairs, style.color, 1.8, style.dash)
    level = [(t, next((p[1] for p in reversed(curve.points) if p[0] <= t), curve.points[0][1])) for t in curve.ticks]
    plot.bars(level, style.color, 4, 1.3)


def _band(plot: Plot, curve: Curve) -> None:
    """The interval over each step: from a point to the next one, where both limits exist; one area where they touch."""
    area: list[tuple[float, float, float]] = []
    for (t, _, low, high), (after, *_) in pairwise(curve.points):
        if low is None or high is None:
            _fill(plot, area, curve)
            area = []
        else:
            area += [(t, low, high), (after, low, high)]
    _fill(plot, area, curve)


def _fill(plot: Plot, area: list[tuple[float, float, float]], curve: Curve) -> None:
    if area:
        plot.area(area, curve.name.style.color, 0.14)


def rounded_up(highest: float) -> float:
    """The end of a vertical axis: the smallest of 1, 2, 2.5, 5 times a power of ten that is not below."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return min(k * power for k in (1.0, 2.0, 2.5, 5.0, 10.0) if k * power >= highest * (1 - 1e-9))

"""The markers of arms, all of one look as one path."""

from __future__ import annotations

from collections.abc import Iterable

from trialkit.report.figures.paths import Place, at, line
from trialkit.report.figures.shapes import Sheet

ENDS = {"o": "round", "s": "square"}
"""Markers that are the end of a line of almost no length."""
CORNERS: dict[str, tuple[Place, ...]] = {
    "^": ((-1, 1), (1, 1), (0, -1)),
    "v": ((-1, -1), (1, -1), (0, 1)),
    "D": ((-1.3, 0), (0, -1.3), (1.3, 0), (0, 1.3)),
    "P": (
        (-1, -0.36), (-0.36, -0.36), (-0.36, -1), (0.36, -1), (0.36, -0.36), (1, -0.36), (1, 0.36), (0.36, 0.36),
        (0.36, 1), (-0.36, 1), (-0.36, 0.36), (-1, 0.36),
    ),
}  # fmt: skip
"""Corners of a marker of half-width 1."""


def mark(sheet: Sheet, places: Iterable[Place], marker: str, color: str, size: float, strength: float = 1.0) -> None:
    """A marker at each place, ``size`` points wide, with so much of its color (0 to 1).

    Raises KeyError for a marker that is not there.
    """
    if marker in ENDS:
        opacity = f' stroke-opacity="{strength:g}"' if strength < 1 else ""
        look = f'fill="none" stroke="{color}" stroke-width="{size:g}" stroke-linecap="{ENDS[marker]}"{opacity}'
    else:
        opacity = f' fill-opacity="{strength:g}"' if strength < 1 else ""
        look = f'fill="{color}"{opacity}'
    for x, y in places:
        drawn = at(x, y) if marker in ENDS else _shape(x, y, CORNERS[marker], size / 2)
        sheet.add(look, drawn, apart=strength < 1)


def bars(sheet: Sheet, places: Iterable[Place], color: str, half: float, width: float, level: bool = False) -> None:
    """A short line at each place, ``half`` points to either side: upright, or level."""
    for x, y in places:
        dx, dy = (half, 0.0) if level else (0.0, half)
        sheet.path((x - dx, y - dy), (x + dx, y + dy), color=color, width=width)


def _shape(x: float, y: float, corners: tuple[Place, ...], half: float) -> str:
    return line([(x + half * dx, y + half * dy) for dx, dy in corners]) + "z"

"""What figures are drawn with: the page's colors, a look for each arm, the width of words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trialkit.report.figures.font import ems

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
INK, MUTED, GRID, PANEL = "var(--ink)", "var(--muted)", "var(--grid)", "var(--panel)"
"""The page's variables: one drawing serves the light and the dark theme."""
ARMS = ("var(--arm-1)", "var(--arm-2)", "var(--arm-3)", "var(--arm-4)")
INCH = 72
"""Points in an inch: a figure is drawn in points."""


@dataclass(frozen=True)
class Style:
    """How an arm is drawn: color, dash pattern (in widths of the line) and marker differ, so that none is needed
    alone."""

    color: str
    dash: tuple[float, ...]
    marker: str


SOLID: tuple[float, ...] = ()
CONTROL = Style(ARMS[1], (6, 2.5), "s")
ACTIVE = (
    Style(ARMS[0], SOLID, "o"),
    Style(ARMS[2], (8, 2, 1.5, 2), "^"),
    Style(ARMS[3], (2, 1.6), "D"),
    Style(INK, (10, 3), "v"),
    Style(MUTED, (4, 2, 1, 2, 1, 2), "P"),
)


def styles(arms: list[str], control: str) -> dict[str, Style]:
    """A style per arm: the control always the same, the others in order."""
    active = [arm for arm in arms if arm != control]
    made = {arm: ACTIVE[i % len(ACTIVE)] for i, arm in enumerate(active)}
    return {arm: CONTROL if arm == control else made[arm] for arm in arms}


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width in inches of a line of text in the widest font of the list."""
    return ems(text, bold) * size / INCH if text.strip() else 0.0


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, at least ``gap`` apart, in their order, within low..high if that is possible."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], placed[-1] + gap if placed else low))
    ceiling = high
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - gap
    made = [0.0] * len(wanted)
    for k, i in enumerate(order):
        made[i] = placed[k]
    return made

"""A sheet of boxes, lines and words as SVG, in the page's colors: for figures that are no plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from trialkit.report.figures.canvas import FONT, width_of

INK, MUTED, GRID, PANEL = "var(--ink)", "var(--muted)", "var(--grid)", "var(--panel)"
INCH = 72
"""Points in an inch: the unit of the sheet."""
WIDE, NARROW = 8.0 * INCH, 4.3 * INCH
"""Widths of a figure for a page and for a phone."""


@lru_cache(maxsize=4096)
def points_of(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text in points."""
    return INCH * width_of(text, size, bold)


def wrapped(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than ``room`` points; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and points_of(f"{lines[-1]} {word}", size, bold) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut with an ellipsis if it is wider than ``room`` points."""
    if points_of(text, size) <= room:
        return text
    while text and points_of(f"{text}\u2026", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}\u2026"


def n(value: float) -> str:
    """A coordinate: one decimal, none where it is whole."""
    return f"{round(value, 1):g}"


@dataclass
class Sheet:
    """What has been drawn, from the upper left corner, in points.

    Marks that look the same become one path, drawn where the first of them was, and tiles behind all else: a figure
    of many marks stays small.
    """

    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)
    paths: dict[str, list[str]] = field(default_factory=dict)

    def box(self, x: float, y: float, width: float, height: float, fill: str = "none", line: str = INK) -> None:
        """A rectangle with an outline."""
        self._add(f'fill="{fill}" stroke="{line}"', _rectangle(x, y, width, height))

    def tile(self, x: float, y: float, width: float, height: float, fill: str, strength: float) -> None:
        """A rectangle without outline, filled with so much of its color (0 to 1)."""
        self._add(f'fill="{fill}" fill-opacity="{strength:g}"', _rectangle(x, y, width, height), behind=True)

    def path(self, *places: tuple[float, float], color: str = INK, width: float = 1.0) -> None:
        """Straight lines from place to place."""
        self._add(f'fill="none" stroke="{color}" stroke-width="{width:g}"', _line(places))

    def arrow(self, *places: tuple[float, float]) -> None:
        """A path that ends in a head; its last part is upright or level."""
        (x0, y0), (x, y) = places[-2:]
        self.path(*places)
        dx, dy = (0, 1 if y > y0 else -1) if abs(y - y0) >= abs(x - x0) else (1 if x > x0 else -1, 0)
        self.shape(
            (x, y), (x - 5 * dx - 2.5 * dy, y - 5 * dy - 2.5 * dx), (x - 5 * dx + 2.5 * dy, y - 5 * dy + 2.5 * dx)
        )

    def shape(self, *places: tuple[float, float], color: str = INK) -> None:
        """A filled shape with these corners."""
        self._add(f'fill="{color}"', _line(places) + "z")

    def dot(self, x: float, y: float, radius: float, color: str = INK) -> None:
        """A filled circle: the round end of a line of almost no length."""
        self._add(
            f'fill="none" stroke="{color}" stroke-width="{2 * radius:g}" stroke-linecap="round"', f"M{n(x)} {n(y)}h.01"
        )

    def words(
        self, x: float, y: float, text: str, size: float = 8.5, bold: bool = False, anchor: str = "start",
        color: str = INK,
    ) -> None:  # fmt: skip
        """A line of text on the base line ``y``; ``anchor`` is start, middle or end."""
        more = (' font-weight="bold"' if bold else "") + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        self._text(x, y, text, size, color, more)

    def upright(self, x: float, y: float, text: str, size: float, color: str = INK) -> None:
        """A line of text that runs upward from its beginning."""
        self._text(x, y, text, size, color, f' transform="rotate(-90 {n(x)} {n(y)})"')

    def svg(self, alt: str) -> str:
        """The SVG element, with what it shows in words."""
        head = (
            f'<svg viewBox="0 0 {n(self.width)} {n(self.height)}" role="img" aria-label="{escape(alt)}" class="figure"'
        )
        body = (
            f'<path {part} d="{"".join(self.paths[part])}"/>' if part in self.paths else part for part in self.parts
        )
        return f'{head} font-family="{FONT}" font-size="8.5" fill="{INK}">\n' + "\n".join(body) + "\n</svg>"

    def _add(self, look: str, drawn: str, behind: bool = False) -> None:
        if look not in self.paths:
            self.paths[look] = []
            self.parts.insert(0 if behind else len(self.parts), look)
        self.paths[look].append(drawn)

    def _text(self, x: float, y: float, text: str, size: float, color: str, more: str) -> None:
        more += f' font-size="{size:g}"' if size != 8.5 else ""
        more += f' fill="{color}"' if color != INK else ""
        self.parts.append(f'<text x="{n(x)}" y="{n(y)}"{more}>{escape(text)}</text>')


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"M{n(x)} {n(y)}h{n(width)}v{n(height)}h{n(-width)}z"


def _line(places: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{n(x)} {n(y)}" for x, y in places)

"""A sheet of boxes, lines and words as SVG, in the page's colors: what every figure is drawn on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from trialkit.report.figures.canvas import FONT, GRID, INCH, INK, MUTED, PANEL, width_of
from trialkit.report.figures.paths import Place, at, line, n, rectangle

WIDE, NARROW = 8.0 * INCH, 4.3 * INCH
"""Widths of a figure for a page and for a phone."""
MIDDLE = 0.365
"""Half the height of a digit, in ems: how far its baseline lies under its middle."""


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


def two_lines(text: str, size: float, room: float) -> list[str]:
    """The text in one line or two no wider than ``room`` points, shortened beyond these; [] for none."""
    first, *rest = wrapped(text, size, room) or [""]
    return [line for line in (first, shortened(" ".join(rest), size, room)) if line]


@dataclass
class Sheet:
    """What has been drawn, from the upper left corner, in points.

    Marks that look the same become one path, drawn where the first of them was, and tiles behind all else; words are
    above all, those of one look in a group: a figure of many marks stays small.
    """

    width: float
    height: float = 0.0
    paths: dict[str, list[str]] = field(default_factory=dict)
    behind: list[str] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def box(self, x: float, y: float, width: float, height: float, fill: str = "none", line: str = INK) -> None:
        """A rectangle with an outline."""
        self.add(f'fill="{fill}" stroke="{line}"', rectangle(x, y, width, height))

    def tile(self, x: float, y: float, width: float, height: float, fill: str, strength: float) -> None:
        """A rectangle without outline, filled with so much of its color (0 to 1)."""
        look = f'fill="{fill}" fill-opacity="{strength:g}"'
        if look not in self.behind:
            self.behind.insert(0, look)
        self.add(look, rectangle(x, y, width, height))

    def striped(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A rectangle with an outline and level stripes: the dashes of a line as wide as it is."""
        self.add(f'fill="none" stroke="{color}" stroke-width=".6"', rectangle(x, y, width, height))
        wide = f'fill="none" stroke="{color}" stroke-width="{n(width)}" stroke-dasharray=".4 4"'
        self.add(wide, line([(x + width / 2, y), (x + width / 2, y + height)]))

    def path(self, *places: Place, color: str = INK, width: float = 1.0, dash: tuple[float, ...] = ()) -> None:
        """Straight lines from place to place; ``dash`` in widths of the line."""
        pattern = f' stroke-dasharray="{" ".join(f"{round(width * d, 2):g}" for d in dash)}"' if dash else ""
        self.add(f'fill="none" stroke="{color}" stroke-width="{width:g}"{pattern}', line(places))

    def arrow(self, *places: Place) -> None:
        """A path that ends in a head; its last part is upright or level."""
        (x0, y0), (x, y) = places[-2:]
        self.path(*places)
        dx, dy = (0, 1 if y > y0 else -1) if abs(y - y0) >= abs(x - x0) else (1 if x > x0 else -1, 0)
        self.shape(
            (x, y), (x - 5 * dx - 2.5 * dy, y - 5 * dy - 2.5 * dx), (x - 5 * dx + 2.5 * dy, y - 5 * dy + 2.5 * dx)
        )

    def shape(self, *places: Place, color: str = INK, strength: float = 1.0) -> None:
        """A filled shape with these corners, with so much of its color (0 to 1)."""
        opacity = f' fill-opacity="{strength:g}"' if strength < 1 else ""
        self.add(f'fill="{color}"{opacity}', line(places) + "z")

    def dot(self, x: float, y: float, radius: float, color: str = INK) -> None:
        """A filled circle: the round end of a line of almost no length."""
        self.add(f'fill="none" stroke="{color}" stroke-width="{2 * radius:g}" stroke-linecap="round"', at(x, y))

    def words(
        self, x: float, y: float, text: str, size: float = 8.5, bold: bool = False, anchor: str = "start",
        color: str = INK, italic: bool = False,
    ) -> None:  # fmt: skip
        """A line of text on the base line ``y``; ``anchor`` is start, middle or end."""
        self._text(_look(size, bold, anchor, color, italic), x, y, text)

    def upright(self, x: float, y: float, text: str, size: float, color: str = INK, anchor: str = "start") -> None:
        """A line of text that runs upward from its beginning, or on both sides of its middle."""
        self._text(_look(size, False, anchor, color), x, y, text, f' transform="rotate(-90 {n(x)} {n(y)})"')

    def svg(self, alt: str) -> str:
        """The SVG element, with what it shows in words."""
        looks = [*self.behind, *(look for look in self.paths if look not in self.behind)]
        body = [f'<path {look} d="{"".join(self.paths[look])}"/>' for look in looks]
        body += [_group(look, (f'<path d="{d}"/>' for d in self.apart[look])) for look in self.apart]
        body += [_group(look, self.texts[look]) for look in self.texts]
        head = (
            f'<svg viewBox="0 0 {n(self.width)} {n(self.height)}" role="img" aria-label="{escape(alt)}" class="figure" '
            f'font-family="{FONT}" font-size="8.5" fill="{INK}" stroke-linejoin="round">'
        )
        return "\n".join([head, *body, "</svg>"])

    def add(self, look: str, drawn: str, apart: bool = False) -> None:
        """A part of the path of this look; ``apart`` leaves it a path of its own, so that overlaps are seen."""
        (self.apart if apart else self.paths).setdefault(look, []).append(drawn)

    def _text(self, look: str, x: float, y: float, text: str, more: str = "") -> None:
        if text:
            self.texts.setdefault(look, []).append(f'<text x="{n(x)}" y="{n(y)}"{more}>{escape(text, False)}</text>')


def _look(size: float, bold: bool, anchor: str, color: str, italic: bool = False) -> str:
    """What of a text differs from the sheet's own."""
    told = {
        "font-size": "" if size == 8.5 else f"{size:g}",
        "font-weight": "bold" if bold else "",
        "font-style": "italic" if italic else "",
        "text-anchor": "" if anchor == "start" else anchor,
        "fill": "" if color == INK else color,
    }
    return " ".join(f'{name}="{value}"' for name, value in told.items() if value)


def _group(look: str, parts: Iterable[str]) -> str:
    return f"<g{' ' if look else ''}{look}>{''.join(parts)}</g>"


__all__ = ["GRID", "INCH", "INK", "MUTED", "NARROW", "PANEL", "WIDE", "Sheet", "points_of", "shortened", "wrapped"]

"""A figure for paper: its SVG in the page's light colors, with its size; and as PNG for formats that need one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from trialkit.report.formats.grid import room
from trialkit.report.formats.text import clean
from trialkit.report.table import Picture
from trialkit.report.templating import template_text

TALLEST = 130.0
"""Height of a figure on paper at most, in mm."""
DOTS = 200
"""Per inch, in a PNG."""


@dataclass(frozen=True)
class Drawing:
    """A figure: a whole SVG file, its width and height on upright paper in mm, and what it shows in words."""

    svg: str
    width: float
    height: float
    alt: str
    caption: str


def drawing(picture: Picture) -> Drawing:
    """The wide drawing of a picture. Raises ValueError if it has no size or a color that the page does not know."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.wide)
    if box is None:
        raise ValueError("the figure has no viewBox")
    ratio = float(box[2]) / float(box[1])
    width = min(room(False), TALLEST / ratio)
    return Drawing(_file(picture.wide), width, width * ratio, clean(picture.alt), clean(picture.caption))


def _file(svg: str) -> str:
    """An SVG element of the page as a file of its own."""
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    body = svg.replace("<svg ", f"<svg {names} ", 1) if "xmlns=" not in svg[: svg.index(">")] else svg
    return "\n".join(clean(line) for line in re.sub(r"var\((--[\w-]+)\)", _color, body).splitlines())


def _color(found: re.Match[str]) -> str:
    colors = _colors()
    if found[1] not in colors:
        raise ValueError(f"a figure uses the color {found[1]}, which the page does not define")
    return colors[found[1]]


@cache
def _colors() -> dict[str, str]:
    """The page's variables in its light theme, which is the one for paper: the first block of its style."""
    css = template_text("report.css")
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{3,8})", css[: css.index("@media")]))


@lru_cache(256)
def png(made: Drawing) -> bytes:
    """The drawing as PNG, by the same program and in the same fonts as in the PDF."""
    from trialkit.report.formats.typesetter import typeset

    source = (
        "#let d = json(bytes(sys.inputs.data))\n"
        "#set page(width: d.width * 1mm, height: auto, margin: 0mm)\n"
        '#image(bytes(d.svg), format: "svg", width: 100%)\n'
    )
    return typeset(source, json.dumps({"width": made.width, "svg": made.svg}), "png", dots=DOTS)

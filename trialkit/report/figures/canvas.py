"""A matplotlib figure as SVG that takes its colors from the page, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from trialkit.report.figures.compact import compact

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
INK, MUTED, GRID = "#0a0b01", "#0a0b02", "#0a0b03"
"""Marker colors: replaced by the page's variables, so that one drawing serves the light and the dark theme."""
ARMS = ("#0a0c01", "#0a0c02", "#0a0c03", "#0a0c04")
VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid"} | {c: f"--arm-{i}" for i, c in enumerate(ARMS, start=1)}
PERCENT_OF_INCH = 72


@dataclass(frozen=True)
class Style:
    """How an arm is drawn: color, dash pattern (points) and marker differ, so that none is needed alone."""

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


def line_style(style: Style) -> Any:
    """matplotlib's form of a dash pattern."""
    return (0, style.dash) if style.dash else "solid"


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width in inches of a line of text in the widest font of the list."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / PERCENT_OF_INCH


def drawn(name: str, size: tuple[float, float], alt: str, draw: Callable[[Figure], None]) -> str:
    """What ``draw`` draws on an empty figure of ``size`` inches, as an SVG element whose ids begin with ``name``."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "DejaVu Sans", "font.size": 9.0}
        )
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        draw(figure)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(out.getvalue(), name, size, alt)


def _inline(text: str, name: str, size: tuple[float, float], alt: str) -> str:
    """The file's SVG element for use inside a page: short, ids of its own, page colors, no namespace, no metadata."""
    from xml.etree import ElementTree

    element = compact(text, name)
    width, height = (round(72 * inches, 2) for inches in size)
    element.attrib = {
        "viewBox": f"0 0 {width:g} {height:g}", "role": "img", "aria-label": alt, "class": "figure",
        "font-family": FONT, "stroke-linejoin": "round",
    }  # fmt: skip
    body = ElementTree.tostring(element, encoding="unicode").replace(" />", "/>")
    for color, variable in VARIABLES.items():
        body = body.replace(color, f"var({variable})")
    return body


def plain_axes(axes: Any) -> None:
    """Axes in the page's ink: only the left and lower spine, quiet ticks."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(MUTED)
        axes.spines[side].set_linewidth(0.8)
    axes.tick_params(colors=MUTED, labelcolor=INK, labelsize=9, length=3.5, width=0.8)
    axes.patch.set_alpha(0)


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

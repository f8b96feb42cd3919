"""Many short texts in a row, written straight into the SVG: laying each out by itself takes most of a figure's time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIDDLE = 0.365
"""Half the height of a digit, in ems: how far its baseline lies under its middle."""


def write_row(figure: Figure, axes: Any, texts: Iterable[tuple[float, str]], y: float, size: float, color: str) -> None:
    """Texts centered at places on the x axis, their middle at ``y``, a share of the figure's height from below."""
    from matplotlib.artist import Artist

    class Row(Artist):
        """Texts that no layout moves."""

        def draw(self, renderer: Any) -> None:
            """Write them with the SVG renderer's own writer, in points from the upper left."""
            base = (1 - y) * figure.bbox.height + MIDDLE * size
            style = f"font-size: {size:g}px; text-anchor: middle; fill: {color}"
            for x, text in texts:
                at = axes.transData.transform((x, 0.0))[0]
                renderer.writer.element("text", text, {"style": style, "x": f"{at:.2f}", "y": f"{base:.2f}"})

    figure.add_artist(Row())

"""From arms of a scene to names and pictures of a figure."""

from __future__ import annotations

import re
from typing import Protocol

from trialkit.report.figures.canvas import styles
from trialkit.report.figures.frame import Name
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Picture, TableModel


class Drawable(Protocol):
    """A figure that can be drawn in two widths."""

    @property
    def alt(self) -> str:
        """What it shows, in words."""

    def svg(self, narrow: bool) -> str:
        """The SVG element."""


def names_of(scene: Scene, rows: Rows) -> dict[str, Name]:
    """The arms that have rows, in protocol order, as they are named and styled in a figure."""
    found = [arm for arm in scene.arms(rows) if rows.first(arm=arm.id) is not None]
    looks = styles([arm.id for arm in found], scene.study.control)
    return {arm.id: Name(arm.label, arm.note, looks[arm.id]) for arm in found}


def picture(figure: Drawable, caption: str, table: TableModel | None) -> Picture:
    """A figure drawn for page and phone."""
    return Picture(figure.svg(False), figure.svg(True), figure.alt, caption, table)


def element_id(*parts: object) -> str:
    """A text that can be an id in a page."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(str(part) for part in parts).lower()).strip("-") or "x"

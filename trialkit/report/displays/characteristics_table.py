"""Who the subjects are: categories and numbers per arm and in total."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.blocks import tables
from trialkit.report.scene import Scene


@dataclass(frozen=True)
class Params:
    """Parameters of ``characteristics_table``.

    Attributes:
        headings: words over a column's lines in place of its label.
        hide: categories of a column that are not shown.
        order: columns to be shown first, in this order.
    """

    headings: dict[str, str] = field(default_factory=dict)
    hide: dict[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def build(scene: Scene, params: Params) -> Made:
    """n (%) per category, and the summary of each number, arms and total."""
    return tables(scene, "Characteristic", params.headings, params.hide, (), params.order)


KIND = Kind(build, Params, needs=("counts", "summary"))

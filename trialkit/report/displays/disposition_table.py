"""How subjects went through the trial: the populations' sizes, then counts of what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made, arm_heads
from trialkit.report.displays.blocks import Layout, tables
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Line


@dataclass(frozen=True)
class Params:
    """Parameters of ``disposition_table``.

    Attributes:
        headings: words over a column's categories in place of its label.
        hide: categories of a column that are not shown.
        order: columns to be shown first, in this order.
    """

    headings: dict[str, str] = field(default_factory=dict)
    hide: dict[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def build(scene: Scene, params: Params) -> Made:
    """The sizes of the populations, then n (%) per category, arms and total."""
    arms, _ = arm_heads(scene, scene.methods("counts", "summary"))
    layout = Layout("Status", params.headings, params.hide, params.order)
    return tables(scene, layout, _populations(scene, arms))


def _populations(scene: Scene, arms: tuple[str, ...]) -> tuple[Line, ...]:
    """A line per population of the display's analyses, first those that have no arms yet."""
    made: dict[str, Line] = {}
    for spec in sorted(scene.specs, key=lambda spec: bool(scene.study.populations[spec.population].arm)):
        rows: Rows = scene.populations.where(analysis=spec.id)
        cells = tuple(scene.count_cell(rows.first(stat="N", arm=arm)) for arm in arms)
        made.setdefault(spec.population, Line(scene.study.populations[spec.population].label, cells, 0, "total"))
    return tuple(made.values())


KIND = Kind(build, Params, needs=("counts",), also=("summary",))

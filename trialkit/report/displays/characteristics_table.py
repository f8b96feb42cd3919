"""Who the subjects are: categories and numbers per arm and in total."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.blocks import Layout, tables
from trialkit.report.scene import Scene


@dataclass(frozen=True)
class Params:
    """Parameters of ``characteristics_table``.

    Attributes:
        headings: words over a column's lines in place of its label.
        hide: categories of a column that are not shown.
        order: columns to be shown first, in this order.
        apart: whether each statistic of a number has a line of its own.
        n_first: columns whose categories follow a line with their number of subjects.
        p: the statistics shown in a column of p-values, where a preset admits them (``baseline_p``).
    """

    headings: dict[str, str] = field(default_factory=dict)
    hide: dict[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    apart: bool = False
    n_first: tuple[str, ...] = ()
    p: tuple[str, ...] = ("p", "anova_p", "kruskal_p")


def build(scene: Scene, params: Params) -> Made:
    """n (%) per category, and the summary of each number, arms and total."""
    shape = Layout("Characteristic", params.headings, params.hide, params.order, params.apart, params.n_first, params.p)
    return tables(scene, shape)


KIND = Kind(build, Params, needs=("counts", "summary"), also=("chi_square", "fisher", "k_samples"), guarded=True)

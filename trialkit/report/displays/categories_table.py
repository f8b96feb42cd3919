"""An outcome in categories: n (%) per arm and, where an analysis gives it, the p-value of all arms together."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.blocks import Layout, tables
from trialkit.report.scene import Scene


@dataclass(frozen=True)
class Params:
    """Parameters of ``categories_table``.

    Attributes:
        headings: words over a column's lines in place of its label.
        hide: categories of a column that are not shown.
        n_first: columns whose categories follow a line with their number of subjects.
        p: the statistics shown in a column of p-values.
    """

    headings: dict[str, str] = field(default_factory=dict)
    hide: dict[str, tuple[str, ...]] = field(default_factory=dict)
    n_first: tuple[str, ...] = ()
    p: tuple[str, ...] = ("p", "row_means_p")


def build(scene: Scene, params: Params) -> Made:
    """A table for each ``by`` level, with a block of categories for each column."""
    layout = Layout("Category", params.headings, params.hide, n_first=params.n_first, p=params.p)
    return tables(scene, layout)


KIND = Kind(build, Params, needs=("counts",), also=("chi_square", "fisher", "cmh"))

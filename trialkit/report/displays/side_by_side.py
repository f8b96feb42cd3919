"""Several analyses side by side: a line for each group (a site, a version), a column for each analysis."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import NOBODY, Kind, Made
from trialkit.report.numbers import role
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``side_by_side``.

    Attributes:
        heads: words over the column of an analysis; its title where left out.
        stats: the statistic of an analysis; ``n`` where left out.
        everybody: words of the line for all groups.
    """

    heads: dict[str, str] = field(default_factory=dict)
    stats: dict[str, str] = field(default_factory=dict)
    everybody: str = "All"


def build(scene: Scene, params: Params) -> Made:
    """The table; a group that an analysis does not have is 0 where it counts, and a dash where it does not."""
    columns = {spec.id: _column(scene, spec.id, spec.total, params.stats.get(spec.id, "n")) for spec in scene.specs}
    heads = tuple(Head(params.heads.get(spec.id, spec.title)) for spec in scene.specs)
    paths = _ordered([path for column in columns.values() for path in column])
    deepest = max(map(len, paths), default=0)
    lines = []
    for path in paths:
        cells = tuple(_cell(scene, name, column.get(path), params) for name, column in columns.items())
        owner = next(name for name, column in columns.items() if path in column)
        words = (
            f"{scene.column(owner, path[-1][0]).label} {scene.level(owner, *path[-1])}" if path else params.everybody
        )
        lines.append(Line(words, cells, max(len(path) - 1, 0), "row" if path and len(path) == deepest else "total"))
    if not any(number.value for column in columns.values() for number in column.values()):
        lines = [Line(NOBODY, (), 0, "span")]
    return Made((TableModel(heads, tuple(lines)),))


def _column(scene: Scene, analysis: str, total: str, stat: str) -> dict[Groups, Number]:
    """The numbers of an analysis that are not of a single arm, by group."""
    rows: Rows = scene.of(analysis).where(stat=stat, arm=("", total))
    return rows.index(lambda number: number.groups)


def _ordered(paths: list[Groups]) -> list[Groups]:
    """Each path once, everything first, outer groups before their inner ones, groups by name."""
    return sorted(dict.fromkeys(paths), key=lambda path: [level for _, level in path])


def _cell(scene: Scene, analysis: str, number: Number | None, params: Params) -> Cell:
    counts = role(params.stats.get(analysis, "n")) == "count"
    if number is None:
        return scene.nobody(analysis) if counts else Cell("\u2013")
    return scene.count_cell(number) if counts else scene.cell(number)


KIND = Kind(build, Params, needs=("incidence", "accrual", "summary"))

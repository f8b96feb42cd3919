"""Declared lines of statistics: each a label and what stands in its cells, arms side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made, arm_heads, nobody, shell
from trialkit.report.displays.cells import As, line_cells
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Head, Line, TableModel


@dataclass(frozen=True)
class Shown:
    """A line of the table; without ``stat`` its label heads those below it.

    ``stat`` stands in the cell, the statistics ``beside`` it in brackets. ``analysis``, ``variable``, ``level``,
    ``within`` (groups inside the analysis) and ``at`` say which rows; any analysis, column and category if left out.
    With ``versus`` the label names the arm compared with; with ``each`` the line is repeated for every column that has
    the statistic, under that column's label.
    """

    label: str = ""
    stat: str = ""
    beside: tuple[str, ...] = ()
    analysis: str = ""
    variable: str = ""
    level: str = ""
    within: dict[str, str] = field(default_factory=dict)
    at: float | None = None
    show: As = "value"
    versus: bool = False
    each: bool = False


@dataclass(frozen=True)
class Params:
    """Parameters of ``statistics_table``.

    Attributes:
        lines: the lines of a block, in order.
        whole: the head of a column for statistics of no arm; they are not shown if it is empty.
        stub: head of the first column.
    """

    lines: tuple[Shown, ...]
    whole: str = ""
    stub: str = "Statistic"


def build(scene: Scene, params: Params) -> Made:
    """One table: a block per combination of the levels that analyses are repeated over, a column per arm."""
    rows = Rows(tuple(n for n in scene.rows if n.stat != "error"))
    arms, heads = arm_heads(scene, rows)
    if params.whole:
        arms, heads = (*arms, ""), (*heads, Head(params.whole))
    if nobody(scene.populations):
        return Made((shell(heads, params.stub),))
    names = {name for spec in scene.specs for name in spec.by}
    blocks: dict[Groups, list[Number]] = {}
    for number in rows:
        blocks.setdefault(tuple(g for g in number.groups if g[0] in names), []).append(number)
    lines: list[Line] = []
    for groups, inside in sorted(blocks.items(), key=lambda block: not block[0]):
        made = list(_block(scene, Rows(tuple(inside)), names, arms, params.lines))
        if made and groups:
            lines.append(Line(scene.group_words(inside[0].analysis, groups), (BLANK,) * len(arms), 0, "group"))
        lines += made
    return Made((TableModel(heads, tuple(lines), params.stub),))


def _block(
    scene: Scene, rows: Rows, names: set[str], arms: tuple[str, ...], declared: tuple[Shown, ...]
) -> Iterator[Line]:  # fmt: skip
    """The lines of a block; a heading only if a line follows that has numbers."""
    heading: Line | None = None
    for shown in declared:
        if not shown.stat:
            heading = Line(shown.label, (BLANK,) * len(arms), 0, "group")
            continue
        found = rows.where(stat=(shown.stat, *shown.beside))
        for line in _lines(scene, Rows(tuple(n for n in found if _wanted(n, names, shown))), arms, shown):
            if heading is not None:
                yield heading
                heading = None
            yield line


def _wanted(number: Number, names: set[str], shown: Shown) -> bool:
    """Whether a row of one of the statistics of a line is the line's."""
    inner = {name: level for name, level in number.groups if name not in names}
    asked = {"analysis": shown.analysis, "variable": shown.variable, "variable_level": shown.level}
    return (
        all(getattr(number, name) == value for name, value in asked.items() if value)
        and inner == shown.within
        and number.at == shown.at
        and (bool(number.reference) or not shown.versus)
    )


def _lines(scene: Scene, rows: Rows, arms: tuple[str, ...], shown: Shown) -> Iterator[Line]:
    """A line, or one per column; none where no arm of the table has the statistic."""
    found = Rows(tuple(n for n in rows.where(stat=shown.stat) if n.arm in arms))
    for name in found.values("variable") if shown.each else [None]:
        mine = rows if name is None else rows.where(variable=name)
        first = (found if name is None else found.where(variable=name)).first()
        if first is None:
            continue
        label = shown.label if name is None else scene.column(first.analysis, name).label
        label = f"{label} versus {scene.arm_label(first.reference)}" if shown.versus else label
        yield Line(label, line_cells(scene, mine, arms, shown.stat, shown.beside, shown.show), 1)


KIND = Kind(build, Params)

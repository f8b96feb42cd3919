"""Any analysis as it stands: every result row, arms side by side."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, arm_heads, nobody, shell
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

Key = tuple[str, str, str, float | None, str, str]


@dataclass(frozen=True)
class Params:
    """Parameters of ``results_table``.

    Attributes:
        stats: which statistics, in any order; all if empty.
    """

    stats: tuple[str, ...] = ()


def build(scene: Scene, params: Params) -> Made:
    """A table per analysis: a line per statistic (with group, column, category, time, comparison), a column per arm."""
    return Made(tuple(_table(scene, spec.id, spec.title, params) for spec in scene.specs))


def _table(scene: Scene, analysis: str, title: str, params: Params) -> TableModel:
    rows = Rows(tuple(n for n in scene.of(analysis) if n.stat != "error"))
    rows = rows.where(stat=params.stats) if params.stats else rows
    arms, heads = arm_heads(scene, rows)
    everyone = any(not n.arm for n in rows) and "" not in arms
    arms, heads = (*arms, *([""] if everyone else [])), (*heads, *([Head("Analysis as a whole")] if everyone else []))
    if not len(rows) or nobody(scene.populations.where(analysis=analysis)):
        return shell(heads, "Statistic", title)
    by = rows.index(lambda n: (_key(scene, n), n.arm))
    lines: list[Line] = []
    for key in dict.fromkeys(_key(scene, n) for n in rows):
        above = key[0]
        if above and (not lines or above not in {line.stub for line in lines if line.kind == "group"}):
            lines.append(Line(above, (BLANK,) * len(arms), 0, "group"))
        lines.append(
            Line(_stub(scene, key), tuple(_cell(scene, by.get((key, arm))) for arm in arms), 1 if above else 0)
        )
    return TableModel(heads, tuple(lines), "Statistic", title)


def _key(scene: Scene, n: Number) -> Key:
    words = [scene.group_words(n.analysis, n.groups)] if n.groups else []
    if n.variable:
        level = scene.level(n.analysis, n.variable, n.variable_level)
        label = scene.heading(n.analysis, n.variable)
        words.append(f"{label}: {level}" if level else label)
    elif n.variable_level:
        words.append(n.variable_level)
    return "; ".join(words), n.variable, n.variable_level, n.at, n.reference, n.stat


def _stub(scene: Scene, key: Key) -> str:
    at = f" at {key[3]:g}" if key[3] is not None else ""
    versus = f" versus {scene.arm_label(key[4])}" if key[4] else ""
    return f"{key[5]}{at}{versus}"


def _cell(scene: Scene, number: Number | None) -> Cell:
    if number is None:
        return BLANK
    counted = number.stat in ("n", "N", "events", "missing", "at_risk", "censored") and number.value is not None
    return scene.count_cell(number) if counted else scene.cell(number)


KIND = Kind(build, Params)

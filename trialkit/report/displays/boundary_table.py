"""Stopping rules: a line for each, with what was counted, its boundary, the posterior and whether it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

HEADS = ("Subjects", "Of", "Boundary", "Posterior", "Status")


@dataclass(frozen=True)
class Params:
    """Parameters of ``boundary_table``.

    Attributes:
        heads: words over a column in place of the usual ones (Subjects, Of, Boundary, Posterior, Status).
    """

    heads: dict[str, str] = field(default_factory=dict)


def build(scene: Scene, params: Params) -> Made:
    """A table per analysis: the rule's line is of all subjects; the arms stand under it where there are any."""
    heads = tuple(Head(params.heads.get(name, name), text=name == "Status") for name in HEADS)
    made = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        if nobody(rows, ("N",)):
            made.append(shell(heads, "Rule"))
            continue
        lines: list[Line] = []
        for path in rows.values("groups"):
            lines += _rule(scene, rows.where(groups=path), path)
        made.append(TableModel(heads, tuple(lines), "Rule"))
    notes = (
        "Boundary: the number of subjects from which the rule is reached; with a posterior, among the subjects so far.",
        "A line without a status is not what the rule looks at; a rule of the arms has its status under each arm.",
    )
    return Made(tuple(made), notes)


def _rule(scene: Scene, rows: Rows, path: Groups) -> list[Line]:
    by = rows.index(lambda n: (n.arm, n.stat))
    arms = [arm for arm in rows.values("arm") if arm in scene.study.arms]
    (whole,) = [arm for arm in rows.values("arm") if arm not in arms]
    words = scene.level(rows.numbers[0].analysis, *path[-1])
    lines = [Line(words, _cells(scene, by, whole))]
    return lines + [Line(scene.arm_label(arm), _cells(scene, by, arm), 1) for arm in arms]


def _cells(scene: Scene, by: dict[tuple[str, str], Number], arm: str) -> tuple[Cell, ...]:
    n, of, bound, posterior, reached = (
        by.get((arm, stat)) for stat in ("n", "N", "boundary", "posterior", "reached")
    )  # fmt: skip
    return (
        scene.count_cell(n),
        scene.count_cell(of),
        scene.cell(bound),
        scene.cell(posterior),
        BLANK if reached is None else Cell("reached" if reached.value else "not\u00a0reached", "text"),
    )


KIND = Kind(build, Params, needs=("stopping_bounds",))

"""Hypotheses in the order of testing, with their raw and adjusted p-values and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, nobody, shell
from trialkit.report.rows import Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

WORDS = {
    "fixed_sequence": "Fixed sequence: each hypothesis is tested at full alpha until the first that is not rejected",
    "holm": "Adjusted by Holm",
    "hochberg": "Adjusted by Hochberg",
    "hommel": "Adjusted by Hommel",
    "bonferroni": "Adjusted by Bonferroni",
}
HEADS = (Head("p"), Head("Adjusted p"), Head("Decision", text=True))


@dataclass(frozen=True)
class Params:
    """``multiplicity_table`` has no parameters."""


def build(scene: Scene, params: Params) -> Made:
    """A table per analysis, a line per hypothesis."""
    tables, notes = [], []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        asked = scene.params(spec)
        if not len(rows):
            if nobody(scene.populations):
                tables.append(shell(HEADS, "Hypothesis"))
            continue
        tables.append(_table(scene, rows, spec.title if len(scene.specs) > 1 else ""))
        notes.append(f"{WORDS[asked.how]}; alpha {asked.alpha:g}, two-sided.")
    return Made(tuple(tables), tuple(dict.fromkeys(notes)))


def _table(scene: Scene, rows: Rows, caption: str) -> TableModel:
    lines = []
    for i, groups in enumerate(rows.values("groups"), start=1):
        by = rows.where(groups=groups).index(lambda n: n.stat)
        decision = by.get("decision")
        cells = (scene.cell(by.get("p")), scene.cell(by.get("p_adjusted")))
        lines.append(Line(f"{i}. {groups[0][1]}", (*cells, Cell(decision.text, "text") if decision else BLANK)))
    return TableModel(HEADS, tuple(lines), "Hypothesis", caption)


KIND = Kind(build, Params, needs=("multiplicity",))

"""The numbers of subjects in the heads of tables, which open to the subjects that they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trialkit.report.arms import Arm
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Part, Picture, TableModel

Sizes = Mapping[tuple[str, str], Cell]
"""By the words of an arm and its ``N=86``: what that number opens to."""


def with_sizes(scene: Scene, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts of a display with the heads of its arms opened."""
    sizes = _sizes(scene)
    return tuple(_opened(part, sizes) for part in parts)


def _sizes(scene: Scene) -> Sizes:
    """The sizes of the display's populations; not those that two populations share by chance."""
    made: dict[tuple[str, str], list[Cell]] = {}
    for number in scene.populations.where(stat="N"):
        label = scene.arm_label(number.arm)
        made.setdefault((label, Arm(number.arm, label, number).note), []).append(scene.count_cell(number))
    return {key: cells[0] for key, cells in made.items() if len({cell.set_id for cell in cells}) == 1}


def _opened(part: Part, sizes: Sizes) -> Part:
    if isinstance(part, Picture):
        return replace(part, table=_table(part.table, sizes)) if part.table else part
    return _table(part, sizes) if isinstance(part, TableModel) else part


def _table(table: TableModel, sizes: Sizes) -> TableModel:
    return replace(table, heads=tuple(_head(head, sizes) for head in table.heads))


def _head(head: Head, sizes: Sizes) -> Head:
    words = (head.group, head.group_note) if head.group_note else (head.label, head.note)
    return replace(head, opens=sizes[words]) if words in sizes else head

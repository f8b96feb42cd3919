"""The flow of participants through the trial (CONSORT 2025), drawn only if its boxes add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.flow import Box, FlowFigure
from trialkit.report.numbers import count
from trialkit.report.rows import Number
from trialkit.report.scene import Arm, Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Notice, TableModel


@dataclass(frozen=True)
class Screening:
    """The boxes before the arms: a counted column of everybody, and its category of those who went on."""

    analysis: str
    variable: str
    passed: str
    title: str = "Screened"
    excluded: str = "Excluded"
    next: str = "Randomized"
    side: str = "Enrollment"


@dataclass(frozen=True)
class Stage:
    """A box of each arm: a counted column that puts everybody in one category.

    The heading counts all but those ``apart``; of these the ``named`` have a line of their own beside it.
    """

    side: str
    analysis: str
    variable: str
    title: str
    apart: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Params:
    """Parameters of ``participant_flow``.

    Attributes:
        screening: the boxes before the arms.
        stages: the boxes of each arm, from the top.
    """

    screening: Screening
    stages: tuple[Stage, ...]


Counts = dict[str, Number]


def build(scene: Scene, params: Params) -> Made:
    """The figure with its numbers; in place of it what does not add up."""
    first = params.screening
    screened = _counts(scene, first.analysis, first.variable, _total(scene, first.analysis))
    every = scene.arms(scene.of(params.stages[0].analysis))
    arms = tuple(arm for arm in every if arm.id in scene.study.arms) or _all(scene, params.stages[0].analysis)
    found = {(stage, arm.id): _counts(scene, stage.analysis, stage.variable, arm.id)
             for stage in params.stages for arm in arms}  # fmt: skip
    table = _table(scene, params, screened, arms, found)
    wrong = _wrong(scene, params, screened, arms, found)
    if wrong:
        return Made((Notice(f"Not drawn, because the boxes do not add up: {'; '.join(wrong)}."), table))
    out, passed = {k: v for k, v in screened.items() if k != first.passed}, screened.get(first.passed)
    lines = tuple(_line(scene, n) for n in out.values() if n.value)
    everybody, gone = _sum(screened.values()), _sum(out.values())
    figure = FlowFigure(
        Box(_said(first.title, everybody), (), first.side),
        Box(_said(first.excluded, gone), lines),
        Box(_said(first.next, passed.value or 0 if passed else 0)),
        tuple(tuple(_box(scene, stage, arm, found[stage, arm.id]) for stage in params.stages) for arm in arms),
        _alt(scene, params, everybody, gone, arms, found),
    )
    return Made((picture(figure, "", table),))


def _all(scene: Scene, analysis: str) -> tuple[Arm, ...]:
    """Everybody as one column, where nobody has an arm."""
    total = _total(scene, analysis)
    return (Arm(total, scene.arm_label(total), scene.populations.first(analysis=analysis, stat="N", arm=total)),)


def _counts(scene: Scene, analysis: str, variable: str, arm: str) -> Counts:
    rows = scene.of(analysis).where(stat="n", variable=variable, arm=arm)
    return {number.variable_level: number for number in rows}


def _total(scene: Scene, analysis: str) -> str:
    spec = scene.study.analyses.get(analysis)
    return spec.total if spec else ""


def _everybody(scene: Scene, params: Params, screened: Counts) -> Cell:
    """The sum of the categories, which opens to the population if it has that size."""
    first, sum_of = params.screening, _sum(screened.values())
    size = scene.populations.first(analysis=first.analysis, stat="N", arm=_total(scene, first.analysis))
    return scene.count_cell(size) if size and size.value == sum_of else Cell(count(sum_of), "count")


def _sum(numbers: Iterable[Number]) -> float:
    return sum((number.value or 0.0 for number in numbers), 0.0)


def _said(words: str, value: float) -> str:
    return f"{words} (n={count(value)})"


def _line(scene: Scene, number: Number) -> str:
    return _said(scene.level(number.analysis, number.variable, number.variable_level), number.value or 0)


def _box(scene: Scene, stage: Stage, arm: Arm, counts: Counts) -> Box:
    inside = [number for level, number in counts.items() if level not in stage.apart]
    named = [counts[level] for level in stage.named if level in counts]
    lines = [_line(scene, number) for number in inside if number.value]
    heading = _said(stage.title, _sum(inside))
    if len(inside) == 1:  # the heading has said it
        lines = []
    beside = tuple(_line(scene, number) for number in named if number.value)
    return Box(f"{arm.label}: {heading[0].lower()}{heading[1:]}", tuple(lines), stage.side, beside)


def _wrong(scene: Scene, params: Params, screened: Counts, arms: tuple[Arm, ...], found: dict) -> list[str]:  # type: ignore[type-arg]
    """Sums that do not hold, in words."""
    first, made = params.screening, []
    size = scene.populations.first(analysis=first.analysis, stat="N", arm=_total(scene, first.analysis))
    if size is not None and size.value != _sum(screened.values()):
        made.append(f"{count(size.value)} screened and {count(_sum(screened.values()))} by category")
    passed = screened[first.passed].value or 0 if first.passed in screened else 0.0
    sizes = {arm.id: scene.populations.first(analysis=params.stages[0].analysis, stat="N", arm=arm.id) for arm in arms}
    total = _sum(number for number in sizes.values() if number)
    if passed != total:
        made.append(f"{count(passed)} went on and {count(total)} are in the arms")
    for (stage, arm), counts in found.items():
        number = sizes[arm]
        if number is not None and number.value != _sum(counts.values()):
            made.append(
                f"{scene.arm_label(arm)}, {stage.side}: {count(_sum(counts.values()))} of {count(number.value)}"
            )
    return made


def _table(scene: Scene, params: Params, screened: Counts, arms: tuple[Arm, ...], found: dict) -> TableModel:  # type: ignore[type-arg]
    heads = (Head("All"), *(Head(arm.label, arm.note) for arm in arms))
    lines = [Line(params.screening.title, (_everybody(scene, params, screened), *[BLANK] * len(arms)), 0, "total")]
    for number in screened.values():
        words = scene.level(number.analysis, number.variable, number.variable_level)
        lines.append(Line(words, (scene.count_cell(number), *[BLANK] * len(arms)), 1))
    for stage in params.stages:
        lines.append(Line(stage.side, (BLANK,) * len(heads), 0, "group"))
        levels = dict.fromkeys(level for arm in arms for level in found[stage, arm.id])
        for level in levels:
            cells = tuple(scene.count_cell(found[stage, arm.id].get(level)) for arm in arms)
            lines.append(Line(scene.level(stage.analysis, stage.variable, level), (BLANK, *cells), 1))
    return TableModel(heads, tuple(lines), "Box")


def _alt(
    scene: Scene, params: Params, everybody: float, gone: float, arms: tuple[Arm, ...],
    found: dict[tuple[Stage, str], Counts],
) -> str:  # fmt: skip
    said = [f"{_said(params.screening.title, everybody)}, {_said(params.screening.excluded.lower(), gone)}."]
    for arm in arms:
        boxes = (_box(scene, stage, arm, found[stage, arm.id]).heading for stage in params.stages)
        said.append(f"{', '.join(boxes)}.")
    return " ".join(said) + " All numbers are in the table below the figure."


KIND = Kind(build, Params, needs=("counts",))

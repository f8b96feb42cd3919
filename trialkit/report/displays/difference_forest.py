"""Forest plot of differences of means by subgroup, with the tests of interaction."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.forest import ForestFigure, ForestLine
from trialkit.report.numbers import count, interval, p_words
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel

Pair = tuple[str, str]


@dataclass(frozen=True)
class Params:
    """Parameters of ``difference_forest``.

    Attributes:
        x: words for what is compared, before the arms' names.
        left, right: what a difference below and above 0 means.
    """

    x: str = "Difference"
    left: str = ""
    right: str = ""


@dataclass(frozen=True)
class Subgroup:
    """A line: its words and rows; ``column`` heads the levels of a column and carries its test of interaction."""

    label: str
    rows: Rows
    column: str = ""
    whole: bool = False


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table per comparison: analyses repeated by one column, and one that is not, of all subjects."""
    found = _subgroups(scene)
    pairs = dict.fromkeys((n.arm, n.reference) for group in found for n in group.rows if n.reference)
    parts: list[Part] = [_part(scene, found, pair, params) for pair in pairs]
    if not parts and nobody(scene.populations):
        parts.append(shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(Rows(())))))
    notes = (
        "Lines: difference and interval in each subgroup; dashed line: the difference in all subjects.",
        "p of interaction: F test of arm by subgroup over all arms; no subgroup is tested alone.",
    )
    return Made(tuple(parts), notes)


def _subgroups(scene: Scene) -> list[Subgroup]:
    made: list[Subgroup] = []
    models = [spec for spec in scene.specs if spec.method == "ancova"]
    for spec in sorted(models, key=lambda one: bool(one.by)):
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        if not spec.by:
            made.append(Subgroup("All subjects", rows, whole=True))
            continue
        made.append(Subgroup(scene.column(spec.id, spec.by[-1]).label, _interaction(scene, spec), spec.by[-1]))
        for groups, panel in rows.panels(len(spec.by)):
            made.append(Subgroup(scene.level(spec.id, *groups[-1]), panel))
    return made


def _interaction(scene: Scene, spec: AnalysisSpec) -> Rows:
    return scene.methods("interaction").where(variable=spec.by[-1], stat="interaction_p")


def _part(scene: Scene, found: list[Subgroup], pair: Pair, params: Params) -> Part:
    arm, reference = (scene.arm_label(name) for name in pair)
    spec = next(spec for spec in scene.specs if spec.method == "ancova")
    ci = confidence(scene.params(spec))
    lines = [_line(scene, group, pair) for group in found]
    title = f"{params.x}, {arm} minus {reference}"
    figure = ForestFigure(
        lines=tuple(lines),
        x_title=title,
        columns=("n per arm", f"Difference ({ci})"),
        better=(params.left or f"lower with {arm}", params.right or f"lower with {reference}"),
        alt=f"{title}. "
        + " ".join(f"{line.label}: {line.right}." for line in lines if line.right)
        + " All numbers are in the table below the figure.",
        log=False,
    )
    return picture(figure, f"{arm} versus {reference}", _table(scene, found, pair, ci))


def _line(scene: Scene, group: Subgroup, pair: Pair) -> ForestLine:
    if group.column:
        p = group.rows.first()
        words = "" if p is None else "interaction: not computed" if p.error else f"interaction: {p_words(p.value)}"
        return ForestLine(group.label, right=words, head=True)
    numbers = " vs ".join(count(n.value) if n else "0" for n in (_n(group, arm) for arm in pair))
    found = _difference(group, pair)
    if found is None:
        return ForestLine(group.label, numbers, "not computed", whole=group.whole)
    diff, low, high = found
    text = f"{scene.text(diff)} {interval(scene.text(low), scene.text(high))}"
    values = (diff.value or 0.0, low.value or 0.0, high.value or 0.0)
    return ForestLine(group.label, numbers, text, values, whole=group.whole)


def _n(group: Subgroup, arm: str) -> Number | None:
    return group.rows.first(stat="n", arm=arm, reference="")


def _difference(group: Subgroup, pair: Pair) -> tuple[Number, Number, Number] | None:
    mine = group.rows.where(arm=pair[0], reference=pair[1])
    diff, low, high = (mine.first(stat=stat) for stat in ("diff", "ci_low", "ci_high"))
    if diff is None or low is None or high is None or diff.value is None:
        return None
    return diff, low, high


def _table(scene: Scene, found: list[Subgroup], pair: Pair, ci: str) -> TableModel:
    heads = [*(Head("n", "", scene.arm_label(arm)) for arm in pair)]
    heads += [Head("Difference"), Head(ci), Head("p of interaction")]
    lines = []
    for group in found:
        if group.column:
            p = group.rows.first()
            lines.append(Line(group.label, (*(BLANK,) * 4, BLANK if p is None else scene.cell(p))))
            continue
        counts = [scene.count_cell(_n(group, arm)) for arm in pair]
        difference = _difference(group, pair)
        cells = [Cell("not computed", "error"), BLANK]
        if difference is not None:
            cells = [scene.cell(difference[0]), scene.limits(difference[1], difference[2])]
        lines.append(Line(group.label, (*counts, *cells, BLANK), 0 if group.whole else 1))
    return TableModel(tuple(heads), tuple(lines), "Subgroup")


KIND = Kind(build, Params, needs=("ancova",), also=("interaction",))

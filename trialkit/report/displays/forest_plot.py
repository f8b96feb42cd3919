"""Forest plot of hazard ratios by subgroup, with the tests of interaction."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, confidence, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.figures.forest import ForestFigure, ForestLine
from trialkit.report.numbers import count, interval, p_words
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``forest_plot``.

    Attributes:
        x: title of the axis; "Hazard ratio versus ..." if empty.
        left, right: what a ratio below and above 1 means, "" for the arms' names.
    """

    x: str = ""
    left: str = ""
    right: str = ""


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table per comparison (and ``by`` level)."""
    parts: list[Part] = []
    for spec in (s for s in scene.specs if s.method == "cox_subgroups"):
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for groups, panel in rows.panels(scene.depth(rows)) or [((), rows)]:
            pairs = dict.fromkeys((n.arm, n.reference) for n in panel if n.reference)
            if not pairs:
                heads = tuple(Head(arm.label, arm.note) for arm in scene.arms(panel))
                parts.append(shell(heads, "", scene.group_words(spec.id, groups)))
            for arm, reference in pairs:
                parts.append(_part(scene, spec.id, groups, panel, (arm, reference), params))
    notes = (
        "Lines: hazard ratio and interval in each subgroup; dashed line: the ratio in all subjects.",
        "p of interaction: likelihood-ratio test of arm by subgroup over all arms; no subgroup is tested alone.",
    )
    return Made(tuple(parts), notes)


def _part(
    scene: Scene, analysis: str, groups: Groups, rows: Rows, pair: tuple[str, str], params: Params
) -> Part:  # fmt: skip
    arm, reference = (scene.arm_label(name) for name in pair)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    lines = _lines(scene, analysis, rows, pair)
    title = params.x or f"Hazard ratio, {arm} versus {reference} (log scale)"
    figure = ForestFigure(
        lines=tuple(lines),
        x_title=title,
        columns=("Events / n per arm", f"Ratio ({ci})"),
        better=(params.left or f"lower with {arm}", params.right or f"lower with {reference}"),
        alt=_alt(title, lines),
    )
    caption = ", ".join(filter(None, (scene.group_words(analysis, groups), f"{arm} versus {reference}")))
    return picture(figure, caption, _table(scene, analysis, rows, pair, ci))


def _subgroups(rows: Rows) -> list[tuple[str, str]]:
    """All subjects ("", ""), then (column, "") and its (column, level) in order."""
    made: list[tuple[str, str]] = [("", "")]
    for name in (v for v in rows.values("variable") if v):
        levels = [v for v in rows.where(variable=name).values("variable_level") if v]
        made += [(name, ""), *((name, level) for level in levels)]
    return made


def _lines(scene: Scene, analysis: str, rows: Rows, pair: tuple[str, str]) -> list[ForestLine]:
    made = []
    for name, level in _subgroups(rows):
        inside = rows.where(variable=name, variable_level=level)
        if name and not level:
            p = inside.first(stat="interaction_p")
            words = "" if p is None else "interaction: not computed" if p.error else f"interaction: {p_words(p.value)}"
            made.append(ForestLine(scene.column(analysis, name).label, right=words, head=True))
            continue
        label = scene.level(analysis, name, level) if name else "All subjects"
        found = _ratio(inside, pair)
        numbers = " vs ".join(f"{_count(inside, 'events', arm)}/{_count(inside, 'n', arm)}" for arm in pair)
        if found is None:
            made.append(ForestLine(label, numbers, "not computed", whole=not name))
            continue
        ratio, low, high = found
        text = f"{scene.text(ratio)} {interval(scene.text(low), scene.text(high))}"
        values = (ratio.value or 1.0, low.value or 1.0, high.value or 1.0)
        made.append(ForestLine(label, numbers, text, values, whole=not name))
    return made


def _ratio(rows: Rows, pair: tuple[str, str]) -> tuple[Number, Number, Number] | None:
    found = [rows.first(stat=s, arm=pair[0], reference=pair[1]) for s in ("hazard_ratio", "ci_low", "ci_high")]
    if any(n is None or n.value is None for n in found):
        return None
    return found[0], found[1], found[2]  # type: ignore[return-value]


def _count(rows: Rows, stat: str, arm: str) -> str:
    found = rows.first(stat=stat, arm=arm, reference="")
    return count(found.value) if found is not None else "\u2013"


def _alt(title: str, lines: list[ForestLine]) -> str:
    said = [f"{line.label}: {line.right}." for line in lines if line.right]
    return f"{title}. " + " ".join(said) + " All numbers are in the table below the figure."


def _table(scene: Scene, analysis: str, rows: Rows, pair: tuple[str, str], ci: str) -> TableModel:
    heads = [Head(part, "", scene.arm_label(arm)) for arm in pair for part in ("n", "Events")]
    heads += [Head("Hazard ratio"), Head(ci), Head("p of interaction")]
    lines = []
    for name, level in _subgroups(rows):
        inside = rows.where(variable=name, variable_level=level)
        if name and not level:
            p = inside.first(stat="interaction_p")
            cell = BLANK if p is None else scene.cell(p)
            lines.append(Line(scene.column(analysis, name).label, (*(BLANK,) * 6, cell)))
            continue
        counts = [scene.count_cell(inside.first(stat=s, arm=a, reference="")) for a in pair for s in ("n", "events")]
        found = _ratio(inside, pair)
        cells = [Cell("not computed", "error"), BLANK]
        if found is not None:
            cells = [scene.cell(found[0]), scene.limits(found[1], found[2])]
        label = scene.level(analysis, name, level) if name else "All subjects"
        lines.append(Line(label, (*counts, *cells, BLANK), 1 if name else 0))
    return TableModel(tuple(heads), tuple(lines), "Subgroup")


KIND = Kind(build, Params, needs=("cox_subgroups",))

"""How much worse than assumed the imputed values must be before a conclusion changes: figure and table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.tipping import DeltaLine, TippingFigure
from trialkit.report.numbers import fixed, p_value
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``tipping_point``.

    Attributes:
        strategies: the strategies shown, a figure each; all if empty.
        x: title of the horizontal axis.
    """

    strategies: tuple[str, ...] = ()
    x: str = "Delta added to imputed values"


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table per analysis and strategy."""
    parts: list[Part] = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.groups and n.stat != "error"))
        found = [dict(n.groups).get("strategy", "") for n in rows]
        for strategy in dict.fromkeys(found):
            if not params.strategies or strategy in params.strategies:
                mine = Rows(tuple(n for n, s in zip(rows, found, strict=True) if s == strategy))
                parts.append(_part(scene, spec.id, strategy, mine, params))
    if not parts and nobody(scene.populations):
        parts.append(shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(Rows(())))))
    notes = (
        "Points: difference with each delta; bars: its interval; dashed vertical line: the tipping point, the delta at "
        "which the interval just reaches 0, where there is one among the deltas drawn.",
    )
    return Made(tuple(parts), notes)


def _part(scene: Scene, analysis: str, strategy: str, rows: Rows, params: Params) -> Part:
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    moved = Rows(tuple(n for n in rows if n.at is not None and n.reference))
    names = names_of(scene, moved)
    tips = rows.where(stat="tipping_point").index(lambda n: n.arm)
    lines = tuple(DeltaLine(name, _points(moved.where(arm=arm)), _value(tips.get(arm))) for arm, name in names.items())
    versus = scene.arm_label(moved.numbers[0].reference)
    figure = TippingFigure(
        lines=lines,
        x_title=params.x,
        y_title=f"Difference from {versus} ({ci})",
        alt=_alt(strategy, [(line, tips.get(arm)) for line, arm in zip(lines, names, strict=True)]),
    )
    return picture(figure, f"Strategy: {strategy}", _table(scene, moved, tips, (list(names), versus, ci)))


def _points(rows: Rows) -> tuple[tuple[float, float, float, float, str], ...]:
    by = rows.index(lambda n: (n.at, n.stat))
    made = []
    for at in sorted({n.at for n in rows if n.at is not None}):
        diff, low, high, p = (_value(by.get((at, stat))) for stat in ("diff", "ci_low", "ci_high", "p"))
        if diff is not None and low is not None and high is not None:
            made.append((at, diff, low, high, p_value(p)))
    return tuple(made)


def _value(number: Number | None) -> float | None:
    return number.value if number else None


def _tip(scene: Scene, tip: Number | None) -> Cell:
    return replace(scene.estimate(tip, _said(tip)), kind="text")


def _said(tip: Number | None) -> str:
    if tip is None:
        return ""
    return fixed(tip.value, 1) if tip.value is not None else f"none: {tip.warning}"


def _alt(strategy: str, lines: list[tuple[DeltaLine, Number | None]]) -> str:
    made = [f"Difference by delta added to imputed values, strategy {strategy}."]
    made += [f"{line.name.label}: tipping point {_said(tip)}." for line, tip in lines]
    return " ".join(made) + " All numbers are in the table below the figure."


def _table(scene: Scene, rows: Rows, tips: dict[str, Number], what: tuple[list[str], str, str]) -> TableModel:
    arms, versus, ci = what
    by = rows.index(lambda n: (n.at, n.arm, n.stat))
    heads = tuple(
        Head(part, "", scene.arm_label(arm)) for arm in arms for part in (f"Difference from {versus} ({ci})", "p")
    )
    lines = []
    for at in sorted({n.at for n in rows if n.at is not None}):
        cells: list[Cell] = []
        for arm in arms:
            limits = scene.between(by.get((at, arm, "ci_low")), by.get((at, arm, "ci_high")))
            p = by.get((at, arm, "p"))
            diff = by.get((at, arm, "diff"))
            cells += [scene.estimate(diff, scene.text(diff), limits), scene.cell(p)]
        lines.append(Line(fixed(at, 0 if at.is_integer() else 1), tuple(cells)))
    tipping = [cell for arm in arms for cell in (_tip(scene, tips.get(arm)), BLANK)]
    return TableModel(heads, (*lines, Line("Tipping point", tuple(tipping), 0, "total")), "Delta")


KIND = Kind(build, Params, needs=("reference_imputation",))

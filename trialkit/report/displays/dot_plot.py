"""Dot plot of terms: the share of each arm, and its difference from the control with an interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialkit.report.displays.base import Kind, Made, arm_heads, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.dots import DotRow, DotsFigure
from trialkit.report.figures.frame import Name
from trialkit.report.numbers import interval
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``dot_plot``.

    Attributes:
        at_least: a term is shown if its percentage reaches this in an arm.
        at_most: so many terms are shown, those with the highest percentage in an arm.
    """

    at_least: float = 0.0
    at_most: int = 12


def build(scene: Scene, params: Params) -> Made:
    """A figure of the terms (the innermost ``by`` column) and the table of its numbers."""
    rows = Rows(tuple(n for n in scene.methods("proportions") if n.stat != "error"))
    shown = _terms(rows, params)
    if nobody(rows, ("n",)) or not shown:
        return Made((shell(arm_heads(scene, rows)[1]),))
    names = names_of(scene, rows)
    pairs = [pair for pair in dict.fromkeys((n.arm, n.reference) for n in rows) if pair[1]]
    by = rows.index(lambda n: (n.groups, n.arm, n.reference, n.stat))
    ci = confidence(scene.params(scene.specs[0]))
    control = scene.arm_label(pairs[0][1]) if pairs else ""
    figure = DotsFigure(
        rows=tuple(_row(scene, by, path, list(names), pairs) for path in shown),
        names=tuple(names.values()),
        titles=("Subjects, %", *([f"Difference from {control}, percentage points ({ci})"] if pairs else [])),
        alt=_alt(scene, by, shown, names, bool(pairs)),
    )
    table = _table(scene, by, shown, names, pairs, ci)
    notes = ["A subject counts once in each term; percentages are of N.", "Terms stand in falling order of percentage."]
    if len(shown) < len(rows.values("groups")):
        which = f"that reach {params.at_least:g}% in an arm" if params.at_least else "with the highest percentages"
        notes.append(f"Shown are terms {which}, at most {params.at_most}.")
    return Made((picture(figure, "", table),), tuple(notes))


def _terms(rows: Rows, params: Params) -> list[Groups]:
    """The terms to be shown, by their highest percentage in an arm, ties by name."""
    top: dict[Groups, float] = {}
    for n in rows.where(stat="proportion"):
        top[n.groups] = max(top.get(n.groups, 0.0), n.value or 0.0)
    found = [path for path, share in top.items() if share > 0 and 100 * share >= params.at_least]
    return sorted(found, key=lambda path: (-top[path], path[-1][1] if path else ""))[: params.at_most]


def _row(scene: Scene, by: dict, path: Groups, arms: list[str], pairs: list[tuple[str, str]]) -> DotRow:
    shares = [(i, by.get((path, arm, "", "proportion"))) for i, arm in enumerate(arms)]
    drawn = []
    for arm, reference in pairs:
        found = [by.get((path, arm, reference, f"risk_difference{end}")) for end in ("", "_ci_low", "_ci_high")]
        if all(n is not None and n.value is not None for n in found):
            value, low, high = (100 * (n.value or 0.0) for n in found if n is not None)
            drawn.append((arms.index(arm), value, low, high))
    held = tuple((i, 100 * n.value) for i, n in shares if n is not None and n.value is not None)
    return DotRow(_word(scene, by, path), held, tuple(drawn))


def _word(scene: Scene, by: dict, path: Groups) -> str:
    first: Number = next(iter(by.values()))
    return scene.level(first.analysis, *path[-1]) if path else ""


def _alt(scene: Scene, by: dict, shown: list[Groups], names: dict[str, Name], pairs: bool) -> str:
    differences = ", and differences from the control with intervals" if pairs else ""
    said = [f"Percentage of subjects with each term by arm{differences}."]
    for path in shown[:3]:
        shares = (f"{name.label} {scene.text(by.get((path, arm, '', 'proportion')))}" for arm, name in names.items())
        said.append(f"{_word(scene, by, path)}: {', '.join(shares)}.")
    return " ".join(said) + " All numbers are in the table below the figure."


def _table(
    scene: Scene, by: dict, shown: list[Groups], names: dict[str, Name], pairs: list[tuple[str, str]], ci: str
) -> TableModel:
    heads = [Head(name.label, name.note) for name in names.values()]
    heads += [Head(f"{scene.arm_label(arm)} minus {scene.arm_label(other)} ({ci})") for arm, other in pairs]
    lines = []
    for path in shown:
        cells: list[Cell] = []
        for arm in names:
            count = scene.count_cell(by.get((path, arm, "", "count")), None, "n_pct")
            share = by.get((path, arm, "", "proportion"))
            tail = f"({scene.text(share)})" if share is not None and share.value else ""
            cells.append(replace(count, tail=tail))
        for pair in pairs:
            value, low, high = (by.get((path, *pair, f"risk_difference{end}")) for end in ("", "_ci_low", "_ci_high"))
            limits = interval(scene.text(low) or "NE", scene.text(high) or "NE")
            cells.append(scene.estimate(value, scene.text(value), limits) if value else BLANK)
        lines.append(Line(_word(scene, by, path), tuple(cells)))
    first: Number = next(iter(by.values()))
    stub = scene.column(first.analysis, shown[0][-1][0]).label if shown[0] else ""
    return TableModel(tuple(heads), tuple(lines), stub)


KIND = Kind(build, Params, needs=("proportions",))

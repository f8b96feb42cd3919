"""Adjusted means per arm, and differences between arms with intervals and p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialkit.report.displays.base import Kind, Made, arm_heads, confidence, empty, nobody, shell
from trialkit.report.numbers import count, fixed, p_words
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``estimates_table``.

    Attributes:
        overall: whether the test of all arms together is shown.
    """

    overall: bool = True


def build(scene: Scene, params: Params) -> Made:
    """A table per analysis and ``by`` level: n, least-squares means, differences; columns are the arms."""
    made: list[TableModel] = []
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id).where(method="ancova") if n.stat != "error"))
        panels = rows.panels(scene.depth(rows)) or [((), rows)]
        made += [_table(scene, spec.id, panel, params) for panel in panels]
    return Made(tuple(made), ("LS mean: least-squares mean; SE: standard error; CI: confidence interval.",))


def _table(scene: Scene, analysis: str, panel: tuple[Groups, Rows], params: Params) -> TableModel:
    groups, rows = panel
    arms, heads = arm_heads(scene, rows)
    several = len(scene.specs) > 1
    caption = ": ".join(filter(None, [scene.study.analyses[analysis].title if several else "",
                                      scene.group_words(analysis, groups)]))  # fmt: skip
    if nobody(rows, ("n",)):
        return shell(heads, "", caption)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    lines = [Line(scene.heading(analysis, scene.response(analysis)), empty(len(arms)), 0, "group")]
    lines += _means(scene, rows, arms, ci)
    for reference in rows.where(stat="diff").values("reference"):
        lines += _differences(scene, rows.where(reference=reference), reference, arms, ci)
    lines += _overall(scene, rows) if params.overall else []
    lines += _dose(scene, rows, ci)
    return TableModel(heads, tuple(lines), "Estimate", caption)


def _means(scene: Scene, rows: Rows, arms: tuple[str, ...], ci: str) -> list[Line]:
    by = rows.where(reference="").index(lambda n: (n.stat, n.arm))

    def cells(make: Any) -> tuple[Cell, ...]:
        return tuple(make(arm) for arm in arms)

    return [
        Line("Subjects in the model, n", cells(lambda a: scene.count_cell(by.get(("n", a)))), 1),
        Line("LS mean (SE)", cells(lambda a: _with_se(scene, by.get(("lsmean", a)), by.get(("se", a)))), 1),
        Line(ci, cells(lambda a: scene.limits(by.get(("ci_low", a)), by.get(("ci_high", a)))), 1),
    ]


def _differences(scene: Scene, rows: Rows, reference: str, arms: tuple[str, ...], ci: str) -> list[Line]:
    by = rows.index(lambda n: (n.stat, n.arm))
    lines = [Line(f"Difference from {scene.arm_label(reference)}", empty(len(arms)), 0, "group")]
    made = {
        "Difference (SE)": [_with_se(scene, by.get(("diff", a)), by.get(("se", a))) for a in arms],
        ci: [scene.limits(by.get(("ci_low", a)), by.get(("ci_high", a))) for a in arms],
        "p": [scene.p(by.get(("p", a))) for a in arms],
    }
    return lines + [Line(label, tuple(cells), 1) for label, cells in made.items()]


def _with_se(scene: Scene, mean: Number | None, se: Number | None) -> Cell:
    if mean is None or mean.error or se is None:
        return scene.cell(mean)
    return scene.estimate(mean, scene.text(mean), f"({scene.text(se)})")


def _overall(scene: Scene, rows: Rows) -> list[Line]:
    """The test of all arms together, where it says more than the one difference."""
    f, df, rest, p = (rows.first(stat=stat) for stat in ("f", "f_df", "df_residual", "f_p"))
    if f is None or df is None or rest is None or p is None or df.value == 1:
        return []
    words = f"F({count(df.value)}, {count(rest.value)}) = {fixed(f.value, 2)}, {p_words(p.value)}"
    return [scene.span(p, f"Test of all arms together: {words}")]


def _dose(scene: Scene, rows: Rows, ci: str) -> list[Line]:
    by = {stat: rows.first(stat=stat) for stat in ("dose_slope", "dose_se", "dose_ci_low", "dose_ci_high", "dose_p")}
    slope = by["dose_slope"]
    if slope is None:
        return []
    words = f"{_with_se(scene, slope, by['dose_se']).full}, {ci} {scene.between(by['dose_ci_low'], by['dose_ci_high'])}"
    p = by["dose_p"]
    said = f"Linear dose response, slope per unit of dose: {words}; {p_words(p.value if p else None)}"
    return [scene.span(slope, said)]


KIND = Kind(build, Params, needs=("ancova",))

"""Least-squares means of a mixed model and their differences, a block a visit; averages over visits at the end."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, arm_heads, confidence, empty, nobody, shell
from trialkit.report.displays.mixed_model import Place, at, estimates, fit_notes, panels, places, words
from trialkit.report.numbers import count, fixed, p_words
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Line, TableModel

NOTES: tuple[str, ...] = (
    "LS mean: least-squares mean; SE: standard error; CI: confidence interval; df: degrees of freedom; "
    "n: subjects with a value.",
)


@dataclass(frozen=True)
class Params:
    """Parameters of ``ls_means_table``.

    Attributes:
        means: whether n and the means are shown, or the differences alone.
        visits: which visits and averages, by level or name; all if empty.
        tests: terms whose F test is shown under the table, as in the result rows (``arm:visit``).
    """

    means: bool = True
    visits: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def build(scene: Scene, params: Params) -> Made:
    """A table per analysis and ``by`` level; columns are the arms."""
    made: list[TableModel] = []
    notes = NOTES
    for spec in scene.specs:
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for groups, panel in panels(scene, spec, rows):
            made.append(_table(scene, spec.id, groups, panel, params))
            notes += fit_notes(panel)
    return Made(tuple(made), notes)


def _table(scene: Scene, analysis: str, groups: Groups, panel: Rows, params: Params) -> TableModel:
    rows = estimates(scene, panel)
    arms, heads = arm_heads(scene, rows)
    title = scene.study.analyses[analysis].title if len(scene.specs) > 1 else ""
    caption = ": ".join(filter(None, [title, scene.group_words(analysis, groups)]))
    if nobody(rows, ("n",)):
        return shell(heads, "Visit", caption)
    ci = confidence(scene.params(scene.study.analyses[analysis]))
    lines: list[Line] = []
    visits, averages = places(rows)
    for place in (*visits, *averages):
        if not params.visits or place[1] in params.visits or (place[0] and place[0][-1][1] in params.visits):
            lines += _block(scene, analysis, rows, place, (arms, ci, params))
    for term in params.tests:
        named = " by ".join(scene.column(analysis, name).label for name in term.split(":"))
        lines.append(_test(scene, panel.where(variable_level=term), named))
    return TableModel(heads, tuple(lines), "Visit", caption)


def _block(
    scene: Scene, analysis: str, rows: Rows, place: Place, how: tuple[tuple[str, ...], str, Params]
) -> list[Line]:  # fmt: skip
    arms, ci, params = how
    here = at(rows, place)
    lines = [Line(words(scene, analysis, place), empty(len(arms)), 0, "group")]
    if params.means:
        by = here.where(reference="").index(lambda n: (n.stat, n.arm))
        lines += [
            Line("n", tuple(scene.count_cell(by.get(("n", a))) for a in arms), 1),
            Line("LS mean (SE)", tuple(_with_se(scene, by.get(("lsmean", a)), by.get(("se", a))) for a in arms), 1),
            Line(ci, tuple(scene.limits(by.get(("ci_low", a)), by.get(("ci_high", a))) for a in arms), 1),
        ]
    for reference in here.where(stat="diff").values("reference"):
        lines += _differences(scene, here.where(reference=reference), reference, arms, ci)
    return lines


def _differences(scene: Scene, rows: Rows, reference: str, arms: tuple[str, ...], ci: str) -> list[Line]:
    by = rows.index(lambda n: (n.stat, n.arm))
    from_ = f"Difference from {scene.arm_label(reference)} (SE)"
    return [
        Line(from_, tuple(_with_se(scene, by.get(("diff", a)), by.get(("se", a))) for a in arms), 1),
        Line(ci, tuple(scene.limits(by.get(("ci_low", a)), by.get(("ci_high", a))) for a in arms), 2),
        Line("p (df)", tuple(_p(scene, by.get(("p", a)), by.get(("df", a))) for a in arms), 2),
    ]


def _with_se(scene: Scene, mean: Number | None, se: Number | None) -> Cell:
    if mean is None or mean.error or se is None:
        return scene.cell(mean)
    return scene.estimate(mean, scene.text(mean), f"({scene.text(se)})")


def _p(scene: Scene, p: Number | None, df: Number | None) -> Cell:
    return scene.p(p, f"({count(df.value if df else None)})")


def _test(scene: Scene, rows: Rows, term: str) -> Line:
    f, df, den, p = (rows.first(stat=stat) for stat in ("f", "f_df", "f_den_df", "f_p"))
    if f is None or df is None or den is None or p is None:
        return Line(f"Test of {term}: not computed", (), 0, "span")
    said = f"F({count(df.value)}, {fixed(den.value, 1)}) = {fixed(f.value, 2)}, {p_words(p.value)}"
    return scene.span(p, f"Test of {term}: {said}")


KIND = Kind(build, Params, needs=("mmrm",))

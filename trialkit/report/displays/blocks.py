"""Blocks of table lines that several displays share: counts of a category, summaries of a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from trialkit.report.displays.base import Made, arm_heads, empty, nobody, shell
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

MISSING = "missing"
"""The category (and statistic) of subjects without a value."""

Arms = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """How blocks are laid out.

    ``stub`` heads the first column; ``headings``, ``hide`` and ``order`` are as in ``characteristics_table``. ``apart``
    gives every statistic a line of its own. ``n_first`` are variables whose categories follow their number of
    subjects. ``p`` are the statistics shown in a column of their own, if there are any.
    """

    stub: str
    headings: dict[str, str] = field(default_factory=dict)
    hide: dict[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    apart: bool = False
    n_first: tuple[str, ...] = ()
    p: tuple[str, ...] = ()


def count_lines(
    scene: Scene, rows: Rows, arms: Arms, heading: str, hide: tuple[str, ...] = (), n_first: bool = False
) -> list[Line]:
    """A variable's categories with n (%) per arm, under its heading; ``n_first`` begins with the number of subjects."""
    by = rows.index(lambda n: (n.variable_level, n.arm, n.stat))
    analysis, variable = rows.numbers[0].analysis, rows.numbers[0].variable
    lines = [Line(heading, empty(len(arms)), 0, "group")]
    if n_first:
        of = rows.index(lambda n: (n.arm, n.stat))
        lines.append(Line("n", tuple(scene.count_cell(of.get((arm, "N"))) for arm in arms), 1))
    for level in rows.values("variable_level"):
        if level in hide:
            continue
        words = "Missing" if level == MISSING else scene.level(analysis, variable, level)
        cells = [scene.count_cell(by.get((level, arm, "n")), by.get((level, arm, "pct")), "n_pct") for arm in arms]
        lines.append(Line(words, tuple(cells), 1))
    return lines


SUMMARY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("n", ("n",)),
    ("Mean (SD)", ("mean", "sd")),
    ("Median (Q1, Q3)", ("median", "q1", "q3")),
    ("Min, max", ("min", "max")),
    ("Missing", ("missing",)),
)
"""Lines of a numeric variable: label and statistics."""
APART: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("n", ("n",)),
    ("Mean", ("mean",)),
    ("SD", ("sd",)),
    ("Median", ("median",)),
    ("Min", ("min",)),
    ("Max", ("max",)),
)
"""The same with a line for each; who has no value is the difference to N."""


def summary_lines(scene: Scene, rows: Rows, arms: Arms, heading: str, apart: bool = False) -> list[Line]:
    """A numeric variable's statistics per arm, under its heading; no line "Missing" if nobody is."""
    by = rows.index(lambda n: (n.stat, n.arm))
    lines = [Line(heading, empty(len(arms)), 0, "group")]
    for label, stats in APART if apart else SUMMARY:
        found = rows.where(stat=stats)
        if not len(found) or (label == "Missing" and nobody(found, (MISSING,))):
            continue
        cells = tuple(_summary_cell(scene, [by.get((stat, arm)) for stat in stats]) for arm in arms)
        lines.append(Line(label, cells, 1))
    return lines


def _summary_cell(scene: Scene, numbers: list[Number | None]) -> Cell:
    first = numbers[0]
    if first is None or first.stat in ("n", MISSING):
        return scene.count_cell(first) if first else BLANK
    if first.value is None and not first.error:
        return Cell("\u2013")
    texts = [scene.text(number) for number in numbers]
    if first.stat == "min":
        return scene.estimate(first, ", ".join(texts))
    rest = ", ".join(text for text in texts[1:] if text)
    return scene.estimate(first, texts[0], f"({rest})" if rest else "")


def block(scene: Scene, rows: Rows, arms: Arms, layout: Layout) -> list[Line]:
    """The lines of one variable, by the method that made its rows."""
    first = rows.numbers[0]
    heading = layout.headings.get(first.variable) or scene.heading(first.analysis, first.variable)
    if first.method == "counts":
        hidden, n_first = layout.hide.get(first.variable, ()), first.variable in layout.n_first
        return count_lines(scene, rows, arms, heading, hidden, n_first)
    return summary_lines(scene, rows, arms, heading, layout.apart)


def with_p(lines: Iterable[Line], p: Cell) -> list[Line]:
    """A block's lines with one more column, filled in the first line under its heading."""
    return [replace(line, cells=(*line.cells, p if i == 1 else BLANK)) for i, line in enumerate(lines)]


def variables(rows: Rows) -> list[tuple[str, str]]:
    """Distinct (analysis, variable) in order."""
    return list(dict.fromkeys((n.analysis, n.variable) for n in rows if n.variable))


def tables(scene: Scene, layout: Layout, top: tuple[Line, ...] = ()) -> Made:
    """One table per combination of ``by`` levels with a block per variable. ``top`` stands above the blocks."""
    rows = scene.methods("counts", "summary")
    rows = Rows(tuple(n for n in rows if n.stat != "error"))
    tests = Rows(tuple(n for n in scene.rows if n.stat in layout.p and n.method not in ("counts", "summary")))
    arms, heads = arm_heads(scene, rows)
    if len(tests):
        heads = (*heads, Head("p"))
    panels = rows.panels(scene.depth(rows)) or [((), rows)]
    made = [_panel(scene, panel, (arms, heads), tests, layout, top) for panel in panels]
    return Made(tuple(made), (*_notes(scene, rows), *_test_notes(scene, tests)))


def _panel(
    scene: Scene, panel: tuple[Groups, Rows], columns: tuple, tests: Rows, layout: Layout, top: tuple[Line, ...]
) -> TableModel:
    groups, rows = panel
    arms, heads = columns
    caption = scene.group_words(rows.numbers[0].analysis, groups) if len(rows) else ""
    if nobody(scene.populations) and nobody(rows, ("n",)):
        return shell(heads, layout.stub, caption)
    lines = with_p(top, BLANK) if len(tests) else list(top)
    order = layout.order
    for analysis, name in sorted(variables(rows), key=lambda v: order.index(v[1]) if v[1] in order else len(order)):
        made = block(scene, rows.where(analysis=analysis, variable=name), arms, layout)
        if len(tests):
            made = with_p(made, scene.p(tests.first(variable=name, groups=groups, arm="")))
        lines += made
    return TableModel(heads, tuple(lines), layout.stub, caption)


def _notes(scene: Scene, rows: Rows) -> tuple[str, ...]:
    notes: list[str] = []
    methods = set(rows.values("method"))
    if "counts" in methods:
        bases = {getattr(scene.params(s), "denominator", "universe") for s in scene.specs if s.method == "counts"}
        of = "subjects with a value" if bases == {"nonmissing"} else "N in the column heading"
        notes.append(f"Percentages are of the {of}." if of[0] == "s" else f"Percentages are of {of}.")
    if "summary" in methods:
        notes.append("SD: standard deviation; Q1, Q3: lower and upper quartile; n: subjects with a value.")
    return tuple(notes)


TESTS = {
    "anova_p": "analysis of variance",
    "kruskal_p": "the Kruskal-Wallis test",
    "row_means_p": "the Cochran-Mantel-Haenszel test of row means",
    "general_association_p": "the Cochran-Mantel-Haenszel test of general association",
    "chi_square": "Pearson's chi-square test",
    "fisher": "Fisher's exact test",
}
"""A statistic's test in words, else its method's."""


def _test_notes(scene: Scene, tests: Rows) -> tuple[str, ...]:
    """What the p-values are of."""
    if not len(tests):
        return ()
    said = list(dict.fromkeys(TESTS.get(n.stat) or TESTS.get(n.method, n.method) for n in tests))
    specs = {spec.id: getattr(scene.params(spec), "strata", ()) for spec in scene.specs}
    strata = next(((name, columns) for name, columns in specs.items() if columns), None)
    by = f", stratified by {scene.labels(*strata)}" if strata else ""
    return (f"p: {', '.join(said)}, all arms together{by}.",)

"""Blocks of table lines that several displays share: counts of a category, summaries of a number."""

from __future__ import annotations

from trialkit.report.displays.base import Made, arm_heads, empty, nobody, shell
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Line, TableModel

MISSING = "missing"
"""The category (and statistic) of subjects without a value."""

Arms = tuple[str, ...]


def count_lines(scene: Scene, rows: Rows, arms: Arms, heading: str, hide: tuple[str, ...] = ()) -> list[Line]:
    """A variable's categories with n (%) per arm, under its heading."""
    by = rows.index(lambda n: (n.variable_level, n.arm, n.stat))
    analysis, variable = rows.numbers[0].analysis, rows.numbers[0].variable
    lines = [Line(heading, empty(len(arms)), 0, "group")]
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


def summary_lines(scene: Scene, rows: Rows, arms: Arms, heading: str) -> list[Line]:
    """A numeric variable's statistics per arm, under its heading; no line "Missing" if nobody is."""
    by = rows.index(lambda n: (n.stat, n.arm))
    lines = [Line(heading, empty(len(arms)), 0, "group")]
    for label, stats in SUMMARY:
        found = rows.where(stat=stats)
        if not len(found) or (label == "Missing" and nobody(found, (MISSING,))):
            continue
        cells = tuple(_summary_cell(scene, [by.get((stat, arm)) for stat in stats]) for arm in arms)
        lines.append(Line(label, cells, 1))
    return lines


def _summary_cell(scene: Scene, numbers: list[Number | None]) -> Cell:
    first = numbers[0]
    if first is None or len(numbers) == 1:
        return scene.count_cell(first) if first else BLANK
    if first.value is None and not first.error:
        return Cell("\u2013")
    texts = [scene.text(number) for number in numbers]
    if first.stat == "min":
        return Cell(", ".join(texts))
    rest = ", ".join(text for text in texts[1:] if text)
    return Cell(texts[0], "value", f"({rest})" if rest else "")


def block(scene: Scene, rows: Rows, arms: Arms, heading: str, hide: tuple[str, ...] = ()) -> list[Line]:
    """The lines of one variable, by the method that made its rows."""
    if rows.numbers[0].method == "counts":
        return count_lines(scene, rows, arms, heading, hide)
    return summary_lines(scene, rows, arms, heading)


def variables(rows: Rows) -> list[tuple[str, str]]:
    """Distinct (analysis, variable) in order."""
    return list(dict.fromkeys((n.analysis, n.variable) for n in rows if n.variable))


def tables(
    scene: Scene,
    stub: str,
    headings: dict[str, str],
    hide: dict[str, tuple[str, ...]],
    top: tuple[Line, ...] = (),
    order: tuple[str, ...] = (),
) -> Made:
    """One table per combination of ``by`` levels with a block per variable. ``top`` stands above the blocks."""
    rows = scene.methods("counts", "summary")
    rows = Rows(tuple(n for n in rows if n.stat != "error"))
    arms, heads = arm_heads(scene, rows)
    panels = rows.panels(scene.depth(rows)) or [((), rows)]
    made = [_panel(scene, panel, (arms, heads), stub, headings, hide, top, order) for panel in panels]
    return Made(tuple(made), _notes(scene, rows))


def _panel(
    scene: Scene, panel: tuple[Groups, Rows], columns: tuple, stub: str, headings: dict[str, str],
    hide: dict[str, tuple[str, ...]], top: tuple[Line, ...], order: tuple[str, ...],
) -> TableModel:  # fmt: skip
    groups, rows = panel
    arms, heads = columns
    caption = scene.group_words(rows.numbers[0].analysis, groups) if len(rows) else ""
    if nobody(scene.populations) and nobody(rows, ("n",)):
        return shell(heads, stub, caption)
    lines = list(top)
    names = variables(rows)
    for analysis, name in sorted(names, key=lambda v: order.index(v[1]) if v[1] in order else len(order)):
        heading = headings.get(name) or scene.heading(analysis, name)
        lines += block(scene, rows.where(analysis=analysis, variable=name), arms, heading, hide.get(name, ()))
    return TableModel(heads, tuple(lines), stub, caption)


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

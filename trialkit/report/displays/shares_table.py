"""Subjects in each of several categories that may overlap, with their events, rates, and differences between arms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.numbers import interval
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Arm, Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``shares_table``.

    Attributes:
        counted: heading of the column of events, in the plural.
        rate: heading of the column of rates.
        differences: whether a second table compares the arms.
    """

    counted: str = "Events"
    rate: str = "Rate"
    differences: bool = True


def build(scene: Scene, params: Params) -> Made:
    """A line per category: n (%) and events; where the display names rates, a table of them; then the differences."""
    shares, rates = (_clean(scene.methods(name)) for name in ("proportions", "rates"))
    arms, stub = scene.arms(shares), _stub(scene, shares)
    parts = ("n (%)", params.counted) if len(rates) else ()
    heads = tuple(Head(p, "", arm.label, arm.note) for arm in arms for p in parts) or tuple(
        Head(arm.label, arm.note) for arm in arms
    )
    if nobody(shares, ("n",)):
        return Made((shell(heads, stub),))
    by = Rows((*shares.numbers, *rates.numbers)).index(lambda n: (n.method, n.groups, n.arm, n.reference, n.stat))

    def lines(cells: Callable[[Groups], tuple[Cell, ...]]) -> tuple[Line, ...]:
        return tuple(Line(_words(scene, shares, path), cells(path)) for path in shares.values("groups"))

    made = [TableModel(heads, lines(lambda path: _counts(scene, by, path, arms, len(rates) > 0)), stub)]
    if len(rates):
        plain = tuple(Head(arm.label, arm.note) for arm in arms)
        caption = f"{params.rate} ({_ci(scene, 'rates')})"
        made.append(TableModel(plain, lines(lambda path: _rates(scene, by, path, arms)), stub, caption))
    pairs = [pair for pair in dict.fromkeys((n.arm, n.reference) for n in shares) if pair[1]]
    pairs = pairs if params.differences else []
    if pairs:
        wanted = _wanted(scene, len(rates) > 0, params)
        compared = tuple(
            Head(words, "", f"{scene.arm_label(arm)} minus {scene.arm_label(other)}")
            for arm, other in pairs for *_, words in wanted
        )  # fmt: skip
        cells = lines(lambda path: tuple(_difference(scene, by, (method, path, *pair), stat)
                                         for pair in pairs for method, stat, _ in wanted))  # fmt: skip
        made.append(TableModel(compared, cells, stub, "Differences between arms"))
    return Made(tuple(made), _notes(scene, shares, rates, bool(pairs), params))


def _clean(rows: Rows) -> Rows:
    return Rows(tuple(n for n in rows if n.stat != "error"))


def _stub(scene: Scene, rows: Rows) -> str:
    if not len(rows) or not rows.numbers[0].groups:
        return ""
    first = rows.numbers[0]
    return scene.column(first.analysis, first.groups[-1][0]).label


def _words(scene: Scene, rows: Rows, path: Groups) -> str:
    return scene.level(rows.numbers[0].analysis, *path[-1]) if path else "All"


def _ci(scene: Scene, method: str) -> str:
    return confidence(scene.params(next((spec for spec in scene.specs if spec.method == method), None)))


def _counts(scene: Scene, by: dict, path: Groups, arms: tuple[Arm, ...], events: bool) -> tuple[Cell, ...]:
    cells = []
    for arm in arms:
        share = by.get(("proportions", path, arm.id, "", "proportion"))
        count = scene.count_cell(by.get(("proportions", path, arm.id, "", "count")), None, "n_pct")
        tail = f"({scene.text(share)})" if share is not None and share.value else ""
        cells.append(replace(count, kind="n_pct", tail=tail))
        if events:
            cells.append(scene.cell(by.get(("rates", path, arm.id, "", "events"))))
    return tuple(cells)


def _rates(scene: Scene, by: dict, path: Groups, arms: tuple[Arm, ...]) -> tuple[Cell, ...]:
    found = [[by.get(("rates", path, arm.id, "", s)) for s in ("rate", "ci_low", "ci_high")] for arm in arms]
    return tuple(scene.estimate(f[0], scene.text(f[0]), scene.between(f[1], f[2])) if f[0] else BLANK for f in found)


def _wanted(scene: Scene, rates: bool, params: Params) -> list[tuple[str, str, str]]:
    """(method, statistic, heading) of each difference."""
    made = [("proportions", "risk_difference", f"Points ({_ci(scene, 'proportions')})")]
    return [*made, ("rates", "rate_difference", f"{params.rate} ({_ci(scene, 'rates')})")] if rates else made


def _difference(scene: Scene, by: dict, where: tuple, stat: str) -> Cell:
    value, low, high = (by.get((*where, f"{stat}{end}")) for end in ("", "_ci_low", "_ci_high"))
    if value is None:
        return BLANK
    return scene.estimate(value, scene.text(value), interval(scene.text(low) or "NE", scene.text(high) or "NE"))


def _of(scene: Scene, shares: Rows) -> str:
    """What the percentages are of: N, unless an arm has subjects without a value."""
    for size in shares.where(stat="n"):
        whole = scene.populations.first(stat="N", arm=size.arm)
        if whole is not None and (size.value or 0) < (whole.value or 0):
            return "those with a value, who can be fewer than N"
    return "N in the column heading"


def _notes(scene: Scene, shares: Rows, rates: Rows, differences: bool, params: Params) -> tuple[str, ...]:
    notes = [f"A subject counts once in each row, and can stand in several; percentages are of {_of(scene, shares)}."]
    specs = {spec.method: scene.params(spec) for spec in scene.specs}
    if len(rates) and specs.get("rates"):
        made = specs["rates"]
        unit = scene.column(next(s.id for s in scene.specs if s.method == "rates"), made.exposure).unit or "units"
        notes.append(
            f"{params.rate}: {params.counted.lower()} per {made.per:g} {unit} at risk, {made.interval} limits."
        )
    if differences and specs.get("proportions"):
        name = str(specs["proportions"].difference).replace("_", " ").title().replace(" ", "-")
        further = f", {specs['rates'].difference} limits for rates" if len(rates) and specs.get("rates") else ""
        notes.append("Points: difference of two percentages.")
        notes.append(f"Limits of differences: {name} for percentages{further}.")
    return tuple(notes)


KIND = Kind(build, Params, needs=("proportions",), also=("rates",))

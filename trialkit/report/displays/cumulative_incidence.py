"""Cumulative incidence of each competing reason, a figure a reason, with Gray's test and hazard ratios by reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.frame import Name
from trialkit.report.figures.survival import Curve, SurvivalFigure, rounded_up
from trialkit.report.numbers import count, interval, p_value
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel

UNDER = ("at_risk", "censored_before", "events_before", "other_events_before")
"""The numbers under the axis; they add to N in every column."""
RATIOS = (("cause_specific", "Hazard ratio, cause-specific"), ("fine_gray", "Subdistribution hazard ratio"))
"""Methods whose ratios are shown by reason, and their words."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``cumulative_incidence``.

    Attributes:
        y: title of the vertical axis, before the reason.
        x: title of the horizontal axis; the time column's label if empty.
        event: words of the row that counts the reason; other: of the row that counts the other reasons.
        whole: whether the vertical axis goes to 100% in every figure.
    """

    y: str = "Cumulative incidence"
    x: str = ""
    event: str = "This reason"
    other: str = "Other reasons"
    whole: bool = False


def build(scene: Scene, params: Params) -> Made:
    """A figure and a table per reason (and ``by`` level), and a table of comparisons by reason."""
    parts: list[Part] = []
    for spec in (s for s in scene.specs if s.method == "cumulative_incidence"):
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for groups, panel in rows.panels(scene.depth(rows)) or [((), rows)]:
            parts += _panel(scene, spec.id, groups, panel, params)
    notes = (
        "Cumulative incidence: the share who have left for this reason by each time, other reasons being possible; the "
        "shares of all reasons and of those still in add to 100%.",
        "Under the axis: subjects at risk, censored, gone for this reason and gone for another one before each time.",
    )
    return Made(tuple(parts), notes)


def _panel(scene: Scene, analysis: str, groups: Groups, rows: Rows, params: Params) -> list[Part]:
    names = names_of(scene, rows)
    heads = tuple(Head(arm.label, arm.note) for arm in scene.arms(rows))
    caption = scene.group_words(analysis, groups)
    reasons = [path for path in rows.values("groups") if path]
    if nobody(rows, ("n",)) or not reasons:
        return [shell(heads, "", caption)]
    common = rows.where(groups=())
    every = {reason: _curves(rows.where(groups=reason), common, names) for reason in reasons}
    highest = max((p[3] or p[1] for curves in every.values() for c in curves for p in c.points), default=1.0)
    top = 1.0 if params.whole else min(1.0, rounded_up(highest))
    parts: list[Part] = []
    for reason, curves in every.items():
        word = scene.level(analysis, *reason[0])
        figure = SurvivalFigure(
            curves=curves,
            x_title=params.x or scene.heading(analysis, scene.response(analysis)),
            y_title=f"{params.y}: {word}",
            alt=_alt(f"{params.y}: {word}", curves),
            words=("At risk", "Censored", params.event, params.other),
            top=top,
        )
        table = _table(scene, analysis, (rows.where(groups=reason), common), names)
        parts.append(picture(figure, ", ".join(filter(None, (caption, word))), table))
    return [*parts, _comparison(scene, analysis, groups, reasons, names)]


def _curves(rows: Rows, common: Rows, names: dict[str, Name]) -> tuple[Curve, ...]:
    """A curve per arm from time 0, where nobody has left."""
    made = []
    for arm, name in names.items():
        mine = rows.where(arm=arm).index(lambda n: (n.stat, n.at))
        shared = common.where(arm=arm).index(lambda n: (n.stat, n.at))
        points: list[tuple[float, float, float | None, float | None]] = [(0.0, 0.0, None, None)]
        for n in sorted(rows.where(arm=arm, stat="incidence"), key=lambda n: n.at or 0.0):
            if n.value is not None and n.at is not None:
                low, high = (mine.get((f"incidence_ci_{side}", n.at)) for side in ("low", "high"))
                points.append((n.at, n.value, low.value if low else None, high.value if high else None))
        times = sorted({n.at for n in common.where(arm=arm, stat="at_risk") if n.at is not None})
        found = [[mine.get((stat, t)) or shared.get((stat, t)) for stat in UNDER] for t in times]
        risk = tuple((t, *(count(n.value) if n else "" for n in row)) for t, row in zip(times, found, strict=True))
        if len(points) > 1:
            made.append(Curve(name, tuple(points), (), risk))
    return tuple(made)


def _alt(title: str, curves: tuple[Curve, ...]) -> str:
    said = [f"{title}."]
    said += [f"{c.name.label}: {100 * c.points[-1][1]:.0f}% at {c.points[-1][0]:g}." for c in curves]
    return " ".join(said) + " All numbers are in the tables below the figure."


def _table(scene: Scene, analysis: str, rows: tuple[Rows, Rows], names: dict[str, Name]) -> TableModel:
    own, common = rows
    times = sorted({n.at for n in common.where(stat="at_risk") if n.at is not None})
    times = times or sorted({n.at for n in own.where(stat="incidence") if n.at is not None})
    parts = ("At risk", "This reason", "Estimate", confidence(scene.params(scene.study.analyses[analysis])))
    heads = tuple(Head(part, "", name.label) for name in names.values() for part in parts)
    lines = []
    for t in times:
        cells: list[Cell] = []
        for arm in names:
            by = own.where(arm=arm, at=t).index(lambda n: n.stat)
            cells.append(scene.count_cell(common.first(arm=arm, at=t, stat="at_risk")))
            cells.append(scene.count_cell(by.get("events_before")))
            cells.append(scene.cell(by.get("incidence")))
            cells.append(scene.limits(by.get("incidence_ci_low"), by.get("incidence_ci_high")))
        lines.append(Line(f"{t:g}", tuple(cells)))
    return TableModel(heads, tuple(lines), scene.heading(analysis, scene.response(analysis)))


def _comparison(
    scene: Scene, analysis: str, groups: Groups, reasons: list[Groups], names: dict[str, Name]
) -> TableModel:
    """Per reason: events per arm, Gray's test, and the ratios of the methods that are there."""
    lines: list[Line] = []
    for reason in reasons:
        path = (*groups, *reason)
        lines.append(Line(scene.level(analysis, *reason[0]), (BLANK,) * len(names), 0, "group"))
        by = scene.of(analysis).where(groups=path, stat="events").index(lambda n: n.arm)
        lines.append(Line("Events, n", tuple(scene.count_cell(by.get(arm)) for arm in names), 1))
        for what in RATIOS:
            lines += _ratios(scene, path, names, what)
        for spec in (s for s in scene.specs if s.method == "gray"):
            p = scene.of(spec.id).first(groups=path, stat="p")
            if p is not None:
                words = "not computed" if p.error else p_value(p.value)
                strata = getattr(scene.params(spec), "strata", ())
                how = f", stratified by {scene.labels(spec.id, strata)}" if strata else ""
                lines.append(scene.span(p, f"Gray's test of all arms{how}, p: {words}", 1))
    return TableModel(tuple(Head(name.label, name.note) for name in names.values()), tuple(lines))


def _ratios(scene: Scene, path: Groups, names: dict[str, Name], what: tuple[str, str]) -> list[Line]:
    lines: list[Line] = []
    method, label = what
    for spec in (s for s in scene.specs if s.method == method):
        rows = scene.of(spec.id)
        if method == "fine_gray":
            if getattr(scene.params(spec), "cause", "") != path[-1][1]:
                continue
            rows = Rows(tuple(n._replace(groups=path) for n in rows if n.groups == path[:-1]))
        by = rows.where(groups=path).index(lambda n: (n.stat, n.arm))
        ci = confidence(scene.params(spec))
        cells = []
        for arm in names:
            ratio, low, high = (by.get((stat, arm)) for stat in ("hazard_ratio", "ci_low", "ci_high"))
            pair = interval(scene.text(low), scene.text(high)) if ratio is not None and low is not None else ""
            cells.append(BLANK if ratio is None else replace(scene.cell(ratio), tail=pair))
        error = by.get(("hazard_ratio", ""))
        if error is not None and error.error:
            cells = [Cell("not computed", "error") for _ in names]
        lines.append(Line(f"{label} ({ci})", tuple(cells), 1))
    return lines


KIND = Kind(build, Params, needs=("cumulative_incidence",), also=("gray", "cause_specific", "fine_gray"))

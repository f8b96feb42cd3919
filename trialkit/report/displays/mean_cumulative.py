"""Mean number of events per subject over time, with the ratio of rates."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.displays.base import Kind, Made, confidence, nobody, shell
from trialkit.report.displays.drawing import names_of, picture
from trialkit.report.figures.frame import Name
from trialkit.report.figures.survival import Curve, SurvivalFigure, rounded_up
from trialkit.report.numbers import count, interval
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Part, TableModel


@dataclass(frozen=True)
class Params:
    """Parameters of ``mean_cumulative``.

    Attributes:
        y: title of the vertical axis.
        x: title of the horizontal axis; the time column's label if empty.
        event: words of the row that counts events.
    """

    y: str = "Mean number of events per subject"
    x: str = ""
    event: str = "Events"


def build(scene: Scene, params: Params) -> Made:
    """A figure per ``by`` level with its numbers, and a table of events and rate ratios."""
    parts: list[Part] = []
    for spec in (s for s in scene.specs if s.method == "mean_cumulative"):
        rows = Rows(tuple(n for n in scene.of(spec.id) if n.stat != "error"))
        for groups, panel in rows.panels(scene.depth(rows)) or [((), rows)]:
            parts += _panel(scene, spec.id, groups, panel, params)
    notes = ("Mean cumulative function: the expected number of events by each time of a subject still observed.",
             "Under the axis: subjects under observation at each time, and events before it.")  # fmt: skip
    return Made(tuple(parts), notes)


def _panel(scene: Scene, analysis: str, groups: Groups, rows: Rows, params: Params) -> list[Part]:
    caption = scene.group_words(analysis, groups)
    names = names_of(scene, rows)
    if nobody(rows, ("n",)):
        return [shell(tuple(Head(arm.label, arm.note) for arm in scene.arms(rows)), "", caption)]
    curves = tuple(c for arm, name in names.items() if len((c := _curve(rows.where(arm=arm), name)).points) > 1)
    highest = max((p[3] or p[1] for c in curves for p in c.points), default=1.0)
    figure = SurvivalFigure(
        curves=curves,
        x_title=params.x or scene.heading(analysis, scene.response(analysis)),
        y_title=params.y,
        alt=_alt(params.y, curves),
        words=("At risk", params.event),
        top=rounded_up(highest),
        percent=False,
    )
    drawn = picture(figure, caption, _table(scene, analysis, rows, names))
    return [drawn, _comparison(scene, groups, rows, names)]


def _curve(rows: Rows, name: Name) -> Curve:
    at = rows.index(lambda n: (n.stat, n.at))
    points: list[tuple[float, float, float | None, float | None]] = [(0.0, 0.0, None, None)]
    for n in sorted(rows.where(stat="events_per_subject"), key=lambda n: n.at or 0.0):
        if n.value is not None and n.at is not None:
            low, high = (at.get((f"events_per_subject_ci_{side}", n.at)) for side in ("low", "high"))
            points.append((n.at, n.value, low.value if low else None, high.value if high else None))
    times = sorted({n.at for n in rows.where(stat="at_risk") if n.at is not None})
    found = [[at.get((stat, t)) for stat in ("at_risk", "events_before")] for t in times]
    risk = tuple((t, *(count(n.value) if n else "" for n in row)) for t, row in zip(times, found, strict=True))
    return Curve(name, tuple(points), (), risk)


def _alt(title: str, curves: tuple[Curve, ...]) -> str:
    said = [f"{title}."] + [f"{c.name.label}: {c.points[-1][1]:.2f} at {c.points[-1][0]:g}." for c in curves]
    return " ".join(said) + " All numbers are in the tables below the figure."


def _table(scene: Scene, analysis: str, rows: Rows, names: dict[str, Name]) -> TableModel:
    times = sorted({n.at for n in rows.where(stat="at_risk") if n.at is not None})
    times = times or sorted({n.at for n in rows.where(stat="events_per_subject") if n.at is not None})
    parts = ("At risk", "Events", "Mean", confidence(scene.params(scene.study.analyses[analysis])))
    heads = tuple(Head(part, "", name.label) for name in names.values() for part in parts)
    lines = []
    for t in times:
        cells: list[Cell] = []
        for arm in names:
            by = rows.where(arm=arm, at=t).index(lambda n: n.stat)
            cells += [scene.count_cell(by.get("at_risk")), scene.count_cell(by.get("events_before"))]
            cells.append(scene.cell(by.get("events_per_subject")))
            low, high = (by.get(f"events_per_subject_ci_{side}") for side in ("low", "high"))
            cells.append(scene.limits(low, high))
        lines.append(Line(f"{t:g}", tuple(cells)))
    return TableModel(heads, tuple(lines), scene.heading(analysis, scene.response(analysis)))


def _comparison(scene: Scene, groups: Groups, rows: Rows, names: dict[str, Name]) -> TableModel:
    by = rows.index(lambda n: (n.stat, n.arm))
    lines = [Line("Subjects, n", tuple(scene.count_cell(by.get(("n", arm))) for arm in names)),
             Line("Events, n", tuple(scene.count_cell(by.get(("events", arm))) for arm in names))]  # fmt: skip
    for spec in (s for s in scene.specs if s.method in ("andersen_gill", "negative_binomial")):
        found = scene.of(spec.id).where(groups=groups)
        of = found.index(lambda n: (n.stat, n.arm, n.reference))
        for reference in found.where(stat="rate_ratio").values("reference"):
            if not reference:
                continue
            ci, versus = confidence(scene.params(spec)), scene.arm_label(reference)
            cells = []
            for arm in names:
                ratio, low, high = (of.get((stat, arm, reference)) for stat in ("rate_ratio", "ci_low", "ci_high"))
                pair = interval(scene.text(low), scene.text(high)) if ratio else ""
                cells.append(scene.estimate(ratio, scene.text(ratio), pair) if ratio else BLANK)
            lines.append(Line(f"Rate ratio versus {versus} ({ci})", tuple(cells)))
            p = [of.get(("p", arm, reference)) for arm in names]
            lines.append(Line("p, Wald test", tuple(scene.p(n) for n in p), 1))
    return TableModel(tuple(Head(name.label, name.note) for name in names.values()), tuple(lines))


KIND = Kind(build, Params, needs=("mean_cumulative",), also=("andersen_gill", "negative_binomial"))

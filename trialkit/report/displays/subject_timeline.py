"""A line for each subject (a swimmer plot): doses, intakes, events, end, and each day shaded by a score."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.report.displays.base import Kind, Made, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.displays.subject_marks import Columns, Course, Kinds, day_words, subjects
from trialkit.report.figures.timeline import STRENGTHS, Lane, TimelineFigure
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, TableModel
from trialkit.words import many

MOST = 30
"""Subjects a page can show without crowding."""


@dataclass(frozen=True)
class Words:
    """What the marks are called in the key."""

    dose: str = "dose"
    intake: str = "other intake"
    event: str = "event"
    weighty: str = "weighty event"
    end: str = "end"
    score: str = "score"


@dataclass(frozen=True)
class Params:
    """Parameters of ``subject_timeline``.

    Attributes:
        columns: the columns of the listing.
        kinds: which kind of mark is what.
        first, last: the study days of the axis.
        cuts: the scores from which a day is shaded more, at most three.
        words: what the marks are called.
        at_most: so many subjects are shown, 30 at most, the first of each group in equal numbers; the display says
            how many there are beyond them.
        x: title of the axis.
    """

    columns: Columns
    kinds: Kinds
    first: float = -1.0
    last: float = 28.0
    cuts: tuple[float, ...] = ()
    words: Words = field(default_factory=Words)
    at_most: int = MOST
    x: str = "Study day"


def build(scene: Scene, params: Params) -> Made:
    """The figure of the first subjects of the listing, and the days of their marks as a table."""
    every = list(subjects(scene, params.columns))
    heads = tuple(Head(text, text=True) for text in ("Doses", "Other intakes", "Events", "End"))
    if not every:
        return Made((shell(heads, "Subject"),))
    chosen = _chosen(scene, every, params)
    lanes = tuple(_lane(scene, course, params) for course in chosen)
    said = params.words
    figure = TimelineFigure(
        lanes, params.first, params.last,
        (said.dose, said.intake, said.event, said.weighty, said.end, *_bands(params)),
        params.x,
        f"{many(len(lanes), 'subject')} over days {params.first:g} to {params.last:g}, a line each. "
        "The days of all marks are in the table below the figure.",
    )  # fmt: skip
    left = len(every) - len(lanes)
    which = "the first of each group" if params.columns.group else "the first"
    notes = (f"{len(lanes)} of {len(every)} subjects are shown, {which}.",) if left else ()
    lines = (_line(scene, lane, course, params) for lane, course in zip(lanes, chosen, strict=True))
    table = TableModel(heads, tuple(lines), "Subject")
    return Made((picture(figure, "", table),), notes)


def _chosen(scene: Scene, every: list[Course], params: Params) -> list[Course]:
    """The first subjects of each group, in equal numbers, arms in protocol order."""
    named = list(scene.study.arms)
    groups: dict[str, list[Course]] = {}
    for course in every:
        groups.setdefault(course.group, []).append(course)
    each = min(params.at_most, MOST) // len(groups)
    ordered = sorted(groups, key=lambda g: (g not in named, named.index(g) if g in named else 0))
    return [one for group in ordered for one in groups[group][:each]]


def _lane(scene: Scene, course: Course, params: Params) -> Lane:
    kinds = params.kinds
    ends = course.marks(kinds.end)
    return Lane(
        course.subject,
        scene.arm_label(course.group) if course.group else "",
        ends[-1].start if ends else None,
        tuple(mark.start for mark in course.marks(kinds.dose)),
        tuple(mark.start for mark in course.marks(kinds.intake)),
        tuple((mark.start, mark.end, mark.weighty) for mark in course.marks(kinds.event)),
        tuple((mark.start, sum(mark.value >= cut for cut in params.cuts)) for mark in course.marks(kinds.score)),
    )


def _bands(params: Params) -> tuple[str, ...]:
    """The words of each band of the score, none if there is no score."""
    if not params.kinds.score:
        return ()
    cuts, name = [f"{cut:g}" for cut in params.cuts[: len(STRENGTHS) - 1]], params.words.score
    if not cuts:
        return (name,)
    middle = [f"{low} or more" for low in cuts]
    return (f"{name} below {cuts[0]}", *middle)


def _line(scene: Scene, lane: Lane, course: Course, params: Params) -> Line:
    """The days of a subject's marks, which open to the rows they are of."""
    kinds = params.kinds
    drawn = course.sources((kinds.dose, kinds.intake, kinds.event, kinds.score, kinds.end))
    events = ", ".join(day_words([a]) if a == b else f"{day_words([a])} to {day_words([b])}" for a, b, _ in lane.events)
    texts = (day_words(list(lane.doses)), day_words(list(lane.intakes)), events,
             "" if lane.end is None else day_words([lane.end]))  # fmt: skip
    words = f"{lane.name} ({lane.group})" if lane.group else lane.name
    cells = tuple(Cell(text or "\u2013", "text") for text in texts)
    return Line(words, cells, opens=scene.shown(scene.listed[0].id, drawn))


KIND = Kind(build, Params, lists=True)

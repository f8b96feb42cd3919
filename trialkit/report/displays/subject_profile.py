"""A figure for each of a few subjects: the course of a score, doses, other intakes, and each event by name."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from trialkit.report.displays.base import Kind, Made, shell
from trialkit.report.displays.drawing import picture
from trialkit.report.displays.subject_marks import Columns, Course, Kinds, Mark, day_words, subjects
from trialkit.report.figures.profile import ProfileFigure, Track
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, Picture, TableModel
from trialkit.words import many

Drawn = tuple[Track, list[Mark]]
"""A line of marks as it is drawn, and the marks themselves."""
FEW = 12
"""Most subjects that have a figure."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``subject_profile``.

    Attributes:
        columns: the columns of the listing.
        kinds: which kind of mark is what.
        last: the last study day of the axis; later days stand at its end.
        dose: words of the line of doses.
        score: title of the score.
        at_most: so many subjects have a figure, 12 at most; the display says how many there are beyond them.
        x: title of the axis.
    """

    columns: Columns
    kinds: Kinds
    last: float = 60.0
    dose: str = "Dose"
    score: str = "Score"
    at_most: int = 6
    x: str = "Study day"


def build(scene: Scene, params: Params) -> Made:
    """A figure for each of the first subjects of the listing, with a table of its marks."""
    every = list(subjects(scene, params.columns))
    shown = every[: min(params.at_most, FEW)]
    if not shown:
        return Made((shell((Head("Study days", text=True),), "Mark"),))
    parts = tuple(_profile(scene, course, params) for course in shown)
    left = len(every) - len(shown)
    return Made(parts, (f"The first {len(shown)} of {len(every)} subjects are shown.",) if left else ())


def _profile(scene: Scene, course: Course, params: Params) -> Picture:
    kinds = params.kinds
    scored = [mark for mark in course.marks(kinds.score) if not isnan(mark.value)]
    scores = tuple((mark.start, mark.value) for mark in scored)
    doses, end = course.marks(kinds.dose), course.marks(kinds.end)
    drawn = [(Track(params.dose, tuple(mark.start for mark in doses)), doses)]
    drawn += _by_words(course.marks(kinds.intake))
    drawn += [(Track(m.words, (), ((m.start, m.end),), m.weighty), [m]) for m in course.marks(kinds.event)]
    tracks = [track for track, _ in drawn]
    days = [day for day, _ in scores] + [mark.start for mark in (*doses, *end)]
    days += [day for track in tracks for day in (*track.days, *(d for span in track.spans for d in span))]
    first, last = min([*days, -1.0]), min(max([*days, 7.0]), params.last)
    alt = (
        f"Subject {course.subject}: {many(len(doses), 'dose')}, {many(len(scores), 'score')}, "
        f"{many(len(tracks) - 1, 'line')} of events and intakes. The days are in the table."
    )
    figure = ProfileFigure(scores, tuple(tracks), first, last, params.score, params.x, alt)
    return picture(figure, _caption(scene, course, params, end), _table(scene, drawn, scored, params))


def _by_words(found: list[Mark]) -> list[Drawn]:
    """A line for each thing taken, in the order in which it was first taken."""
    names = dict.fromkeys(mark.words for mark in found)
    own = {name: [mark for mark in found if mark.words == name] for name in names}
    return [(Track(name, tuple(mark.start for mark in theirs)), theirs) for name, theirs in own.items()]


def _caption(scene: Scene, course: Course, params: Params, end: list[Mark]) -> str:
    columns, listing = params.columns, scene.listed[0].id
    said = [course.subject]
    if course.group:
        said.append(scene.arm_label(course.group))
    if course.reason:
        said.append(scene.level(listing, columns.reason, course.reason))
    if end:
        words = scene.level(listing, columns.words, end[-1].words)
        said = [*(part for part in said if part != words), f"{words} on day {day_words([end[-1].start])}"]
    return "; ".join(said)


def _table(scene: Scene, drawn: list[Drawn], scored: list[Mark], params: Params) -> TableModel:
    """The days of each line of the figure, which open to the rows they are of."""
    lines = [_line(scene, params.score, [f"{day_words([m.start])}: {m.value:g}" for m in scored], scored)]
    for track, found in drawn:
        spans = [day_words([a]) if a == b else f"{day_words([a])} to {day_words([b])}" for a, b in track.spans]
        lines.append(_line(scene, track.words, [*spans, *filter(None, [day_words(list(track.days))])], found))
    return TableModel((Head("Study days", text=True),), tuple(lines), "Mark")


def _line(scene: Scene, words: str, days: list[str], found: list[Mark]) -> Line:
    opens = scene.shown(scene.listed[0].id, (mark.source for mark in found))
    return Line(words, (Cell(", ".join(days), "text"),), opens=opens if found else BLANK)


KIND = Kind(build, Params, lists=True, prints=True)

"""The step that makes intervals at risk of events that may come again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import At, Loss, Outcome, StepKind
from trialkit.derive.frames import with_columns
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd

APART = 0.001
"""How far apart events of one subject at one time are put, the last at the time itself."""


@dataclass(frozen=True)
class Recurrent:
    """Intervals (start, stop] of each subject at risk: one up to each event of another table, one up to the end.

    Of several events of a subject at one time the last is put there and the others just before it, 0.001 apart, so
    that the subject is never at risk twice.
    """

    start: str
    stop: str
    event: str
    time: str
    until: str
    from_: str = field(metadata={"key": "from"})
    where: Condition = field(default_factory=Condition)


def recurrent(frame: pd.DataFrame, args: Recurrent, at: At) -> Outcome:
    """One row per interval with event 1 or 0; an interval up to an event has the event's source.

    Events without a time do not count. A subject without time at risk is lost. Raises AnalysisError for an event
    outside the time at risk, or a subject who stands twice.
    """
    other = at.lookup.table(args.from_, at.place)
    their = at.lookup.subject(args.from_)
    at.need(frame, [args.until])
    at.need(other, [their, args.time, *args.where.columns], repr(args.from_))
    if frame[at.subject].duplicated().any():
        raise at.fail("a subject stands twice, so that time at risk would be counted twice", "Use 'one_per' first.")
    risk = at.numbers(frame[args.until])
    none = ~(risk > 0)
    events = other.loc[args.where.holds(other), [their, args.time, SRC]].dropna(subset=[their, args.time])
    by: dict[Any, tuple[list[float], list[Any]]] = {}
    for name, time, source in events.sort_values(args.time, kind="stable").itertuples(index=False, name=None):
        times, sources = by.setdefault(name, ([], []))
        times.append(time)
        sources.append(source)
    made = [
        (place, *interval)
        for place, (name, end, src) in enumerate(zip(frame[at.subject], risk, frame[SRC], strict=True))
        if end > 0
        for interval in _intervals(*by.get(name, ([], [])), float(end), src, at)
    ]
    rows = frame.iloc[[row[0] for row in made]].reset_index(drop=True)
    values = {name: [row[i] for row in made] for i, name in enumerate((args.start, args.stop, args.event, SRC), 1)}
    lost = (Loss(f"no time at risk in {args.until}", frame[none]),) if none.any() else ()
    return Outcome(with_columns(rows, values), lost, len(rows) - int((~none).sum()))


def _intervals(
    times: list[float], sources: list[Any], end: float, own: Any, at: At
) -> list[tuple[float, float, float, Any]]:
    """(start, stop, event, source) of one subject."""
    if times and not 0 < times[0] <= times[-1] <= end:
        wrong = times[0] if times[0] <= 0 else times[-1]
        raise at.fail(f"an event at {wrong:g} lies outside the time at risk, which goes to {end:g}",
                      "Choose events with 'where', or let the time at risk reach them.")  # fmt: skip
    moments = [t - APART * times[i + 1 :].count(t) for i, t in enumerate(times)]
    made, start = [], 0.0
    for moment, source in zip(moments, sources, strict=True):
        made.append((start, moment, 1.0, source))
        start = moment
    return [*made, (start, end, 0.0, own)] if start < end else made


RECURRENT = {
    "recurrent": StepKind(
        "recurrent", Recurrent, lambda a: f"{a.start}, {a.stop}: intervals between the rows of {a.from_}, to {a.until}",
        recurrent,
    )
}  # fmt: skip

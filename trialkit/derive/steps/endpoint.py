"""Time to event: an endpoint declares its event and censoring sources, and each row remembers the one it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Loss, Outcome, Problem, StepKind, kind_of
from trialkit.derive.frames import with_columns
from trialkit.derive.steps.columns import days
from trialkit.model.condition import Condition
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd

_DATE, _SAYS, _FROM, _ROW, _CENSOR = "_date", "_says", "_from", "_row", "_censor"


@dataclass(frozen=True)
class Origin:
    """A source of events or censorings: a date in the row itself, or in the rows of another table."""

    date: str
    says: str
    from_: str = field(default="", metadata={"key": "from"})
    where: Condition = field(default_factory=Condition)


@dataclass(frozen=True)
class TimeToEvent:
    """Earliest event, else the censoring. ``censor`` is 0 for an event and 1 for a censoring.

    The time is date - start + 1 in days. Among censorings the ``censor_rule`` (last or first date) counts.
    """

    time: str
    censor: str
    date: str
    start: str
    events: tuple[Origin, ...]
    censors: tuple[Origin, ...]
    description: str = ""
    source: str = ""
    censor_rule: Literal["first", "last"] = "last"


def time_to_event(frame: pd.DataFrame, args: TimeToEvent, at: At) -> Outcome:
    """One row per subject in, the same rows out with time, censoring, date and words.

    Rows without a start or without any date are lost by that reason. Raises AnalysisError if a subject stands
    twice or an event lies before the start.
    """
    at.need(frame, [args.start])
    if frame[at.subject].duplicated().any():
        raise at.fail("a time to event needs one row per subject", "Start from a subject-level data set.")
    events = _collect(frame, args.events, 0.0, at, "first")
    censors = _collect(frame, args.censors, 1.0, at, args.censor_rule)
    chosen = events.combine_first(censors) if len(events) else censors
    made = frame.merge(chosen, left_on=at.subject, right_index=True, how="left", validate="one_to_one")
    no_start, no_date = made[args.start].isna(), made[_DATE].isna()
    kept = made[~no_start & ~no_date].reset_index(drop=True)
    lost = (
        Loss(f"no {args.start}", frame[no_start.to_numpy()]),
        Loss("neither an event nor a censoring date", frame[(~no_start & no_date).to_numpy()]),
    )
    return Outcome(_finish(kept, args, at), tuple(loss for loss in lost if len(loss.rows)))


def _collect(
    frame: pd.DataFrame, origins: tuple[Origin, ...], censor: float, at: At, rule: Literal["first", "last"]
) -> pd.DataFrame:
    """The chosen date per subject over all origins; on a tie the origin declared first counts."""
    import pandas as pd

    stacked = pd.concat([_dates(frame, origin, censor, at) for origin in origins])
    ordered = stacked.sort_values(_DATE, ascending=rule == "first", kind="stable")
    return ordered[~ordered.index.duplicated(keep="first")]


def _dates(frame: pd.DataFrame, origin: Origin, censor: float, at: At) -> pd.DataFrame:
    import pandas as pd

    other = at.lookup.table(origin.from_, at.place) if origin.from_ else frame
    subject = at.lookup.subject(origin.from_) if origin.from_ else at.subject
    what = repr(origin.from_) if origin.from_ else "the data set"
    at.need(other, [origin.date, *origin.where.columns], what)
    if kind_of(other[origin.date]) not in ("dates", ""):
        raise at.fail(f"{origin.date} of {what} is not a date column", "Declare the field as 'type: date' in its form.")
    rows = other[origin.where.holds(other) & other[origin.date].notna().to_numpy()]
    return pd.DataFrame(
        {
            _DATE: rows[origin.date].to_numpy(),
            _SAYS: origin.says,
            _FROM: origin.from_,
            _ROW: rows[SRC].to_numpy(),
            _CENSOR: censor,
        },
        index=pd.Index(rows[subject], name=None),
    )


def _finish(kept: pd.DataFrame, args: TimeToEvent, at: At) -> pd.DataFrame:
    made = with_columns(kept, {args.date: kept[_DATE], args.censor: kept[_CENSOR].astype(float)})
    made[args.time] = days(made, args.start, args.date, at) + 1
    early = made[args.time] < 1
    if early.any():
        raise at.fail(
            f"{int(early.sum())} subject(s) have an event or censoring before {args.start}, "
            f"first {made.loc[early, at.subject].iloc[0]}",
            "Restrict the events with 'where' to those on or after the start.",
        )
    if args.description:
        made[args.description] = made[_SAYS]
    if args.source:
        made[args.source] = made[_FROM]
    made[SRC] = made[_ROW].astype("int64")
    return made.drop(columns=[_DATE, _SAYS, _FROM, _ROW, _CENSOR])


def _problems(args: TimeToEvent) -> Iterator[Problem]:
    for name, origins in (("events", args.events), ("censors", args.censors)):
        if not origins:
            yield f"{name!r} is empty", "Name at least one source: a date column, and what it says."


ENDPOINT = {
    "time_to_event": StepKind(
        "time_to_event",
        TimeToEvent,
        lambda a: f"{a.time}, {a.censor}: first of {len(a.events)} event source(s), else censored",
        time_to_event,
        _problems,
    ),
}

"""What an estimand's strategies do to the rows of an analysis (ICH E9(R1), A.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import Loss, Outcome, kind_of
from trialkit.derive.run import Ledger
from trialkit.errors import AnalysisError, StudyError
from trialkit.model.analysis import AnalysisSpec, Estimand, Events
from trialkit.model.condition import typed
from trialkit.model.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DROPPED = ("hypothetical", "while on treatment")
"""Strategies under which what was measured after the event does not count."""


def rows_by_strategy(
    study: Study, spec: AnalysisSpec, frame: pd.DataFrame, datasets: dict[str, pd.DataFrame], ledger: Ledger, order: int
) -> tuple[pd.DataFrame, int]:
    """The rows of an analysis as its estimand wants them, and the order of the next step of the ledger.

    Treatment policy keeps all rows. Hypothetical and while on treatment lose those dated after the subject's first
    event of that name; composite keeps them and puts the analysis's ``failure`` values there. A row without a date
    cannot be put before the event and is lost, where the subject had one. Each strategy that acts is a step of the
    ledger, from ``order`` on.
    """
    estimand = study.estimands.get(spec.estimand)
    if estimand is None or estimand.events is None or not spec.date:
        return frame, order
    events, subject = datasets[estimand.events.dataset], study.datasets[spec.dataset].subject
    their = study.datasets[estimand.events.dataset].subject
    for name, strategy in estimand.intercurrent.items():
        if strategy == "treatment policy":
            continue
        first = _first(events, estimand.events, their, name)
        after, unknown = _after(frame, spec, frame[subject].map(first), estimand.events.same_day)
        if strategy in DROPPED:
            outcome = _without(frame, after, unknown, name, strategy)
        else:
            outcome = Outcome(_failed(frame, after, spec))
        ledger.add(f"analysis {spec.id}", order, f"{name}: {strategy}", len(frame), outcome, subject)
        frame, order = outcome.frame, order + 1
    return frame, order


def _first(events: pd.DataFrame, where: Events, subject: str, name: str) -> pd.Series[Any]:
    """Each subject's first event of a name, as a date."""
    own = events[(events[where.event] == name).to_numpy()]
    return own.groupby(subject)[where.date].min()


def _after(
    frame: pd.DataFrame, spec: AnalysisSpec, event: pd.Series[Any], same_day: str
) -> tuple[np.ndarray, np.ndarray]:
    """(rows after their subject's event, rows of a subject with an event that have no date); days are compared."""
    for column in (frame[spec.date], event):
        if kind_of(column) not in ("dates", "") and column.notna().any():
            raise AnalysisError(f"analysis {spec.id!r}: {spec.date!r} is no column of dates", str(spec.place))
    import pandas as pd

    days, limits = (pd.to_datetime(column).dt.normalize() for column in (frame[spec.date], event))
    late = days >= limits if same_day == "after" else days > limits
    return late.to_numpy(dtype=bool), (days.isna() & limits.notna()).to_numpy(dtype=bool)


def _without(frame: pd.DataFrame, after: np.ndarray, unknown: np.ndarray, name: str, strategy: str) -> Outcome:
    losses = (
        Loss(f"after {name}, which the estimand handles as {strategy}", frame[after]),
        Loss(f"no date to put it before or after {name}", frame[unknown]),
    )
    kept = frame[~after & ~unknown].reset_index(drop=True)
    return Outcome(kept, tuple(loss for loss in losses if len(loss.rows)))


def _failed(frame: pd.DataFrame, after: np.ndarray, spec: AnalysisSpec) -> pd.DataFrame:
    """The rows with the values that stand for failure after the event."""
    made = frame.copy()
    for name, text in spec.failure.items():
        try:
            made[name] = made[name].mask(after, typed(frame[name], text))
        except ValueError as error:
            raise AnalysisError(
                f"analysis {spec.id!r}: {text!r} in 'failure' is not {error}, as {name} holds", str(spec.place)
            ) from None
    return made


def strategy_problems(study: Study, spec: AnalysisSpec) -> Iterator[StudyError]:
    """Strategies that an estimand names and the analysis could not follow."""
    estimand = study.estimands.get(spec.estimand)
    if estimand is None or estimand.events is None:
        if spec.failure:
            hint = "Give the estimand 'events', or leave 'failure' out."
            yield StudyError(
                f"analysis {spec.id!r} has 'failure' and its estimand has no events", str(spec.place), hint
            )
        return
    if not spec.date:
        yield from _undated(study, spec, estimand)
        return
    if "principal stratum" in estimand.intercurrent.values():
        hint = "No method here estimates it. Name another strategy, or leave 'date' out and say why in the plan."
        yield StudyError(f"estimand {estimand.id!r} has a principal stratum", str(estimand.place), hint)
    if ("composite" in estimand.intercurrent.values()) != bool(spec.failure):
        said = "is not said" if not spec.failure else "is said, and no strategy is composite"
        yield StudyError(
            f"analysis {spec.id!r}: what a record after the event counts as {said}",
            str(spec.place),
            "'failure: {COLUMN: value}' goes with a composite strategy.",
        )


def _undated(study: Study, spec: AnalysisSpec, estimand: Estimand) -> Iterator[StudyError]:
    """An analysis without a date follows its strategies only if its data set is made of dated sources itself."""
    dataset = study.datasets.get(spec.dataset)
    itself = dataset is not None and any(step.kind == "time_to_event" for step in dataset.steps)
    acting = [name for name, strategy in estimand.intercurrent.items() if strategy != "treatment policy"]
    if acting and not itself:
        yield StudyError(
            f"analysis {spec.id!r} does not say by which date its rows lie before or after {acting[0]}",
            str(spec.place),
            "Add 'date: COLUMN', a column of dates of its data set.",
        )

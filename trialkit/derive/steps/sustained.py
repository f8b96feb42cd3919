"""A state that lasts: the first run of rows, one after the other, that meet a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind, kind_of
from trialkit.derive.frames import with_columns
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Unknown = Literal["breaks", "skipped", "counts"]


@dataclass(frozen=True)
class Sustained:
    """The first run of ``length`` rows of a subject (and ``by`` group) that meet ``where`` one after the other.

    Rows follow each other by ``order``; rows outside ``among`` or without an ``order`` take no part, so that ``among``
    can say from when on a subject is at risk. A row for which ``where`` is unknown breaks a run, is passed over, or
    counts as meeting it. Only rows that are there can be unknown: a visit that was missed needs its row.
    """

    into: str
    order: str
    where: Condition
    length: int = 2
    mark: Literal["first", "last"] = "first"
    unknown: Unknown = "breaks"
    gap: float = 0.0
    among: Condition = field(default_factory=Condition)
    by: tuple[str, ...] = ()


def sustained(frame: pd.DataFrame, args: Sustained, at: At) -> Outcome:
    """The same rows with Y on the first (or last) row of the run, missing elsewhere and where there is no run.

    Raises AnalysisError where two rows of a subject that take part stand at one place in the order.
    """
    import numpy as np
    import pandas as pd

    at.need(frame, [args.order, *args.by, *args.where.columns, *args.among.columns])
    keys = [at.subject, *args.by]
    part = args.among.holds(frame) & frame[[args.order, *keys]].notna().all(axis=1).to_numpy()
    holds, unknown = args.where.masks(frame)
    ordered = frame.loc[part, [*keys, args.order]].sort_values([*keys, args.order], kind="stable")
    twice = ordered.duplicated()
    if twice.any():
        found = ", ".join(str(v) for v in ordered[twice].iloc[0])
        raise at.fail(f"two rows stand at one place: {found}", "Use 'one_per' to say which row counts.")
    places, (steps, unit) = ordered.index.to_numpy(), _steps(ordered[args.order], at)
    flags = np.full(len(frame), None, dtype=object)
    for rows in ordered.groupby(keys, sort=False).indices.values():
        found_at = _first_run(steps[rows], holds[places[rows]], unknown[places[rows]], args, unit)
        if found_at is not None:
            flags[places[rows[found_at]]] = "Y"
    return Outcome(with_columns(frame, {args.into: pd.Series(flags, dtype=object)}))


def _steps(order: pd.Series, at: At) -> tuple[np.ndarray, float]:
    """Places in the order as numbers, and how many of them are a step of 1 in ``gap``: a day is 86,400 seconds.

    Raises AnalysisError for text.
    """
    if kind_of(order) == "text":
        raise at.fail(f"{order.name} holds text; an order is a column of dates or numbers")
    if kind_of(order) == "dates":
        return (order - order.min()).dt.total_seconds().to_numpy(dtype=float), 86400.0
    return order.to_numpy(dtype=float), 1.0


def _first_run(place: np.ndarray, holds: np.ndarray, unknown: np.ndarray, args: Sustained, unit: float) -> int | None:
    """Where the first long enough run begins (or is complete), None if there is none."""
    run: list[int] = []
    last = None
    for i in range(len(place)):
        if unknown[i] and args.unknown == "skipped":
            continue
        if last is not None and args.gap and place[i] - place[last] > args.gap * unit:
            run = []
        last = i
        run = [*run, i] if holds[i] or (unknown[i] and args.unknown == "counts") else []
        if len(run) == args.length:
            return run[0] if args.mark == "first" else run[-1]
    return None


def _problems(args: Sustained) -> Iterator[Problem]:
    if args.length < 1:
        yield f"a run of {args.length} rows is none", "Let 'length' be 1 or more."
    if args.gap < 0:
        yield f"a gap of {args.gap:g} is none", "Let 'gap' be above 0, or leave it out for any distance."
    if not args.where:
        yield "a sustained state needs 'where'", ""


def _words(args: Sustained) -> str:
    among = f" among rows where {args.among.words()}" if args.among else ""
    gap = f", no more than {args.gap:g} apart" if args.gap else ""
    how = {"breaks": "", "skipped": ", unknown rows passed over", "counts": ", unknown rows counting"}[args.unknown]
    return f"{args.into}: {args.mark} of {args.length} rows in a row where {args.where.words()}{among}{gap}{how}"


SUSTAINED = {"sustained": StepKind("sustained", Sustained, _words, sustained, _problems)}

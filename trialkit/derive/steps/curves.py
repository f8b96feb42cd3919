"""Steps that make a number of a number: bands, quotients, and the area under a subject's curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import with_columns, without
from trialkit.model.condition import Condition

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Band:
    """A category by cut points: the first label below the first cut, the last from the last cut on.

    ``cuts`` grow; a value equal to a cut belongs to the band above it, or with ``closed: above`` to the one below.
    """

    into: str
    column: str
    cuts: tuple[float, ...]
    labels: tuple[str, ...]
    closed: Literal["below", "above"] = "below"


def band(frame: pd.DataFrame, args: Band, at: At) -> Outcome:
    """Rows with the label of their band; missing stays missing."""
    import numpy as np

    at.need(frame, [args.column])
    values = at.numbers(frame[args.column]).to_numpy()
    place = np.searchsorted(np.array(args.cuts), values, side="right" if args.closed == "below" else "left")
    labels = np.array([*args.labels, None], dtype=object)
    return Outcome(with_columns(frame, {args.into: labels[np.where(np.isnan(values), len(args.labels), place)]}))


def _band_problems(args: Band) -> Iterator[Problem]:
    if list(args.cuts) != sorted(set(args.cuts)):
        yield f"the cuts of {args.into} do not grow", "Write them from small to large, each once."
    if len(args.labels) != len(args.cuts) + 1:
        yield f"{len(args.cuts)} cuts make {len(args.cuts) + 1} bands, and there are {len(args.labels)} labels", ""


@dataclass(frozen=True)
class Quotient:
    """One number divided by another (a result by its upper limit of normal), times a constant (100 for percent);
    missing where the divisor is 0."""

    into: str
    value: str
    divisor: str
    times: float = 1.0


def quotient(frame: pd.DataFrame, args: Quotient, at: At) -> Outcome:
    """Rows with the quotient; missing where either is."""
    at.need(frame, [args.value, args.divisor])
    below = at.numbers(frame[args.divisor])
    made = args.times * at.numbers(frame[args.value]) / below.where(below != 0)
    return Outcome(with_columns(frame, {args.into: made}))


def _quotient_words(args: Quotient) -> str:
    times = f", times {args.times:g}" if args.times != 1 else ""
    return f"{args.into}: {args.value} divided by {args.divisor}{times}"


@dataclass(frozen=True)
class Area:
    """Area under a subject's values by the trapezoid rule, from the first to the last of ``needed`` times.

    Between two values it is a straight line over the missing ones, if no more than ``bridge`` lie between them and
    the values at both ends are there; else the area is missing. ``per`` divides it by the time it spans.
    """

    into: str
    value: str
    time: str
    needed: tuple[float, ...]
    bridge: int = 0
    by: tuple[str, ...] = ()
    where: Condition = field(default_factory=Condition)
    per: bool = False


def area(frame: pd.DataFrame, args: Area, at: At) -> Outcome:
    """Rows with the area of their subject (and ``by`` group), in units of value times time.

    Raises AnalysisError if a group has two values at one time.
    """
    import pandas as pd

    keys = [at.subject, *args.by]
    at.need(frame, [*keys, args.value, args.time, *args.where.columns])
    at.numbers(frame[args.value])
    rows = frame[args.where.holds(frame) & frame[args.time].isin(args.needed).to_numpy()]
    rows = rows[rows[args.value].notna()]
    twice = rows.duplicated(subset=[*keys, args.time])
    if twice.any():
        found = ", ".join(
            f"{cell:g}" if isinstance(cell, float) else str(cell)
            for cell in rows.loc[twice, [*keys, args.time]].iloc[0]
        )
        raise at.fail(f"two values of {args.value} at one time: {found}", "Choose one with 'one_per' or 'where'.")
    wide = rows.pivot(index=keys, columns=args.time, values=args.value).reindex(columns=sorted(args.needed))
    times = wide.columns.to_numpy(dtype=float)
    made = pd.Series([_area(times, row, args) for row in wide.to_numpy(dtype=float)], wide.index, dtype=float)
    plain = without(frame, [args.into])
    if not len(wide):
        return Outcome(with_columns(plain, {args.into: float("nan")}))
    return Outcome(plain.merge(made.rename(args.into).reset_index(), on=keys, how="left"))


def _area(times: np.ndarray, values: np.ndarray, args: Area) -> float:
    import numpy as np

    known = np.flatnonzero(~np.isnan(values))
    if np.isnan(values[[0, -1]]).any() or (np.diff(known) > args.bridge + 1).any():
        return float("nan")
    y, x = values[known], times[known]
    whole = float(np.sum((y[1:] + y[:-1]) / 2 * np.diff(x)))
    return whole / (times[-1] - times[0]) if args.per else whole


def _area_problems(args: Area) -> Iterator[Problem]:
    if len(set(args.needed)) < 2:
        yield f"the area of {args.into} needs two times or more", "Name them under 'needed'."
    if args.bridge < 0:
        yield f"{args.bridge} values cannot be bridged", "Write 0 or more."


CURVES = {
    "band": StepKind("band", Band, lambda a: f"{a.into}: the band of {a.column}", band, _band_problems),
    "quotient": StepKind("quotient", Quotient, _quotient_words, quotient),
    "area": StepKind("area", Area, lambda a: f"{a.into}: area under {a.value} over {a.time}", area, _area_problems),
}

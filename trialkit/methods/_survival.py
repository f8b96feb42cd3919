"""The survival input: time, event and arm of the usable rows, and the rows that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, numbers
from trialkit.methods._groups import dropped_row, one_row_each
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class TimeToEvent:
    """The n usable rows.

    Attributes:
        time: shape (n,), in the unit of the data.
        event: shape (n,), True for an event.
        at: shape (n,), positions in the analyzed frame.
        dropped: positions of the rows left out.
        why: why they are left out, in words.
        start: shape (n,), when each row enters; None where every subject enters at time 0.
    """

    time: np.ndarray
    event: np.ndarray
    at: np.ndarray
    dropped: np.ndarray
    why: str
    start: np.ndarray | None = None

    @property
    def account(self) -> Row:
        """The row ``n_dropped``."""
        return dropped_row(self.dropped, len(self.at) + len(self.dropped), self.why)


def time_to_event(
    inputs: Inputs,
    time: str,
    event: str | None,
    censor: str | None,
    numeric: Sequence[str] = (),
    text: Sequence[str] = (),
    start: str | None = None,
) -> TimeToEvent:
    """Read time and event; rows missing either, or a further column named, are left out and accounted for.

    With a start column rows are intervals (start, time] of a subject, any number of them. Raises MethodError unless
    exactly one of event and censor is named, the indicator is 0/1, times are finite and not negative, and each subject
    has one row (or intervals that end after they start and do not overlap).
    """
    t, e = numbers(inputs.frame, time), _indicator(inputs, event, censor)
    if (t < 0).any():
        raise MethodError(f"column {time!r} holds the negative time {t[t < 0][0]:g}; times count from 0")
    missing = np.isnan(t) | np.isnan(e)
    for name in (*numeric, *((start,) if start else ())):
        missing |= np.isnan(numbers(inputs.frame, name))
    for name in text:
        missing |= labels(inputs.frame, name) == ""
    at = positions(~missing)
    names = [time, str(event or censor), *((start,) if start else ()), *numeric, *text]
    why = "no value in " + " or ".join(names)
    if not start:
        one_row_each(inputs, at)
        return TimeToEvent(t[at], e[at] == 1, at, positions(missing), why)
    entry = numbers(inputs.frame, start)[at]
    _check_intervals(inputs, at, entry, t[at])
    return TimeToEvent(t[at], e[at] == 1, at, positions(missing), why, entry)


def _check_intervals(inputs: Inputs, at: np.ndarray, start: np.ndarray, stop: np.ndarray) -> None:
    wrong = int((start >= stop).sum())
    if wrong or (start < 0).any():
        raise MethodError(f"{wrong or int((start < 0).sum())} intervals do not start at or after 0 and end later; "
                          "an interval (start, time] needs 0 <= start < time")  # fmt: skip
    who = np.unique(inputs.frame[inputs.subject].iloc[at].astype(str), return_inverse=True)[1]
    order = np.lexsort((start, who))
    same = np.diff(who[order]) == 0
    over = int((same & (start[order][1:] < stop[order][:-1])).sum())
    if over:
        raise MethodError(f"{over} intervals of a subject overlap: a subject would be at risk twice at one time")


def _indicator(inputs: Inputs, event: str | None, censor: str | None) -> np.ndarray:
    """1 for an event, 0 for censored, nan for missing."""
    if bool(event) == bool(censor):
        raise MethodError("name exactly one of event (1 = event) and censor (0 = event)")
    name = str(event or censor)
    found = numbers(inputs.frame, name)
    strange = found[~np.isnan(found) & (found != 0) & (found != 1)]
    if len(strange):
        raise MethodError(f"indicator column {name!r} holds {strange[0]:g}; it must be 0 or 1")
    return found if event else 1 - found


def strata_codes(inputs: Inputs, at: np.ndarray, strata: Sequence[str]) -> np.ndarray | None:
    """Codes 0..s-1 of the combinations of the strata columns in the rows at these positions; None without strata."""
    if not strata:
        return None
    made = np.zeros(len(at), np.intp)
    for name in strata:
        _, level = np.unique(labels(inputs.frame, name)[at].astype(str), return_inverse=True)
        made = np.unique(made * (level.max(initial=0) + 1) + level, return_inverse=True)[1]
    return made

"""Interval-censored input: each event is known to lie in (left, right]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, numbers
from trialkit.methods._groups import dropped_row, one_row_each
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Intervals:
    """The n usable rows: left (0 for left-censored), right (inf for right-censored), equal for an exact time."""

    left: np.ndarray
    right: np.ndarray
    at: np.ndarray
    account: Row


def intervals(
    inputs: Inputs, left: str, right: str, numeric: Sequence[str] = (), text: Sequence[str] = ()
) -> Intervals:
    """Read the limits; a missing left limit is 0, a missing right limit is infinity; a row without both is left out.

    Raises MethodError for negative limits or a right limit before the left one, and for a repeated subject.
    """
    low, high = numbers(inputs.frame, left), numbers(inputs.frame, right)
    missing = np.isnan(low) & np.isnan(high)
    for name in numeric:
        missing |= np.isnan(numbers(inputs.frame, name))
    for name in text:
        missing |= labels(inputs.frame, name) == ""
    at = positions(~missing)
    low, high = np.nan_to_num(low[at], nan=0.0), np.where(np.isnan(high[at]), np.inf, high[at])
    wrong = int(((low < 0) | (high < low)).sum())
    if wrong:
        raise MethodError(f"{wrong} rows do not have 0 <= {left} <= {right}; an event lies in (left, right]")
    one_row_each(inputs, at)
    why = f"no value in both {left} and {right}, or none in a further column"
    return Intervals(low, high, at, dropped_row(positions(missing), len(missing), why))

"""A numeric column as one sample per arm: the values used, their arms and strata, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, numbers
from trialkit.methods._groups import coded_arms, dropped_row, one_row_each
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Samples:
    """n values: positions of their rows, the values, codes of their arms among ``arms``, stratum codes; and account."""

    at: np.ndarray
    x: np.ndarray
    code: np.ndarray
    arms: list[str]
    stratum: np.ndarray
    account: Row

    def of(self, *arms: str) -> tuple[np.ndarray, ...]:
        """The values of some arms, an array each."""
        return tuple(self.x[self.code == self.arms.index(arm)] for arm in arms)

    def rows(self, *arms: str) -> np.ndarray:
        """Positions of the rows of some arms."""
        return self.at[np.isin(self.code, [self.arms.index(arm) for arm in arms])]


def samples(inputs: Inputs, variable: str, strata: Sequence[str] = ()) -> Samples:
    """Read. Rows without a value or a stratum are left out and accounted for.

    Raises MethodError for a second row of a subject or fewer than two arms with values.
    """
    x = numbers(inputs.frame, variable)
    missing, texts = np.isnan(x), [labels(inputs.frame, name) for name in strata]
    for text in texts:
        missing |= text == ""
    at = positions(~missing)
    one_row_each(inputs, at)
    code, arms = coded_arms(inputs, at)
    stratum = np.zeros(len(at), np.intp)
    for text in texts:
        own = np.unique(text[at].astype(str), return_inverse=True)[1]
        stratum = np.unique(stratum * (own.max() + 1) + own, return_inverse=True)[1]
    why = "no value in " + " or ".join((variable, *strata))
    return Samples(at, x[at], code, arms, stratum, dropped_row(positions(missing), len(missing), why))


def check_confidence(confidence: float) -> None:
    """Raise MethodError for a confidence that is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise MethodError(f"confidence is {confidence}; it must lie between 0 and 1")

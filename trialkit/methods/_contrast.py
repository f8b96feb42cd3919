"""An estimate with its standard error as rows: limits, z and p on its own or on the log scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods.base import Row


def normal_rows(name: str, value: float, se: float, confidence: float, blank: Row, log: bool = False) -> Iterator[Row]:
    """Rows name, _se, _ci_low, _ci_high, _z, _p of a normal estimate.

    With ``log`` the value is exp of the estimate ``value`` (a log ratio), its limits too, and _se is that of the log.
    Where the standard error is 0 only the value and its se are given, with a warning.
    """
    shown = (lambda v: float(np.exp(v))) if log else float
    yield blank.but(stat=name, value=shown(value))
    warning = "" if se > 0 else "standard error 0: no event before the time; no interval, no test"
    yield blank.but(stat=f"{name}_se", value=float(se), warning=warning)
    if se > 0:
        half, z = float(ndtri((1 + confidence) / 2)) * se, value / se
        for stat, number in (("ci_low", shown(value - half)), ("ci_high", shown(value + half)), ("z", float(z))):
            yield blank.but(stat=f"{name}_{stat}", value=number)
        yield blank.but(stat=f"{name}_p", value=2 * float(ndtr(-abs(z))))

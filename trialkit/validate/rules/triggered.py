"""Triggers of the protocol: does a matched row meet the one of the version in force?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.validate.plan import NONE, UNKNOWN, versions_of
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def triggered(rows: Rows, other: pd.DataFrame, pair: tuple[np.ndarray, np.ndarray], name: str, may: bool) -> np.ndarray:
    """For each pair of rows: does the other row certainly (``may``: perhaps) meet the trigger?

    The version is the one in force for the row. Where none is, or it is not known, nothing is certain.
    """
    import numpy as np

    here, there = pair
    versions, fits = versions_of(rows)[here], np.full(len(here), may)
    protocols = list(rows.plan.study.protocols.values()) if rows.plan else []
    for number in set(versions.tolist()) - {NONE, UNKNOWN}:
        trigger, at = protocols[number].triggers.get(name), versions == number
        if trigger:
            holds, unknown = trigger.where.masks(other)
            fits[at] = ((holds | unknown) if may else holds)[there[at]]
        else:
            fits[at] = False
    return fits

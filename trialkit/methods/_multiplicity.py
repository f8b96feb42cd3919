"""Adjusted p-values of several comparisons: Bonferroni, Holm (1979), Hochberg (1988)."""

from __future__ import annotations

from typing import Literal

import numpy as np

Multiplicity = Literal["none", "bonferroni", "holm", "hochberg"]


def adjusted(p: np.ndarray, how: Multiplicity) -> np.ndarray:
    """Adjusted p-values, shape (k,), in the order given.

    Source: Holm (1979) Scand J Stat 6, 65-70; Hochberg (1988) Biometrika 75, 800-802.
    """
    k = len(p)
    if how == "none" or not k:
        return p
    if how == "bonferroni":
        return np.minimum(k * p, 1)
    order, made = np.argsort(p, kind="stable"), np.empty(k)
    scaled = (k - np.arange(k)) * p[order]
    if how == "holm":
        made[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    else:
        made[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return made

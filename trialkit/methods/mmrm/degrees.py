"""The choices of degrees of freedom: how single combinations and joint tests get theirs, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialkit.methods.mmrm.inference import (
    DegreesOfFreedom,
    Joint,
    Pieces,
    fai_cornelius,
    fixed_df,
    kenward_roger,
    satterthwaite,
)
from trialkit.methods.mmrm.rows import Rows


@dataclass(frozen=True)
class Rule:
    """The df of each row of L, and the joint test of its rows."""

    single: DegreesOfFreedom
    joint: Callable[[Pieces, np.ndarray], Joint]


METHODS_DF: dict[str, str] = {
    "kenward-roger-linear": "Kenward-Roger, linear form",
    "kenward-roger": "Kenward-Roger, with second derivatives of the covariance in its parameters",
    "satterthwaite": "Satterthwaite",
    "residual": "residual",
    "between-within": "between-within",
}
"""Names of the df methods, with their words."""

SATTERTHWAITE = Rule(satterthwaite, fai_cornelius)
KENWARD_ROGER = Rule(satterthwaite, kenward_roger)
"""The df of a single combination under Kenward-Roger are Satterthwaite's."""


def fixed(by_column: np.ndarray) -> Rule:
    """The smallest df among the columns that a combination involves."""

    def single(pieces: Pieces, L: np.ndarray) -> np.ndarray:
        return np.where(np.abs(L) > 1e-12, by_column, np.inf).min(axis=1)

    return Rule(single, lambda pieces, L: fixed_df(pieces, L, single(pieces, L)))


def residual(rows: Rows, p: int) -> np.ndarray:
    """N - p for every column."""
    return np.full(p, float(len(rows.y) - p))


def between_within(rows: Rows, keep: np.ndarray) -> np.ndarray:
    """Of each kept column: subjects less the columns constant within subjects, or rows less subjects less the others.

    The intercept counts among the latter (Schluchter and Elashoff 1990; as nlme and mmrm do).
    """
    x = rows.x[:, keep]
    first = np.zeros(len(rows.subjects), int)
    first[rows.subject] = np.arange(len(rows.y))
    constant = (x == x[first][rows.subject]).all(axis=0)
    intercept = np.array(rows.design.names)[keep] == "Intercept"
    between = constant & ~intercept
    n, subjects = len(rows.y), len(rows.subjects)
    inner = n - subjects - int((~constant).sum())
    outer = subjects - int(between.sum()) - int(intercept.sum())
    return np.where(between, float(outer), float(inner))

"""The combination of coefficients that is an arm's least-squares mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trialkit.methods._design import Column

Key = tuple[str, str]


def mean_contrast(
    columns: Sequence[Column], variable: str, arm: str, factors: Sequence[str], equal: bool
) -> np.ndarray:
    """L, shape (1 + columns,), intercept first.

    The arm's own indicator is 1; factors have equal weights or (not ``equal``) those observed; covariates are at their
    mean. A product of a column and an arm, named "a:b", is the product of what its two parts are at.
    """
    made: dict[Key, float] = {}
    for column in columns:
        key = column.variable, column.level
        if column.variable == variable:
            made[key] = float(column.level == arm)
        elif column.variable in factors and equal:
            made[key] = 1 / (1 + sum(other.variable == column.variable for other in columns))
        elif (parts := _parts(column, list(made), variable)) is not None:
            made[key] = made[parts[0]] * made[parts[1]]
        else:
            made[key] = float(column.values.mean())
    return np.array([1.0, *made.values()])


def _parts(column: Column, known: list[Key], variable: str) -> tuple[Key, Key] | None:
    """The two columns, among those before it, that a product is of; None for a column that is no product."""
    name, colon, other = column.variable.rpartition(":")
    if not colon or other != variable:
        return None
    both = ((a, b) for a in known if a[0] == name for b in known if b[0] == variable)
    return next(((a, b) for a, b in both if f"{a[1]} {b[1]}".strip() == column.level), None)

"""The columns of a linear model: intercept, covariates, factors and arms, treatment-coded, each with its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, numbers, ordered
from trialkit.methods.base import Inputs, MethodError

ALIAS = 1e-7
"""A column whose part outside the earlier columns is smaller than this share of it is aliased (R's tolerance)."""


@dataclass(frozen=True)
class Column:
    """One design column, shape (n,): a covariate, or the indicator of a level of a factor."""

    variable: str
    level: str
    values: np.ndarray

    @property
    def name(self) -> str:
        """The column's name: the variable, and the level where there is one."""
        return f"{self.variable} {self.level}".strip()


def covariate_columns(
    inputs: Inputs, at: np.ndarray, covariates: Sequence[str], factors: Sequence[str]
) -> list[Column]:
    """Columns of the rows at the given positions; the first level of each factor is its reference."""
    made = [Column(name, "", numbers(inputs.frame, name)[at]) for name in covariates]
    for name in factors:
        found = labels(inputs.frame, name)[at]
        made += [Column(name, level, (found == level).astype(float)) for level in ordered(found)[1:]]
    return made


def arm_columns(arm: str, code: np.ndarray, arms: Sequence[str], reference: str) -> list[Column]:
    """Indicators of every arm but the reference."""
    return [Column(arm, name, (code == i).astype(float)) for i, name in enumerate(arms) if name != reference]


def independent(x: np.ndarray) -> np.ndarray:
    """Which columns of x, shape (n, p), add to the ones before them; mask of shape (p,)."""
    keep, basis = np.zeros(x.shape[1], bool), np.zeros((len(x), 0))
    for j in range(x.shape[1]):
        rest = x[:, j] - basis @ (basis.T @ x[:, j])
        rest -= basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        keep[j] = size > ALIAS * max(float(np.linalg.norm(x[:, j])), np.finfo(float).tiny)
        if keep[j]:
            basis = np.column_stack([basis, rest / size])
    return keep


def refuse_aliased_arms(columns: Sequence[Column], keep: np.ndarray, arm: str) -> None:
    """Raise MethodError if an arm's column is aliased with the covariates and factors."""
    gone = [column.level for column, kept in zip(columns, keep, strict=True) if column.variable == arm and not kept]
    if gone:
        raise MethodError(f"arm {gone[0]!r} cannot be told apart from the covariates and factors; leave one out")


def aliased(columns: Sequence[Column], keep: np.ndarray) -> str:
    """A warning naming the columns that are left out, "" if there are none."""
    gone = [column.name for column, kept in zip(columns, keep, strict=True) if not kept]
    return f"left out because they repeat other columns: {', '.join(gone)}" if gone else ""

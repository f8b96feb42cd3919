"""Least-squares means as combinations of the coefficients.

A mean holds the ``by`` factors at a level each. The rest is averaged: numeric variables at their mean over the rows
used, other factors with equal weights, or as observed, or counterfactually: every subject is given the level in turn
and its own covariates are kept (g-computation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.variables import Variable

Margins = Literal["equal", "observed", "counterfactual"]
At = Mapping[str, "float | str | Sequence[str]"]


@dataclass(frozen=True)
class Means:
    """Cells of the ``by`` factors (a level each, the first factor outermost), and L (c, all columns)."""

    by: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    L: np.ndarray

    def labels(self, which: Sequence[int]) -> dict[str, list[str]]:
        """The levels of some cells, by factor."""
        return {name: [self.cells[i][k] for i in which] for k, name in enumerate(self.by)}


def means(rows: Rows, by: Sequence[str], margins: str, at: At) -> Means:
    """The combinations. Raises MethodError for a name that is no factor, or a level that is not there."""
    variables = rows.design.variables
    for name in by:
        _factor(variables, name)
    for name in at:
        if name not in variables or name in by:
            raise MethodError(
                f"{name!r} cannot be held fixed: it is {'a by factor' if name in by else 'not in the formula'}"
            )
    parts, weight = _profiles(rows, by, margins)
    for name, value in at.items():
        parts[name] = np.repeat(_held(variables[name], value), len(weight), axis=0)
    cells = tuple(product(*(variables[name].levels for name in by)))
    if len(weight) == 1:
        return Means(tuple(by), cells, _together(rows, by, parts, cells))
    made = []
    for cell in cells:
        here = dict(parts)
        for name, level in zip(by, cell, strict=True):
            here[name] = np.repeat(_indicator(variables[name], (level,)), len(weight), axis=0)
        made.append(weight @ rows.design.matrix(here, len(weight)))
    return Means(tuple(by), cells, np.array(made))


def _together(
    rows: Rows, by: Sequence[str], parts: Mapping[str, np.ndarray], cells: tuple[tuple[str, ...], ...]
) -> np.ndarray:
    """L of all cells at once, where one profile stands for the rest."""
    here = {name: np.repeat(part, len(cells), axis=0) for name, part in parts.items()}
    for k, name in enumerate(by):
        levels = rows.design.variables[name].levels
        here[name] = np.eye(len(levels))[[levels.index(cell[k]) for cell in cells]]
    return rows.design.matrix(here, len(cells))


def _factor(variables: Mapping[str, Variable], name: str) -> Variable:
    if name not in variables or variables[name].codes is None:
        factors = [n for n, found in variables.items() if found.codes is not None]
        raise MethodError(f"{name!r} is no factor of the formula; its factors are: {', '.join(factors)}")
    return variables[name]


def _indicator(found: Variable, levels: Sequence[str]) -> np.ndarray:
    """Equal weights on some levels of a factor, (1, k)."""
    for level in levels:
        if level not in found.levels:
            raise MethodError(f"{found.name!r} has no level {level!r}; it has: {', '.join(found.levels)}")
    made = np.zeros((1, len(found.levels)))
    for level in levels:
        made[0, found.levels.index(level)] += 1 / len(levels)
    return made


def _held(found: Variable, value: float | str | Sequence[str]) -> np.ndarray:
    if found.codes is None:
        if isinstance(value, (int, float)):
            return np.array([[float(value)]])
        raise MethodError(f"{found.name!r} is numeric; hold it at a number")
    if isinstance(value, (int, float)):
        value = str(value)
    return _indicator(found, (value,) if isinstance(value, str) else tuple(value))


def _profiles(rows: Rows, by: Sequence[str], margins: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What the other variables are at, (r, k) each, and the weights of the r profiles."""
    variables = rows.design.variables
    others = {name: found for name, found in variables.items() if name not in by}
    if margins == "equal":
        return {name: _center(found) for name, found in others.items()}, np.ones(1)
    if margins == "observed":
        return _observed(others, len(rows.y))
    if margins == "counterfactual":
        return _counterfactual(rows, others)
    raise MethodError(f"margins are equal, observed or counterfactual, not {margins!r}")


def _center(found: Variable) -> np.ndarray:
    if found.codes is None:
        return np.array([[found.number.mean()]])
    return np.full((1, len(found.levels)), 1 / len(found.levels))


def _observed(others: Mapping[str, Variable], n: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The combinations of the other factors with their share of the rows; numbers at their mean."""
    factors = [found for found in others.values() if found.codes is not None]
    codes = np.column_stack([found.code for found in factors]) if factors else np.zeros((n, 0), int)
    unique, count = np.unique(codes, axis=0, return_counts=True) if factors else (codes[:1], np.array([n]))
    parts = {}
    for k, found in enumerate(factors):
        parts[found.name] = np.eye(len(found.levels))[unique[:, k]]
    for name, found in others.items():
        if found.codes is None:
            parts[name] = np.repeat(_center(found), len(unique), axis=0)
    return parts, count / count.sum()


def _counterfactual(rows: Rows, others: Mapping[str, Variable]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Each subject's own values, all subjects alike; the visit, if not asked for, with equal weights."""
    first = np.zeros(len(rows.subjects), int)
    first[rows.subject[::-1]] = np.arange(len(rows.y))[::-1]
    parts = {}
    for name, found in others.items():
        if rows.visit is not None and name == rows.visit.name:
            parts[name] = np.repeat(_center(found), len(first), axis=0)
            continue
        coded = found.coding()
        if (coded != coded[first][rows.subject]).any():
            raise MethodError(f"{name!r} changes within a subject: counterfactual means need a value per subject")
        parts[name] = coded[first]
    return parts, np.full(len(first), 1 / len(first))

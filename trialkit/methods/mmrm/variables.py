"""The columns of a model as variables: numbers, or factors with levels in order; missing values are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trialkit.methods._columns import column, level_text, numbers, ordered
from trialkit.methods.base import MethodError


@dataclass(frozen=True)
class Variable:
    """A numeric variable (``values``, shape (n,), nan where missing) or a factor (``codes``, -1 where missing)."""

    name: str
    levels: tuple[str, ...] = ()
    codes: np.ndarray | None = None
    values: np.ndarray | None = None

    @property
    def missing(self) -> np.ndarray:
        """Where there is no value, shape (n,)."""
        return self.code < 0 if self.codes is not None else np.isnan(self.number)

    @property
    def code(self) -> np.ndarray:
        """The codes of a factor."""
        assert self.codes is not None
        return self.codes

    @property
    def number(self) -> np.ndarray:
        """The values of a numeric variable."""
        assert self.values is not None
        return self.values

    def at(self, rows: np.ndarray) -> Variable:
        """The variable at some rows; levels without rows fall away."""
        if self.codes is None:
            return replace(self, values=self.number[rows])
        codes = self.codes[rows]
        used = np.bincount(codes, minlength=len(self.levels)) > 0
        if used.all():
            return replace(self, codes=codes)
        levels = tuple(level for level, u in zip(self.levels, used, strict=True) if u)
        return replace(self, levels=levels, codes=(np.cumsum(used) - 1)[codes])

    def coding(self) -> np.ndarray:
        """The values as one column, or an indicator per level; shape (n, k)."""
        if self.codes is None:
            return self.number[:, None]
        return np.eye(len(self.levels))[self.codes]


def numeric(frame: pd.DataFrame, name: str) -> Variable:
    """A column as numbers. Raises MethodError for text or an infinite value."""
    return Variable(name, values=numbers(frame, name))


def factor(frame: pd.DataFrame, name: str, levels: Sequence[str] = ()) -> Variable:
    """A column as a factor: its levels as given, else its categories in order, else in natural order.

    Raises MethodError for a level that is not among the given ones, or an infinite number.
    """
    found = column(frame, name)
    if isinstance(found.dtype, pd.CategoricalDtype):
        codes, values = found.cat.codes.to_numpy(), [level_text(v) for v in found.cat.categories]
        order = [value for value in values if value]
    else:
        codes, unique = pd.factorize(found)
        values = [level_text(v) for v in unique]
        if {"inf", "-inf"} & set(values):
            raise MethodError(f"column {name!r} holds an infinite value; it must be finite or missing")
        order = ordered(values)
    if levels:
        _refuse_unknown(name, [v for v in values if v and v not in levels], levels)
        order = list(levels)
    place = {level: i for i, level in enumerate(order)}
    to = np.array([*(place.get(value, -1) for value in values), -1])
    return Variable(name, tuple(order), to[codes])


def _refuse_unknown(name: str, unknown: list[str], levels: Sequence[str]) -> None:
    if unknown:
        raise MethodError(f"column {name!r} holds {unknown[0]!r}, which is none of: {', '.join(levels)}")


def variable(frame: pd.DataFrame, name: str, as_factor: bool, levels: Mapping[str, Sequence[str]]) -> Variable:
    """A column as what it is: numbers stay numbers, text, categories and true/false are factors."""
    found = column(frame, name)
    if as_factor or name in levels or found.dtype.kind not in "iuf":
        return factor(frame, name, levels.get(name, ()))
    return numeric(frame, name)


def with_reference(found: Variable, level: str) -> Variable:
    """A factor with this level first. Raises MethodError if it is no level with rows."""
    if level not in found.levels:
        raise MethodError(f"{found.name!r} has no usable rows at {level!r}; it has: {', '.join(found.levels)}")
    order = [level, *(other for other in found.levels if other != level)]
    to = np.array([order.index(other) for other in found.levels])
    return replace(found, levels=tuple(order), codes=to[found.code])

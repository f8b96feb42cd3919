"""Data frame and formula -> the fitted model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.fit import MmrmFit, checked_df
from trialkit.methods.mmrm.optimum import Found, optimum
from trialkit.methods.mmrm.rows import Rows, read_rows
from trialkit.methods.mmrm.stack import Stack, stack

if TYPE_CHECKING:
    import pandas as pd


class MmrmWarning(UserWarning):
    """The model was fitted, but a reader must know something of it."""


def mmrm(
    data: pd.DataFrame,
    formula: str,
    subject: str,
    visit: str,
    covariance: str | Sequence[str] = "us",
    group: str | None = None,
    weights: str | None = None,
    reml: bool = True,
    df: str = "",
    robust: str = "",
    confidence: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
) -> MmrmFit:
    """Fit a mixed model for repeated measures.

    Args:
        data: one row per subject and visit, in any order; rows with a missing value are left out and counted.
        formula: ``response ~ terms`` (see ``formula``); the visit is a factor in it even if its column is numeric.
        subject, visit: names of columns.
        covariance: a structure (``STRUCTURES``), or several to fall back on, the first that has an optimum is taken.
        group: column of subjects' groups, each with its own covariance.
        weights: column of weights w > 0; the variance of a row is Sigma / w.
        reml: restricted maximum likelihood, else maximum likelihood.
        df: method of the degrees of freedom (``METHODS_DF``); linear Kenward-Roger, or Satterthwaite for ML.
        robust: CR0, CR2 or CR3 for sandwich standard errors.
        confidence: level of all intervals.
        levels: order of a factor's levels; else categories in their order, or natural order.
        reference: the level a factor is compared with; else its first.

    Raises MethodError, saying what to do, for rows or names that do not fit, and where no structure has an interior
    optimum. Warns with MmrmWarning of columns left out and of a fall-back.
    """
    rows = read_rows(data, formula, subject, visit, group, weights, levels, reference)
    made = fitted(rows, covariance, reml, df, robust, confidence)
    for text in made.warnings:
        warnings.warn(text, MmrmWarning, stacklevel=2)
    return made


def fitted(
    rows: Rows, covariance: str | Sequence[str], reml: bool, df: str = "", robust: str = "", confidence: float = 0.95
) -> MmrmFit:
    """As ``mmrm``, from rows, without Python warnings (they stand in the fit)."""
    if not 0 < confidence < 1:
        raise MethodError(f"confidence is {confidence}; it must lie between 0 and 1")
    method = checked_df(df, reml, robust)
    data = stack(rows)
    found, ladder = _ladder(rows, data, (covariance,) if isinstance(covariance, str) else tuple(covariance), reml)
    return MmrmFit(rows, data, found, reml, method, robust, ladder, _warnings(rows, data, found, ladder), confidence)


def _ladder(rows: Rows, data: Stack, names: Sequence[str], reml: bool) -> tuple[Found, tuple[tuple[str, str], ...]]:
    """The first structure with an interior optimum, and why those before it were left."""
    if not names:
        raise MethodError("no covariance structure is named")
    left: list[tuple[str, str]] = []
    for name in names:
        try:
            return optimum(rows, data, name, reml), tuple(left)
        except MethodError as error:
            left.append((name, str(error)))
    if len(left) == 1:
        raise MethodError(left[0][1])
    raise MethodError("none of the declared structures can be fitted. " + ". ".join(f"{n}: {why}" for n, why in left))


def _warnings(rows: Rows, data: Stack, found: Found, ladder: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    made = []
    gone = [name for name, keep in zip(rows.design.names, data.keep, strict=True) if not keep]
    if gone:
        made.append(f"left out because they repeat other columns: {', '.join(gone)}")
    if ladder:
        tried = ", ".join(name for name, _ in ladder)
        made.append(
            f"covariance {found.structure} is a declared fall-back: {tried} could not be fitted ({ladder[0][1]})"
        )
    return tuple(made)

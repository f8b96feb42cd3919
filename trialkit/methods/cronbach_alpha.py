"""Cronbach's alpha: how far the items of a scale measure one thing.

For n subjects with all k items, item variances v(j) and variance v of the sum:

    alpha = k / (k - 1) (1 - sum v(j) / v)

The limits are Feldt's: 1 - (1 - alpha) F, F the quantiles of the F distribution on n - 1 and (n - 1)(k - 1) degrees
of freedom. Without an item: alpha of the others. Item and rest: the correlation of an item with the sum of the others.

Source: Cronbach (1951) Psychometrika 16, 297-334; Feldt (1965) Psychometrika 30, 357-370.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from trialkit.methods._columns import numbers
from trialkit.methods._groups import dropped_row, groups, one_row_each
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, Row, positions


@dataclass(frozen=True)
class Params:
    """Parameters of ``cronbach_alpha``.

    Attributes:
        variables: numeric columns, the items, all scored in the same direction; one row per subject.
        confidence: level of the interval.
    """

    variables: tuple[str, ...]
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped and, per arm (and total), n, alpha with limits, and per item alpha without it and item-rest r.

    Raises MethodError for fewer than two items or a second row of a subject.
    """
    check_confidence(params.confidence)
    if len(params.variables) < 2:
        raise MethodError(f"{len(params.variables)} items; alpha needs two or more in 'variables'")
    x = np.column_stack([numbers(inputs.frame, name) for name in params.variables])
    missing = np.isnan(x).any(axis=1)
    one_row_each(inputs, positions(~missing))
    made = [dropped_row(positions(missing), len(x), "no value in an item")]
    for group in groups(inputs):
        at = positions(group.rows & ~missing)
        made += _one(x[at], Row("n", arm=group.label, rows=at), params)
    return made


def _one(x: np.ndarray, blank: Row, params: Params) -> Iterator[Row]:
    yield blank.but(value=float(len(x)))
    if len(x) < 2 or np.ptp(x.sum(axis=1)) == 0:
        said = "fewer than two subjects with all items, or all sums equal"
        yield blank.but(stat="alpha", text="NE", warning=said)
        return
    value, tail = alpha(x), (1 - params.confidence) / 2
    df = len(x) - 1, (len(x) - 1) * (x.shape[1] - 1)
    low, high = (1 - (1 - value) * float(fdtri(*df, p)) for p in (1 - tail, tail))
    for stat, number in (("alpha", value), ("alpha_ci_low", low), ("alpha_ci_high", high)):
        yield blank.but(stat=stat, value=number)
    yield from _items(x, blank, params.variables)


def _items(x: np.ndarray, blank: Row, names: tuple[str, ...]) -> Iterator[Row]:
    """Of each item its correlation with the sum of the others, and alpha of the others."""
    k = x.shape[1]
    rest = x @ (np.ones((k, k)) - np.eye(k))  # the sums of all items but one, shape (n, k)
    varies = (np.ptp(x, axis=0) > 0) & (np.ptp(rest, axis=0) > 0)
    own, sums = (values - values.mean(axis=0) for values in (x, rest))
    spread, of_sums = (own**2).sum(axis=0), (sums**2).sum(axis=0)
    for j, name in enumerate(names):
        if not varies[j]:
            said = "the item, or the sum of the others, does not vary"
            yield blank.but(variable=name, stat="item_rest", text="NE", warning=said)
            continue
        r = float(own[:, j] @ sums[:, j] / np.sqrt(spread[j] * of_sums[j]))
        yield blank.but(variable=name, stat="item_rest", value=max(-1.0, min(1.0, r)))
        if k > 2:
            without = (k - 1) / (k - 2) * (1 - float(spread.sum() - spread[j]) / float(of_sums[j]))
            yield blank.but(variable=name, stat="alpha_without", value=without)


def alpha(x: np.ndarray) -> float:
    """Alpha of items (n, k), k at least 2, whose sums vary."""
    k = x.shape[1]
    return k / (k - 1) * (1 - float(x.var(axis=0, ddof=1).sum()) / float(x.sum(axis=1).var(ddof=1)))

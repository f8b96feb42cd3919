"""Cohen's kappa of two ratings of the same subjects in ordered or unordered categories.

With p(i, j) the shares of the k x k table, p(i.), p(.j) its margins, weights w = 1 on the diagonal and elsewhere 0
(plain), 1 - |i - j| / (k - 1) (linear) or 1 - (i - j)^2 / (k - 1)^2 (quadratic):

    po = sum w p(i, j),   pe = sum w p(i.) p(.j),   kappa = (po - pe) / (1 - pe)
    var = (sum p(i, j) (w (1 - pe) - (u(i) + v(j)) (1 - po))^2 - (po pe - 2 pe + po)^2) / (n (1 - pe)^4)

with u(i) = sum over j of w p(.j), v(j) = sum over i of w p(i.).

Source: Cohen (1968) Psychol Bull 70, 213-220; Fleiss, Cohen and Everitt (1969) Psychol Bull 72, 323-327.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trialkit.methods._columns import labels, ordered
from trialkit.methods._groups import dropped_row, groups, one_row_each
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, Row, positions

WEIGHTS = ("kappa", "kappa_linear", "kappa_quadratic")


@dataclass(frozen=True)
class Params:
    """Parameters of ``agreement``.

    Attributes:
        variable: column of the first rating, one row per subject.
        other: column of the second rating, in the same row.
        levels: the categories in order, also those nobody is in; those found, in natural order, if empty.
        confidence: level of the intervals.
    """

    variable: str
    other: str
    levels: tuple[str, ...] = ()
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped and, per arm (and total), n, the share that agrees, and the three kappas with se and limits.

    Raises MethodError for a category outside ``levels``, fewer than two categories, or a second row of a subject.
    """
    check_confidence(params.confidence)
    a, b = labels(inputs.frame, params.variable), labels(inputs.frame, params.other)
    missing = (a == "") | (b == "")
    one_row_each(inputs, positions(~missing))
    found = ordered({*a[~missing], *b[~missing]})
    names = list(params.levels) or found
    strange = [name for name in found if name not in names]
    if strange or len(names) < 2:
        said = f"a rating is {strange[0]!r}, which is not among its levels: {names}" if strange else "one category"
        raise MethodError(f"{said}; agreement needs two categories or more, all named in 'levels'")
    place = {name: i for i, name in enumerate(names)}
    made = [dropped_row(positions(missing), len(a), f"no value in {params.variable} or {params.other}")]
    for group in groups(inputs):
        at = positions(group.rows & ~missing)
        table = np.zeros((len(names), len(names)))
        np.add.at(table, ([place[v] for v in a[at]], [place[v] for v in b[at]]), 1)
        made += _one(table, Row("n", arm=group.label, variable=params.variable, rows=at), params.confidence)
    return made


def _one(table: np.ndarray, blank: Row, confidence: float) -> Iterator[Row]:
    n = float(table.sum())
    yield blank.but(value=n)
    if not n:
        yield blank.but(stat="agreement", error="nobody has both ratings")
        return
    yield blank.but(stat="agreement", value=float(np.trace(table)) / n)
    for name in WEIGHTS:
        found = kappa(table, name)
        if found is None:
            yield blank.but(stat=name, error="both ratings are in one and the same category: kappa does not exist")
            continue
        value, se = found
        half = float(ndtri((1 + confidence) / 2)) * se
        for stat, number in (("", value), ("_se", se), ("_ci_low", value - half), ("_ci_high", value + half)):
            yield blank.but(stat=f"{name}{stat}", value=number)


def kappa(table: np.ndarray, weights: str) -> tuple[float, float] | None:
    """Kappa and its standard error of a table (k, k) of counts; None where chance alone gives full agreement."""
    n, distance = table.sum(), np.abs(np.subtract.outer(np.arange(len(table)), np.arange(len(table))))
    share = distance / (len(table) - 1)
    w = {"kappa": (distance == 0).astype(float), "kappa_linear": 1 - share}.get(weights, 1 - share**2)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    po, pe = float((w * p).sum()), float((w * np.outer(rows, columns)).sum())
    if pe >= 1:
        return None
    u, v = w @ columns, rows @ w
    inner = float((p * (w * (1 - pe) - (u[:, None] + v) * (1 - po)) ** 2).sum())
    variance = max((inner - (po * pe - 2 * pe + po) ** 2) / (n * (1 - pe) ** 4), 0.0)
    return (po - pe) / (1 - pe), float(np.sqrt(variance))

"""Two measurements of the same subjects: their difference, their change over a threshold, their correlation.

For the n subjects of a group with both values, d = variable - other:

    t           mean d / (s(d) / sqrt n) on n - 1 degrees of freedom
    signed rank V = sum of the midranks of |d| over d > 0, zeros left out (k remain), ties t,
                z = (V - k (k + 1) / 4) / sqrt(k (k + 1)(2 k + 1) / 24 - sum (t^3 - t) / 48)
    McNemar     of values at or above a threshold: b only now, c only before, (b - c)^2 / (b + c); exact: binomial 1/2
    pearson     r, t = r sqrt((n - 2) / (1 - r^2)), limits tanh(artanh r -/+ z / sqrt(n - 3))
    spearman    r of the midranks;  kendall: tau b

Source: Wilcoxon (1945) Biometrics Bull 1, 80-83; McNemar (1947) Psychometrika 12, 153-157; Fisher (1921) Metron 1,
3-32; Kendall (1945) Biometrika 33, 239-251.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from trialkit.methods._binomial import exact_p
from trialkit.methods._columns import numbers
from trialkit.methods._groups import dropped_row, groups, one_row_each
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, Row, positions
from trialkit.methods.wilcoxon import midranks


@dataclass(frozen=True)
class Params:
    """Parameters of ``paired``.

    Attributes:
        variable: numeric column, one row per subject.
        other: the numeric column it is compared with, in the same row.
        threshold: for McNemar's test, values at or above it count; no such test if None.
        confidence: level of the intervals.
    """

    variable: str
    other: str
    threshold: float | None = None
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped and, per arm (and total), n, difference, signed rank, McNemar and correlations.

    A statistic that does not exist is an error row. Raises MethodError for a second row of a subject.
    """
    check_confidence(params.confidence)
    x, y = numbers(inputs.frame, params.variable), numbers(inputs.frame, params.other)
    missing = np.isnan(x) | np.isnan(y)
    one_row_each(inputs, positions(~missing))
    why = f"no value in {params.variable} or {params.other}"
    made = [dropped_row(positions(missing), len(x), why)]
    for group in groups(inputs):
        at = positions(group.rows & ~missing)
        blank = Row("n", arm=group.label, variable=params.variable, rows=at)
        made.append(blank.but(value=float(len(at))))
        made += _one(x[at], y[at], blank, params)
    return made


def _one(x: np.ndarray, y: np.ndarray, blank: Row, params: Params) -> Iterator[Row]:
    d = x - y
    if len(d) < 2 or np.ptp(d) == 0:
        yield blank.but(stat="diff", error="fewer than two different differences: no variance")
    else:
        yield from _difference(d, blank, params.confidence)
    if not d.any():
        yield blank.but(stat="signed_rank_p", error="no difference is other than 0")
    else:
        for stat, value in signed_rank(d).items():
            yield blank.but(stat=f"signed_rank_{stat}", value=value)
    if params.threshold is not None:
        yield from _mcnemar(x >= params.threshold, y >= params.threshold, blank)
    if len(d) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        yield blank.but(stat="pearson", error="fewer than 4 pairs, or all values of a column equal")
    else:
        yield from _correlations(x, y, blank, params.confidence)


def _difference(d: np.ndarray, blank: Row, confidence: float) -> Iterator[Row]:
    n, mean, se = len(d), float(d.mean()), float(d.std(ddof=1)) / float(np.sqrt(len(d)))
    half, t = float(stdtrit(n - 1, (1 + confidence) / 2)) * se, mean / se
    values = {"diff": mean, "se": se, "df": n - 1.0, "t": t, "p": 2 * float(stdtr(n - 1, -abs(t)))}
    for stat, value in (values | {"ci_low": mean - half, "ci_high": mean + half}).items():
        yield blank.but(stat=stat, value=value)


def signed_rank(d: np.ndarray) -> dict[str, float]:
    """V, z and p of differences (n,), not all zero; no continuity correction."""
    d = d[d != 0]
    k, r = len(d), midranks(np.abs(d))
    count = np.unique(np.abs(d), return_counts=True)[1].astype(float)
    v = float(r[d > 0].sum())
    variance = k * (k + 1) * (2 * k + 1) / 24 - float((count**3 - count).sum()) / 48
    z = (v - k * (k + 1) / 4) / float(np.sqrt(variance))
    return {"v": v, "z": z, "p": 2 * float(ndtr(-abs(z)))}


def _mcnemar(now: np.ndarray, before: np.ndarray, blank: Row) -> Iterator[Row]:
    b, c = int((now & ~before).sum()), int((before & ~now).sum())
    yield blank.but(stat="mcnemar_up", value=float(b))
    yield blank.but(stat="mcnemar_down", value=float(c))
    if not b + c:
        yield blank.but(stat="mcnemar_p", error="nobody passes the threshold in either direction")
        return
    chisq = (b - c) ** 2 / (b + c)
    for stat, value in (("chisq", chisq), ("p", float(chdtrc(1, chisq))), ("exact_p", exact_p(b, b + c, 0.5))):
        yield blank.but(stat=f"mcnemar_{stat}", value=value)


def _correlations(x: np.ndarray, y: np.ndarray, blank: Row, confidence: float) -> Iterator[Row]:
    n, r = len(x), correlation(x, y)
    values = {"pearson": r}
    if abs(r) < 1:
        t, half = r * np.sqrt((n - 2) / (1 - r * r)), float(ndtri((1 + confidence) / 2)) / np.sqrt(n - 3)
        values |= {"pearson_p": 2 * float(stdtr(n - 2, -abs(t)))}
        values |= {"pearson_ci_low": np.tanh(np.arctanh(r) - half), "pearson_ci_high": np.tanh(np.arctanh(r) + half)}
    values |= {"spearman": correlation(midranks(x), midranks(y)), "kendall": tau_b(x, y)}
    yield from (blank.but(stat=stat, value=float(value)) for stat, value in values.items())


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of two columns (n,) that vary."""
    x, y = x - x.mean(), y - y.mean()
    r = float(x @ y / np.sqrt((x @ x) * (y @ y)))
    return max(-1.0, min(1.0, r))


def tau_b(x: np.ndarray, y: np.ndarray) -> float:
    """Kendall's tau b: concordant less discordant pairs, over those untied in x and in y (geometric mean)."""
    a = np.sign(x[:, None] - x)
    b = np.sign(y[:, None] - y)
    return float((a * b).sum() / np.sqrt(np.abs(a).sum() * np.abs(b).sum()))

"""Cochran-Mantel-Haenszel tests of arm by category, over strata.

In stratum h with N subjects, counts n(arm, category), row shares p, column shares q: under no association given the
margins the counts have mean N p q' and covariance N^2 / (N - 1) (diag p - pp') x (diag q - qq') (a Kronecker product).
With score matrices A over arms and B over categories, G = sum (A x B) (n - mean), V = sum (A x B) cov (A x B)':

    Q = G' V^- G on rank V degrees of freedom

    general association   A, B: indicators of all levels but one
    row means             A: indicators, B: one score a category   (do the mean scores differ between arms?)
    correlation           A: one score an arm, B: one a category   (do they rise together?)

Scores of the categories: their numbers, or 1, 2, ... (table scores), given ones, or in each stratum the midranks, or
midranks / (N + 1) (modified ridits: with two arms the row-means test is then van Elteren's).

Source: Landis, Heyman and Koch (1978) Int Stat Rev 46, 237-254; Mantel (1963) JASA 58, 690-700.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from trialkit.methods._contingency import left_out
from trialkit.methods._groups import pairs
from trialkit.methods._stratified import Strata, stratified
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.words import many

TESTS = ("general_association", "row_means", "correlation")


@dataclass(frozen=True)
class Params:
    """Parameters of ``cmh``.

    Attributes:
        strata: columns of the population whose combinations are the strata; one stratum if empty.
        variable: a categorical column, or None: whether a subject has a row.
        levels: the categories in order.
        scores: scores of the categories: table scores, midranks, or modified ridits.
        level_scores: table scores of the categories, in order; their numbers, else 1, 2, ... if empty.
        arm_scores: scores of the arms in display order; 1, 2, ... if empty.
        versus: one test of all arms, each arm against the reference, or every pair.
    """

    strata: tuple[str, ...] = ()
    variable: str | None = None
    levels: tuple[str, ...] = ()
    scores: Literal["table", "rank", "modridit"] = "table"
    level_scores: tuple[float, ...] = ()
    arm_scores: tuple[float, ...] = ()
    versus: Literal["overall", "reference", "all"] = "overall"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, strata, and chi-square, df, p of the three tests, per comparison.

    Raises MethodError for fewer than two arms with subjects or scores that do not match their levels.
    """
    found = stratified(inputs, params.variable, params.levels, params.strata)
    if params.arm_scores and len(params.arm_scores) != len(inputs.arms):
        raise MethodError(f"{len(params.arm_scores)} arm_scores for {len(inputs.arms)} arms; give one for each")
    given = dict(zip(inputs.arms, params.arm_scores or range(1, len(inputs.arms) + 1), strict=True))
    columns = column_scores(found.levels, params.level_scores)
    warning = (
        f"{many(len(found.gone), 'subject')} left out: no value in {' or '.join(params.strata)}"
        if len(found.gone)
        else ""
    )
    made = [left_out(inputs, params.variable)]
    made.append(Row("n_no_stratum", float(len(found.gone)), units=found.gone, warning=warning))
    compared = [("", "")] if params.versus == "overall" else pairs(found.arms, inputs.reference, params.versus)
    for arm, versus in compared:
        at = [found.arms.index(a) for a in (versus, arm)] if arm else list(range(len(found.arms)))
        scores = np.array([given[found.arms[i]] for i in at], float)
        made += _compared(found, at, (arm, versus), (scores, columns), params)
    return made


def column_scores(levels: Sequence[str], given: Sequence[float]) -> np.ndarray:
    """Table scores (c,). Raises MethodError where their number is not that of the categories."""
    if given:
        if len(given) != len(levels):
            raise MethodError(f"{len(given)} level_scores for the {len(levels)} categories {list(levels)}")
        return np.array(given, float)
    try:
        return np.array([float(level) for level in levels])
    except ValueError:
        return np.arange(1.0, len(levels) + 1)


def _compared(
    found: Strata, at: list[int], names: tuple[str, str], scores: tuple[np.ndarray, np.ndarray], params: Params
) -> Iterator[Row]:
    mine, rows = np.isin(found.arm, at), found.row[np.isin(found.row_arm, at)]
    blank = Row(
        "n", arm=names[0], reference=names[1], variable=params.variable or "", rows=rows, units=found.unit[mine]
    )
    counts = found.counts[:, at, :].astype(float)
    used = counts[counts.sum(axis=(1, 2)) > 1]
    yield blank.but(value=float(used.sum()))
    yield blank.but(stat="strata", value=float(len(used)))
    for name in TESTS:
        q, df = cmh(used, name, scores[0], scores[1], params.scores)
        if df == 0:
            yield blank.but(stat=f"{name}_p", error="the table has one arm or one category in every stratum")
            continue
        for stat, value in ((name, q), (f"{name}_df", float(df)), (f"{name}_p", float(chdtrc(df, q)))):
            yield blank.but(stat=stat, value=value)


def cmh(counts: np.ndarray, test: str, rows: np.ndarray, columns: np.ndarray, scores: str) -> tuple[float, int]:
    """Q and its df for counts (strata, arms, categories), each stratum with at least 2 subjects."""
    g, v = 0.0, 0.0
    for table in counts:
        n, p, q = table.sum(), table.sum(axis=1), table.sum(axis=0)
        a = rows[None, :] if test == "correlation" else np.eye(len(p))[:-1]
        b = np.eye(len(q))[:-1] if test == "general_association" else _scored(columns, q, scores)[None, :]
        g = g + (a @ (table - np.outer(p, q) / n) @ b.T).ravel()
        cov_p, cov_q = np.diag(p) - np.outer(p, p) / n, np.diag(q) - np.outer(q, q) / n
        v = v + np.kron(a @ cov_p @ a.T, b @ cov_q @ b.T) / (n - 1)
    if not len(counts):
        return 0.0, 0
    return _quadratic(np.asarray(g), np.asarray(v))


def _quadratic(g: np.ndarray, v: np.ndarray) -> tuple[float, int]:
    """g' V^- g and the rank of V, (k,) and (k, k), in the scale of a unit diagonal."""
    d = np.sqrt(np.diagonal(v))
    some = d > 1e-12 * max(float(d.max(initial=0.0)), 1e-300)
    if not some.any():
        return 0.0, 0
    e, u = np.linalg.eigh(v[np.ix_(some, some)] / np.outer(d[some], d[some]))
    keep = e > 1e-10 * e[-1]
    if keep.all():
        return float(g[some] @ np.linalg.solve(v[np.ix_(some, some)], g[some])), int(some.sum())
    along = u[:, keep].T @ (g[some] / d[some])
    return float((along**2 / e[keep]).sum()), int(keep.sum())


def _scored(columns: np.ndarray, q: np.ndarray, scores: str) -> np.ndarray:
    """Scores (c,) of the categories in a stratum with column totals q."""
    if scores == "table":
        return columns
    ranks = np.cumsum(q) - (q - 1) / 2
    return ranks / (q.sum() + 1) if scores == "modridit" else ranks

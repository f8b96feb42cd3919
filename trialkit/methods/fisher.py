"""Fisher's exact test of two categories in two or more arms.

Given the margins, the count x of the corner cell of a 2 x 2 table is hypergeometric under independence. The two-sided
p-value is the sum of the probabilities of all tables no more probable than the one observed, where a relative excess
up to 1e-7 counts as equal (R's rule). The one-sided p-values add up the tables with an odds ratio at least (at most)
as large. The odds ratio is the sample one, ad / (bc), not the conditional maximum-likelihood one. With more arms the
probability of a table is the product of the arms' binomial coefficients over that of the total.

Source: Fisher (1935) J R Stat Soc 98, 39-82; R ``fisher.test``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import gammaln

from trialkit.methods._contingency import Table, Versus, left_out, tables
from trialkit.methods.base import Inputs, MethodError, Row

Alternative = Literal["two-sided", "less", "greater"]
EQUAL = 1 + 1e-7
TABLES = 5_000_000
"""Tables of several arms that are enumerated at most."""


@dataclass(frozen=True)
class Params:
    """Parameters of ``fisher``.

    Attributes:
        variable: a column of two categories, or None: whether a subject has a row.
        levels: the categories in order; the odds ratio is of the second one.
        versus: each arm against the reference, or one table of all arms.
        alternative: two-sided, or an odds ratio that is less, or greater, than 1; one-sided for two arms only.
    """

    variable: str | None = None
    levels: tuple[str, ...] = ()
    versus: Versus = "reference"
    alternative: Alternative = "two-sided"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, and n, odds_ratio (of two arms), p per table. Raises MethodError without two categories."""
    found = tables(inputs, params.variable, params.levels, params.versus)
    made = [left_out(inputs, params.variable)]
    for table in found:
        arms, categories = table.counts.shape
        if categories != 2 or (arms != 2 and params.alternative != "two-sided"):
            raise MethodError(_not_two_by_two(arms, categories))
        made += _rows(table, params.variable or "", params.alternative)
    return made


def _not_two_by_two(arms: int, categories: int) -> str:
    said = f"the table is {arms} x {categories}; Fisher's test here needs two categories: "
    if categories < 2:
        return said + "name both categories in 'levels', or test a column in which both occur"
    if categories > 2:
        return said + "choose a column of two categories, or use chi_square"
    return f"the table is {arms} x {categories}; a one-sided test needs two arms (versus: reference)"


def _rows(table: Table, variable: str, alternative: Alternative) -> Iterator[Row]:
    second = table.levels[1] if variable else ""
    blank = Row("n", arm=table.arm, reference=table.reference, variable=variable, rows=table.rows, units=table.units)
    yield blank.but(value=float(table.counts.sum()))
    if len(table.counts) > 2:
        yield blank.but(stat="p", value=fisher_many(table.counts))
        return
    ratio = table.odds_ratio
    text, warning = ("", "") if ratio is not None else ("NE", "a cell is empty")
    yield blank.but(stat="odds_ratio", value=ratio, text=text, warning=warning, variable_level=second)
    yield blank.but(stat="p", value=fisher_p(table.counts, alternative))


def fisher_p(counts: np.ndarray, alternative: Alternative = "two-sided") -> float:
    """p-value of a 2 x 2 table of counts; 1 where a margin is empty. "greater" is an odds ratio above 1."""
    (a, b), (c, d) = (int(v) for v in counts[0]), (int(v) for v in counts[1])
    row, col, other = a + b, a + c, b + d
    x = np.arange(max(0, row - other), min(row, col) + 1)
    log_density = _log_choose(col, x) + _log_choose(other, row - x)
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    inside = density <= density[a - x[0]] * EQUAL
    if alternative != "two-sided":
        inside = x <= a if alternative == "less" else x >= a
    return min(1.0, float(density[inside].sum()))


def fisher_many(counts: np.ndarray) -> float:
    """Two-sided p-value of counts (arms, 2), by the probabilities of all tables with these margins.

    Raises MethodError where there are more than ``TABLES`` of them to look at.
    """
    n, total = counts.sum(axis=1), int(counts[:, 1].sum())
    if float(np.prod(n[:-1] + 1.0)) > TABLES:
        raise MethodError(f"the exact test of {len(n)} arms would enumerate over {TABLES} tables; use chi_square")
    used, log_density = np.zeros(1, int), np.zeros(1)
    for size in n[:-1]:
        x = np.arange(size + 1)
        log_density = (log_density[:, None] + _log_choose(int(size), x)).ravel()
        used = (used[:, None] + x).ravel()
    last = total - used
    inside = (last >= 0) & (last <= n[-1])
    log_density = log_density[inside] + _log_choose(int(n[-1]), last[inside])
    observed = sum(float(_log_choose(int(size), counts[i, 1:2])[0]) for i, size in enumerate(n))
    top = log_density.max()
    density = np.exp(log_density - top)
    mine = density <= np.exp(observed - top) * EQUAL
    return min(1.0, float(density[mine].sum() / density.sum()))


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    made: np.ndarray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return made

"""Fisher's exact test of a 2 x 2 table.

Given the margins, the count x of the corner cell is hypergeometric under independence. The two-sided p-value is the
sum of the probabilities of all tables no more probable than the one observed, where a relative excess up to 1e-7
counts as equal (R's rule). The odds ratio is the sample one, ad / (bc), not the conditional maximum-likelihood one.

Source: Fisher (1935) J R Stat Soc 98, 39-82; R ``fisher.test``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from trialkit.methods._contingency import Table, Versus, left_out, tables
from trialkit.methods.base import Inputs, MethodError, Row

EQUAL = 1 + 1e-7


@dataclass(frozen=True)
class Params:
    """Parameters of ``fisher``.

    Attributes:
        variable: a column of two categories, or None: whether a subject has a row.
        levels: the categories in order; the odds ratio is of the second one.
        versus: each arm against the reference, or all arms (which must be two).
    """

    variable: str | None = None
    levels: tuple[str, ...] = ()
    versus: Versus = "reference"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, and n, odds_ratio, p per pair of arms. Raises MethodError for a table that is not 2 x 2."""
    found = tables(inputs, params.variable, params.levels, params.versus)
    made = [left_out(inputs, params.variable)]
    for table in found:
        if table.counts.shape != (2, 2):
            raise MethodError(_not_two_by_two(*table.counts.shape))
        made += _rows(table, params.variable or "")
    return made


def _not_two_by_two(arms: int, categories: int) -> str:
    said = f"the table is {arms} x {categories}; Fisher's test here needs 2 x 2: "
    if categories < 2:
        return said + "name both categories in 'levels', or test a column in which both occur"
    if categories > 2:
        return said + "choose a column of two categories, or use chi_square"
    return said + "compare each arm with the reference (versus: reference), or use chi_square"


def _rows(table: Table, variable: str) -> Iterator[Row]:
    ratio, second = table.odds_ratio, table.levels[1] if variable else ""
    blank = Row("n", arm=table.arm, reference=table.reference, variable=variable, rows=table.rows, units=table.units)
    text, warning = ("", "") if ratio is not None else ("NE", "a cell is empty")
    yield replace(blank, value=float(table.counts.sum()))
    yield replace(blank, stat="odds_ratio", value=ratio, text=text, warning=warning, variable_level=second)
    yield replace(blank, stat="p", value=fisher_p(table.counts))


def fisher_p(counts: np.ndarray) -> float:
    """Two-sided p-value of a 2 x 2 table of counts; 1 where a margin is empty."""
    (a, b), (c, d) = (int(v) for v in counts[0]), (int(v) for v in counts[1])
    row, col, other = a + b, a + c, b + d
    x = np.arange(max(0, row - other), min(row, col) + 1)
    log_density = _log_choose(col, x) + _log_choose(other, row - x)
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    return min(1.0, float(density[density <= density[a - x[0]] * EQUAL].sum()))


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    made: np.ndarray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return made

"""F tests of the terms of a linear model: sequential (type I), partial (type II), and by sum contrasts (type III).

Each is ((RSS without - RSS with) / q) / s^2, s^2 of the full model. Type I: the term after those before it. Type II:
after all terms that do not contain it. Type III: after all others, the factors coded by contrasts that sum to zero.

Source: Searle (1987) Linear Models for Unbalanced Data, chapter 4; SAS/STAT "The Four Types of Estimable Functions".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import fdtrc

from trialkit.methods._design import Column
from trialkit.methods._least_squares import Fit, least_squares
from trialkit.methods.base import Row

Type = Literal["I", "II", "III"]
Term = tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """The terms of a model in order, each the names of its variables, with its columns.

    ``treatment`` are indicators of the levels but the first, ``sums`` the same with -1 at the first level.
    """

    treatment: dict[Term, list[Column]]
    sums: dict[Term, list[Column]]


def terms(main: Sequence[Column], crossed: Sequence[Term]) -> Terms:
    """Terms of main columns (a variable's side by side) and of products of two variables."""
    own: dict[Term, list[Column]] = {}
    for column in main:
        own.setdefault((column.variable,), []).append(column)
    summed = {term: _summed(columns) for term, columns in own.items()}
    for made in (own, summed):
        for left, right in crossed:
            made[(left, right)] = [_product(a, b) for b in made[(right,)] for a in made[(left,)]]
    return Terms(own, summed)


def _summed(columns: list[Column]) -> list[Column]:
    if not columns[0].level:
        return columns
    first = 1 - np.sum([c.values for c in columns], axis=0)
    return [replace(c, values=c.values - first) for c in columns]


def _product(a: Column, b: Column) -> Column:
    return Column(f"{a.variable}:{b.variable}", f"{a.level} {b.level}".strip(), a.values * b.values)


def term_tests(found: Terms, y: np.ndarray, full: Fit, kind: Type, at: np.ndarray) -> Iterator[Row]:
    """Rows type1_ss, _df, _f, _p (type2_, type3_) per term; ``full`` is the fit with all terms."""
    blocks = found.sums if kind == "III" else found.treatment
    name = f"type{len(kind)}"
    for term in blocks:
        blank = Row("", variable=":".join(term), rows=at)
        before = _before(list(blocks), term, kind)
        smaller, larger = (least_squares([c for t in some for c in blocks[t]], y) for some in (before, [*before, term]))
        df, ss = smaller.df - larger.df, smaller.rss - larger.rss
        if not df:
            yield blank.but(stat=f"{name}_p", error="not estimable: the term repeats other columns")
            continue
        f = ss / df / (full.rss / full.df)
        values = {"ss": ss, "df": float(df), "f": f, "p": float(fdtrc(df, full.df, max(f, 0.0)))}
        yield from (blank.but(stat=f"{name}_{stat}", value=value) for stat, value in values.items())


def _before(order: list[Term], term: Term, kind: Type) -> list[Term]:
    """The terms that the test of a term is adjusted for."""
    if kind == "I":
        return order[: order.index(term)]
    if kind == "II":
        return [other for other in order if not set(term) <= set(other)]
    return [other for other in order if other != term]

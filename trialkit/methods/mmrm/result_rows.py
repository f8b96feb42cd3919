"""Estimates of a mixed model as tidy result rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trialkit.methods.base import MethodError, Row
from trialkit.methods.mmrm.design import term_text
from trialkit.methods.mmrm.effects import Effects
from trialkit.methods.mmrm.terms import hypotheses

NOT_ESTIMABLE = "not estimable: no rows tell it, once aliased columns are left out"


def estimate_rows(
    effects: Effects, L: np.ndarray, stat: str, blanks: Sequence[Row], compared: bool = False
) -> Iterator[Row]:
    """Value (under ``stat``), se, df, limits, and t and p where something is compared, of each row of L.

    Args:
        L: (c, all columns); blanks: what else stands in the rows of each.

    A combination that the rows do not determine is one row with an error.
    """
    kept, good = effects.kept(L)
    told = effects.told(effects.combined(kept[good]))
    names = ["estimate", "se", "df", *(["t", "p"] if compared else []), "ci_low", "ci_high"]
    records = zip(*(told[name] for name in names), strict=True)
    for blank, fine in zip(blanks, good, strict=True):
        if not fine:
            yield blank.but(stat=stat, error=NOT_ESTIMABLE)
            continue
        for name, value in zip([stat, *names[1:]], next(records), strict=True):
            yield blank.but(stat=name, value=float(value))


def term_rows(effects: Effects) -> Iterator[Row]:
    """Type III F test of each term; ``variable_level`` is the term."""
    rows = effects.rows
    try:
        tested = hypotheses(rows, effects.keep, 3)
    except MethodError as error:
        yield Row("f", error=str(error), rows=rows.at)
        return
    for term in (t for t in rows.design.formula.terms if t):
        try:
            found = effects.rule.joint(effects.pieces, tested[term_text(term)])
        except MethodError as error:
            yield Row("f", error=str(error), variable_level=term_text(term), rows=rows.at)
            continue
        values = {"f": found.f, "f_df": float(found.num_df), "f_den_df": found.den_df, "f_p": found.p}
        for stat, value in values.items():
            yield Row(stat, value, variable_level=term_text(term), rows=rows.at)

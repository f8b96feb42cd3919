"""Of the rows of another form only a few are looked at; the answer is that of all pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validate_tables import form
from trialkit.validate.axis import SIGNS, Stretch, stretch, violates
from trialkit.validate.rules.compare import _across
from trialkit.validate.rules.extremes import deciding

DAYS = st.one_of(st.none(), st.sampled_from(["2026", "2026-02", "2026-02-10", "2026-02-11", "2026-03", "2025-12-31"]))
ROWS = st.lists(st.tuples(st.sampled_from("ab"), DAYS), max_size=7)


def columns(rows: list[tuple[str, str | None]]) -> tuple[np.ndarray, Stretch]:
    found = pd.Series([day for _, day in rows], dtype=object)
    return np.array([group for group, _ in rows], dtype=object), stretch(found, "partial_date")


@pytest.mark.parametrize("op", SIGNS)
@pytest.mark.parametrize("every", [True, False])
@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_the_few_decide_as_all_do(
    op: str, every: bool, left: list[tuple[str, str | None]], right: list[tuple[str, str | None]]
) -> None:
    (own, a), (its, b) = columns(left), columns(right)
    kept = deciding(pd.DataFrame({"S": its}), ["S"], b, op, every)

    def answers(among: np.ndarray) -> list[bool | None]:
        made: list[bool | None] = []
        for row, group in enumerate(own):
            at = among[its[among] == group]
            fails = violates(op, a.at(np.full(len(at), row)), b.at(at))
            made.append(None if not len(at) else bool(fails.all() if every else fails.any()))
        return made

    assert [bool(one) for one in answers(kept)] == [bool(one) for one in answers(np.arange(len(its)))]


def test_a_dense_join_looks_at_few_rows() -> None:
    days = pd.Series(pd.date_range("2026-01-01", periods=500).strftime("%Y-%m-%d"), dtype=object)
    other = pd.DataFrame({"S": ["a", "b"] * 250})
    assert len(deciding(other, ["S"], stretch(days, "partial_date"), "before", every=False)) == 2
    assert len(deciding(other, ["S"], stretch(days, "partial_date"), "not_equal", every=False)) == 500


@pytest.mark.parametrize("pick", ["first", "last", "any", "all"])
@settings(max_examples=40, deadline=None)
@given(left=ROWS, right=ROWS, op=st.sampled_from(sorted(SIGNS)))
def test_compare_answers_the_same(
    pick: str, left: list[tuple[str, str | None]], right: list[tuple[str, str | None]], op: str
) -> None:
    from trialkit.validate.compiled import compiled
    from trialkit.validate.rows import Rows

    rules = f"r: {{kind: compare, field: P, args: {{op: {op}, form: g, field: P, pick: {pick}}}}}"
    f, g = form("f", rules), form("g")
    frames = [
        pd.DataFrame({"S": [s for s, _ in rows], "P": [p for _, p in rows]}, dtype=object) for rows in (left, right)
    ]
    rows = Rows(f, frames[0], {"g": frames[1]}, {"f": f, "g": g})
    item = next(item for item in compiled(f) if item.rule.id == "r")
    few, whole = (_across(rows, item.rule, item.args, few=few)[0] for few in (True, False))
    assert few.tolist() == whole.tolist()

"""The step ``sustained`` on small tables: which row of which run is marked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.small_tables import dataset, run, shown, study
from trialkit.derive import check_steps, derive
from trialkit.errors import AnalysisError
from trialkit.model import Tables

SCORES = """
S  D           V
1  2026-02-01  9
1  2026-02-02  4
1  2026-02-03  7
1  2026-02-04  3
1  2026-02-05  2
1  2026-02-06  1
2  2026-02-01  4
2  2026-02-03  4
2  2026-02-04  4
3  2026-02-01  4
3  2026-02-02  .
3  2026-02-03  4
3  2026-02-04  9
4  2026-02-01  4
"""


def marks(table: str, **more: Any) -> str:
    step = {"sustained": {"into": "F", "order": "D", "where": {"V": {"below": "5"}}, **more}}
    out = run({"a": table}, dataset(step, key=("S", "D"))).datasets["d"]
    return shown(out[out["F"].notna()], "S", "D")


@pytest.mark.parametrize(
    ("more", "out"),
    [
        ({}, "1 2026-02-04\n2 2026-02-01"),
        ({"mark": "last"}, "1 2026-02-05\n2 2026-02-03"),
        ({"gap": "1"}, "1 2026-02-04\n2 2026-02-03"),
        ({"length": "3"}, "1 2026-02-04\n2 2026-02-01"),
        ({"length": "3", "gap": "1"}, "1 2026-02-04"),
        ({"length": "1"}, "1 2026-02-02\n2 2026-02-01\n3 2026-02-01\n4 2026-02-01"),
        ({"unknown": "skipped"}, "1 2026-02-04\n2 2026-02-01\n3 2026-02-01"),
        ({"unknown": "counts", "length": "3"}, "1 2026-02-04\n2 2026-02-01\n3 2026-02-01"),
        ({"unknown": "skipped", "gap": "1"}, "1 2026-02-04\n2 2026-02-03"),
        ({"among": {"V": {"below": "4"}}}, "1 2026-02-04"),
    ],
)
def test_the_first_long_enough_run_is_marked(more: dict[str, Any], out: str) -> None:
    """A single good day is no run (1, 4); a missing value breaks a run unless told otherwise (3)."""
    assert marks(SCORES, **more) == out


def test_the_order_of_the_rows_does_not_matter() -> None:
    lines = SCORES.strip().splitlines()
    assert sorted(marks(SCORES).splitlines()) == sorted(marks("\n".join([lines[0], *lines[:0:-1]])).splitlines())


def test_relapse_by_a_declared_rule() -> None:
    """Three positive tests in a row from week 3 on; a missed test counts as positive; the third is the date."""
    table = """
S  W  U
1  1  pos
1  2  pos
1  3  pos
1  4  neg
1  5  pos
1  6  .
1  7  pos
2  3  pos
2  4  .
2  5  neg
"""
    rule = {"order": "W", "where": {"U": "pos"}, "length": "3", "unknown": "counts", "mark": "last"}
    step = {"sustained": {"into": "F", **rule, "among": {"W": {"at_least": "3"}}}}
    out = run({"a": table}, dataset(step, key=("S", "W"))).datasets["d"]
    assert shown(out[out["F"].notna()], "S", "W") == "1 7"
    assert len(out) == 10


def test_two_rows_at_one_place_are_refused() -> None:
    with pytest.raises(AnalysisError, match="two rows stand at one place"):
        marks(SCORES + "4  2026-02-01  3\n")


def test_an_order_of_words_is_refused() -> None:
    with pytest.raises(AnalysisError, match="dates or numbers"):
        marks("S D V\n1 early 3\n1 late 4")


@pytest.mark.parametrize("wrong", [{"length": "0"}, {"gap": "-1"}])
def test_impossible_arguments_are_found(wrong: dict[str, str]) -> None:
    step = {"sustained": {"into": "F", "order": "D", "where": {"V": "4"}, **wrong}}
    assert check_steps(study(dataset(step), a=["S", "D", "V"]))


def test_a_gap_of_hours_is_exact_however_long_after_the_first_row() -> None:
    """Six hours apart are no more than a quarter of a day; seven are."""
    moments = ["2026-02-01 09:20", "2026-02-27 08:20", "2026-02-27 15:20", "2026-02-28 08:20", "2026-02-28 14:20"]
    frame = pd.DataFrame({"S": 1.0, "D": pd.to_datetime(moments), "V": [0.0, 4.0, 4.0, 4.0, 4.0], "_src": range(5)})
    step = {"sustained": {"into": "F", "order": "D", "where": {"V": "4"}, "length": "2", "gap": "0.25"}}
    made = derive(study(dataset(step, key=("S", "D")), a=["S", "D", "V"]), Tables({"a": frame}, pd.DataFrame()))
    assert made.datasets["d"].index[made.datasets["d"]["F"].notna()].tolist() == [3]

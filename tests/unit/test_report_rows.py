"""Result rows are found by an index, as a reading of all of them would find them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pandas as pd
import pytest

from trialkit.model.result import RESULT_COLUMNS
from trialkit.report.rows import Number, Rows, read_rows

BLANK: dict[str, Any] = dict.fromkeys(Number._fields, "")


def made(**values: Any) -> Number:
    return Number(**(BLANK | {"groups": (), "at": None, "value": None} | values))


NUMBERS = tuple(
    made(arm=arm, stat=stat, at=at, groups=groups)
    for groups, at, stat, arm in product(((), (("visit", "1"),)), (None, 0.0, 7.0), ("n", "mean"), ("b", "a", ""))
)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"arm": "a"},
        {"arm": ("a", "b", "a")},
        {"arm": ("", "none"), "stat": "n"},
        {"at": 7, "stat": ("mean", "n")},
        {"at": None},
        {"groups": ()},
        {"groups": (("visit", "1"),), "arm": "b"},
        {"arm": "nobody"},
        {"stat": ()},
    ],
)
def test_an_index_finds_what_a_reading_finds(wanted: dict[str, Any]) -> None:
    def fits(number: Number, name: str, value: Any) -> bool:
        found = getattr(number, name)
        return found in value if isinstance(value, tuple) and name != "groups" else found == value

    read = tuple(n for n in NUMBERS if all(fits(n, *pair) for pair in wanted.items()))
    rows = Rows(NUMBERS)
    assert rows.where(**wanted).numbers == read
    assert rows.first(**wanted) == (read[0] if read else None)


@pytest.mark.parametrize("order", [[1, 2, 3], [2, 3, 1]])
def test_rows_are_read_in_their_order(order: list[int]) -> None:
    blank = dict.fromkeys(RESULT_COLUMNS, "")
    frame = pd.DataFrame([blank | {"order": i, "value": float(i), "group1": "G", "level1": str(i)} for i in order])
    assert [(n.value, n.groups, n.at) for n in read_rows(frame)] == [(i, (("G", str(i)),), None) for i in (1, 2, 3)]

"""Result rows are found by an index, as a reading of all of them would find them."""

from __future__ import annotations

from dataclasses import fields
from itertools import product
from typing import Any

import pytest

from trialkit.report.rows import Number, Rows

BLANK: dict[str, Any] = {attribute.name: "" for attribute in fields(Number)}


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

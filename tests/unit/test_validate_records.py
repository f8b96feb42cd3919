"""Rows compared by number are alike exactly where their cells are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trialkit.model import Field, Form
from trialkit.validate.records import again, first_with, record_numbers, repeated
from trialkit.validate.rows import Rows

FORM = Form("f", "F", "1", {"S": Field("S", "S"), "N": Field("N", "N", "decimal"), "D": Field("D", "D", "date")}, ())


def rows(count: int, kinds: int) -> Rows:
    rng = np.random.default_rng(count)
    texts = np.array([*(f"s{n}" for n in range(kinds)), None], dtype=object)
    frame = pd.DataFrame({
        "S": pd.Series(texts[rng.integers(0, kinds + 1, count)], dtype=object),
        "N": rng.choice([0.0, 1.5, np.nan], count),
        "D": pd.Series(pd.to_datetime(["2026-01-01", None, "2026-01-02"]).take(rng.integers(0, 3, count))),
    })  # fmt: skip
    return Rows(FORM, frame)


@pytest.mark.parametrize("names", [["S"], ["S", "N"], ["D", "N", "S"], []])
@pytest.mark.parametrize(("count", "kinds"), [(0, 1), (1, 1), (300, 40), (60, 500)])
def test_as_pandas_says(count: int, kinds: int, names: list[str]) -> None:
    made = rows(count, kinds)
    numbers = record_numbers(made, names)
    frame = made.frame[names] if names else made.frame.assign(one=1)[["one"]]
    assert again(numbers).tolist() == frame.duplicated().tolist()
    assert repeated(numbers).tolist() == frame.duplicated(keep=False).tolist()
    positions = np.flatnonzero(again(numbers))
    first = {number: place for place, number in reversed(list(enumerate(numbers.tolist())))}
    assert first_with(numbers, positions).tolist() == [first[n] for n in numbers[positions].tolist()]


def test_numbers_stay_small() -> None:
    assert record_numbers(rows(300, 40), ["S", "N", "D", "S", "N", "D"]).max() < 300 * 4 + 4

"""How steps hand their rows on: columns are shared and not copied, and what comes of it must not be seen."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.small_tables import dataset, run, shown
from trialkit.derive.frames import rows_where, with_columns


def test_a_column_made_or_replaced_is_not_in_the_frame_it_was_made_from() -> None:
    frame = pd.DataFrame({"A": [1.0, 2.0], "B": ["x", "y"]})
    made = with_columns(frame, {"A": [3.0, 4.0], "C": ["p", "q"]})
    assert list(made.columns) == ["A", "B", "C"]
    assert made["A"].tolist() == [3.0, 4.0]
    assert list(frame.columns) == ["A", "B"]
    assert frame["A"].tolist() == [1.0, 2.0]


def test_rows_chosen_are_numbered_afresh_and_the_frame_keeps_its_own_numbers() -> None:
    frame = pd.DataFrame({"A": [1, 2, 3]}, index=[5, 6, 7])
    some, every = rows_where(frame, (frame["A"] > 1).to_numpy()), rows_where(frame, (frame["A"] > 0).to_numpy())
    assert (some["A"].tolist(), some.index.tolist()) == ([2, 3], [0, 1])
    assert (every["A"].tolist(), every.index.tolist()) == ([1, 2, 3], [0, 1, 2])
    assert frame.index.tolist() == [5, 6, 7]


@pytest.mark.filterwarnings("error::pandas.errors.PerformanceWarning")
def test_a_data_set_of_very_many_columns_is_made_without_a_warning() -> None:
    steps = [{"flag": {"into": f"F{number}", "where": {"N": str(number)}}} for number in range(120)]
    made = run({"a": "S N\n1 7\n2 119"}, dataset(*steps)).datasets["d"]
    assert shown(made, "F6", "F7", "F119") == "N Y N\nN N Y"


def test_rows_are_sorted_by_the_whole_key_and_a_missing_value_stands_last() -> None:
    data = "S D N\n2 2026-02-03 1\n1 . 2\n1 2026-02-04 3\n1 2026-02-03 4\n2 . 5"
    made = run({"a": data}, dataset(key=("S", "D"))).datasets["d"]
    assert shown(made, "N") == "4\n3\n2\n1\n5"

"""The rows of an analysis by the levels of the columns it is repeated over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.unit.test_estimands import study
from trialkit.analyze.parts import parts_of
from trialkit.methods._columns import once
from trialkit.model.result import Set, set_of


def test_parts_come_in_the_order_of_display_with_their_rows_in_order() -> None:
    frame = pd.DataFrame({"visit": ["Week 10", "Week 2", "Week 10", "Week 2"], "n": [2.0, 1.0, 1.0, 1.0]})
    parts = parts_of(study().datasets["visits"], ("visit", "n"), frame)
    assert [(groups, parts.order[at].tolist()) for groups, at in parts] == [
        ((("visit", "Week 2"), ("n", "1")), [1, 3]),
        ((("visit", "Week 10"), ("n", "1")), [2]),
        ((("visit", "Week 10"), ("n", "2")), [0]),
    ]


def test_no_rows_have_no_parts() -> None:
    frame = pd.DataFrame({"visit": pd.Series([], dtype=object)})
    assert not list(parts_of(study().datasets["visits"], ("visit",), frame))


@pytest.mark.parametrize("codes", [[], [3], [5, 1, 5, 5, 0], [2, 2, 2]])
def test_positions_are_told_once(codes: list[int]) -> None:
    assert once(np.array(codes, dtype=np.intp)).tolist() == sorted(set(codes))


def test_the_id_of_a_set_is_that_of_its_members_whatever_their_order() -> None:
    assert set_of(["b", "a", "b"], [10, 9, 10]) == ("c1327635cbb7d6c7", Set(("a", "b"), (9, 10)))

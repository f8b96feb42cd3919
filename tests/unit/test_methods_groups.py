"""A part of an analysis' rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trialkit.methods._groups import arm_codes, groups, part_of
from trialkit.methods.base import Inputs, Row


def inputs(frame: pd.DataFrame) -> Inputs:
    universe = pd.DataFrame({"S": ["1", "2", "3"], "A": ["p", "v", "p"]})
    return Inputs(frame=frame, universe=universe, subject="S", arm="A", arms=("p", "v"), reference="p")


def test_a_part_knows_the_arms_that_it_would_find_itself() -> None:
    whole = inputs(pd.DataFrame({"S": ["1", "2", "3", "2"], "A": ["p", "v", "p", "v"], "V": [1.0, 2.0, 3.0, 4.0]}))
    part = part_of(whole, np.array([1, 2]))
    own = inputs(part.frame)
    assert part.frame.index.tolist() == [0, 1]
    assert part.frame["V"].tolist() == [2.0, 3.0]
    assert arm_codes(part, part.frame).tolist() == arm_codes(own, own.frame).tolist() == [1, 0]
    for one, other in zip(groups(part), groups(own), strict=True):
        assert one.rows.tolist() == other.rows.tolist()
        assert one.units.tolist() == other.units.tolist()


def test_a_row_but_for_some_attributes() -> None:
    row = Row("mean", 1.0, arm="A")
    assert row.but(stat="sd", value=2.0) == Row("sd", 2.0, arm="A")
    assert row == Row("mean", 1.0, arm="A")
    with pytest.raises(TypeError, match="a row has no valu"):
        row.but(valu=2.0)

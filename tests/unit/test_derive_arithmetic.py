"""The steps that make a number or a date from others of the row."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.unit.test_derive import dataset, run, shown
from trialkit.derive import derive
from trialkit.errors import AnalysisError
from trialkit.model import Tables

DOSES = """
S  ML  CONC  LOT
1  10  2.5   A
2  10  .     A
3  .   4     B
4  0   4     B
"""


def test_product() -> None:
    made = run({"a": DOSES}, dataset({"product": {"into": "MG", "of": ["ML", "CONC"]}})).datasets["d"]
    assert shown(made, "S", "MG") == "1 25\n2 .\n3 .\n4 0"


@pytest.mark.parametrize("of", ["LOT", "NONE"])
def test_product_of_what_is_no_number(of: str) -> None:
    with pytest.raises(AnalysisError, match=r"not a number column|no column"):
        run({"a": DOSES}, dataset({"product": {"into": "MG", "of": ["ML", of]}}))


def test_date_of_a_moment() -> None:
    from tests.unit.test_derive import study

    frame = pd.DataFrame({"S": ["1", "2"], "DTM": pd.to_datetime(["2026-02-03T23:59", None]), "_src": [0, 1]})
    one = dataset({"date": {"into": "DT", "of": "DTM"}})
    made = derive(study(one, a=["S", "DTM"]), Tables({"a": frame}, pd.DataFrame())).datasets["d"]
    assert made["DT"].iloc[0] == pd.Timestamp("2026-02-03")
    assert pd.isna(made["DT"].iloc[1])
    with pytest.raises(AnalysisError, match="not a date column"):
        run({"a": DOSES}, dataset({"date": {"into": "DT", "of": "LOT"}}))

"""The version in force at a site on a day, as a step of a data set; and rows added to none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.shipped import shipped
from tests.small_tables import dataset, run, study, table
from trialkit.derive import derive
from trialkit.errors import AnalysisError
from trialkit.model import SRC, Site, Tables

ROWS = """\
S SITE D
1 101  2026-02-22
2 101  2026-02-23
3 101  2026-01-01
4 .    2026-02-23
5 101  ."""


def made(rows: str, of: str) -> list[Any]:
    """The versions for rows of a site that adopts the shipped protocols on days of its own."""
    whole = shipped()
    step = {"version_in_force": {"into": "V", "site": "SITE", "date": "D", "of": of}}
    small = study(dataset(step), a=["S", "SITE", "D"])
    site = Site("101", "", {"1.0": date(2026, 1, 12), "2.0": date(2026, 2, 23)})
    small = replace(small, protocols=whole.protocols, header=replace(small.header, sites={"101": site}))
    frame = table(rows)
    frame["S"] = frame["S"].map("{:g}".format)
    frame["SITE"] = [None if value != value else f"{value:g}" for value in frame["SITE"]]
    frame[SRC] = range(len(frame))
    out = derive(small, Tables({"a": frame}, pd.DataFrame())).datasets["d"]["V"]
    return [None if value is None or value != value else value for value in out]


@pytest.mark.parametrize("of", ["protocol", "consent"])
def test_the_version_is_that_of_site_and_day(of: str) -> None:
    assert made(ROWS, of) == ["1.0", "2.0", None, None, None]


def test_a_site_there_is_not_is_told() -> None:
    with pytest.raises(AnalysisError, match="no site of the study"):
        made("S SITE D\n1 109 2026-02-22", "protocol")


def test_rows_added_to_none_keep_the_kinds_of_both() -> None:
    """A column of dates of an empty table can still be reckoned with."""
    steps = [
        {"filter": {"where": {"D": {"missing": "true"}}}},
        {"append": {"from": "b", "columns": {"S": "S", "E": "E"}}},
        {"study_day": {"into": "DAY", "date": "D", "start": "E"}},
    ]
    derived = run({"a": "S D\n1 2026-02-01", "b": "S E\n2 2026-02-01"}, dataset(*steps))
    assert derived.datasets["d"]["DAY"].isna().tolist() == [True]

"""Moments with an offset from UTC become the local time of their site; without a known zone they stay unread."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.validate_tables import form, study
from trialkit.intake import parse
from trialkit.model import Cells, Finding, Table
from trialkit.pipeline.local_times import local_times

EAST = "America/New_York"


def read(name: str, text: str) -> tuple[Table, list[Finding]]:
    import numpy as np

    head, *lines = [line.split("|") for line in text.split()]
    of = form(name)
    of = replace(of, fields={field: of.fields[field] for field in head}, key=(), visit="", date="")
    if "Q" not in head:
        of = replace(of, site="")
    frame = pd.DataFrame(lines, columns=head, dtype="object")
    return parse(Cells(f"{name}.csv", "", "csv", frame, np.arange(2, len(lines) + 2)), of)


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        ("2026-03-07T14:05Z", "2026-03-07T09:05"),
        ("2026-03-08T14:05+00:00", "2026-03-08T10:05"),
        ("2026-03-07T09:05-05:00", "2026-03-07T09:05"),
        ("2026-03-08T01:30+01:00", "2026-03-07T19:30"),
    ],
)
def test_the_clock_of_the_site(cell: str, local: str) -> None:
    table, found = read("f", f"S|Q|H\na|1|{cell}\na|1|2026-03-07T08:00")
    assert [finding.rule for finding in found] == ["f.H.unread"]
    made, left = local_times(study(table.form, zone=EAST), {"f": table}, found, {})
    assert made["f"].frame["H"].tolist() == [pd.Timestamp(local), pd.Timestamp("2026-03-07T08:00")]
    assert (left, made["f"].unread) == ([], {})


def test_the_roster_tells_the_site() -> None:
    table, found = read("f", "S|H\na|2026-03-07T14:05Z\nb|2026-03-07T14:05Z\nc|noon")
    people, _ = read("g", "S|Q\na|1\nb|2")
    whole = study(table.form, people.form, roster="g", zone=EAST)
    for tables, accepted in (({"f": table, "g": people}, {}), ({"f": table}, {"g": people.frame})):
        made, left = local_times(whole, tables, found, accepted)
        assert made["f"].frame["H"].tolist()[0] == pd.Timestamp("2026-03-07T09:05")
        assert made["f"].unread["H"].tolist() == [False, True, True]
        assert [(finding.line, "time zone" in finding.say) for finding in left] == [(3, True), (4, False)]

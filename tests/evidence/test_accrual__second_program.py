"""Recruitment against plain-python counting with datetime (no pandas, no numpy)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError

START = date(2026, 1, 5)
DAYS = [START + timedelta(days=(i * i * 7 + i) % 97) for i in range(240)]
SITES = [("A", "B", "C")[(i * 5) % 7 % 3] for i in range(240)]
METHOD = METHODS["accrual"]


def inputs(days: list[Any], sites: list[str]) -> Inputs:
    frame = pd.DataFrame({"s": [f"s{i}" for i in range(len(days))], "day": days, "site": sites})
    return Inputs(frame, frame, "s")


def months(days: list[date]) -> float:
    return ((max(DAYS) - min(days)).days + 1) / (365.25 / 12)


def test_counts_and_rates(tools: Any) -> None:
    frame = inputs([pd.Timestamp(day) for day in DAYS], SITES)
    found = tools.found(METHOD.run(frame, METHOD.params("day", "site", 240, 60)))
    first, seen = min(DAYS), 0
    for day in set(DAYS):
        assert found.value("cumulative", at=float((day - first).days)) == sum(other <= day for other in DAYS)
        seen += 1
    for site in ("", "A", "B", "C"):
        own = [day for day, at in zip(DAYS, SITES, strict=True) if site in ("", at)]
        groups = (("site", site),) if site else ()
        assert found.value("n", groups=groups) == len(own)
        assert found.value("day_first", groups=groups) == (min(own) - first).days
        assert found.value("day_last", groups=groups) == (max(own) - first).days
        tools.near(found.value("per_month", groups=groups), len(own) / months(own), 1e-12)
        assert len(found.row("n", groups=groups).units) == len(own)
        seen += 4
    assert found.value("n_dropped") == 0
    assert [found.value("planned", at=float(day)) for day in range(60)] == [4.0 * (day + 1) for day in range(60)]
    assert len(found.rows) == seen + 61


def test_days_as_numbers_gaps_and_refusals(tools: Any) -> None:
    found = tools.found(METHOD.run(inputs([3.0, None, 5.0, 3.0], list("AABB")), METHOD.params("day")))
    assert [(r.at, r.value) for r in found.rows if r.stat == "cumulative"] == [(0.0, 2.0), (2.0, 3.0)]
    assert found.value("n_dropped") == 1
    assert "no value in day" in found.row("n_dropped").warning
    assert [r.stat for r in METHOD.run(inputs([], []), METHOD.params("day"))] == ["n_dropped", "n"]
    for params, words in ((("day", "", 5), "go together"), (("day", "", 0, 5), "go together"), (("site",), "neither")):
        with pytest.raises(MethodError, match=words):
            METHOD.run(inputs([1.0], ["A"]), METHOD.params(*params))

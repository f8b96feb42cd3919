"""Counts per category against plain-python counting of the file's lines (no pandas, no numpy)."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from trialkit.methods import METHODS

ARMS = ("placebo", "low", "high")


@pytest.mark.parametrize("name", ["sex", "stratum", "site", "n_ae"])
def test_categories(name: str, read: Any, tools: Any) -> None:
    with open(tools.data / "adverse.csv", newline="") as lines:
        people = list(csv.DictReader(lines))
    inputs, method = tools.inputs(read("adverse"), "arm", ARMS, total="all"), METHODS["counts"]
    found = tools.found(method.run(inputs, method.params((name,))))
    seen = 0
    for arm in (*ARMS, "all"):
        group = [p for p in people if arm in ("all", p["arm"])]
        for level in {p[name] for p in people}:
            n, where = sum(p[name] == level for p in group), {"variable": name, "variable_level": level}
            assert found.value("n", arm, **where) == n
            assert found.value("N", arm, **where) == len(group)
            tools.near(found.value("pct", arm, **where), n / len(group) * 100, 1e-12)
            row = found.row("n", arm, **where)
            assert {inputs.universe["subject"][i] for i in row.units} == {
                p["subject"] for p in group if p[name] == level
            }
            seen += 3
    assert seen == len(found.rows)

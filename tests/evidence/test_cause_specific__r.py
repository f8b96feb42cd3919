"""Cause-specific Cox models and log-rank tests against R survival 3.5-3, 1e-8 and 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

METHOD = METHODS["cause_specific"]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_causes(ties: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    params = METHOD.params("time", "reason", event="status", covariates=("base",), ties=ties)
    found = tools.found(METHOD.run(inputs, params))
    for values, name in zip(expected["competing"]["cause_specific"], expected["competing"]["cause_names"], strict=True):
        where: dict[str, Any] = {"groups": (("reason", name),)}
        for stat, value in values["logrank"].items():
            deviation("cause_specific", tools.near(found.value(f"log_rank_{stat}", **where), value, 1e-9))
        model = values["cox" if ties == "efron" else "cox_breslow"]
        assert found.value("events", **where) == model["events"]
        for (column, coef), se in zip(model["coef"].items(), model["se"], strict=True):
            at = {"arm": column[3:], "reference": "placebo"} if column.startswith("arm") else {"variable": column}
            deviation("cause_specific", tools.near(found.value("coef", **at, **where), coef, 1e-8, scale=se))
            deviation("cause_specific", tools.near(found.value("se", **at, **where), se, 1e-8))


def test_rows_behind_a_number(survival_set: Any) -> None:
    inputs, _, _ = survival_set("retention")
    for row in METHOD.run(inputs, METHOD.params("time", "reason", event="status")):
        if row.stat == "events" and row.arm:
            behind = inputs.frame.iloc[row.rows]
            assert len(behind) == row.value and set(behind["reason"]) == {row.groups[0][1]}

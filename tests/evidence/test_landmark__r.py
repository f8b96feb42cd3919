"""Landmark analysis against R survival 3.5-3 on the same subset: log-rank 1e-9, Cox 1e-8."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]
METHOD = METHODS["landmark"]


@pytest.mark.parametrize("name", SETS)
def test_data_sets(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    values = expected["landmark"]
    params = METHOD.params(columns["time"], landmark=float(values["landmark"]), event=columns["status"])
    found = tools.found(METHOD.run(inputs, params))
    assert found.value("n") == values["n"]
    assert found.value("n_excluded", at=float(values["landmark"])) == expected["n"] - values["n"]
    for stat, value in values["logrank"].items():
        deviation("landmark", tools.near(found.value(stat), value, 1e-9))
    se = values["cox"]["se"] if isinstance(values["cox"]["se"], list) else [values["cox"]["se"]]
    for (coefficient, value), error in zip(values["cox"]["coef"].items(), se, strict=True):
        arm = coefficient.removeprefix("arm")
        deviation("landmark", tools.near(found.value("coef", arm, inputs.reference), value, 1e-8, scale=error))
        deviation("landmark", tools.near(found.value("se", arm, inputs.reference), error, 1e-8))
    for row in found.rows:
        if row.rows is not None and row.stat == "n" and not row.arm:
            assert (inputs.frame[columns["time"]].to_numpy()[row.rows] > values["landmark"]).all()

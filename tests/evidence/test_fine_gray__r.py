"""Fine and Gray's model against R cmprsk 2.2-11 (crr), tolerance 1e-6."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

METHOD = METHODS["fine_gray"]


@pytest.mark.parametrize("k", [0, 1, 2])
def test_causes(k: int, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    values, name = expected["competing"]["finegray"][k], expected["competing"]["cause_names"][k]
    params = METHOD.params("time", "reason", name, event="status", covariates=("base",))
    found = tools.found(METHOD.run(inputs, params))
    assert values["converged"]
    deviation("fine_gray", tools.near(found.value("log_likelihood"), values["loglik"], 1e-9))
    for (column, coef), se in zip(values["coef"].items(), values["se"], strict=True):
        arm = {"arm": column[3:], "reference": "placebo"}
        where = arm if column.startswith("arm") else {"variable": column}
        deviation("fine_gray", tools.near(found.value("coef", **where), coef, 1e-6, scale=se))
        deviation("fine_gray", tools.near(found.value("se", **where), se, 1e-6))

"""Piecewise exponential model against R (glm on split rows), 1e-8; rates exactly."""

from __future__ import annotations

from typing import Any

from trialkit.methods import METHODS

METHOD = METHODS["piecewise_exponential"]


def test_retention(survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    values = expected["piecewise_exponential"]
    cuts = tuple(map(float, values["cuts"]))
    found = tools.found(METHOD.run(inputs, METHOD.params("time", cuts, event="status")))
    starts, rates = (0.0, *cuts), values["rates"]
    for i, piece in enumerate(rates["piece"]):
        at = {"at": starts[int(piece) - 1]}
        assert found.value("events", rates["arm"][i], **at) == rates["events"][i]
        for stat in ("exposure", "rate"):
            tools.near(found.value(stat, rates["arm"][i], **at), rates[stat][i], 1e-9)
    coef = dict(zip(values["coef"], zip(values["coef"].values(), values["se"], strict=True), strict=True))
    for arm in ("low", "high"):
        b, se = coef[f"arm{arm}"]
        deviation("piecewise_exponential", tools.near(found.value("coef", arm, "placebo"), b, 1e-8, scale=se))
        deviation("piecewise_exponential", tools.near(found.value("se", arm, "placebo"), se, 1e-8))
    tools.near(found.value("log_hazard", at=0.0), coef["(Intercept)"][0], 1e-8)
    tools.near(found.value("log_hazard_se", at=0.0), coef["(Intercept)"][1], 1e-8)
    tools.near(
        found.value("log_hazard", at=cuts[0]) - found.value("log_hazard", at=0.0), coef["factor(piece)2"][0], 1e-7
    )

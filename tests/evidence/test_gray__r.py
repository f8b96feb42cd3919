"""Gray's test against R cmprsk 2.2-11 (cuminc), plain and stratified, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

METHOD = METHODS["gray"]


@pytest.mark.parametrize("strata", [(), ("stratum",)])
def test_three_causes(strata: tuple[str, ...], survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    values = expected["competing"]
    table = values["gray_stratified" if strata else "gray"]
    found = tools.found(METHOD.run(inputs, METHOD.params("time", "reason", event="status", strata=strata)))
    for i, name in enumerate(values["cause_names"]):
        where = {"groups": (("reason", name),)}
        deviation("gray", tools.near(found.value("chisq", **where), table["stat"][i], 1e-9))
        deviation("gray", tools.near(found.value("p", **where), table["p"][i], 1e-9))
        assert found.value("df", **where) == 2

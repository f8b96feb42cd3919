"""Cox model with Efron ties against R survival 3.5-3 (coxph), tolerance 1e-8 in coefficient (of its se) and se."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]


def check(tools: Any, found: Any, inputs: Any, values: dict[str, Any]) -> float:
    worst = [tools.near(found.value("n"), values["n"], 0), tools.near(found.value("events"), values["events"], 0)]
    worst.append(tools.near(found.value("log_likelihood"), values["loglik"][1], 1e-8))
    for i, (name, coef) in enumerate(values["coef"].items()):
        where: dict[str, Any] = {"arm": name[3:], "reference": inputs.reference}
        if not name.startswith("arm"):
            level = name.removeprefix("stratum") if name.startswith("stratum") else ""
            where = {"variable": "stratum" if level else name, "variable_level": level}
        se = listed(values["se"])[i]
        worst.append(tools.near(found.value("coef", **where), coef, 1e-8, scale=se))
        worst.append(tools.near(found.value("se", **where), se, 1e-8))
        lower, upper = (listed(values["ci"][k])[i] for k in ("lower", "upper"))
        tools.near(found.value("hazard_ratio", **where), math.exp(coef), 1e-7)
        tools.near(found.value("ci_low", **where), math.exp(lower), 1e-7)
        tools.near(found.value("ci_high", **where), math.exp(upper), 1e-7)
    return max(worst)


def listed(value: Any) -> list[float]:
    """R writes a vector of length 1 as a number."""
    return value if isinstance(value, list) else [value]


FITS = [(name, kind) for name in SETS for kind in ("arm_only", "adjusted", "stratified")]
ABSENT = {("waltons", "adjusted"), ("waltons", "stratified"), ("larynx", "stratified")}


@pytest.mark.parametrize(("name", "kind"), [fit for fit in FITS if fit not in ABSENT])
def test_data_sets(name: str, kind: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    adjust = columns["adjust"] if isinstance(columns["adjust"], list) else [columns["adjust"]]
    more: dict[str, Any] = {}
    if kind == "adjusted":
        more = {"covariates": tuple(a for a in adjust if a != "stratum")}
        if "stratum" in adjust:
            more["factors"] = ("stratum",)
    if kind == "stratified":
        more = {"strata": (columns["strata"],)}
    if name == "retention" and kind == "adjusted":  # the reference level of stratum is outpt in R, inpt here
        stratum = inputs.frame["stratum"].map({"outpt": "a outpt", "inpt": "inpt"})
        inputs = replace(inputs, frame=inputs.frame.assign(stratum=stratum))
    method = METHODS["cox"]
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"], **more)))
    deviation("cox", check(tools, found, inputs, expected["cox"][kind]["efron"]))


def test_no_finite_maximum(survival: Any, tools: Any) -> None:
    method = METHODS["cox"]
    for name in ("monotone", "one_arm_no_event"):
        frame = pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])
        assert survival["tiny"][name]["cox"]["efron"]["infinite_estimate"]
        with pytest.raises(MethodError, match=r"no maximum|no events"):
            method.run(tools.inputs(frame, "arm", ("a", "b")), method.params("time", event="status"))

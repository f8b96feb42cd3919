"""Test of proportional hazards against R survival 3.5-3 (cox.zph), tolerance 1e-6."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from trialkit.methods import METHODS

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]
TRANSFORMS = ["km", "identity", "rank", "log"]
METHOD = METHODS["proportional_hazards"]


def where(row: str, reference: str) -> dict[str, Any]:
    """R's row name as attributes of ours; the reference has either one row per column or one per term."""
    if row == "GLOBAL":
        return {"stat": "global_"}
    if row.startswith("arm") and row != "arm":
        return {"stat": "", "arm": row[3:], "reference": reference}
    level = row.removeprefix("stratum") if row.startswith("stratum") else ""
    return {"stat": "", "variable": "stratum" if level else row, "variable_level": level}


def check(tools: Any, found: Any, inputs: Any, values: dict[str, Any], terms: bool = False) -> float:
    worst = [0.0]
    for i, row in enumerate(values["row"]):
        at = where(row, inputs.reference)
        if terms and row != "GLOBAL":
            at = {"stat": "term_", "variable": "arm_" if row == "arm" else row}
        prefix = at.pop("stat")
        for stat in ("chisq", "df", "p"):
            worst.append(tools.near(found.value(prefix + stat, **at), values[stat][i], 1e-6))
    return max(worst)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("kind", ["arm_only", "adjusted", "stratified"])
@pytest.mark.parametrize("name", SETS)
def test_data_sets(name: str, kind: str, transform: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    values = expected["cox"].get(f"zph_{kind}")
    if values is None:
        assert (name, kind) in {("waltons", "adjusted"), ("waltons", "stratified"), ("larynx", "stratified")}
        return
    adjust = columns.get("adjust") or []
    adjust = adjust if isinstance(adjust, list) else [adjust]
    more: dict[str, Any] = {"strata": (columns["strata"],)} if kind == "stratified" else {}
    if kind == "adjusted":
        more = {"covariates": tuple(a for a in adjust if a != "stratum")}
        more["factors"] = ("stratum",) if "stratum" in adjust else ()
        if name == "retention":
            stratum = inputs.frame["stratum"].map({"outpt": "a outpt", "inpt": "inpt"})
            inputs = replace(inputs, frame=inputs.frame.assign(stratum=stratum))
    params = METHOD.params(columns["time"], event=columns["status"], transform=transform, **more)
    found = tools.found(METHOD.run(inputs, params))
    deviation("proportional_hazards", check(tools, found, inputs, values[transform]))
    if transform == "km":
        deviation("proportional_hazards", check(tools, found, inputs, values["km_by_factor_term"], True))


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_counting_process(transform: str, survival: Any, read: Any, tools: Any, deviation: Any) -> None:
    frame = read("lifelines_stanford")
    inputs = tools.inputs(frame, "transplant", (0, 1))
    inputs = replace(inputs, frame=inputs.frame.assign(subject_=frame["id"].astype(str).to_numpy()))
    params = METHOD.params(
        "stop", event="event", start="start", covariates=("age", "year", "surgery"), transform=transform
    )
    found, values = tools.found(METHOD.run(inputs, params)), survival["counting_process"]["zph"][transform]
    row = [{"transplant": "arm1"}.get(name, name) for name in values["row"]]
    deviation("proportional_hazards", check(tools, found, inputs, {**values, "row": row}))

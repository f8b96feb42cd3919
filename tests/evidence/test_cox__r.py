"""Cox model against R survival 3.5-3 (coxph): coefficient (of its se) and se within 1e-8, all treatments of ties.

R prints the Wald statistic with two decimals, so that its p (unrounded) is compared.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError
from trialkit.methods._cox.residuals import deviance_residuals, martingale_residuals
from trialkit.methods.cox import fit_cox

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]
TIES = ["efron", "breslow", "exact"]
COX = METHODS["cox"]


def listed(value: Any) -> list[float]:
    """R writes a vector of length 1 as a number."""
    return value if isinstance(value, list) else [value]


def places(inputs: Any, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Where each of R's coefficients stands in the result rows."""
    made: list[dict[str, Any]] = []
    for name in values["coef"]:
        level = name.removeprefix("stratum") if name.startswith("stratum") else ""
        where: dict[str, Any] = {"variable": "stratum" if level else name, "variable_level": level}
        made.append({"arm": name[3:], "reference": inputs.reference} if name.startswith("arm") else where)
    return made


def check(tools: Any, found: Any, inputs: Any, values: dict[str, Any]) -> float:
    worst = [tools.near(found.value("n"), values["n"], 0), tools.near(found.value("events"), values["events"], 0)]
    worst.append(tools.near(found.value("log_likelihood"), values["loglik"][1], 1e-8))
    worst.append(tools.near(found.value("log_likelihood_null"), values["loglik"][0], 1e-8))
    robust = "robust_se" in values
    for i, where in enumerate(places(inputs, values)):
        coef, model_se = list(values["coef"].values())[i], listed(values["se"])[i]
        se = listed(values["robust_se" if robust else "se"])[i]
        worst.append(tools.near(found.value("coef", **where), coef, 1e-8, scale=se))
        worst.append(tools.near(found.value("se", **where), se, 1e-8))
        if robust:
            worst.append(tools.near(found.value("se_model", **where), model_se, 1e-8))
        lower, upper = (listed(values["ci"][k])[i] for k in ("lower", "upper"))
        tools.near(found.value("hazard_ratio", **where), math.exp(coef), 1e-7)
        tools.near(found.value("ci_low", **where), math.exp(lower), 1e-7)
        tools.near(found.value("ci_high", **where), math.exp(upper), 1e-7)
    for ours, theirs in {"lr": "lrt", "score": "score", "robust_score": "robust_score"}.items():
        if theirs in values:
            for stat, value in zip(("chisq", "df", "p"), values[theirs], strict=True):
                worst.append(tools.near(found.value(f"{ours}_{stat}"), value, 1e-8))
    assert abs(found.value("wald_chisq") - values["wald"][0]) <= 0.0051
    tools.near(found.value("wald_p"), values["wald"][2], 1e-6)
    if found.by.get(("concordance", "", "", "", "", None, ())):
        worst.append(tools.near(found.value("concordance"), values["concordance"], 1e-9))
    return max(worst)


def of_set(survival_set: Any, name: str, kind: str) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Inputs, parameters and reference values of a kind of model on a data set."""
    inputs, columns, expected = survival_set(name)
    adjust = columns.get("adjust") or []
    adjust = adjust if isinstance(adjust, list) else [adjust]
    more: dict[str, Any] = {"time": columns["time"], "event": columns["status"]}
    if kind == "stratified":
        more["strata"] = (columns["strata"],)
    elif kind != "arm_only":
        more["covariates"] = tuple(a for a in adjust if a != "stratum")
        more["factors"] = ("stratum",) if "stratum" in adjust else ()
    if name == "retention" and kind not in ("arm_only", "stratified"):  # R's first level of stratum is outpt
        stratum = inputs.frame["stratum"].map({"outpt": "a outpt", "inpt": "inpt"})
        inputs = replace(inputs, frame=inputs.frame.assign(stratum=stratum))
    return inputs, more, expected


FITS = [(name, kind) for name in SETS for kind in ("arm_only", "adjusted", "stratified")]
ABSENT = {("waltons", "adjusted"), ("waltons", "stratified"), ("larynx", "stratified")}


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize(("name", "kind"), [fit for fit in FITS if fit not in ABSENT])
def test_data_sets(name: str, kind: str, ties: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, more, expected = of_set(survival_set, name, kind)
    found = tools.found(COX.run(inputs, COX.params(**more, ties=ties, concordance=True)))
    deviation("cox", check(tools, found, inputs, expected["cox"][kind][ties]))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("name", SETS)
def test_robust(name: str, ties: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, more, expected = of_set(survival_set, name, "adjusted")
    found = tools.found(COX.run(inputs, COX.params(**more, ties=ties, robust=True)))
    deviation("cox", check(tools, found, inputs, expected["cox"][f"robust_{ties}"]))


@pytest.mark.parametrize("name", ["lung", "retention"])
def test_cluster(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, more, expected = of_set(survival_set, name, "adjusted")
    cluster = {"lung": "inst", "retention": "site"}[name]
    found = tools.found(COX.run(inputs, COX.params(**more, robust=True, cluster=cluster)))
    deviation("cox", check(tools, found, inputs, expected["cox"]["cluster"]))


def test_every_cluster_of_the_reference_is_compared(survival: Any) -> None:
    assert [name for name in SETS if "cluster" in survival[name]["cox"]] == ["lung", "retention"]


@pytest.mark.parametrize("name", SETS)
def test_baseline_and_residuals(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, more, expected = of_set(survival_set, name, "adjusted")
    values = expected["cox"]["basehaz_efron_x0"]
    found = tools.found(COX.run(inputs, COX.params(**more, baseline=tuple(map(float, listed(values["time"]))))))
    for t, h in zip(listed(values["time"]), listed(values["hazard"]), strict=True):
        deviation("cox", tools.near(found.value("baseline_hazard", at=t), h, 1e-8))
    frame = inputs.frame
    columns = [(frame["arm_"] == a).to_numpy(float) for a in inputs.arms[1:]]
    columns += [frame[c].to_numpy(float) for c in more.get("covariates", ())]
    columns += [(frame[c] == "inpt").to_numpy(float) for c in more.get("factors", ())]
    fit = fit_cox(frame[more["time"]].to_numpy(float), frame[more["event"]].to_numpy() == 1, np.column_stack(columns))
    for made, theirs in (
        (martingale_residuals, "martingale_first10"),
        (deviance_residuals, "deviance_residual_first10"),
    ):
        for a, b in zip(made(fit)[:10], expected["cox"][theirs], strict=True):
            tools.near(float(a), b, 1e-7)


def counting_inputs(tools: Any, frame: pd.DataFrame, subject: str, arm: str, levels: Any) -> Any:
    """Several rows per subject."""
    frame = frame.reset_index(drop=True).assign(subject_=frame[subject].astype(str).to_numpy())
    inputs = tools.inputs(frame, arm, levels)
    universe = inputs.frame.assign(subject_=frame["subject_"]).drop_duplicates("subject_").reset_index(drop=True)
    return replace(inputs, frame=inputs.frame.assign(subject_=frame["subject_"]), universe=universe)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_counting_process(ties: str, survival: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = counting_inputs(tools, read("lifelines_stanford"), "id", "transplant", (0, 1))
    for key, more in ((ties, {}), (f"cluster_{ties}", {"robust": True, "cluster": "id"})):
        params = COX.params(
            "stop",
            event="event",
            start="start",
            covariates=("age", "year", "surgery"),
            ties=ties,
            concordance=True,
            **more,
        )
        found, values = tools.found(COX.run(inputs, params)), survival["counting_process"][key]
        coef = {("arm1" if k == "transplant" else k): v for k, v in values["coef"].items()}
        deviation("cox", check(tools, found, inputs, {**values, "coef": coef}))


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_prentice_williams_peterson(name: str, gap: bool, survival: Any, recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent(name)
    frame = inputs.frame.assign(stratum_=inputs.frame[columns["enum"]].clip(upper=3))
    values = expected["pwp_gap_time" if gap else "pwp_total_time"]
    start, stop = frame[columns["start"]], frame[columns["stop"]]
    frame = frame.assign(from_=0.0 if gap else start, to_=stop - start if gap else stop)
    if gap:  # each row starts its own clock: rows are told apart as subjects, and clustered by subject
        frame = frame.assign(person_=frame["subject_"], subject_=[f"r{i}" for i in range(len(frame))])
        more = {"cluster": "person_"}
    else:
        more = {"cluster": "subject_", "start": "from_"}
    found = tools.found(
        COX.run(
            replace(inputs, frame=frame, universe=frame),
            COX.params("to_", event=columns["event"], strata=("stratum_",), robust=True, **more),
        )
    )
    check(tools, found, inputs, values)


def tiny(tools: Any, name: str) -> pd.DataFrame:
    return pd.DataFrame(json.loads((tools.data / "tiny.json").read_text())[name])


@pytest.mark.parametrize("ties", TIES)
def test_no_finite_maximum(ties: str, survival: Any, tools: Any) -> None:
    for name in ("monotone", "one_arm_no_event"):
        assert survival["tiny"][name]["cox"][ties]["infinite_estimate"]
        with pytest.raises(MethodError, match=r"no maximum|no events"):
            COX.run(tools.inputs(tiny(tools, name), "arm", ("a", "b")), COX.params("time", event="status", ties=ties))


@pytest.mark.parametrize("ties", TIES)
def test_two_arm_ties(ties: str, survival: Any, tools: Any, deviation: Any) -> None:
    values = survival["tiny"]["two_arm_ties"]["cox"][ties]
    inputs = tools.inputs(tiny(tools, "two_arm_ties"), "arm", ("a", "b"))
    found = tools.found(COX.run(inputs, COX.params("time", event="status", ties=ties)))
    deviation("cox", tools.near(found.value("coef", "b", "a"), values["coef"], 1e-8))
    deviation("cox", tools.near(found.value("log_likelihood"), values["loglik"][1], 1e-8))
    deviation("cox", tools.near(found.value("score_chisq"), values["score"][0], 1e-8))

"""Reference-based imputation with the jackknife against R: own fits on mmrm 0.3.18, polished (1e-6), and rbmi 1.6.0.

rbmi's fits stop early: estimates 2e-3 of the standard error, standard errors 1e-2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["reference_imputation"]
DELTAS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
MODEL = {"covariates": ("base",), "factors": ("stratum",), "by_visit": ("base",)}


@pytest.fixture(scope="module")
def inputs(read: Any, tools: Any) -> Any:
    """240 subjects at 7 days; the day of drop-out as the visit it is."""
    frame = read("cows_dropout")
    days = dict(zip(frame["day"], frame["dayf"], strict=True))
    made = tools.inputs(frame.assign(event=frame["dropday"].map(days)), "arm", ARMS)
    frame = made.frame.assign(subject_=made.frame["subject"])
    return replace(made, frame=frame, universe=frame.drop_duplicates("subject_").reset_index(drop=True))


@pytest.fixture(scope="module")
def jackknife(inputs: Any, tools: Any) -> Any:
    params = METHOD.params("chg", "dayf", event="event", deltas=DELTAS, delta_arms=("high",), **MODEL)
    return tools.found(METHOD.run(inputs, params))


def rows_of(values: dict[str, Any]) -> Any:
    """(strategy, delta, where, stat of the estimate, column) of every number of a reference."""
    for name, of in values["results"].items():
        strategy, _, delta = name.partition("+delta")
        for i, parameter in enumerate(of["parameter"]):
            where = tuple(parameter.split(" - ")) if " - " in parameter else (parameter.removeprefix("lsmean "),)
            yield strategy, float(delta) if delta else None, where, {k: v[i] for k, v in of.items() if k != "parameter"}


def test_jackknife(jackknife: Any, other: Any, tools: Any, deviation: Any) -> None:
    values = other["refmi_polished"]
    assert jackknife.value("n") == values["n"] and jackknife.row("visit").text == values["day"]
    assert jackknife.value("gradient_norm") < 1e-8
    compared = 0
    for strategy, delta, where, expected in rows_of(values):
        key, se = {"groups": (("strategy", strategy),), "at": delta}, expected["se_jackknife"]
        names = {"diff" if len(where) == 2 else "lsmean": "estimate", "se": "se_jackknife"}
        for stat, of in (names | {"ci_low": "lower", "ci_high": "upper"}).items():
            found = jackknife.value(stat, *where, **key)
            deviation("reference_imputation", tools.near(found, expected[of], 1e-6, scale=se))
            compared += 1
        found = jackknife.value("p", *where, **key)
        deviation("reference_imputation", tools.near(found, expected["p"], 1e-6))
    assert compared == 10 * 5 * 4


def test_rbmi(jackknife: Any, other: Any) -> None:
    for strategy, delta, where, expected in rows_of(other["refmi_rbmi"]):
        key, se = {"groups": (("strategy", strategy),), "at": delta}, expected["se_jackknife"]
        estimate = jackknife.value("diff" if len(where) == 2 else "lsmean", *where, **key)
        assert abs(estimate - expected["estimate"]) < 2e-3 * se
        assert abs(jackknife.value("se", *where, **key) - se) < 1e-2 * se


def test_the_mixed_model_underneath(inputs: Any, other: Any, tools: Any) -> None:
    from trialkit.methods.mmrm import mmrm

    values = other["refmi_polished"]
    fit = mmrm(inputs.frame, "chg ~ base + base:dayf + stratum + arm * dayf", "subject", "dayf",
               reference={"arm": "placebo", "stratum": "outpt"})  # fmt: skip
    for given, value in zip(np.asarray(fit.covariance)[np.tril_indices(7)], values["sigma"], strict=True):
        tools.near(float(given), value, 1e-6)
    found = fit.coefficients()["estimate"]
    assert len(found) == len(values["beta"])
    ours = {frozenset(n.replace("[", "").replace("]", "").split(":")): float(b) for n, b in found.items()}
    for name, b in values["beta"].items():
        tools.near(ours[frozenset(name.replace("(Intercept)", "Intercept").split(":"))], b, 1e-6, scale=0.1)

"""Logistic regression against R 4.2.2 glm, tolerance 1e-8 (estimates relative to their se).

R's profile limits are interpolated by a spline: they are compared at 1e-4 of the standard error, and as roots at 1e-9.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError
from trialkit.methods._logit import logit

ARMS = ("placebo", "low", "high")
METHOD = METHODS["logistic"]
WHERE: dict[str, dict[str, str]] = {
    "base": {"variable": "base"},
    "stratuminpt": {"variable": "stratum", "variable_level": "inpt"},
    "armlow": {"arm": "low", "reference": "placebo"},
    "armhigh": {"arm": "high", "reference": "placebo"},
}


def inputs_of(read: Any, tools: Any) -> Any:
    """The first level of the factor in sorted order is inpt; R's is outpt: it is named so that it sorts first."""
    frame = read("adverse")
    return tools.inputs(frame.assign(stratum=frame["stratum"].replace("outpt", "a")), "arm", ARMS)


def run(read: Any, tools: Any, **more: Any) -> Any:
    params = METHOD.params("responder", covariates=("base",), factors=("stratum",), **more)
    return tools.found(METHOD.run(inputs_of(read, tools), params))


def test_coefficients(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, values = run(read, tools), other["logistic"]
    for i, name in enumerate(values["coef"]):
        b, se = values["coef"][name], values["se"][i]
        if name == "(Intercept)":
            deviation("logistic", tools.near(found.value("intercept"), b, 1e-8, scale=se))
            deviation("logistic", tools.near(found.value("intercept_se"), se, 1e-8))
            continue
        expected = {"coef": b, "se": se, "z": values["stat"][i], "p": values["p"][i], "odds_ratio": np.exp(b)}
        for stat, value in expected.items():
            deviation(
                "logistic", tools.near(found.value(stat, **WHERE[name]), value, 1e-8, scale=se * (stat == "coef"))
            )
    for stat, key in (("n", "n"), ("deviance", "deviance"), ("null_deviance", "null_deviance"), ("aic", "AIC"),
                      ("log_likelihood", "loglik")):  # fmt: skip
        deviation("logistic", tools.near(found.value(stat), values[key], 1e-8))


def test_covariance_of_the_coefficients(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    frame, values = read("adverse"), other["logistic"]
    x = np.column_stack([np.ones(len(frame)), frame["base"], frame["stratum"] == "inpt", frame["arm"] == "low",
                         frame["arm"] == "high"]).astype(float)  # fmt: skip
    v = logit(frame["responder"].to_numpy(float), x, list("abcde")).v
    for given, value in zip(v[np.tril_indices(5)], values["vcov"], strict=True):
        deviation("logistic", tools.near(float(given), value, 1e-8))


def test_tests_of_terms(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, values = run(read, tools), other["logistic"]["lr_tests"]
    for i, term in enumerate(values["term"]):
        for stat, key in (("lr_chisq", "lrt"), ("lr_df", "df"), ("lr_p", "p")):
            given = found.value(stat, variable="" if term == "arm" else term)
            deviation("logistic", tools.near(given, values[key][i], 1e-8))


def test_profile_limits(other: Any, read: Any, tools: Any) -> None:
    found, values = run(read, tools, interval="profile"), other["logistic"]
    model = inputs_of(read, tools).frame
    x = np.column_stack([np.ones(len(model)), model["base"], model["stratum"] == "inpt", model["arm"] == "low",
                         model["arm"] == "high"]).astype(float)  # fmt: skip
    y = model["responder"].to_numpy(float)
    for i, name in enumerate(values["coef"]):
        for stat, key in (("ci_low", "lower"), ("ci_high", "upper")):
            if name == "(Intercept)":
                continue
            limit = float(np.log(found.value(stat, **WHERE[name])))
            tools.near(limit, values["profile_ci"][key][i], 1e-4, scale=values["se"][i])
            held, rest = x[:, i], np.delete(x, i, axis=1)
            best = _held(y, rest, held * limit)
            assert abs(2 * (values["loglik"] - best) - 3.841458820694124) < 1e-8


def _held(y: np.ndarray, x: np.ndarray, offset: np.ndarray) -> float:
    """The largest log likelihood with an offset, by plain Newton steps."""
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ b + offset)))
        b = b + np.linalg.solve(x.T @ ((p * (1 - p))[:, None] * x), x.T @ (y - p))
    eta = x @ b + offset
    return float(y @ eta - np.logaddexp(0, eta).sum())


def test_standardized_risks(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, values = run(read, tools), other["logistic"]["standardised_risk"]
    for i, arm in enumerate(values["arm"]):
        for stat, key in (("risk", "est"), ("risk_se", "se_delta_fixed_covariates")):
            deviation("logistic", tools.near(found.value(stat, arm), values[key][i], 1e-8))
    for i, pair in enumerate(values["contrast"]):
        for stat, key in (("risk_difference", "diff"), ("risk_difference_se", "diff_se")):
            deviation("logistic", tools.near(found.value(stat, *pair.split(" - ")), values[key][i], 1e-8))


def test_risk_ratio_by_numerical_gradient(read: Any, tools: Any) -> None:
    """The log ratio's standard error from a fit moved by a small step in each coefficient."""
    frame = inputs_of(read, tools).frame
    x = np.column_stack([np.ones(len(frame)), frame["base"], frame["stratum"] == "inpt", frame["arm"] == "low",
                         frame["arm"] == "high"]).astype(float)  # fmt: skip
    fit, found = logit(frame["responder"].to_numpy(float), x, list("abcde")), run(read, tools)

    def log_ratio(b: np.ndarray) -> float:
        at = [x.copy(), x.copy()]
        at[0][:, 3:], at[1][:, 3:] = [0, 1], [0, 0]
        p = [float((1 / (1 + np.exp(-z @ b))).mean()) for z in at]
        return float(np.log(p[0] / p[1]))

    step = 1e-5 * np.eye(5)
    g = np.array([(log_ratio(fit.b + h) - log_ratio(fit.b - h)) / 2e-5 for h in step])
    tools.near(found.value("risk_ratio", "high", "placebo"), float(np.exp(log_ratio(fit.b))), 1e-9)
    tools.near(found.value("risk_ratio_se", "high", "placebo"), float(np.sqrt(g @ fit.v @ g)), 1e-6)


@pytest.mark.parametrize("x", [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
def test_separation_is_refused(x: list[int], tools: Any) -> None:
    frame = pd.DataFrame({"arm": ["p", "q"] * 3, "y": [0, 0, 0, 1, 1, 1], "x": x})
    with pytest.raises(MethodError, match="separated by the columns"):
        METHOD.run(tools.inputs(frame, "arm", ("p", "q")), METHOD.params("y", covariates=("x",)))

"""A straight line against certified values (NIST StRD, data set Norris), and errors by cluster against statsmodels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from trialkit.methods import METHODS, Inputs, MethodError

METHOD = METHODS["regression"]

X = """0.2 337.4 118.2 884.6 10.1 226.5 666.3 996.3 448.6 777.0 558.2 0.4 0.6 775.5 666.9 338.0 447.5 11.6 556.0 228.1
995.8 887.6 120.2 0.3 0.3 556.8 339.1 887.2 999.0 779.0 11.1 118.3 229.2 669.1 448.9 0.5"""
Y = """0.1 338.8 118.1 888.0 9.2 228.1 668.5 998.5 449.1 778.9 559.2 0.3 0.1 778.1 668.8 339.3 448.9 10.8 557.7 228.3
998.0 888.8 119.6 0.3 0.6 557.6 339.3 888.0 998.5 778.9 10.2 117.6 228.9 668.4 449.2 0.2"""
CERTIFIED = {
    "intercept": -0.262323073774029,
    "slope": 1.00211681802045,
    "intercept_se": 0.232818234301152,
    "slope_se": 0.429796848199937e-03,
    "residual_sd": 0.884796396144373,
    "r_squared": 0.999993745883712,
}


def test_certified_values(tools: Any, deviation: Any) -> None:
    frame = pd.DataFrame({"x": np.array(X.split(), float), "y": np.array(Y.split(), float)})
    found = tools.found(METHOD.run(tools.inputs(frame, None, ()), METHOD.params("y", "x")))
    assert found.value("n", variable="x") == 36 and found.value("df", variable="x") == 34
    for stat, value in CERTIFIED.items():
        scale = CERTIFIED["intercept_se"] if stat == "intercept" else 0.0
        deviation("regression", tools.near(found.value(stat, variable="x"), value, 1e-11, scale=scale))


def repeated(seed: int, subjects: int, each: int) -> pd.DataFrame:
    """Rows of subjects that have a level of their own."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(subjects), each)
    x = np.round(rng.gamma(2, 10, size=len(who)), 1)
    return pd.DataFrame(
        {"who": who, "x": x, "y": 3 + 0.2 * x + rng.normal(size=subjects)[who] + rng.normal(size=len(who))}
    )


def clustered(frame: pd.DataFrame) -> Inputs:
    frame = frame.assign(subject_=[f"s{i}" for i in frame["who"]])
    return Inputs(frame, frame[["subject_"]].drop_duplicates().reset_index(drop=True), "subject_")


@pytest.mark.parametrize(("seed", "subjects", "each"), [(1, 40, 3), (2, 8, 5), (3, 30, 1)])
def test_errors_by_cluster(seed: int, subjects: int, each: int, tools: Any, deviation: Any) -> None:
    import statsmodels.api as sm

    frame = repeated(seed, subjects, each)
    found = tools.found(METHOD.run(clustered(frame), METHOD.params("y", "x", "cluster", line_points=3)))
    model = sm.OLS(frame["y"].to_numpy(), sm.add_constant(frame["x"].to_numpy()))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": frame["who"].to_numpy()}, use_t=True)
    limits = fit.conf_int()
    for i, name in enumerate(("intercept", "slope")):
        se = float(fit.bse[i])
        expected = {
            name: fit.params[i],
            f"{name}_se": se,
            f"{name}_ci_low": limits[i][0],
            f"{name}_ci_high": limits[i][1],
        }
        for stat, value in (expected | {f"{name}_p": fit.pvalues[i]}).items():
            scale = 0.0 if stat.endswith(("_se", "_p")) else se
            deviation("regression", tools.near(found.value(stat, variable="x"), float(value), 1e-8, scale=scale))
    half = student.ppf(0.975, subjects - 1)
    for place in np.linspace(frame["x"].min(), frame["x"].max(), 3):
        told = fit.get_prediction(np.array([[1.0, place]])).summary_frame().iloc[0]
        for stat, k in (("line", 0.0), ("line_ci_low", -half), ("line_ci_high", half)):
            value = float(told["mean"] + k * told["mean_se"])
            deviation("regression", tools.near(found.value(stat, variable="x", at=float(place)), value, 1e-8))
    if each == 1:
        plain = tools.found(METHOD.run(clustered(frame), METHOD.params("y", "x")))
        assert plain.value("slope_se", variable="x") != found.value("slope_se", variable="x")


def test_line_and_parts_of_rows_that_are_known(tools: Any) -> None:
    frame = pd.DataFrame(
        {"arm": list("aaaabbbb"), "x": [1.0, 2, 3, 4, 5, 6, 7, np.nan], "y": [2.0, 1, 4, 3, 9, 9, 10, 1]}
    )
    inputs = tools.inputs(frame, "arm", ("a", "b"), total="all")
    found = tools.found(METHOD.run(inputs, METHOD.params("y", "x", parts=2)))
    assert found.value("n_dropped") == 1 and found.value("subjects", "b", variable="x") == 3
    low, high = ((("x", "1"),), (("x", "2"),))
    assert [found.value("mean", "all", variable="y", groups=g) for g in (low, high)] == [2.5, 28 / 3]
    assert [found.value(s, "all", variable="x", groups=low) for s in ("from", "to")] == [1, 4]
    assert found.value("slope", "a", variable="x") == pytest.approx(0.6)


def test_refusals(tools: Any) -> None:
    frame = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, 3]})
    with pytest.raises(MethodError, match="residual variance is zero"):
        METHOD.run(tools.inputs(frame, None, ()), METHOD.params("y", "x"))
    with pytest.raises(MethodError, match="parts is 1"):
        METHOD.run(tools.inputs(frame, None, ()), METHOD.params("y", "x", parts=1))
    with pytest.raises(MethodError, match="already has a row"):
        METHOD.run(clustered(repeated(1, 4, 2)), METHOD.params("y", "x"))
    with pytest.raises(MethodError, match="of one subject"):
        METHOD.run(clustered(repeated(1, 1, 4)), METHOD.params("y", "x", "cluster"))
    flat = tools.found(METHOD.run(tools.inputs(frame.assign(x=1.0), None, ()), METHOD.params("y", "x")))
    assert flat.row("slope", variable="x").text == "NE"

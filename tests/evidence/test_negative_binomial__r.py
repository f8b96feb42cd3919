"""Negative binomial and Poisson rates against R MASS (glm.nb) and glm: 1e-5, Poisson 1e-8."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

METHOD = METHODS["negative_binomial"]


def per_subject(inputs: Any, columns: dict[str, str], tools: Any) -> Any:
    frame = inputs.frame.assign(fu=inputs.frame[columns["stop"]] - inputs.frame[columns["start"]])
    grouped = frame.groupby("subject_", sort=True)
    made = pd.DataFrame(
        {"ev": grouped[columns["event"]].sum(), "fu": grouped["fu"].sum(), "a": grouped["arm_"].first()}
    )
    return tools.inputs(made.reset_index(drop=True), "a", inputs.arms)


def check(tools: Any, found: Any, reference: str, coef: dict[str, float], se: list[float], tolerance: float) -> float:
    worst = [0.0]
    for (column, value), error in zip(coef.items(), se, strict=True):
        if column == "(Intercept)":
            worst.append(tools.near(found.value("intercept"), value, tolerance, scale=error))
            worst.append(tools.near(found.value("intercept_se"), error, tolerance))
            continue
        worst.append(tools.near(found.value("coef", column[3:], reference), value, tolerance, scale=error))
        worst.append(tools.near(found.value("se", column[3:], reference), error, tolerance))
    return max(worst)


@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_poisson(name: str, recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent(name)
    values, one = expected["poisson_rate"], per_subject(inputs, columns, tools)
    found = tools.found(METHOD.run(one, METHOD.params("ev", "fu", model="poisson")))
    check(tools, found, inputs.reference, values["coef"], values["se"], 1e-8)
    tools.near(found.value("log_likelihood"), values["loglik"], 1e-8)


def test_negative_binomial(recurrent: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = recurrent("recurrent")
    values, one = expected["negative_binomial"], per_subject(inputs, columns, tools)
    for variance, key in (("known", "se_given_theta"), ("estimated", "se_full_information")):
        found = tools.found(METHOD.run(one, METHOD.params("ev", "fu", variance=variance)))
        deviation("negative_binomial", check(tools, found, inputs.reference, values["coef"], values[key], 1e-5))
        tools.near(found.value("dispersion"), values["dispersion"], 1e-5)
        tools.near(found.value("log_likelihood"), values["loglik"], 1e-8)


def test_no_dispersion_is_refused(recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent("recur_package")
    assert "no interior maximum" in expected["negative_binomial"]["error"]
    with pytest.raises(MethodError, match="no interior maximum"):
        METHOD.run(per_subject(inputs, columns, tools), METHOD.params("ev", "fu"))


def test_a_declared_fall_back_is_the_poisson_fit_and_says_so(recurrent: Any, tools: Any) -> None:
    inputs, columns, expected = recurrent("recur_package")
    values, one = expected["poisson_rate"], per_subject(inputs, columns, tools)
    found = tools.found(METHOD.run(one, METHOD.params("ev", "fu", otherwise="poisson")))
    check(tools, found, inputs.reference, values["coef"], values["se"], 1e-8)
    assert "declared fall-back" in found.row("dispersion").warning and found.value("dispersion") == 0


def test_crude_rate_limits(tools: Any) -> None:
    """10 events: exact limits 4.795 and 18.39 (Garwood 1936)."""
    frame = pd.DataFrame({"ev": [10, 0, 5, 3], "fu": [1.0, 1.0, 1.0, 2.0], "a": ["x", "y", "z", "z"]})
    with pytest.raises(MethodError, match="no events"):
        METHOD.run(tools.inputs(frame, "a", ("x", "y", "z")), METHOD.params("ev", "fu"))
    some = tools.inputs(frame[frame["a"] != "y"], "a", ("x", "z"))
    found = tools.found(METHOD.run(some, METHOD.params("ev", "fu", model="poisson")))
    assert round(found.value("rate_ci_low", "x"), 3) == 4.795 and round(found.value("rate_ci_high", "x"), 2) == 18.39


def adverse(read: Any, tools: Any) -> Any:
    """The first level of stratum is outpt in R: it is named so that it sorts first."""
    frame = read("adverse")
    return tools.inputs(frame.assign(stratum=frame["stratum"].replace("outpt", "a")), "arm", ("placebo", "low", "high"))


def coefficients(found: Any) -> list[tuple[float, float]]:
    """Estimate and standard error of the intercept, the covariate, the factor and the arms, in R's order."""
    made = [(found.value("intercept"), found.value("intercept_se"))]
    made += [(found.value("coef", variable="base"), found.value("se", variable="base"))]
    inpt = {"variable": "stratum", "variable_level": "inpt"}
    made += [(found.value("coef", **inpt), found.value("se", **inpt))]
    return made + [(found.value("coef", a, "placebo"), found.value("se", a, "placebo")) for a in ("low", "high")]


LAG = 5e-8
"""How far R's Poisson errors are from those at the optimum; see ``as_glm``."""


def design(read: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The columns in R's order, the counts and the exposure."""
    frame = read("adverse")
    x = np.column_stack([np.ones(len(frame)), frame["base"], frame["stratum"] == "inpt", frame["arm"] == "low",
                         frame["arm"] == "high"]).astype(float)  # fmt: skip
    return x, frame["n_ae"].to_numpy(float), frame["exposure_days"].to_numpy(float)


def as_glm(x: np.ndarray, y: np.ndarray, e: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, weights and covariance as R's ``glm`` has them: weights and covariance are those before the last step.

    Steps from mu = y + 0.1 until the deviance changes by less than 1e-14 of itself, as the reference asked for.
    """
    mu, before = y + 0.1, np.inf
    for _ in range(50):
        z, w = np.log(mu / e) + (y - mu) / mu, mu
        v = np.linalg.inv(x.T @ (w[:, None] * x))
        b = v @ (x.T @ (w * z))
        mu = e * np.exp(x @ b)
        deviance = 2 * float((np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu)).sum())
        if abs(deviance - before) < 1e-14 * (abs(deviance) + 0.1):
            break
        before = deviance
    return mu, w, v


def test_poisson_with_covariates(other: Any, read: Any, tools: Any) -> None:
    """glm at 1e-8, but its errors (also quasi-Poisson and sandwich HC0) as far as R's lag goes (next test)."""
    values, inputs = other["poisson"], adverse(read, tools)
    for variance, key in (("known", "se"), ("estimated", "se"), ("quasi", "quasi_se"), ("robust", "robust_se_HC0")):
        more = {"covariates": ("base",), "factors": ("stratum",), "model": "poisson", "variance": variance}
        found = tools.found(METHOD.run(inputs, METHOD.params("n_ae", "exposure_days", **more)))
        rows = zip(coefficients(found), values["coef"], values[key], values["se"], strict=True)
        for (b, se), name, error, plain in rows:
            tools.near(b, values["coef"][name], 1e-8, scale=plain)
            tools.near(se, error, LAG)
        for stat, of in (
            ("deviance", "deviance"),
            ("pearson", "pearson"),
            ("log_likelihood", "loglik"),
            ("aic", "AIC"),
        ):
            tools.near(found.value(stat), values[of], 1e-8)
        if key == "se":
            for arm, i in (("low", 3), ("high", 4)):
                tools.near(found.value("z", arm, "placebo"), values["stat"][i], LAG)
                tools.near(found.value("p", arm, "placebo"), values["p"][i], 10 * LAG)
    tools.near(found.value("pearson") / found.value("df_residual"), values["quasi_dispersion"], LAG)


def test_poisson_errors_of_r_are_those_before_its_last_step(other: Any, read: Any, tools: Any) -> None:
    """R's numbers at 1e-10 by R's steps; ours are the inverse information where the score is 0."""
    from trialkit.methods._count_models import poisson

    values, (x, y, e) = other["poisson"], design(read)
    mu, w, v = as_glm(x, y, e)
    residual = (y - mu) / mu
    robust = v @ (x.T @ (((w * residual) ** 2)[:, None] * x)) @ v
    tools.near(float((w * residual**2).sum()) / (len(y) - 5), values["quasi_dispersion"], 1e-10)
    for made, key in ((v, "se"), (v * values["quasi_dispersion"], "quasi_se"), (robust, "robust_se_HC0")):
        for given, value in zip(np.sqrt(np.diag(made)), values[key], strict=True):
            tools.near(float(given), value, 1e-10)
    for given, value in zip(v[np.tril_indices(5)], values["vcov"], strict=True):
        tools.near(float(given), value, 1e-10)
    fit = poisson(y, x, e)
    mu = e * np.exp(x @ fit.b)
    assert np.abs(x.T @ (y - mu)).max() < 1e-10
    assert np.abs(fit.given @ (x.T @ (mu[:, None] * x)) - np.eye(5)).max() < 1e-10


def test_covariance_of_the_negative_binomial(other: Any, read: Any, tools: Any) -> None:
    """The lower triangle by row, with the dispersion taken as known, at 1e-5."""
    from trialkit.methods._count_models import negative_binomial

    x, y, e = design(read)
    for given, value in zip(negative_binomial(y, x, e).given[np.tril_indices(5)], other["negative_binomial"]["vcov"],
                            strict=True):  # fmt: skip
        tools.near(float(given), value, 1e-5)


def test_negative_binomial_with_covariates(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    """The polished optimum, and both standard errors, tolerance 1e-5; glmmTMB stops earlier: 1e-5 of the se."""
    values, inputs = other["negative_binomial"], adverse(read, tools)
    polished = values["polished"]
    assert polished["max_gradient"] < 1e-7
    for variance, errors in (("known", values["se"]), ("estimated", polished["se_full_information"][:5])):
        more = {"covariates": ("base",), "factors": ("stratum",), "variance": variance}
        found = tools.found(METHOD.run(inputs, METHOD.params("n_ae", "exposure_days", **more)))
        rows = zip(coefficients(found), polished["coef"], errors, values["glmmTMB"]["coef"], strict=True)
        for (b, se), value, error, second in rows:
            deviation("negative_binomial", tools.near(b, value, 1e-5, scale=error))
            deviation("negative_binomial", tools.near(se, error, 1e-5))
            assert abs(b - second) < 1e-5 * error
        tools.near(found.value("dispersion"), float(np.exp(polished["log_dispersion"])), 1e-5)
        tools.near(1 / found.value("dispersion"), values["theta"], 1e-5)
        tools.near(found.value("log_likelihood"), polished["loglik"], 1e-8)
        if variance == "known":
            tools.near(found.value("dispersion"), values["dispersion"], 1e-5)
            tools.near(found.value("log_likelihood"), values["loglik"], 1e-8)
            for i, name in enumerate(values["coef"]):
                tools.near(coefficients(found)[i][0], values["coef"][name], 1e-5, scale=errors[i])
            for arm, i in (("low", 3), ("high", 4)):
                tools.near(found.value("z", arm, "placebo"), values["stat"][i], 1e-5)
                tools.near(found.value("p", arm, "placebo"), values["p"][i], 1e-5)
        if variance == "estimated":
            for (_, se), second in zip(coefficients(found), values["glmmTMB"]["se"], strict=True):
                tools.near(se, second, 3e-5)


def test_quasi_needs_poisson(read: Any, tools: Any) -> None:
    for variance in ("quasi", "robust"):
        with pytest.raises(MethodError, match="is for model: poisson"):
            METHOD.run(adverse(read, tools), METHOD.params("n_ae", "exposure_days", variance=variance))

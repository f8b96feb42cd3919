"""ANCOVA against R 4.2.2 (lm, emmeans 1.8.4, car), tolerance 1e-9 (estimates relative to their se)."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

FITS = ["cows_complete|day2", "cows_complete|day7", "cows_dropout|day2", "cows_dropout|day7"]
TOLERANCE = 1e-9


def inputs_of(fit: str, read: Any, tools: Any) -> Any:
    name, day = fit.split("|day")
    frame = read(name)
    frame = frame[(frame["day"] == int(day))]
    return tools.inputs(frame, "arm", ("placebo", "low", "high"))


def run(inputs: Any, tools: Any, **more: Any) -> Any:
    method = METHODS["ancova"]
    return tools.found(method.run(inputs, method.params("chg", ("base",), ("stratum",), **more)))


@pytest.mark.parametrize("fit", FITS)
def test_means_and_differences(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, expected = inputs_of(fit, read, tools), other["ancova"][fit]
    found = run(inputs, tools)
    assert found.value("n") == expected["n"]
    assert found.value("n_dropped") == inputs.frame["chg"].isna().sum()
    for stat, key in (("sigma", "sigma"), ("r2", "r2"), ("df_residual", "df_residual")):
        deviation("ancova", tools.near(found.value(stat), expected[key], TOLERANCE))
    for margins, key in (("equal", "lsmeans"), ("observed", "lsmeans_observed_margins")):
        found, values = run(inputs, tools, margins=margins), expected[key]
        for i, arm in enumerate(values["level"]):
            se = values["se"][i]
            for stat, of in (
                ("lsmean", "estimate"),
                ("se", "se"),
                ("ci_low", "lower"),
                ("ci_high", "upper"),
                ("df", "df"),
            ):
                deviation("ancova", tools.near(found.value(stat, arm), values[of][i], TOLERANCE, scale=se))
    values = expected["diff"]
    names = {"diff": "estimate", "se": "se", "df": "df", "t": "t", "p": "p", "ci_low": "lower", "ci_high": "upper"}
    for i, contrast in enumerate(values["contrast"]):
        arm, reference = contrast.split(" - ")
        for stat, of in names.items():
            scale = values["se"][i] if stat in ("diff", "ci_low", "ci_high") else 0.0
            deviation("ancova", tools.near(found.value(stat, arm, reference), values[of][i], TOLERANCE, scale=scale))


@pytest.mark.parametrize("fit", FITS)
def test_partial_f_of_the_arms(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    found, values = run(inputs_of(fit, read, tools), tools), other["ancova"][fit]["type2"]
    i = values["term"].index("arm")
    for stat, key in (("f", "F"), ("f_df", "df"), ("f_p", "p")):
        deviation("ancova", tools.near(found.value(stat), values[key][i], TOLERANCE))


def test_every_pair(other: Any, read: Any, tools: Any) -> None:
    """high - low from R's coefficients and their covariance (lower triangle by row)."""
    expected = other["ancova"]["cows_complete|day7"]["fit"]
    found = run(inputs_of("cows_complete|day7", read, tools), tools, compare="all")
    coef, v = expected["coef"], expected["vcov"]
    tools.near(found.value("diff", "high", "low"), coef["armhigh"] - coef["armlow"], TOLERANCE, scale=1.0)
    tools.near(found.value("se", "high", "low"), (v[14] + v[9] - 2 * v[13]) ** 0.5, TOLERANCE)


def test_dose_response(read: Any, tools: Any, deviation: Any) -> None:
    """The slope in dose against statsmodels (second program)."""
    import statsmodels.formula.api as smf

    inputs, dose = inputs_of("cows_dropout|day7", read, tools), {"placebo": 0.0, "low": 54.0, "high": 81.0}
    found = run(inputs, tools, dose=dose)
    fit = smf.ols("chg ~ base + stratum + dose", inputs.frame.assign(dose=inputs.frame["arm_"].map(dose))).fit()
    values = {"dose_slope": fit.params["dose"], "dose_se": fit.bse["dose"], "dose_p": fit.pvalues["dose"]}
    for stat, value in values.items():
        deviation("ancova", tools.near(found.value(stat, variable_level="dose response"), float(value), TOLERANCE))

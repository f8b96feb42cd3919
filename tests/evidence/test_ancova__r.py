"""ANCOVA against R 4.2.2 (lm, emmeans 1.8.4, car), tolerance 1e-9 (estimates relative to their se)."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS, MethodError

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


@pytest.mark.parametrize("fit", FITS)
def test_types_of_tests(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    """anova (type I), car::Anova types II and III, the last with stratum crossed with arm and sum contrasts."""
    inputs, names = inputs_of(fit, read, tools), {"ss": "ss", "df": "df", "f": "F", "p": "p"}
    plain, crossed = run(inputs, tools, tests=("I", "II")), run(inputs, tools, crossed=("stratum",), tests=("III",))
    for kind, found in (("type1", plain), ("type2", plain), ("type3", crossed)):
        values = other["ancova"][fit][kind]
        for i, term in enumerate(values["term"]):
            name = {"arm": "arm_", "stratum:arm": "stratum:arm_"}.get(term, term)
            if term == "(Intercept)":
                continue
            if term == "Residuals":
                tools.near(found.value("sigma") ** 2 * values["df"][i], values["ss"][i], TOLERANCE)
                continue
            for stat, key in names.items():
                given = found.value(f"{kind}_{stat}", variable=name)
                deviation("ancova", tools.near(given, values[key][i], TOLERANCE))


@pytest.mark.parametrize("fit", FITS)
def test_sandwich(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    for how, errors in other["ancova"][fit]["sandwich"].items():
        found = run(inputs_of(fit, read, tools), tools, robust=how)
        for arm, error in zip(("low", "high"), errors[3:], strict=True):
            deviation("ancova", tools.near(found.value("se", arm, "placebo"), error, TOLERANCE))


@pytest.mark.parametrize("fit", FITS)
def test_every_coefficient(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    """The fit underneath: coefficients, covariance and sandwich errors of all columns."""
    import numpy as np
    from scipy.special import stdtr

    from trialkit.methods._design import Column
    from trialkit.methods._least_squares import least_squares, robust

    frame, values = inputs_of(fit, read, tools).frame.dropna(subset=["chg"]), other["ancova"][fit]
    columns = [Column("base", "", frame["base"].to_numpy(float))]
    columns += [Column("stratum", "inpt", (frame["stratum"] == "inpt").to_numpy(float))]
    columns += [Column("arm", arm, (frame["arm"] == arm).to_numpy(float)) for arm in ("low", "high")]
    y = frame["chg"].to_numpy(float)
    plain, of = least_squares(columns, y), values["fit"]
    for j, (value, error) in enumerate(zip(of["coef"].values(), of["se"], strict=True)):
        given = plain.estimate(np.eye(5)[j])
        deviation("ancova", tools.near(given[0], value, TOLERANCE, scale=error))
        deviation("ancova", tools.near(given[1], error, TOLERANCE))
        tools.near(given[0] / given[1], of["stat"][j], TOLERANCE, scale=1.0)
        p = 2 * float(stdtr(plain.df, -abs(given[0] / given[1])))
        deviation("ancova", tools.near(p, of["p"][j], TOLERANCE))
        for how, errors in values["sandwich"].items():
            deviation(
                "ancova", tools.near(robust(plain, columns, y, how).estimate(np.eye(5)[j])[1], errors[j], TOLERANCE)
            )
    triangle = (plain.sigma**2 * plain.inverse)[np.tril_indices(5)]
    for given_v, value in zip(triangle, of["vcov"], strict=True):
        deviation("ancova", tools.near(float(given_v), value, TOLERANCE))


def test_means_with_an_effect_of_its_own_in_each_arm(read: Any, tools: Any) -> None:
    """Differences at the mean of base and equal weights of stratum, by statsmodels (second program)."""
    import statsmodels.formula.api as smf

    inputs = inputs_of("cows_dropout|day7", read, tools)
    found = run(inputs, tools, crossed=("base", "stratum"))
    frame = inputs.frame.dropna(subset=["chg"])
    frame = frame.assign(b=frame["base"] - frame["base"].mean(), s=(frame["stratum"] == "inpt") - 0.5)
    second = smf.ols("chg ~ (b + s) * C(arm, Treatment('placebo'))", frame).fit()
    name = "C(arm, Treatment('placebo'))[T.high]"
    tools.near(found.value("diff", "high", "placebo"), float(second.params[name]), TOLERANCE)
    tools.near(found.value("se", "high", "placebo"), float(second.bse[name]), TOLERANCE)
    tools.near(found.value("lsmean", "placebo"), float(second.params["Intercept"]), TOLERANCE)
    assert ("f", "", "", "", "", None, ()) not in found.by


def test_what_cannot_be_crossed(read: Any, tools: Any) -> None:
    inputs = inputs_of("cows_complete|day2", read, tools)
    with pytest.raises(MethodError, match="crossed names 'sex'"):
        run(inputs, tools, crossed=("sex",))
    with pytest.raises(MethodError, match="without 'crossed'"):
        run(inputs, tools, crossed=("base",), dose={"placebo": 0.0, "low": 1.0, "high": 2.0})

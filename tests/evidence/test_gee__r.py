"""Generalized estimating equations against R geepack 1.3.9, tolerance 1e-6 (estimates relative to their se).

geepack has p as 1 - pchisq(wald, 1): it is right to the rounding of a number near 1, 2.2e-16, and so compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["gee"]
TOLERANCE = 1e-6
FITS = [f"{data}|{family}|{corr}" for data in ("cows_complete", "cows_dropout") for family in ("gaussian", "binomial")
        for corr in ("independence", "exchangeable", "ar1")]  # fmt: skip


def inputs_of(name: str, read: Any, tools: Any) -> Any:
    """Rows by subject and visit; the first level of stratum is outpt in R: it is named so that it sorts first."""
    frame = read(name)
    frame = frame.assign(stratum=frame["stratum"].replace("outpt", "a"), low=(frame["cows"] < 8).astype(float))
    frame.loc[frame["chg"].isna(), "low"] = np.nan
    made = tools.inputs(frame, "arm", ARMS)
    frame = made.frame.assign(subject_=made.frame["subject"])
    return replace(made, frame=frame, universe=frame.drop_duplicates("subject_").reset_index(drop=True))


def in_r(name: str) -> str:
    """A column's name here from its name in R."""
    parts = {"(Intercept)": "Intercept", "stratuminpt": "stratum[inpt]", "armlow": "arm_[low]", "armhigh": "arm_[high]"}
    return ":".join(parts.get(part, part) for part in name.split(":"))


@pytest.mark.parametrize("fit", FITS)
def test_coefficients(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    name, family, correlation = fit.split("|")
    values, response = other["gee"][fit], "chg" if family == "gaussian" else "low"
    more = {"time": "day", "covariates": ("base",), "factors": ("stratum",), "family": family}
    more |= {"correlation": correlation}
    for variance, key in (("robust", "robust_se"), ("model", "naive_se")):
        params = METHOD.params(response, "dayf", variance=variance, **more)
        found = tools.found(METHOD.run(inputs_of(name, read, tools), params))
        assert found.value("n") == values["n_clusters"]
        deviation("gee", tools.near(found.value("scale"), values["scale"], TOLERANCE))
        if correlation != "independence":
            deviation("gee", tools.near(found.value("alpha"), values["alpha"], TOLERANCE))
        for i, column in enumerate(values["coef"]):
            where, se = {"variable": in_r(column)}, values["robust_se"][i]
            given = found.value("coef", **where)
            deviation("gee", tools.near(given, values["coef"][column], TOLERANCE, scale=se))
            deviation("gee", tools.near(found.value("coef_se", **where), values[key][i], TOLERANCE))
            if variance == "robust":
                deviation("gee", tools.near(found.value("coef_wald", **where), values["wald"][i], TOLERANCE))
                p = found.value("coef_p", **where)
                assert abs(p - values["p"][i]) <= TOLERANCE * values["p"][i] + 2.3e-16


@pytest.mark.parametrize("fit", FITS)
def test_robust_covariance(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    """The whole matrix, lower triangle by row, relative to the product of the two standard errors; alpha where none."""
    from trialkit.methods._gee import Data, gee
    from trialkit.methods.gee import design_rows

    name, family, correlation = fit.split("|")
    values = other["gee"][fit]
    assert values["converged"] and (values["alpha"] == []) == (correlation == "independence")
    more = {"time": "day", "covariates": ("base",), "factors": ("stratum",), "family": family}
    params = METHOD.params("chg" if family == "gaussian" else "low", "dayf", correlation=correlation, **more)
    rows, keep, _ = design_rows(inputs_of(name, read, tools), params)
    v = gee(Data(rows.y, rows.x[:, keep], rows.subject, rows.visit.code, 7), family, correlation).robust
    names = [n for n, k in zip(rows.design.names, keep, strict=True) if k]
    order = [names.index(in_r(column)) for column in values["coef"]]
    v, se = v[np.ix_(order, order)], values["robust_se"]
    for a, b, value in zip(*np.tril_indices(len(order)), values["robust_vcov"], strict=True):
        deviation("gee", tools.near(float(v[a, b]), value, TOLERANCE, scale=se[a] * se[b]))


def test_means_by_visit_against_statsmodels(read: Any, tools: Any) -> None:
    """A mean a visit: differences and robust errors of the arms by statsmodels (second program), independence."""
    import statsmodels.api as sm

    inputs = inputs_of("cows_dropout", read, tools)
    for family, response in (("gaussian", "chg"), ("binomial", "low")):
        params = METHOD.params(response, "dayf", family=family, correlation="independence", factors=("stratum",))
        found = tools.found(METHOD.run(inputs, params))
        frame = inputs.frame.dropna(subset=["chg"])
        distribution = sm.families.Gaussian() if family == "gaussian" else sm.families.Binomial()
        formula = f"{response} ~ C(stratum) + C(arm, Treatment('placebo')) * C(dayf)"
        second = sm.GEE.from_formula(formula, "subject", data=frame, family=distribution).fit(ctol=1e-12, maxiter=200)
        day, name = "[T.D03]", "C(arm, Treatment('placebo'))[T.high]"
        pair = [name, f"{name}:C(dayf){day}"]
        value, v = float(second.params[pair].sum()), second.cov_params().loc[pair, pair].to_numpy()
        where = {"groups": (("dayf", "D03"),)}
        given = found.value("diff" if family == "gaussian" else "odds_ratio", "high", "placebo", **where)
        tools.near(given if family == "gaussian" else float(np.log(given)), value, 1e-6, scale=1.0)
        tools.near(found.value("se", "high", "placebo", **where), float(np.sqrt(v.sum())), 1e-6)
        if family == "binomial":
            assert 0 < found.value("ci_low", "high", **where) < found.value("probability", "high", **where) < 1


def test_refusals(read: Any, tools: Any) -> None:
    inputs = inputs_of("cows_complete", read, tools)
    with pytest.raises(MethodError, match="are one column"):
        METHOD.run(inputs, METHOD.params("chg", "day", time="day"))
    with pytest.raises(MethodError, match="its two categories in 'levels'"):
        METHOD.run(inputs, METHOD.params("cows", "dayf", family="binomial"))
    one = replace(inputs, frame=inputs.frame[inputs.frame["day"] == 1])
    with pytest.raises(MethodError, match="one visit"):
        METHOD.run(one, METHOD.params("chg", "dayf"))

"""Random-effects models against R 4.2.2: lme4 1.1-31, lmerTest (Satterthwaite), pbkrtest 0.5.2 (Kenward-Roger).

Tolerances: estimates and standard errors 1e-6, variances 1e-5, Satterthwaite df 1e-4 (R differentiates numerically),
Kenward-Roger df 1e-5.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError
from trialkit.methods.lmm import LmmFit, lmm

DATA = Path(__file__).parent / "data"
SETS: dict[str, Any] = json.loads((DATA / "lmer.json").read_text())["sets"]
FITS = [(name, key) for name, made in SETS.items() for key in made["models"]]


def fit_of(name: str, key: str) -> LmmFit:
    frame = pd.read_csv(DATA / SETS[name]["data"])
    frame = frame.assign(dayn=frame["day"] - 1)
    levels = {"arm": ("placebo", "low", "high"), "stratum": ("outpt", "inpt")}
    random = "1 + dayn" if "dayn |" in key else "1"
    formula = "chg ~ base + stratum + arm * dayn"
    return lmm(frame, formula, "subject", random, key.endswith("REML"), levels=levels)


def order(fit: LmmFit, expected: dict[str, Any]) -> list[int]:
    found = [
        frozenset(re.sub(r"[\[\]]", "", name).replace("Intercept", "(Intercept)").split(":")) for name in fit.names
    ]
    return [found.index(frozenset(name.split(":"))) for name in expected]


def close(found: Any, expected: Any, tolerance: float, scale: Any = 0.0) -> float:
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    far = np.abs(found - expected) / np.maximum(np.abs(expected), scale)
    assert far.max() <= tolerance, (found, expected)
    return float(far.max())


def test_all_entries_are_used() -> None:
    assert len(FITS) == 8


@pytest.mark.parametrize(("name", "key"), FITS)
def test_fit(name: str, key: str, deviation: Any) -> None:
    fit, expected = fit_of(name, key), SETS[name]["models"][key]
    assert not expected["singular"]
    assert (len(fit.rows.y), len(fit.rows.subjects)) == (expected["n_obs"], expected["n_subjects"])
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-7, rel=0)
    close([fit.aic, fit.bic], [expected["AIC"], expected["BIC"]], 1e-9)
    at, se = order(fit, expected["coef"]), np.array(expected["se"])
    deviation("lmm", close(fit.pieces.beta[at], list(expected["coef"].values()), 1e-6, se))
    lower = np.tril_indices(len(at))
    close(fit.pieces.known[np.ix_(at, at)][lower], expected["vcov"], 1e-6, np.outer(se, se)[lower])
    for row in expected["varcorr"]:
        close([variance(fit, row)], [row["vcov"]], 1e-5)
    made = fit.using("satterthwaite").coefficients().iloc[at]
    close(made["se"], se, 1e-6)
    close(made["df"], expected["df_satterthwaite"], 1e-4)
    close(made["p"], expected["p_satterthwaite"], 1e-4, 1e-6)
    joint(fit.using("satterthwaite"), expected["F_arm_by_day_satterthwaite"], 1e-4)


def variance(fit: LmmFit, row: dict[str, Any]) -> float:
    if row["grp"] == "Residual":
        return fit.residual_variance
    names = [str(row[v]).replace("(Intercept)", "Intercept") for v in ("var1", "var2") if row.get(v)]
    return float(fit.covariance.loc[names[0], names[-1]])


def joint(fit: LmmFit, wanted: dict[str, float], tolerance: float) -> None:
    made = fit.contrast([{name: 1.0} for name in fit.names if name.startswith("arm") and "dayn" in name]).iloc[0]
    close(made["f"], wanted["F"], 1e-6)
    assert made["num_df"] == wanted["num_df"]
    close(made["den_df"], wanted["den_df"], tolerance)
    close(made["p"], wanted["p"], tolerance, 1e-6)


@pytest.mark.parametrize(("name", "key"), [f for f in FITS if f[1].endswith("REML")])
def test_kenward_roger(name: str, key: str, deviation: Any) -> None:
    fit, expected = fit_of(name, key), SETS[name]["models"][key]
    at, se = order(fit, expected["coef"]), np.array(expected["se_kr"])
    made = fit.coefficients().iloc[at]
    deviation("lmm", close(made["se"], se, 1e-6))
    lower = np.tril_indices(len(at))
    close(fit.pieces.covariance[np.ix_(at, at)][lower], expected["vcov_kr"], 1e-6, np.outer(se, se)[lower])
    deviation("lmm", close(made["df"], expected["df_kr"], 1e-5))
    close(made["p"], expected["p_kr"], 1e-5, 1e-6)
    joint(fit, expected["F_arm_by_day_kr"], 1e-5)


@pytest.mark.parametrize("name", ["cows_complete", "cows_dropout"])
def test_method_rows(name: str, tools: Any) -> None:
    """The registered method: differences in slope are R's interaction coefficients, with their Kenward-Roger df."""
    expected = SETS[name]["models"]["(dayn | subject)|REML"]
    frame = pd.read_csv(DATA / SETS[name]["data"]).assign(dayn=lambda f: f["day"] - 1)
    people = frame.drop_duplicates("subject").reset_index(drop=True)
    inputs = Inputs(frame, people, "subject", "arm", ("placebo", "low", "high"), "placebo")
    method = METHODS["lmm"]
    params = method.params(response="chg", time="dayn", covariates=("base",), factors=("stratum",), times=(0.0, 6.0))
    found, names = tools.found(method.run(inputs, params)), list(expected["coef"])
    for arm in ("low", "high"):
        for coefficient, stat, where in (
            (f"arm{arm}:dayn", "slope_diff", {"variable": "dayn"}),
            (f"arm{arm}", "diff", {"at": 0.0}),
        ):
            i = names.index(coefficient)
            close([found.value(stat, arm, "placebo", **where)], [expected["coef"][coefficient]], 1e-6)
            close([found.value("se", arm, "placebo", **where)], [expected["se_kr"][i]], 1e-6)
            close([found.value("df", arm, "placebo", **where)], [expected["df_kr"][i]], 1e-5)
            close([found.value("p", arm, "placebo", **where)], [expected["p_kr"][i]], 1e-5)
        later = expected["coef"][f"arm{arm}"] + 6 * expected["coef"][f"arm{arm}:dayn"]
        close([found.value("diff", arm, "placebo", at=6.0)], [later], 1e-6)
    assert found.value("n") == expected["n_subjects"]
    assert found.row("random_effects").text == "Intercept and dayn"


def test_a_variance_at_zero_is_refused() -> None:
    """Every subject has the same mean: no random intercept can be told from the residual."""
    rng = np.random.default_rng(1)
    y = rng.standard_normal((30, 4))
    y -= y.mean(axis=1, keepdims=True)
    frame = pd.DataFrame({"y": y.ravel(), "id": np.repeat(np.arange(30), 4), "x": np.tile([0.0, 1.0, 2.0, 3.0], 30)})
    with pytest.raises(MethodError, match="Leave the random effect 'Intercept' out"):
        lmm(frame, "y ~ x", "id")

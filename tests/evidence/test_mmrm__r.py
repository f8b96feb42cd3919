"""MMRM against R 4.2.2, mmrm 0.3.18 moved to the exact optimum (emmeans 1.8.4 for means): every usable entry.

Tolerances: 1e-6 relative (estimates relative to their standard error), log likelihood 1e-8. Entries R could not fit:
a refusal, or a point with gradient below 1e-8 and a positive definite Hessian.
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
from trialkit.methods.mmrm import MmrmFit, mmrm

DATA = Path(__file__).parent / "data"
FILES = ("mmrm", "mmrm_dropout", "mmrm_weights")
SETS: dict[str, Any] = {k: v for f in FILES for k, v in json.loads((DATA / f"{f}.json").read_text())["sets"].items()}
USABLE = [(name, key) for name, made in SETS.items() for key, model in made["models"].items() if model["usable"]]
OTHER = [(name, key) for name, made in SETS.items() for key, model in made["models"].items() if not model["usable"]]
DF = {
    "Satterthwaite": "satterthwaite",
    "Kenward-Roger": "kenward-roger",
    "Kenward-Roger-Linear": "kenward-roger-linear",
    "Residual": "residual",
    "Between-Within": "between-within",
}
TOLERANCE = 1e-6


def fit_of(name: str, key: str) -> MmrmFit:
    made = SETS[name]
    structure, likelihood = key.split("|")
    levels = {"arm": made["arm_levels"], "dayf": made["day_levels"]}
    if "stratum" in made["formula"]:
        levels["stratum"] = made["stratum_levels"]
    return mmrm(
        pd.read_csv(DATA / made["data"]), made["formula"], "subject", "dayf", structure, made["group"],
        made["weights"], likelihood == "REML", levels=levels,
    )  # fmt: skip


def ours(name: str) -> frozenset[str]:
    """A coefficient's name as R writes it, whatever the order of an interaction."""
    return frozenset(re.sub(r"[\[\]]", "", name).replace("Intercept", "(Intercept)").split(":"))


def order(names: Any, expected: dict[str, Any]) -> list[int]:
    found = [ours(name) for name in names]
    assert len(found) == len(expected)
    return [found.index(frozenset(name.split(":"))) for name in expected]


def triangle(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.tril_indices(len(matrix))]


class Far:
    """Asserts closeness and keeps the largest deviation."""

    def __init__(self) -> None:
        self.worst = 0.0

    def __call__(self, found: Any, expected: Any, scale: Any = None) -> None:
        found, expected = np.asarray(found, float), np.asarray(expected, float)
        assert found.shape == expected.shape
        size = np.abs(expected) if scale is None else np.maximum(np.abs(expected), np.asarray(scale, float))
        off = np.abs(found - expected)
        far = np.where((off <= 1e-9) & (size < 1e-3), 0.0, off / np.where(size > 0, size, 1.0))
        assert far.max() <= TOLERANCE, (found[far.argmax()], expected[far.argmax()])
        self.worst = max(self.worst, float(far.max()))


def test_the_files_hold_what_we_think() -> None:
    assert len(USABLE) == 130
    assert [("cows_sparse", f"{s}|{m}") for s in ("us", "toeph") for m in ("REML", "ML")] == OTHER


@pytest.mark.parametrize(("name", "key"), USABLE)
def test_fit(name: str, key: str, deviation: Any) -> None:
    fit, expected, far = fit_of(name, key), SETS[name]["models"][key], Far()
    assert (len(fit.rows.y), len(fit.rows.subjects)) == (SETS[name]["n_obs"], SETS[name]["n_subjects"])
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-8, rel=0)
    assert fit.gradient_norm <= 1e-7
    assert fit.parameters == expected["n_theta"]
    far([fit.aic, fit.aicc, fit.bic], [expected[k] for k in ("AIC", "AICc", "BIC")])
    at = order(fit.names, expected["coef"])
    se = expected["df"]["Satterthwaite"]["coef_se"]
    far(fit.pieces.beta[at], list(expected["coef"].values()), se)
    cov = fit.covariance if isinstance(fit.covariance, dict) else {"": fit.covariance}
    values = expected["cov"] if isinstance(expected["cov"], dict) else {"": expected["cov"]}
    assert list(cov) == list(values)
    for group, lower in values.items():
        far(triangle(cov[group].to_numpy()), lower, np.abs(lower).max() * 1e-3)
    size = np.outer(se, se)
    far(triangle(fit.pieces.known[np.ix_(at, at)]), expected["vcov"], triangle(size))
    for method, values in expected["df"].items():
        if "error" not in values:
            by_method(fit.using(DF[method]), values, expected, at, far)
    deviation("mmrm", far.worst)


def by_method(fit: MmrmFit, values: dict[str, Any], expected: dict[str, Any], at: list[int], far: Far) -> None:
    """Standard errors, df, means, differences and F tests of one method of the degrees of freedom."""
    made = fit.coefficients().iloc[at]
    far(made["df"], values["coef_df"])
    far(made["p"], values["coef_p"], 1e-6)
    if "coef_se" not in values:
        return
    se = values["coef_se"]
    far(made["se"], se)
    far(made["t"], values["coef_t"], 1.0)
    if "vcov_adj" in values:
        far(triangle(fit.pieces.covariance[np.ix_(at, at)]), values["vcov_adj"], triangle(np.outer(se, se)))
    means = both(fit.ls_means(["dayf", "arm"]), fit.ls_means(["arm"]))
    wanted, key = values["lsmeans"], expected["lsmeans"]
    rows = [means[(arm, day)] for arm, day in zip(key["arm"], key["day"], strict=True)]
    compare(rows, wanted | {"estimate": key["estimate"]}, far)
    differences = both(fit.differences("arm", ["dayf"]), fit.differences("arm"))
    wanted, key = values["diff"], expected["diff"]
    rows = [differences[(c.split(" - ")[0], day)] for c, day in zip(key["contrast"], key["day"], strict=True)]
    compare(rows, wanted | {"estimate": key["estimate"]}, far)
    f_tests(fit, values["F_tests"], expected, at, far)


def both(by_day: pd.DataFrame, average: pd.DataFrame) -> dict[tuple[str, str], Any]:
    frame = pd.concat([by_day, average.assign(dayf="average")])
    return {(row["arm"], row["dayf"]): row for _, row in frame.iterrows()}


def compare(rows: list[Any], wanted: dict[str, Any], far: Far) -> None:
    names = {"estimate": "estimate", "se": "se", "df": "df", "t": "t", "p": "p", "lower": "ci_low", "upper": "ci_high"}
    for theirs, mine in names.items():
        if theirs in wanted:
            scale = wanted["se"] if theirs in ("estimate", "lower", "upper") else {"t": 1.0, "p": 1e-6}.get(theirs)
            far([row[mine] for row in rows], wanted[theirs], scale)


def f_tests(fit: MmrmFit, wanted: dict[str, Any], expected: dict[str, Any], at: list[int], far: Far) -> None:
    names = list(expected["coef"])
    chosen = {
        "arm_by_day": [n for n in names if "arm" in n and "dayf" in n],
        "arm_any_day": [n for n in names if n.startswith("arm")],
        "day_main_coefs": [n for n in names if n.startswith("dayf") and ":" not in n],
    }
    for test, value in wanted.items():
        if value:
            row = fit.contrast([{fit.names[at[names.index(n)]]: 1.0} for n in chosen[test]]).iloc[0]
            far(row[["f", "num_df", "den_df"]], [value["F"], value["num_df"], value["den_df"]])
            far([row["p"]], [value["p"]], 1e-6)


@pytest.mark.parametrize(("name", "key"), OTHER)
def test_no_optimum_is_refused(name: str, key: str) -> None:
    """R found no optimum from five starts: we say so with visits and counts, or stand on one."""
    found = fit_or_refusal(name, key)
    if isinstance(found, str):
        assert "no interior optimum" in found
        assert "D10: 5" in found
    else:
        assert found.gradient_norm <= 1e-8
        assert np.isfinite(found.condition_number)


def fit_or_refusal(name: str, key: str) -> MmrmFit | str:
    try:
        return fit_of(name, key)
    except MethodError as error:
        return str(error)


@pytest.mark.parametrize("df", ["kenward-roger-linear", "kenward-roger", "satterthwaite"])
def test_method_rows(df: str, tools: Any) -> None:
    """The same numbers through the registered method, with what stands behind them."""
    expected = SETS["cows_dropout"]["models"]["us|REML"]
    frame = pd.read_csv(DATA / "cows_dropout.csv")
    people = frame.drop_duplicates("subject").reset_index(drop=True)
    inputs = Inputs(frame, people, "subject", "arm", ("placebo", "low", "high"), "placebo")
    method = METHODS["mmrm"]
    days = tuple(SETS["cows_dropout"]["day_levels"])
    params = method.params(
        response="chg", visit="dayf", covariates=("base",), factors=("stratum",), by_visit=("base",), df=df,
        averages={"all days": days},
    )  # fmt: skip
    found, far = tools.found(method.run(inputs, params)), Far()
    theirs = next(k for k, v in DF.items() if v == df)
    for what, stat, wanted in (("lsmeans", "lsmean", expected["lsmeans"]), ("diff", "diff", expected["diff"])):
        values = expected["df"][theirs][what]
        for i, day in enumerate(wanted["day"]):
            arm, _, versus = (wanted["arm"][i] if what == "lsmeans" else wanted["contrast"][i]).partition(" - ")
            where = {"variable_level": "all days"} if day == "average" else {"groups": (("dayf", day),)}
            for name, of in ((stat, wanted["estimate"]), ("se", values["se"]), ("df", values["df"])):
                far([found.value(name, arm, versus, **where)], [of[i]], values["se"][i])
            for name, of in (("ci_low", "lower"), ("ci_high", "upper")):
                far([found.value(name, arm, versus, **where)], [values[of][i]], values["se"][i])
            if what == "diff":
                far([found.value("p", arm, versus, **where)], [values["p"][i]], 1e-6)
    used = frame[frame["chg"].notna()]
    assert found.value("n_dropped") == len(frame) - len(used)
    for day in days:
        for arm in inputs.arms:
            row = found.row("n", arm, groups=(("dayf", day),))
            rows = used[(used["dayf"] == day) & (used["arm"] == arm)]
            assert row.value == rows["subject"].nunique()
            assert row.rows is not None and row.rows.tolist() == rows.index.tolist()
    assert found.row("covariance").text == "unstructured (us)"
    assert found.value("log_likelihood") == pytest.approx(expected["loglik"], abs=1e-8, rel=0)
    assert (found.value("gradient_norm") or 1.0) <= 1e-7

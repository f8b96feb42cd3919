"""What R's file does not hold, against second programs: statsmodels, formulaic, and the definitions written out.

Tests of terms (statsmodels anova, under independence, where mixed model and least squares agree), sandwich covariances
(statsmodels GEE; block matrices), margins (formulaic design matrices, averaged).
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag, sqrtm

from trialkit.methods.mmrm import MmrmFit, mmrm

DATA = Path(__file__).parent / "data"
ARMS = ["placebo", "low", "high"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    made = pd.read_csv(DATA / "cows_dropout.csv").dropna(subset=["chg"]).reset_index(drop=True)
    return made.assign(arm=pd.Categorical(made["arm"], ARMS))


def fit(frame: pd.DataFrame, formula: str, covariance: str = "us") -> MmrmFit:
    return mmrm(frame, formula, "subject", "dayf", covariance)


# ---- tests of terms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [2, 3])
@pytest.mark.parametrize("df", ["kenward-roger-linear", "satterthwaite", "residual"])
def test_terms_under_independence(frame: pd.DataFrame, kind: int, df: str, deviation: Any) -> None:
    """With one variance and no correlation the F tests are those of least squares, whatever the df method."""
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    theirs = "chg ~ base + C(stratum, Sum) + C(sex, Sum) * C(arm, Sum) + C(arm, Sum) * C(dayf, Sum)"
    wanted = anova_lm(smf.ols(theirs, frame).fit(), typ=kind)
    wanted.index = [name.replace("C(", "").replace(", Sum)", "") for name in wanted.index]
    found = fit(frame, "chg ~ base + stratum + sex * arm + arm * dayf", "ind").using(df).test(kind)
    assert set(found.index) == set(wanted.index) - {"Intercept", "Residual"}
    for term, row in found.iterrows():
        assert row["num_df"] == wanted.loc[term, "df"]
        assert row["den_df"] == pytest.approx(wanted.loc["Residual", "df"], rel=1e-8)
        assert row["f"] == pytest.approx(wanted.loc[term, "F"], rel=1e-8)
        assert row["p"] == pytest.approx(wanted.loc[term, "PR(>F)"], rel=1e-7)
        deviation("mmrm", abs(row["f"] / wanted.loc[term, "F"] - 1))


def test_highest_terms_are_tests_of_their_coefficients(frame: pd.DataFrame) -> None:
    made = fit(frame, "chg ~ base + stratum + arm * dayf")
    names = [{name: 1.0} for name in made.names if ":" in name]
    for kind in (2, 3):
        assert made.test(kind).loc["arm:dayf"].to_numpy() == pytest.approx(made.contrast(names).iloc[0].to_numpy())


def test_type_three_main_effect_is_the_difference_of_plain_means(frame: pd.DataFrame) -> None:
    """Of two arms, the type III test of the arm is the squared t of the difference averaged over all visits."""
    two = frame[frame["arm"] != "low"]
    made = fit(two, "chg ~ base + stratum + arm * dayf")
    difference, test = made.differences("arm").iloc[0], made.test(3).loc["arm"]
    assert test["f"] == pytest.approx(difference["t"] ** 2, rel=1e-9)
    assert test["den_df"] == pytest.approx(difference["df"], rel=1e-9)
    assert test["p"] == pytest.approx(difference["p"], rel=1e-8)


# ---- sandwich -----------------------------------------------------------------------------------------------------


def test_cr0_and_cr3_under_independence(frame: pd.DataFrame, deviation: Any) -> None:
    """statsmodels' GEE: its robust covariance is CR0, its bias-reduced one (Mancl and DeRouen) CR3."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    formula = "chg ~ base + stratum + arm * dayf"
    model = smf.gee(formula, "subject", frame, cov_struct=sm.cov_struct.Independence())
    made = fit(frame, formula, "ind")
    for kind, robust in (("robust", "CR0"), ("bias_reduced", "CR3")):
        wanted = model.fit(cov_type=kind).bse
        found = made.using(robust=robust).coefficients()["se"]
        theirs = [name.replace("T.", "") for name in wanted.index]
        assert set(theirs) == set(found.index)
        assert found[theirs].to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-8)
        deviation("mmrm", float(np.abs(found[theirs].to_numpy() / wanted.to_numpy() - 1).max()))


@pytest.mark.parametrize(("robust", "power"), [("CR0", 0.0), ("CR2", -0.5), ("CR3", -1.0)])
def test_sandwich_and_its_df_from_whole_matrices(frame: pd.DataFrame, robust: str, power: float) -> None:
    """Sigma of all rows at once, the hat matrix as defined, the df as mean and variance of the quadratic form."""
    small = frame[frame["subject"].isin(sorted(frame["subject"].unique())[:60])].sort_values(["subject", "dayf"])
    made = fit(small, "chg ~ base + arm + dayf", "ar1h")
    x = pd.get_dummies(small[["arm", "dayf"]].astype({"dayf": "category"}), drop_first=True).astype(float)
    x = np.column_stack([np.ones(len(small)), small["base"], x.to_numpy()])
    sigma = made.covariance.to_numpy()
    place = small["dayf"].map({day: i for i, day in enumerate(made.rows.visits)}).to_numpy()
    blocks = [np.flatnonzero((small["subject"] == s).to_numpy()) for s in small["subject"].unique()]
    whole = block_diag(*[sigma[np.ix_(place[b], place[b])] for b in blocks])
    omega = np.linalg.inv(whole)
    phi = np.linalg.inv(x.T @ omega @ x)
    e = small["chg"].to_numpy() - x @ (phi @ x.T @ omega @ small["chg"].to_numpy())
    maker, meat, weights = np.eye(len(x)) - x @ phi @ x.T @ omega, np.zeros_like(phi), []
    for b in blocks:
        root = np.linalg.cholesky(omega[np.ix_(b, b)])
        y = root.T @ x[b]
        m = np.eye(len(b)) - y @ phi @ y.T
        bent = {0.0: np.eye(len(b)), -0.5: np.linalg.inv(sqrtm(m)).real, -1.0: np.linalg.inv(m)}[power]
        weight = phi @ y.T @ bent @ root.T
        weights.append((b, weight))
        meat += np.outer(weight @ e[b], weight @ e[b])
    found = made.using(robust=robust)
    at = [found.names.index(n) for n in ("Intercept", "base", "arm[low]", "arm[high]")]
    at += [i for i, n in enumerate(found.names) if n.startswith("dayf")]
    assert found.pieces.covariance[np.ix_(at, at)] == pytest.approx(meat, rel=1e-8, abs=1e-10)
    df = found.coefficients()["df"].to_numpy()[at]
    for k in range(4):
        half = np.array([weight[k] @ maker[b] for b, weight in weights])
        inner = half @ whole @ half.T
        assert df[k] == pytest.approx(np.trace(inner) ** 2 / np.trace(inner @ inner), rel=1e-7)


def test_cr2_is_unbiased_where_sigma_is_right(frame: pd.DataFrame) -> None:
    """Over trials drawn from the model with Sigma known, CR2's mean is the model's covariance; CR0 is too small."""
    rng, made = np.random.default_rng(5), {"CR0": 0.0, "CR2": 0.0}
    first = frame["subject"].unique()[:40]
    small = frame[frame["subject"].isin(first)].reset_index(drop=True)
    for _ in range(100):
        one = fit(small.assign(chg=rng.standard_normal(len(small))), "chg ~ base + arm", "ind")
        for name in made:
            made[name] += one.using(robust=name).pieces.covariance[1, 1] / one.found.value.sigma[0, 0, 0] / 100
    known = one.pieces.known[1, 1] / one.found.value.sigma[0, 0, 0]
    assert made["CR2"] == pytest.approx(known, rel=0.08)
    assert made["CR0"] < made["CR2"] < 1.2 * known


# ---- margins ------------------------------------------------------------------------------------------------------

FORMULA = "chg ~ base * dayf + stratum * arm + sex + arm * dayf"


def formulaic_mean(made: MmrmFit, frame: pd.DataFrame, profiles: pd.DataFrame, weight: np.ndarray) -> float:
    from formulaic import ModelSpec, model_matrix

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec: ModelSpec = model_matrix(FORMULA, frame).rhs.model_spec
        x = spec.get_model_matrix(profiles)
    beta = dict(zip((frozenset(n.split(":")) for n in made.names), made.pieces.beta, strict=True))
    columns = [frozenset(name.replace("T.", "").split(":")) for name in x.columns]
    assert set(columns) == set(beta)
    return float(weight @ (x.to_numpy() @ np.array([beta[name] for name in columns])))


@pytest.mark.parametrize("margins", ["equal", "observed", "counterfactual"])
def test_margins(frame: pd.DataFrame, margins: str, deviation: Any) -> None:
    made = fit(frame, FORMULA)
    means = made.ls_means(["arm", "dayf"], margins).set_index(["arm", "dayf"])["estimate"]
    if margins == "counterfactual":
        profiles = frame.drop_duplicates("subject")
    elif margins == "observed":
        profiles = frame.assign(base=frame["base"].mean())
    else:
        profiles = frame.drop_duplicates(["stratum", "sex"]).assign(base=frame["base"].mean())
        assert len(profiles) == 4
    weight = np.full(len(profiles), 1 / len(profiles))
    for arm, day in (("placebo", "D01"), ("high", "D07"), ("low", "D04")):
        given = profiles.assign(arm=pd.Categorical([arm] * len(profiles), ARMS), dayf=day)
        wanted = formulaic_mean(made, frame, given, weight)
        assert means[(arm, day)] == pytest.approx(wanted, rel=1e-9)
        deviation("mmrm", abs(means[(arm, day)] / wanted - 1))


@pytest.mark.parametrize(
    "formula",
    [
        "chg ~ base + stratum + arm * dayf",
        "chg ~ base:dayf + arm:dayf",
        "chg ~ 0 + arm + arm:dayf",
        "chg ~ (base + stratum + sex)^2 - stratum:sex",
        "chg ~ stratum * sex * arm",
        "chg ~ base * C(day) + arm",
    ],
)
def test_design_spans_what_formulaic_s_does(frame: pd.DataFrame, formula: str) -> None:
    """The same space; equal columns where the names are equal. R's rule may code more columns than have a rank."""
    from formulaic import model_matrix

    from trialkit.methods.mmrm.rows import read_rows

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model_matrix(formula.replace("^", "**"), frame).rhs
    rows = read_rows(frame, formula, "subject", "dayf")
    both = np.column_stack([rows.x, theirs.to_numpy()])
    assert np.linalg.matrix_rank(rows.x) == np.linalg.matrix_rank(both) == theirs.shape[1]
    assert (rows.x.shape == theirs.shape) == (formula != "chg ~ base:dayf + arm:dayf")
    names = [name.replace("T.", "") for name in theirs.columns]
    for k, name in enumerate(rows.design.names):
        if name in names:
            assert rows.x[:, k] == pytest.approx(theirs.iloc[:, names.index(name)].to_numpy())

"""What must not matter to a mixed model, and what must: order, labels, units, parameterization, derivatives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods.mmrm import STRUCTURES, MmrmFit, likelihood_ratio, mmrm
from trialkit.methods.mmrm.likelihood import derivatives, pairs, value
from trialkit.methods.mmrm.rows import read_rows
from trialkit.methods.mmrm.sigma import family
from trialkit.methods.mmrm.stack import stack

DATA = Path(__file__).parent.parent / "evidence" / "data"
FORMULA = "chg ~ base * dayf + stratum + arm * dayf"


def frame() -> pd.DataFrame:
    return pd.read_csv(DATA / "cows_dropout.csv").dropna(subset=["chg"]).reset_index(drop=True)


def fit(data: pd.DataFrame, covariance: Any = "us", formula: str = FORMULA, **more: Any) -> MmrmFit:
    return mmrm(data, formula, "subject", "dayf", covariance, **{"reference": {"arm": "placebo"}, **more})


@pytest.fixture(scope="module")
def plain() -> MmrmFit:
    return fit(frame())


def same(a: pd.DataFrame, b: pd.DataFrame, scale: float = 1.0, tolerance: float = 1e-8) -> None:
    """Estimates, limits and errors times a scale, t, df and p as they are, in the same order."""
    se = b["se"].to_numpy()
    for name in ("estimate", "se", "ci_low", "ci_high"):
        assert np.abs(a[name].to_numpy() / scale - b[name].to_numpy()).max() <= tolerance * se.max(), name
    for name in ("df", "t", "p"):
        assert a[name].to_numpy() == pytest.approx(b[name].to_numpy(), rel=tolerance, abs=1e-10), name


def test_the_order_of_rows_does_not_matter(plain: MmrmFit) -> None:
    shuffled = frame().sample(frac=1, random_state=3)
    same(fit(shuffled).coefficients(), plain.coefficients())
    by_visit = frame().sort_values(["dayf", "base", "subject"])
    same(fit(by_visit).differences("arm", ["dayf"]), plain.differences("arm", ["dayf"]))


def test_the_index_of_the_frame_does_not_matter(plain: MmrmFit) -> None:
    same(fit(frame().set_axis([7] * len(frame()), axis=0)).coefficients(), plain.coefficients())


def test_names_of_arms_do_not_matter(plain: MmrmFit) -> None:
    names = {"placebo": "Z", "low": "B", "high": "A"}
    data = frame().assign(arm=lambda f: f["arm"].map(names))
    made = fit(data, reference={"arm": "Z"}).differences("arm", ["dayf"])
    same(made, plain.differences("arm", ["dayf"]))
    assert made["arm"].tolist() == plain.differences("arm", ["dayf"])["arm"].map(names).tolist()


def test_another_reference_gives_the_same_differences(plain: MmrmFit) -> None:
    other = fit(frame(), reference={"arm": "high"}).differences("arm", ["dayf"], reference="placebo")
    mine = plain.differences("arm", ["dayf"])
    same(other.sort_values(["dayf", "arm"]), mine.sort_values(["dayf", "arm"]))


def test_names_and_order_of_visits_do_not_matter_to_us(plain: MmrmFit) -> None:
    names = {f"D0{i}": f"V{(5 * i) % 7}" for i in range(1, 8)}
    data = frame().assign(dayf=lambda f: f["dayf"].map(names))
    made = fit(data).ls_means(["dayf", "arm"])
    mine = plain.ls_means(["dayf", "arm"]).assign(dayf=lambda f: f["dayf"].map(names))
    key = ["dayf", "arm"]
    same(made.sort_values(key), mine.sort_values(key))


def test_a_numeric_visit_is_a_factor(plain: MmrmFit) -> None:
    made = mmrm(
        frame(), "chg ~ base * day + stratum + arm * day", "subject", "day", reference={"arm": "placebo"}
    )  # fmt: skip
    same(made.coefficients(), plain.coefficients())


@pytest.mark.parametrize("structure", ["us", "ar1h", "cs", "toep"])
@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_units_of_the_response(structure: str, scale: float) -> None:
    small = frame()[lambda f: f["dayf"] <= "D04"]
    formula = "chg ~ base + arm * dayf"
    a = fit(small.assign(chg=small["chg"] * scale), structure, formula)
    b = fit(small, structure, formula)
    same(a.coefficients(), b.coefficients(), scale)
    f, g = a.test(3), b.test(3)
    assert f.to_numpy() == pytest.approx(g.to_numpy(), rel=1e-8)


def test_a_constant_only_moves_the_intercept(plain: MmrmFit) -> None:
    made = fit(frame().assign(chg=lambda f: f["chg"] + 1e5)).coefficients()
    made.loc["Intercept", ["estimate", "ci_low", "ci_high"]] -= 1e5
    mine = plain.coefficients()
    same(made.drop("Intercept"), mine.drop("Intercept"), tolerance=1e-7)
    assert made.loc["Intercept", "estimate"] == pytest.approx(mine.loc["Intercept", "estimate"], abs=1e-7)
    same(fit(frame().assign(base=lambda f: f["base"] + 1e4)).ls_means(), plain.ls_means(), tolerance=1e-6)


def test_a_contrast_of_means_is_their_difference(plain: MmrmFit) -> None:
    """Weights over the design give the tables' differences; several rows their joint test."""
    means = plain.means(["arm", "dayf"])
    at = {cell: i for i, cell in enumerate(means.cells)}
    L = np.array([means.L[at[("low", f"D0{k}")]] - means.L[at[("placebo", f"D0{k}")]] for k in range(1, 8)])
    wanted = plain.differences("arm", ["dayf"])[lambda f: f["arm"] == "low"]
    same(pd.concat([plain.contrast(row) for row in L]), wanted)
    joint = plain.contrast(L).iloc[0]
    names = ["arm[low]", *(f"arm[low]:dayf[D0{k}]" for k in range(2, 8))]
    assert joint.to_numpy() == pytest.approx(plain.contrast([{n: 1.0} for n in names]).iloc[0].to_numpy(), rel=1e-8)


def two_visits() -> pd.DataFrame:
    return frame()[lambda f: f["dayf"].isin(["D02", "D05"])]


@pytest.mark.parametrize(
    "structures", [("us", "csh", "ar1h", "toeph", "adh"), ("cs", "ar1", "toep", "ad")], ids=["own", "common"]
)
def test_linear_kenward_roger_does_not_see_the_parameters(structures: tuple[str, ...]) -> None:
    """With two visits these are one covariance written in different parameters; the other form does see them."""
    first, *others = [fit(two_visits(), s, "chg ~ base + arm * dayf") for s in structures]
    for other in others:
        assert other.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-10)
        same(other.coefficients(), first.coefficients())
        assert other.test(3).to_numpy() == pytest.approx(first.test(3).to_numpy(), rel=1e-8)
    forms = [made.using("kenward-roger").coefficients()["se"].to_numpy() for made in (first, *others)]
    assert any(np.abs(form - forms[0]).max() > 1e-6 for form in forms)


def test_equal_weights_change_nothing_but_the_scale_of_sigma(plain: MmrmFit) -> None:
    made = fit(frame().assign(w=4.0), weights="w")
    same(made.coefficients(), plain.coefficients())
    assert made.log_likelihood == pytest.approx(plain.log_likelihood + 0.0, abs=1e-8)
    assert np.asarray(made.covariance) == pytest.approx(4 * np.asarray(plain.covariance), rel=1e-8)


def test_richer_structures_have_higher_likelihoods() -> None:
    made = {s: fit(frame(), s) for s in STRUCTURES}
    for pair in [
        "ind cs",
        "cs toep",
        "ar1 toep",
        "ar1 ad",
        "toep toeph",
        "csh toeph",
        "ar1h adh",
        "adh us",
        "toeph us",
    ]:
        smaller, larger = pair.split()
        found = likelihood_ratio(made[smaller], made[larger]).iloc[0]
        assert found["df"] == made[larger].parameters - made[smaller].parameters
        assert found["chisq"] >= 0
        assert 0 <= found["p"] <= 1
    assert likelihood_ratio(made["ind"], made["us"])["p"].iloc[0] < 1e-6


# ---- derivatives against differences ------------------------------------------------------------------------------


def test_gradient_and_hessian_in_the_elements_of_sigma() -> None:
    """(eq:gradient) and (eq:hessian) against central differences, two groups, REML and ML."""
    data = frame()[lambda f: f["dayf"] <= "D03"]
    rows = read_rows(data, "chg ~ base + arm * dayf", "subject", "dayf", group="sex")
    made, m = stack(rows), 3
    i, j = pairs(m)
    rng = np.random.default_rng(1)
    at = np.array([np.eye(m) * 9 + 3 + 0.2 * k for k in range(2)])
    for reml in (True, False):
        inner = derivatives(made, value(made, at, reml), reml)
        for _ in range(4):
            e = rng.standard_normal((2, len(i)))
            move = np.zeros((2, m, m))
            move[:, i, j] = move[:, j, i] = e
            h = 1e-3
            up, here, down = (value(made, at + s * h * move, reml).f for s in (1, 0, -1))
            flat = e.ravel()
            assert inner.gradient @ flat == pytest.approx((up - down) / (2 * h), rel=1e-5)
            assert flat @ inner.hessian @ flat == pytest.approx((up - 2 * here + down) / h**2, rel=1e-4)


@pytest.mark.parametrize("name", list(STRUCTURES))
def test_sigma_and_its_derivatives(name: str) -> None:
    one = family(STRUCTURES[name], ("a", "b", "c", "d"))
    rng = np.random.default_rng(2)
    q = STRUCTURES[name].parameters(4)
    assert len(one.names) == q
    theta, g = 0.4 * rng.standard_normal(q), rng.standard_normal((4, 4))
    g, w = g + g.T, rng.standard_normal((q, q))
    w, at, h = w + w.T, one.at(theta), 1e-5
    assert at.sigma == pytest.approx(one.sigma(theta), rel=1e-14)
    up = [one.at(theta + h * e) for e in np.eye(q)]
    down = [one.at(theta - h * e) for e in np.eye(q)]
    first = np.array([(a.sigma - b.sigma) / (2 * h) for a, b in zip(up, down, strict=True)])
    second = np.array([(a.first - b.first) / (2 * h) for a, b in zip(up, down, strict=True)])
    assert at.first == pytest.approx(first, abs=1e-8)
    assert at.against(g) == pytest.approx(np.einsum("hjab,ab->hj", second, g), abs=1e-7)
    assert at.weighted(w) == pytest.approx(np.einsum("hj,hjab->ab", w, second), abs=1e-7)


@pytest.mark.parametrize("name", list(STRUCTURES))
def test_the_start_is_inside_and_near(name: str) -> None:
    s = 0.5 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * np.outer([1, 2, 2, 3], [1, 2, 2, 3])
    one = family(STRUCTURES[name], ("a", "b", "c", "d"))
    made = one.sigma(one.start(s))
    assert np.linalg.eigvalsh(made)[0] > 0
    if name in ("us", "toeph", "ar1h", "adh"):
        assert made == pytest.approx(s, rel=1e-10)


def test_compound_symmetry_reaches_its_lower_bound() -> None:
    """rho lies between -1/(m - 1) and 1: a correlation of -0.3 among four visits is one."""
    one = family(STRUCTURES["cs"], ("a", "b", "c", "d"))
    s = np.full((4, 4), -0.3) + 1.3 * np.eye(4)
    assert one.sigma(one.start(s)) == pytest.approx(s, rel=1e-10)
    lowest = one.sigma(np.array([0.0, -30.0]))
    assert lowest[0, 1] == pytest.approx(-1 / 3, abs=1e-9)


def test_pressing_keeps_all_sums_of_products() -> None:
    """Pseudo-subjects have the sums of the subjects they stand for; numbers of few bits are not mistaken for equal."""
    data = frame().assign(chg=lambda f: f["chg"] * 4.0, flag=lambda f: (f["site"] > "S02") * 2.0, w=4.0)
    rows = read_rows(data, "chg ~ base + flag + arm * dayf", "subject", "dayf", weights="w")
    made = stack(rows)
    assert len(made.z) < len(rows.subjects) / 2
    x, y = 2 * rows.x @ made.basis, 2 * (rows.y - rows.x @ made.ols)
    raw = np.zeros((len(rows.subjects), len(rows.visits), made.p + 1))
    raw[rows.subject, rows.visit.code] = np.column_stack([x, y])
    wanted = np.einsum("nap,nbq->abpq", raw, raw)
    assert np.einsum("nap,nbq->abpq", made.z, made.z) == pytest.approx(wanted, abs=1e-9 * np.abs(wanted).max())

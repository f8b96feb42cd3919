"""A mixed model refuses in words what has no answer, and says what it left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError
from trialkit.methods.lmm import lmm
from trialkit.methods.mmrm import MmrmFit, MmrmWarning, likelihood_ratio, mmrm


def frame(n: int = 40, m: int = 3, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((n, 1)) + rng.standard_normal((n, m))
    i, j = np.divmod(np.arange(n * m), m)
    return pd.DataFrame(
        {"id": i, "visit": np.array(["w1", "w2", "w3", "w4", "w5", "w6"], dtype=object)[j],
         "arm": np.array(["P", "A"], dtype=object)[i % 2], "x": rng.standard_normal(n)[i], "y": own.ravel()}
    )  # fmt: skip


def fit(data: pd.DataFrame, formula: str = "y ~ x + arm * visit", covariance: Any = "us", **more: Any) -> MmrmFit:
    return mmrm(data, formula, "id", "visit", covariance, **more)


def put(data: pd.DataFrame, rows: Any, **values: Any) -> pd.DataFrame:
    made = data.copy()
    for name, value in values.items():
        made.loc[rows, name] = value
    return made


def test_rows_of_a_subject_and_visit_that_repeat() -> None:
    data = frame()
    with pytest.raises(MethodError, match=r"2 rows repeat a id and visit that already have a row \(first at w2\)"):
        fit(pd.concat([data, data.iloc[[1, 5]]]))


def test_one_visit_one_level_one_value() -> None:
    data = frame()
    with pytest.raises(MethodError, match=r"'visit' has one visit \(w2\); repeated measures need two: use ancova"):
        fit(data[data["visit"] == "w2"])
    with pytest.raises(MethodError, match=r"factor 'arm' has one level in the rows used \(A\); leave it out"):
        fit(data[data["arm"] == "A"])
    with pytest.raises(MethodError, match="the response 'y' is 3 in all rows"):
        fit(data.assign(y=3.0))


def test_an_arm_without_a_response() -> None:
    data = frame()
    with pytest.raises(MethodError, match="arm 'A' has rows, but none in which nothing is missing"):
        fit(put(data, data["arm"] == "A", y=np.nan))
    with pytest.raises(MethodError, match="of 120 rows none has a value in each of: y, x, arm, visit"):
        fit(data.assign(x=np.nan))


@pytest.mark.parametrize("name", ["y", "x"])
def test_values_that_are_no_numbers(name: str) -> None:
    with pytest.raises(MethodError, match=f"column '{name}' holds an infinite value"):
        fit(put(frame(), 5, **{name: np.inf}))
    with pytest.raises(MethodError, match=r"column 'y' holds the text 'many'"):
        fit(put(frame().astype({"y": object}), 5, y="many"))


def test_names_that_are_not_there() -> None:
    with pytest.raises(MethodError, match="there is no column 'z'"):
        fit(frame(), "y ~ z + arm * visit")
    with pytest.raises(MethodError, match="there is no column 'who'"):
        mmrm(frame(), "y ~ arm", "who", "visit")
    with pytest.raises(MethodError, match="there is no covariance structure 'un'; there are: us, toeph"):
        fit(frame(), covariance="un")
    with pytest.raises(MethodError, match="there is no df method 'kr'"):
        fit(frame(), df="kr")
    with pytest.raises(MethodError, match="'arm' has no usable rows at 'Q'; it has: A, P"):
        fit(frame(), reference={"arm": "Q"})
    with pytest.raises(MethodError, match="confidence is 95"):
        fit(frame(), confidence=95)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("y", "needs '~' where it has 'nothing more'"),
        ("y ~ x +", "needs a column where it has 'nothing more'"),
        ("y ~ (x", r"needs '\)'"),
        ("y ~ log(x)", r"knows no function 'log', only C\(\)"),
        ("y ~ x $ arm", r"cannot be read at '\$ arm'"),
        ("y ~ x arm", "needs an operator"),
        ("y ~ 0", "has no terms"),
    ],
)
def test_formulas_that_cannot_be_read(formula: str, said: str) -> None:
    with pytest.raises(MethodError, match=said):
        fit(frame(), formula)


def test_weights_and_groups() -> None:
    with pytest.raises(MethodError, match="weight 'w' is 0 in a row"):
        fit(frame().assign(w=lambda f: np.where(f.index == 3, 0.0, 1.0)), weights="w")
    with pytest.raises(MethodError, match="a subject has rows in two groups of 'g'"):
        fit(frame().assign(g=lambda f: f["visit"]), group="g")


def test_pairs_of_inference_that_do_not_go_together() -> None:
    with pytest.raises(MethodError, match="Kenward-Roger needs REML"):
        fit(frame(), reml=False, df="kenward-roger-linear")
    with pytest.raises(MethodError, match="not those of CR2"):
        fit(frame(), df="kenward-roger", robust="CR2")
    with pytest.raises(MethodError, match="there is no sandwich 'CR1'"):
        fit(frame()).using("satterthwaite", "CR1").coefficients()
    with pytest.raises(MethodError, match="margins are equal, observed or counterfactual"):
        fit(frame()).ls_means(margins="om")
    with pytest.raises(MethodError, match="there is no coefficient 'arm'"):
        fit(frame()).contrast({"arm": 1.0})
    with pytest.raises(MethodError, match="'x' is no factor"):
        fit(frame()).ls_means(["x"])
    with pytest.raises(MethodError, match="not independent of each other"):
        fit(frame()).contrast([{"x": 1.0}, {"x": 2.0}])
    with pytest.raises(MethodError, match="same rows, fixed effects and likelihood"):
        likelihood_ratio(fit(frame(), covariance="cs"), fit(frame(seed=2)))
    with pytest.raises(MethodError, match="not nested"):
        likelihood_ratio(fit(frame()), fit(frame(), covariance="cs"))


# ---- no optimum ---------------------------------------------------------------------------------------------------


def test_visits_that_share_no_subject() -> None:
    data = frame()
    gone = ((data["id"] < 20) & (data["visit"] == "w1")) | ((data["id"] >= 20) & (data["visit"] == "w3"))
    with pytest.raises(MethodError, match=r"no subject has both visit 'w1' and 'w3'.*w1: 20, w2: 40, w3: 20"):
        fit(data[~gone])
    assert fit(data[~gone], covariance="ar1").gradient_norm < 1e-7


def test_a_visit_with_one_subject() -> None:
    data = frame()
    with pytest.raises(MethodError, match=r"visit 'w3' has 1 subject: its variance is not identified"):
        fit(data[(data["visit"] != "w3") | (data["id"] == 4)], "y ~ x + arm + visit")


def test_a_correlation_that_goes_to_one() -> None:
    """The third visit repeats the second: the likelihood has no maximum, and the visits are named."""
    data = frame()
    data.loc[data["visit"] == "w3", "y"] = data.loc[data["visit"] == "w2", "y"].to_numpy()
    with pytest.raises(MethodError, match=r"no interior optimum.*'w2' and 'w3' is 1\.0000.*40 subjects have both"):
        fit(data)


def test_compound_symmetry_at_its_bound() -> None:
    """Every subject's rows add to its mean zero: the correlation goes to -1/(m - 1)."""
    data = frame(m=4)
    data["y"] -= data.groupby("id")["y"].transform("mean")
    with pytest.raises(MethodError, match="no interior optimum"):
        fit(data, covariance="cs")


def test_too_few_subjects_for_the_parameters() -> None:
    with pytest.raises(MethodError, match=r"no interior optimum|usable rows for"):
        fit(frame(n=6, m=6), "y ~ arm * visit")


def sparse() -> pd.DataFrame:
    data = frame()
    data.loc[data["visit"] == "w3", "y"] = data.loc[data["visit"] == "w2", "y"].to_numpy()
    return data


def test_a_fall_back_is_declared_and_recorded() -> None:
    with pytest.warns(MmrmWarning, match="covariance toeph is a declared fall-back: us could not be fitted"):
        made = fit(sparse(), covariance=["us", "toeph", "ar1h", "cs"])
    assert made.structure == "toeph"
    assert [name for name, _ in made.ladder] == ["us"]
    assert all("no interior optimum" in why for _, why in made.ladder)
    assert "declared fall-back" in made.summary()
    data = frame(m=4)
    data["y"] -= data.groupby("id")["y"].transform("mean")
    with pytest.raises(MethodError, match=r"none of the declared structures can be fitted\. us: .*\. cs: "):
        fit(data, covariance=["us", "cs"])


def test_aliased_columns_are_dropped_by_name() -> None:
    data = frame().assign(again=lambda f: 2 * f["x"] + 1)
    with pytest.warns(MmrmWarning, match="left out because they repeat other columns: again"):
        made = fit(data, "y ~ x + again + arm * visit")
    plain = fit(data)
    assert made.names == plain.names
    assert made.pieces.beta == pytest.approx(plain.pieces.beta, abs=1e-9)
    assert made.ls_means()["estimate"].to_numpy() == pytest.approx(plain.ls_means()["estimate"].to_numpy(), abs=1e-9)
    with pytest.raises(MethodError, match="tests of terms need all columns; left out are: again"):
        made.test(3)


def test_a_mean_that_no_row_tells_is_refused_and_the_others_stand() -> None:
    """Arm A never comes to week 3: its mean there has an error row, the other means have values."""
    data = frame()
    data = data[(data["arm"] == "P") | (data["visit"] != "w3")].reset_index(drop=True)
    with pytest.warns(MmrmWarning, match=r"arm\[P\]:visit\[w3\]|visit\[w3\]"):
        made = fit(data)
    with pytest.raises(MethodError, match="the mean of A, w3 is not estimable"):
        made.ls_means()
    rows = METHODS["mmrm"].run(inputs_of(data), params())
    bad = [r for r in rows if r.error and r.stat in ("lsmean", "diff")]
    assert [(r.stat, r.arm, r.groups[0][1]) for r in bad] == [("lsmean", "A", "w3"), ("diff", "A", "w3")]
    assert sum(r.stat == "lsmean" and r.value is not None for r in rows) == 5


def inputs_of(data: pd.DataFrame) -> Inputs:
    people = data.drop_duplicates("id").reset_index(drop=True)
    return Inputs(data, people, "id", "arm", ("P", "A"), "P")


def params(**more: Any) -> Any:
    return METHODS["mmrm"].params(**{"response": "y", "visit": "visit", "covariates": ("x",), **more})


def test_the_method_records_the_fall_back() -> None:
    rows = METHODS["mmrm"].run(inputs_of(sparse()), params(covariance=("us", "ar1h")))
    by = {r.stat: r for r in rows if not r.groups and not r.arm}
    assert by["covariance"].text == "heterogeneous first-order autoregressive (ar1h)"
    assert "covariance ar1h is a declared fall-back: us could not be fitted" in by["covariance"].warning
    assert by["covariance_left"].variable_level == "us"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"by_visit": ("z",)}, "by_visit names 'z'"),
        ({"visits": ("w1", "w2")}, "column 'visit' holds 'w3', which is none of: w1, w2"),
        ({"covariates": ("arm",)}, "column 'arm' holds the text 'P'"),
        ({"averages": {"all": ("w1", "w9")}}, "w9"),
        ({"averages": {"all": ()}}, "names no visits"),
    ],
)
def test_the_method_refuses_parameters(more: dict[str, Any], said: str) -> None:
    with pytest.raises(MethodError, match=said):
        METHODS["mmrm"].run(inputs_of(frame()), params(**more))


def test_random_effects_refuse_too() -> None:
    with pytest.raises(MethodError, match="no subject has more than 1 row:"):
        lmm(frame()[lambda f: f["visit"] == "w1"], "y ~ x", "id")
    with pytest.raises(MethodError, match="the random effect 'arm' must be a numeric column"):
        lmm(frame(), "y ~ x + arm", "id", "1 + arm")
    with pytest.raises(MethodError, match="Kenward-Roger needs REML"):
        lmm(frame(), "y ~ x", "id", reml=False, df="kenward-roger")

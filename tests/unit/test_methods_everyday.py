"""The everyday methods on data that no analysis likes: a result or a clear refusal, and never a silent nan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError, Row

ARMS = ("a", "b", "c")
CASES: dict[str, list[dict[str, Any]]] = {
    "proportions": [
        {"variable": "y", "difference": d, "ratio": r, "odds_ratio": o, "interval": i, "null": 0.3}
        for d, r, o, i in (
            ("miettinen_nurminen", "miettinen_nurminen", "wald", "wilson"),
            ("newcombe", "koopman", "exact", "clopper_pearson"),
            ("mee", "wald", "exact", "wilson_cc"),
        )
    ],
    "mantel_haenszel": [{"variable": "y", "strata": ("s",), "exact": True}],
    "cmh": [{"variable": "y", "strata": ("s",)}, {"variable": "x", "scores": "modridit"}],
    "wilcoxon": [{"variable": "x"}, {"variable": "x", "interval": "asymptotic"}, {"variable": "x", "strata": ("s",)}],
    "t_test": [{"variable": "x"}, {"variable": "x", "variance": "pooled"}],
    "k_samples": [{"variable": "x", "tests": ("kruskal", "anova", "welch", "bartlett")}],
    "paired": [{"variable": "x", "other": "n", "threshold": 1.0}],
    "agreement": [{"variable": "y", "other": "s"}],
    "cronbach_alpha": [{"variables": ("x", "n", "t")}],
    "rates": [{"count": "n", "exposure": "t"}, {"count": "n", "exposure": "t", "interval": "byar", "ratio": "wald"}],
    "logistic": [{"response": "y", "covariates": ("x",)}, {"response": "y", "factors": ("s",), "interval": "profile"}],
    "interaction": [
        {"response": "x", "subgroups": ("s",)},
        {"response": "y", "subgroups": ("s",), "family": "binomial"},
    ],
    "ancova": [{"response": "x", "factors": ("s",), "crossed": ("s",), "tests": ("I", "II", "III"), "robust": "HC3"}],
    "negative_binomial": [{"count": "n", "exposure": "t", "model": "poisson", "variance": "robust"}],
    "fisher": [{"variable": "y", "versus": "all"}, {"variable": "y", "alternative": "less"}],
    "chi_square": [{"variable": "y", "test": "likelihood_ratio"}, {"variable": "y", "versus": "all", "test": "trend"}],
}  # fmt: skip


def trial(seed: int = 1, n: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"s{i}" for i in range(n)], "arm": [ARMS[i % 3] for i in range(n)],
            "x": np.round(rng.normal(size=n), 1),
            "y": np.where(rng.random(n) < 0.5, "N", "Y"), "s": np.where(rng.random(n) < 0.5, "N", "Y"),
            "n": rng.poisson(1.0, n).astype(float), "t": rng.uniform(1, 5, n),
        }
    )  # fmt: skip


def inputs_of(frame: pd.DataFrame) -> Inputs:
    frame = frame.reset_index(drop=True)
    return Inputs(frame, frame.drop_duplicates("id").reset_index(drop=True), "id", "arm", ARMS, "a")


FRAMES = {
    "plain": trial(),
    "all in one category": trial().assign(y="Y"),
    "no events": trial().assign(n=0.0, y="N"),
    "all values equal": trial().assign(x=1.0, n=1.0),
    "one subject an arm": trial(n=3),
    "two subjects an arm": trial(n=6),
    "one arm": trial().assign(arm="a"),
    "an arm without subjects": trial()[lambda f: f["arm"] != "c"],
    "an arm in one category": trial().assign(y=lambda f: np.where(f["arm"] == "b", "Y", f["y"])),
    "one stratum": trial().assign(s="N"),
    "strata are arms": trial().assign(s=lambda f: np.where(f["arm"] == "a", "N", "Y")),
    "nobody": trial().iloc[:0],
    "nothing but gaps": trial().assign(x=np.nan, y=None, n=np.nan),
    "large values": trial().assign(x=lambda f: f["x"] * 1e9 + 1e12, n=lambda f: f["n"] * 1e4),
}


def no_silent_nan(rows: list[Row]) -> None:
    for row in rows:
        if row.value is None:
            assert row.text or row.warning or row.error, row
        else:
            assert np.isfinite(row.value), row


@pytest.mark.parametrize("data", FRAMES)
@pytest.mark.parametrize("name", CASES)
def test_result_or_refusal(name: str, data: str) -> None:
    method = METHODS[name]
    for params in CASES[name]:
        refusal = ""
        try:
            no_silent_nan(method.run(inputs_of(FRAMES[data]), method.params(**params)))
        except MethodError as error:
            refusal = str(error)
        assert not refusal or (len(refusal) > 20 and data != "plain")


@pytest.mark.parametrize("name", CASES)
def test_a_repeated_subject_is_refused(name: str) -> None:
    frame, method = trial(), METHODS[name]
    twice = pd.concat([frame, frame.iloc[:2]], ignore_index=True)
    with pytest.raises(MethodError, match="repeat a subject"):
        for params in CASES[name]:
            found = method.run(inputs_of(twice), method.params(**params))
            raise MethodError(next((r.error for r in found if r.error), ""))


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    frame, method = trial(5, 60), METHODS[name]
    for params in CASES[name]:
        one, two = (method.run(inputs_of(f), method.params(**params)) for f in (frame, frame.iloc[::-1]))
        for a, b in zip(one, two, strict=True):
            assert (a.stat, a.arm, a.variable, a.text) == (b.stat, b.arm, b.variable, b.text)
            assert a.value is b.value is None or a.value == pytest.approx(b.value, rel=1e-8, abs=1e-11)

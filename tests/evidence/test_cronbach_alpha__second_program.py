"""Cronbach's alpha against a second way to it: mean squares of subjects and residual (Hoyt 1941), by statsmodels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as f_distribution

from trialkit.methods import METHODS, MethodError

METHOD = METHODS["cronbach_alpha"]


def scale(seed: int, n: int, k: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(n, 1))
    return pd.DataFrame(np.round(2 + own + rng.normal(size=(n, k)), 1), columns=[f"q{j}" for j in range(k)])


def by_mean_squares(frame: pd.DataFrame) -> float:
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    long = frame.reset_index().melt("index", var_name="item", value_name="x")
    table = anova_lm(smf.ols("x ~ C(index) + C(item)", long).fit())
    return 1 - float(table.loc["Residual", "mean_sq"]) / float(table.loc["C(index)", "mean_sq"])


@pytest.mark.parametrize(("seed", "n", "k"), [(1, 30, 5), (2, 12, 2), (3, 60, 8)])
def test_alpha(seed: int, n: int, k: int, tools: Any, deviation: Any) -> None:
    frame = scale(seed, n, k)
    found = tools.found(METHOD.run(tools.inputs(frame, None, ()), METHOD.params(tuple(frame.columns))))
    expected = by_mean_squares(frame)
    deviation("cronbach_alpha", tools.near(found.value("alpha"), expected, 1e-9))
    df = (n - 1, (n - 1) * (k - 1))
    for stat, p in (("alpha_ci_low", 0.975), ("alpha_ci_high", 0.025)):
        value = 1 - (1 - expected) * float(f_distribution.ppf(p, *df))
        deviation("cronbach_alpha", tools.near(found.value(stat), value, 1e-9))
    if k > 2:
        for name in frame:
            without = by_mean_squares(frame.drop(columns=[name]))
            deviation("cronbach_alpha", tools.near(found.value("alpha_without", variable=name), without, 1e-9))
    for name in frame:
        r = float(frame[name].corr(frame.drop(columns=[name]).sum(axis=1)))
        tools.near(found.value("item_rest", variable=name), r, 1e-9)


def test_missing_items_and_refusals(tools: Any) -> None:
    frame = scale(4, 10, 3)
    frame.loc[3, "q1"] = np.nan
    found = tools.found(METHOD.run(tools.inputs(frame, None, ()), METHOD.params(("q0", "q1", "q2"))))
    assert (found.value("n_dropped"), found.value("n")) == (1, 9)
    with pytest.raises(MethodError, match="1 items"):
        METHOD.run(tools.inputs(frame, None, ()), METHOD.params(("q0",)))
    same = tools.found(METHOD.run(tools.inputs(frame.assign(q1=1.0), None, ()), METHOD.params(("q0", "q1", "q2"))))
    row = same.row("item_rest", variable="q1")
    assert (row.value, row.text) == (None, "NE") and "does not vary" in row.warning

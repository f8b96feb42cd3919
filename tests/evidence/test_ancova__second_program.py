"""ANCOVA where R's values do not reach: several factors, columns that repeat others, intervals other than 95 percent.

The second program knows nothing of contrasts by hand: it predicts. It codes every level of every factor and every arm
(so that the design never has full rank), fits by the pseudo-inverse, and takes a least-squares mean as the average
prediction over a grid of one row per combination of factor levels. What lies outside the rows of the design is not
estimable. statsmodels, with its own contrasts, is the third.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from trialkit.methods import METHODS

ARMS = ("placebo", "low", "high")
FACTORS = ("sex", "site")
TOLERANCE = 1e-9


class Predicting:
    """The fit of y on dummies of everything, without a reference level anywhere."""

    def __init__(self, frame: pd.DataFrame, covariates: tuple[str, ...], factors: tuple[str, ...]) -> None:
        self.frame, self.covariates, self.factors = frame, covariates, factors
        self.levels = {name: sorted(frame[name].unique()) for name in (*factors, "arm")}
        self.x = self.design(frame)
        self.y = frame["chg"].to_numpy(float)
        inverse = np.linalg.pinv(self.x, rcond=1e-10)
        self.b, self.variance = inverse @ self.y, inverse @ inverse.T
        self.onto_rows = inverse @ self.x
        self.df = len(self.y) - np.linalg.matrix_rank(self.x)
        self.sigma = float(np.sqrt(((self.y - self.x @ self.b) ** 2).sum() / self.df))

    def design(self, frame: pd.DataFrame) -> np.ndarray:
        """1, covariates about their mean in the fit, and an indicator of every level."""
        parts = [np.ones(len(frame))]
        parts += [frame[name].to_numpy(float) - self.frame[name].mean() for name in self.covariates]
        for name, levels in self.levels.items():
            parts += [(frame[name] == level).to_numpy(float) for level in levels]
        return np.column_stack(parts)

    def mean(self, arm: str, weights: str = "equal") -> np.ndarray:
        """The average design row of an arm: over all combinations of levels, or over the rows as they are."""
        if weights == "observed":
            return self.design(self.frame.assign(arm=arm)).mean(axis=0)
        cells = list(product(*(self.levels[name] for name in self.factors)))
        grid = pd.DataFrame(cells, columns=list(self.factors)).assign(arm=arm)
        return self.design(grid.assign(**{name: self.frame[name].mean() for name in self.covariates})).mean(axis=0)

    def estimate(self, row: np.ndarray) -> tuple[float, float] | None:
        """Estimate and standard error, None if the row is no combination of rows of the design."""
        if np.abs(row @ self.onto_rows - row).max() > 1e-8:
            return None
        return float(row @ self.b), self.sigma * float(np.sqrt(row @ self.variance @ row))


def day7(read: Any) -> pd.DataFrame:
    """The last day of the data set with drop-out, rows with a value only."""
    frame = read("cows_dropout")
    return frame[(frame["day"] == 7) & frame["chg"].notna()].reset_index(drop=True)


def compare(found: Any, second: Predicting, confidence: float, margins: str, tools: Any) -> None:
    """All means and differences, with their errors and limits, or that they are not estimable."""
    wide = float(student.ppf((1 + confidence) / 2, second.df))
    for arm in ARMS:
        check(found, "lsmean", (arm,), second.estimate(second.mean(arm, margins)), wide, second.df, tools)
    for arm in ARMS[1:]:
        row = second.mean(arm, margins) - second.mean("placebo", margins)
        check(found, "diff", (arm, "placebo"), second.estimate(row), wide, second.df, tools)


def check(
    found: Any, stat: str, at: tuple[str, ...], expected: tuple[float, float] | None, wide: float, df: int, tools: Any
) -> None:
    """One estimate against (estimate, standard error)."""
    if expected is None:
        assert found.value(stat, *at) is None and "not estimable" in found.row(stat, *at).error
        return
    value, se = expected
    tools.near(found.value(stat, *at), value, TOLERANCE, scale=se)
    tools.near(found.value("se", *at), se, TOLERANCE)
    tools.near(found.value("ci_low", *at), value - wide * se, TOLERANCE, scale=se)
    tools.near(found.value("ci_high", *at), value + wide * se, TOLERANCE, scale=se)
    assert found.value("df", *at) == df
    if stat == "diff":
        tools.near(found.value("p", *at), 2 * float(student.sf(abs(value / se), df)), TOLERANCE)


def run(frame: pd.DataFrame, covariates: tuple[str, ...], factors: tuple[str, ...], tools: Any, **more: Any) -> Any:
    """The method's rows on the same columns."""
    method = METHODS["ancova"]
    return tools.found(method.run(tools.inputs(frame, "arm", ARMS), method.params("chg", covariates, factors, **more)))


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("margins", ["equal", "observed"])
def test_several_factors(confidence: float, margins: Any, read: Any, tools: Any) -> None:
    frame = day7(read)
    found = run(frame, ("base",), FACTORS, tools, confidence=confidence, margins=margins)
    assert found.row("n").warning == ""
    compare(found, Predicting(frame, ("base",), FACTORS), confidence, margins, tools)


def test_several_factors_in_statsmodels(read: Any, tools: Any) -> None:
    """Coefficients, 90 percent limits and the partial F test of the arms under statsmodels' own coding."""
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    frame = day7(read)
    found = run(frame, ("base",), FACTORS, tools, confidence=0.9)
    formula = "chg ~ base + C(sex, Sum) + C(site, Helmert)"
    fit = smf.ols(f"{formula} + C(arm, Treatment('placebo'))", frame).fit()
    limits = fit.conf_int(alpha=0.1)
    for arm in ARMS[1:]:
        name = f"C(arm, Treatment('placebo'))[T.{arm}]"
        tools.near(found.value("diff", arm, "placebo"), fit.params[name], TOLERANCE, scale=fit.bse[name])
        tools.near(found.value("se", arm, "placebo"), fit.bse[name], TOLERANCE)
        tools.near(found.value("p", arm, "placebo"), fit.pvalues[name], TOLERANCE)
        tools.near(found.value("ci_low", arm, "placebo"), limits.loc[name, 0], TOLERANCE, scale=fit.bse[name])
        tools.near(found.value("ci_high", arm, "placebo"), limits.loc[name, 1], TOLERANCE, scale=fit.bse[name])
    tools.near(found.value("sigma"), fit.mse_resid**0.5, TOLERANCE)
    tools.near(found.value("r2"), fit.rsquared, TOLERANCE)
    table = anova_lm(smf.ols(formula, frame).fit(), fit)
    tools.near(found.value("f"), float(table["F"].iloc[1]), TOLERANCE)
    tools.near(found.value("f_p"), float(table["Pr(>F)"].iloc[1]), TOLERANCE)
    assert found.value("f_df") == 2


REGION = {"S01": "north", "S02": "north"}


@pytest.mark.parametrize(
    ("covariates", "factors", "warning"),
    [
        (("base", "twice"), ("sex",), "left out because they repeat other columns: twice"),
        (("base",), ("site", "ward"), "left out because they repeat other columns: ward "),
        (("base",), ("site", "region"), "left out because they repeat other columns: region south"),
        (("base",), ("region", "site"), "left out because they repeat other columns: site S0"),
    ],
)
@pytest.mark.parametrize("margins", ["equal", "observed"])
def test_columns_that_repeat_others(
    covariates: tuple[str, ...], factors: tuple[str, ...], warning: str, margins: Any, read: Any, tools: Any
) -> None:
    """A covariate made of another, a factor under a second name, regions made of sites: told, and left out.

    Equal weights over sites of regions of unequal size are no average of the design's rows: those means are not
    estimable, while their differences are.
    """
    frame = day7(read).assign(
        twice=lambda f: 2 * f["base"] + 1,
        ward=lambda f: f["site"].map(lambda s: f"W{s}"),
        region=lambda f: f["site"].map(lambda s: REGION.get(s, "south")),
    )
    found = run(frame, covariates, factors, tools, margins=margins)
    assert found.row("n").warning.startswith(warning)
    second = Predicting(frame, covariates, factors)
    compare(found, second, 0.95, margins, tools)
    ambiguous = "region" in factors and margins == "equal"
    assert (second.estimate(second.mean("low", margins)) is None) == ambiguous

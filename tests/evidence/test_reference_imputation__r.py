"""Reference-based imputation with the jackknife against R: own fits on mmrm 0.3.18, polished (1e-6), and rbmi 1.6.0.

rbmi's fits stop early: estimates 2e-3 of the standard error, standard errors 1e-2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["reference_imputation"]
DELTAS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
MODEL = {"covariates": ("base",), "factors": ("stratum",), "by_visit": ("base",)}


@pytest.fixture(scope="module")
def inputs(read: Any, tools: Any) -> Any:
    """240 subjects at 7 days; the day of drop-out as the visit it is."""
    frame = read("cows_dropout")
    days = dict(zip(frame["day"], frame["dayf"], strict=True))
    made = tools.inputs(frame.assign(event=frame["dropday"].map(days)), "arm", ARMS)
    frame = made.frame.assign(subject_=made.frame["subject"])
    return replace(made, frame=frame, universe=frame.drop_duplicates("subject_").reset_index(drop=True))


@pytest.fixture(scope="module")
def jackknife(inputs: Any, tools: Any) -> Any:
    params = METHOD.params("chg", "dayf", event="event", deltas=DELTAS, delta_arms=("high",), **MODEL)
    return tools.found(METHOD.run(inputs, params))


def rows_of(values: dict[str, Any]) -> Any:
    """(strategy, delta, where, stat of the estimate, column) of every number of a reference."""
    for name, of in values["results"].items():
        strategy, _, delta = name.partition("+delta")
        for i, parameter in enumerate(of["parameter"]):
            where = tuple(parameter.split(" - ")) if " - " in parameter else (parameter.removeprefix("lsmean "),)
            yield strategy, float(delta) if delta else None, where, {k: v[i] for k, v in of.items() if k != "parameter"}


def test_jackknife(jackknife: Any, other: Any, tools: Any, deviation: Any) -> None:
    values = other["refmi_polished"]
    assert jackknife.value("n") == values["n"] and jackknife.row("visit").text == values["day"]
    assert jackknife.value("gradient_norm") < 1e-8
    compared = 0
    for strategy, delta, where, expected in rows_of(values):
        key, se = {"groups": (("strategy", strategy),), "at": delta}, expected["se_jackknife"]
        names = {"diff" if len(where) == 2 else "lsmean": "estimate", "se": "se_jackknife"}
        for stat, of in (names | {"ci_low": "lower", "ci_high": "upper"}).items():
            found = jackknife.value(stat, *where, **key)
            deviation("reference_imputation", tools.near(found, expected[of], 1e-6, scale=se))
            compared += 1
        found = jackknife.value("p", *where, **key)
        deviation("reference_imputation", tools.near(found, expected["p"], 1e-6))
    assert compared == 10 * 5 * 4


def test_rbmi(jackknife: Any, other: Any) -> None:
    for strategy, delta, where, expected in rows_of(other["refmi_rbmi"]):
        key, se = {"groups": (("strategy", strategy),), "at": delta}, expected["se_jackknife"]
        estimate = jackknife.value("diff" if len(where) == 2 else "lsmean", *where, **key)
        assert abs(estimate - expected["estimate"]) < 2e-3 * se
        assert abs(jackknife.value("se", *where, **key) - se) < 1e-2 * se


def test_the_mixed_model_underneath(inputs: Any, other: Any, tools: Any) -> None:
    from trialkit.methods.mmrm import mmrm

    values = other["refmi_polished"]
    fit = mmrm(inputs.frame, "chg ~ base + base:dayf + stratum + arm * dayf", "subject", "dayf",
               reference={"arm": "placebo", "stratum": "outpt"})  # fmt: skip
    for given, value in zip(np.asarray(fit.covariance)[np.tril_indices(7)], values["sigma"], strict=True):
        tools.near(float(given), value, 1e-6)
    found = fit.coefficients()["estimate"]
    assert len(found) == len(values["beta"])
    ours = {frozenset(n.replace("[", "").replace("]", "").split(":")): float(b) for n, b in found.items()}
    for name, b in values["beta"].items():
        tools.near(ours[frozenset(name.replace("(Intercept)", "Intercept").split(":"))], b, 1e-6, scale=0.1)


@pytest.fixture(scope="module")
def small(inputs: Any) -> Any:
    """75 subjects at the days 1, 4 and 7."""
    frame = inputs.frame
    some = frame["subject"].unique()[:75]
    frame = (
        frame[frame["subject"].isin(some) & frame["day"].isin([1, 4, 7])].drop(columns="event").reset_index(drop=True)
    )
    return replace(inputs, frame=frame, universe=frame.drop_duplicates("subject_").reset_index(drop=True))


def test_leaving_out_is_refitting(small: Any) -> None:
    """The fit without a subject, from the whole's stack, against the fit to the rows of the others."""
    from trialkit.methods.imputation.refit import Refit
    from trialkit.methods.mmrm import method as mixed

    fit = mixed.fit_model(small, mixed.Params("chg", "dayf", ("base",), ("stratum",), ("base",)))
    refit = Refit(fit)
    every = np.arange(len(refit.count))
    for subject in (0, 7, 40, len(every) - 1):
        fast, slow = refit.without(subject), refit.of(np.delete(every, subject))
        assert np.abs(fast.b - slow.b).max() < 1e-9 * np.abs(slow.b).max()
        assert np.abs(fast.sigma - slow.sigma).max() < 1e-9 * np.abs(slow.sigma).max()


@pytest.mark.parametrize("reml", [True, False])
def test_all_left_out_at_once(small: Any, reml: bool) -> None:
    """Every fit of the common Newton steps, also with few of them at a time, against the search for its own optimum."""
    from trialkit.methods.imputation import left_out
    from trialkit.methods.imputation.refit import Refit
    from trialkit.methods.mmrm import mmrm

    with pytest.MonkeyPatch.context() as patch:
        fit = mmrm(small.frame, "chg ~ base + base:dayf + stratum + arm * dayf", "subject", "dayf", reml=reml)
        refit = Refit(fit)
        slow = [refit.without(i) for i in range(len(refit.count))]
        patch.setattr(left_out, "BLOCK", 2**14)
        patch.setattr(Refit, "without", lambda *_: pytest.fail("a fit was left to the slow search"))
        fast = left_out.without_each(refit)
    for one, other in zip(fast, slow, strict=True):
        assert np.abs(one.b - other.b).max() < 1e-9 * np.abs(other.b).max()
        assert np.abs(one.sigma - other.sigma).max() < 1e-9 * np.abs(other.sigma).max()
        assert one.gradient < 1e-6


def test_left_out_of_the_analysis() -> None:
    """Estimates without each subject are those of the others; also where a subject alone has a level."""
    from trialkit.methods.imputation.analysis import Analysis

    rng = np.random.default_rng(3)
    arm, x = np.repeat([0, 1], 10), rng.normal(size=20)
    made = Analysis(np.column_stack([np.ones(20), x, arm]), np.array([1.0, np.nan, 0.0]), 2, 0)
    completed = rng.normal(size=(20, 20, 3))
    for i, found in enumerate(made.left_out(completed)):
        others = np.delete(np.arange(20), i)
        assert np.allclose(found, made.estimates(completed[i], others), rtol=1e-12, atol=1e-12)
    alone = replace(made, x=np.column_stack([np.ones(20), arm, np.arange(20) == 4]))
    with pytest.raises(MethodError, match="cannot be told apart"):
        alone.left_out(completed)


def test_a_level_with_one_subject(small: Any, tools: Any) -> None:
    """Without its only subject a level's column is gone: the fit is then made anew, without it."""
    from trialkit.methods.imputation import left_out
    from trialkit.methods.imputation.refit import Refit
    from trialkit.methods.mmrm import method as mixed

    first = small.frame["subject"].iloc[0]
    frame = small.frame.assign(stratum=small.frame["stratum"].where(small.frame["subject"] != first, "zz"))
    fit = mixed.fit_model(replace(small, frame=frame), mixed.Params("chg", "dayf", ("base",), ("stratum",)))
    refit = Refit(fit)
    for found in (refit.without(0), left_out.without_each(refit)[0]):
        assert (found.b == 0).sum() == 1 and found.gradient < 1e-8


def test_tipping_point(small: Any, tools: Any) -> None:
    """At the tipping point the jackknife's z is the normal quantile of alpha."""
    strategies = ("MAR", "CIR")
    more = {"strategies": strategies, "confidence": 0.5, "delta_arms": ("high",), **MODEL}
    found = tools.found(METHOD.run(small, METHOD.params("chg", "dayf", **more)))
    key = {strategy: {"groups": (("strategy", strategy),)} for strategy in strategies}
    deltas = {s: found.value("tipping_point", "high", "placebo", **key[s]) for s in strategies}
    more |= {"confidence": 0.9999, "deltas": tuple(deltas.values())}
    again = tools.found(METHOD.run(small, METHOD.params("chg", "dayf", **more)))
    for strategy, delta in deltas.items():
        assert delta is not None and delta > 0
        assert abs(again.value("p", "high", "placebo", **key[strategy], at=delta) - 0.5) < 1e-8
        assert again.value("diff", "high", "placebo", **key[strategy], at=delta) < 0
        assert again.row("tipping_point", "high", "placebo", **key[strategy]).text == "NE"


def test_approximate_bayes(small: Any, tools: Any) -> None:
    """The same for the same seed; near the conditional means; errors of JR larger than the jackknife's."""
    more = {"strategies": ("MAR", "JR"), **MODEL}
    exact = tools.found(METHOD.run(small, METHOD.params("chg", "dayf", **more)))
    bayes = METHOD.params("chg", "dayf", inference="bayes", imputations=60, **more)
    one = tools.found(METHOD.run(small, bayes))
    few = METHOD.params("chg", "dayf", inference="bayes", imputations=3, **more)
    assert [r.value for r in METHOD.run(small, few)] == [r.value for r in METHOD.run(small, few)]
    for strategy in ("MAR", "JR"):
        key = {"groups": (("strategy", strategy),)}
        diff, se, df = (one.value(s, "high", "placebo", **key) for s in ("diff", "se", "df"))
        assert abs(diff - exact.value("diff", "high", "placebo", **key)) < 0.5 * se
        assert 10 < df < 75
        ratio = se / exact.value("se", "high", "placebo", **key)
        assert (0.8 < ratio < 1.25) if strategy == "MAR" else ratio > 1.15
    assert one.value("failed_fits") < 5


def test_drop_out_is_the_default_event(inputs: Any) -> None:
    """The last missing visits of a subject are where its drop-out day says."""
    from trialkit.methods.imputation.grid import read_grid
    from trialkit.methods.mmrm import method as mixed

    fit = mixed.fit_model(inputs, mixed.Params("chg", "dayf", ("base",), ("stratum",), ("base",)))
    named, found = read_grid(inputs, fit, "event"), read_grid(inputs, fit, None)
    told = named.event < 7
    assert told.sum() > 50 and (found.event[told] <= named.event[told]).all()
    assert np.array_equal(named.y, found.y, equal_nan=True)


def test_refusals(small: Any) -> None:
    def refused(words: str, frame: Any = None, **more: Any) -> None:
        with pytest.raises(MethodError, match=words):
            METHOD.run(
                replace(small, frame=small.frame if frame is None else frame), METHOD.params("chg", "dayf", **more)
            )

    refused("no strategy", strategies=())
    refused("Rubin's rules need two", inference="bayes", imputations=1)
    refused("none of the arms", delta_arms=("medium",))
    refused("no delta_arms", deltas=(1.0,))
    frame = small.frame.assign(event="D04")
    refused("stand at or after their subject's event", frame, event="event")
    refused("'D99', which is no visit", small.frame.assign(event="D99"), event="event")
    refused("changes within a subject", small.frame.assign(x=np.arange(len(small.frame))), covariates=("x",))

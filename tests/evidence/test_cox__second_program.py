"""What R's values do not cover in the Cox model: lifelines, and plain maximization of the formulas written out."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import chi2

from trialkit.methods import METHODS, MethodError
from trialkit.methods._cox.after import profile_limits
from trialkit.methods._cox.residuals import robust_covariance
from trialkit.methods.cox import fit_cox

COX = METHODS["cox"]


def sample(seed: int, n: int = 60, p: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times on a coarse grid (ties), events and columns."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(size=(n, p - 1))]).astype(float)
    time = np.ceil(8 * rng.exponential(np.exp(-0.5 * x[:, 0]), n)) + 1
    return time, (rng.random(n) < 0.7).astype(float), x


def efron_by_hand(b: np.ndarray, time: np.ndarray, event: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray]:
    """Efron's log likelihood and information, event time by event time as the formula is printed."""
    value, info = 0.0, np.zeros((len(b), len(b)))
    for t in np.unique(time[event == 1]):
        risk, dead = time >= t, (time == t) & (event == 1)
        d = int(dead.sum())
        value += float((x[dead] @ b).sum())
        for step in range(d):
            w = np.exp(x @ b) * (risk - step / d * dead)
            mean = w @ x / w.sum()
            value -= float(np.log(w.sum()))
            info += (x * w[:, None]).T @ x / w.sum() - np.outer(mean, mean)
    return value, info


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_firth_is_the_maximum_of_the_penalized_likelihood(seed: int) -> None:
    time, event, x = sample(seed)

    def minus(b: np.ndarray) -> float:
        value, info = efron_by_hand(b, time, event, x)
        return -value - 0.5 * float(np.linalg.slogdet(info)[1])

    fit = fit_cox(time, event, x, firth=True)
    brute = minimize(minus, fit.coef + 0.1, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert np.abs(fit.coef - brute.x).max() < 1e-6 * fit.se.max() + 1e-6
    info = efron_by_hand(fit.coef, time, event, x)[1]
    assert np.allclose(fit.se, np.sqrt(np.diag(np.linalg.inv(info))), rtol=1e-8)


def test_firth_has_an_estimate_where_the_likelihood_has_none(tools: Any) -> None:
    frame = pd.DataFrame({"time": range(1, 9), "status": 1, "arm": ["b"] * 4 + ["a"] * 4})
    inputs = tools.inputs(frame, "arm", ("a", "b"))
    with pytest.raises(MethodError, match="no maximum"):
        COX.run(inputs, COX.params("time", event="status"))
    found = tools.found(COX.run(inputs, COX.params("time", event="status", penalty="firth")))
    time, event, x = frame["time"].to_numpy(float), np.ones(8), (frame["arm"] == "b").to_numpy(float)[:, None]

    def minus(b: float) -> float:
        value, info = efron_by_hand(np.array([b]), time, event, x)
        return -value - 0.5 * float(np.log(info[0, 0]))

    tools.near(found.value("coef", "b", "a"), float(minimize_scalar(minus, bracket=(1, 3), tol=1e-12).x), 1e-6)


@pytest.mark.parametrize("seed", [4, 5])
def test_profile_limits(seed: int) -> None:
    time, event, x = sample(seed)
    fit = fit_cox(time, event, x)
    target = efron_by_hand(fit.coef, time, event, x)[0] - chi2.ppf(0.95, 1) / 2

    def above(b: float) -> float:
        inner = minimize_scalar(lambda c: -efron_by_hand(np.array([b, c]), time, event, x)[0], tol=1e-11)
        return -float(inner.fun) - target

    low, high = profile_limits(fit, 0, 0.95)
    for ours, step in ((low, -4), (high, 4)):
        assert abs(ours - brentq(above, fit.coef[0], fit.coef[0] + step * fit.se[0], xtol=1e-10)) < 1e-6


@pytest.mark.parametrize("seed", [6, 7])
def test_weights(seed: int) -> None:
    """Whole weights under Breslow are repeated rows; weighted and robust fits against lifelines without ties."""
    time, event, x = sample(seed)
    weight = np.random.default_rng(seed).integers(1, 4, len(time)).astype(float)
    repeated = np.repeat(np.arange(len(time)), weight.astype(int))
    ours = fit_cox(time, event, x, weight=weight, ties="breslow")
    plain = fit_cox(time[repeated], event[repeated], x[repeated], ties="breslow")
    assert np.allclose(ours.coef, plain.coef, rtol=1e-8) and np.allclose(ours.se, plain.se, rtol=1e-8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import CoxPHFitter

        time = time + np.random.default_rng(seed).random(len(time))
        frame = pd.DataFrame({"t": time, "e": event, "w": weight, "x0": x[:, 0], "x1": x[:, 1]})
        second = CoxPHFitter().fit(
            frame, "t", "e", weights_col="w", robust=True, fit_options={"precision": 1e-20, "r_precision": 0.0}
        )
    ours = fit_cox(time, event, x, weight=weight)
    assert np.allclose(ours.coef, second.params_, rtol=1e-6)
    assert np.allclose(np.sqrt(np.diag(robust_covariance(ours))), second.standard_errors_, rtol=1e-4)


@pytest.mark.parametrize("name", ["lung", "rossi", "gbsg2", "larynx", "retention"])
def test_lifelines(name: str, survival_set: Any, tools: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import CoxPHFitter

        inputs, columns, _ = survival_set(name)
        frame = inputs.frame
        data = pd.DataFrame({"t": frame[columns["time"]], "e": frame[columns["status"]]})
        for arm in inputs.arms[1:]:
            data[f"arm {arm}"] = (frame["arm_"] == arm).astype(float)
        second = CoxPHFitter().fit(data, "t", "e", fit_options={"precision": 1e-20, "r_precision": 0.0})
    found = tools.found(COX.run(inputs, COX.params(columns["time"], event=columns["status"])))
    for arm in inputs.arms[1:]:
        se = float(second.standard_errors_[f"arm {arm}"])
        tools.near(found.value("coef", arm, inputs.reference), float(second.params_[f"arm {arm}"]), 1e-6, scale=se)
        tools.near(found.value("se", arm, inputs.reference), se, 1e-6)

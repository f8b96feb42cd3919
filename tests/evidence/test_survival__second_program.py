"""Kaplan-Meier and log-rank against lifelines and statsmodels, where those are right."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from trialkit.methods import METHODS
from trialkit.methods.log_rank import log_rank

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]


@pytest.mark.parametrize("name", SETS)
def test_lifelines(name: str, survival_set: Any, tools: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter
        from lifelines.statistics import multivariate_logrank_test
    inputs, columns, _ = survival_set(name)
    frame, method = inputs.frame, METHODS["kaplan_meier"]
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"])))
    fit = KaplanMeierFitter().fit(frame[columns["time"]], frame[columns["status"]])
    for t, s in fit.survival_function_["KM_estimate"].items():
        if t > 0:
            tools.near(found.value("survival", "all", at=float(t)), float(s), 1e-9)
    second = multivariate_logrank_test(frame[columns["time"]], frame["arm_"], frame[columns["status"]])
    ours = tools.found(
        METHODS["log_rank"].run(inputs, METHODS["log_rank"].params(columns["time"], event=columns["status"]))
    )
    tools.near(ours.value("chisq"), float(second.test_statistic), 1e-9)


@pytest.mark.parametrize("name", SETS)
def test_statsmodels(name: str, survival_set: Any, tools: Any) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    inputs, columns, _ = survival_set(name)
    time, event = (inputs.frame[columns[k]].to_numpy() for k in ("time", "status"))
    arm, _codes = inputs.frame["arm_"].to_numpy(), None
    strata = inputs.frame[columns["strata"]].to_numpy() if columns.get("strata") else None
    code = np.array([inputs.arms.index(a) for a in arm])
    levels = None if strata is None else np.unique(strata, return_inverse=True)[1]
    ours = log_rank(time.astype(float), event == 1, code, len(inputs.arms), levels)
    chisq, p = survdiff(time, event, arm, strata=strata)
    tools.near(ours.chisq, float(chisq), 1e-9)
    tools.near(ours.p, float(p), 1e-9)
    method = METHODS["kaplan_meier"]
    found = tools.found(method.run(inputs, method.params(columns["time"], event=columns["status"])))
    second = SurvfuncRight(time.astype(float), event)
    for t, s, se in zip(second.surv_times, second.surv_prob, second.surv_prob_se, strict=True):
        tools.near(found.value("survival", "all", at=float(t)), float(s), 1e-9)
        if s > 0:
            tools.near(found.value("survival_se", "all", at=float(t)), float(se), 1e-9)

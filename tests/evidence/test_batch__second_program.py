"""The batch forms against the single-trial functions (themselves proven against R), trial by trial."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trialkit.methods import MethodError
from trialkit.methods.batch import cox_many, log_rank_many, survival_many
from trialkit.methods.cox import fit_cox
from trialkit.methods.kaplan_meier import kaplan_meier
from trialkit.methods.log_rank import log_rank


def trials(ties: bool, k: int = 30, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11 + ties)
    second = rng.integers(0, 2, (k, n))
    time = rng.exponential(np.where(second, 6.0, 4.0))
    time, event = np.minimum(time, 7.0), time < 7.0
    gone = rng.random((k, n)) < 0.2
    return (np.ceil(time) if ties else time + 1e-3 * rng.random((k, n))), event & ~gone, second


@pytest.mark.parametrize("ties", [False, True])
def test_every_trial_as_if_alone(ties: bool) -> None:
    time, event, second = trials(ties)
    tests, models, grid = log_rank_many(time, event, second), cox_many(time, event, second), np.array([0.0, 1, 3, 6.5])
    survival, se = survival_many(time, event, grid)
    for i in range(len(time)):
        alone = log_rank(time[i], event[i], second[i], 2)
        assert np.isclose(tests.u[i], alone.u[1], rtol=1e-9, atol=1e-9)
        assert np.isclose(tests.z[i], alone.z, rtol=1e-9)
        fit = fit_cox(time[i], event[i], second[i][:, None].astype(float))
        assert abs(models.coef[i] - fit.coef[0]) < 1e-8 * fit.se[0] and np.isclose(models.se[i], fit.se[0], rtol=1e-8)
        curve = kaplan_meier(time[i], event[i]).at(grid)
        assert np.allclose(survival[i], curve[:, 0], rtol=1e-10) and np.allclose(se[i], curve[:, 1], rtol=1e-9)


def test_reference_sets_as_a_batch_of_one(survival_set: Any, tools: Any) -> None:
    for name in ("lung", "rossi", "waltons", "leukemia"):
        inputs, columns, expected = survival_set(name)
        time, event = (inputs.frame[columns[c]].to_numpy(float) for c in ("time", "status"))
        second = (inputs.frame["arm_"] == inputs.arms[1]).to_numpy(int)
        tools.near(float(log_rank_many(time, event, second).z[0]) ** 2, expected["tests"]["logrank"]["chisq"], 1e-9)
        values = expected["cox"]["arm_only"]["efron"]
        fit = cox_many(time, event, second)
        tools.near(float(fit.coef[0]), next(iter(values["coef"].values())), 1e-8)
        tools.near(float(fit.se[0]), values["se"], 1e-8)


def test_trials_without_an_estimate_are_nan() -> None:
    time = np.tile(np.arange(1.0, 9.0), (3, 1))
    event = np.array([[1] * 8, [0] * 8, [1] * 8])
    second = np.array([[1] * 4 + [0] * 4, [0, 1] * 4, [0, 1] * 4])
    found = cox_many(time, event, second)
    assert np.isnan(found.coef[:2]).all() and np.isfinite(found.coef[2])
    low, high = found.limits()
    assert low[2] < np.exp(found.coef[2]) < high[2]
    assert np.isnan(log_rank_many(time, event, second).z[1])


def test_what_is_no_trial_is_refused() -> None:
    time, event, second = trials(False, 2, 5)
    with pytest.raises(MethodError, match="0 and 1"):
        log_rank_many(time, event * 2, second)
    with pytest.raises(MethodError, match="infinite"):
        cox_many(np.where(time == time.max(), np.inf, time), event, second)
    with pytest.raises(MethodError, match="shape"):
        survival_many(time, event[:, :3], np.array([1.0]))

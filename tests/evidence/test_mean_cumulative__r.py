"""Mean cumulative function against R survival 3.5-3 (survfit with id), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS
from trialkit.methods.mean_cumulative import mean_cumulative

METHOD = METHODS["mean_cumulative"]


@pytest.mark.parametrize("name", ["recurrent", "recur_package"])
def test_data_sets(name: str, recurrent: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = recurrent(name)
    for arm, values in expected["mcf"].items():
        times = tuple(map(float, values["times"]))
        params = METHOD.params(columns["stop"], columns["start"], event=columns["event"], times=times)
        found = tools.found(METHOD.run(inputs, params))
        assert found.value("n", arm) == values["n_subjects"] and found.value("events", arm) == values["events"]
        mine = inputs.frame[inputs.frame["arm_"] == arm]
        kernel = mean_cumulative(
            *(mine[columns[k]].to_numpy(float) for k in ("start", "stop", "event")), mine["subject_"].to_numpy()
        )
        for i, t in enumerate(times):
            assert found.value("at_risk", arm, at=t) == values["n_risk"][i]
            deviation(
                "mean_cumulative", tools.near(found.value("events_per_subject", arm, at=t), values["mcf"][i], 1e-9)
            )
            se = found.value("events_per_subject_se", arm, at=t)
            deviation("mean_cumulative", tools.near(se**2, values["var_robust"][i], 1e-9, scale=1e-3))
            j = int((kernel.time <= t).sum()) - 1
            tools.near(kernel.poisson[j] if j >= 0 else 0.0, values["var_poisson"][i], 1e-9, scale=1e-3)

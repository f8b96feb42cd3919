"""Survival at milestones against R survival 3.5-3, tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]
METHOD = METHODS["milestone"]
STATS = {
    "diff": "diff", "se_diff": "diff_se", "lower": "diff_ci_low", "upper": "diff_ci_high", "z": "diff_z", "p": "diff_p",
    "cloglog_diff": "cloglog_diff", "cloglog_se": "cloglog_se", "cloglog_chisq": "cloglog_chisq",
    "cloglog_p": "cloglog_p",
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_data_sets(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    times = tuple(sorted({float(key.split("|t=")[1]) for key in expected["milestone"]}))
    found = tools.found(METHOD.run(inputs, METHOD.params(columns["time"], times, event=columns["status"])))
    time = inputs.frame.groupby("arm_")[columns["time"]].max()
    compared = 0
    for key, values in expected["milestone"].items():
        pair, t = key.split("|t=")
        arm, reference = pair.split(" vs ")
        if min(time[arm], time[reference]) < float(t):
            assert found.row("diff", arm, reference, at=float(t)).text == "NE"
            continue
        for i, label in enumerate((reference, arm)):
            tools.near(found.value("survival", label, at=float(t)), values["surv"][i], 1e-9)
            if values["surv"][i] > 0:
                tools.near(found.value("survival_se", label, at=float(t)), values["se"][i], 1e-9)
        for theirs, ours in STATS.items():
            row = found.by.get((ours, arm, reference, "", "", float(t), ()))
            if row is not None and row.value is not None and values[theirs] is not None:
                deviation("milestone", tools.near(row.value, values[theirs], 1e-9, scale=1e-3))
                compared += 1
    assert compared >= 10

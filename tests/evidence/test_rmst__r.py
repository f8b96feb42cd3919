"""Restricted mean survival time against R (own sum checked there with survfit's rmean), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS, MethodError

SETS = ["lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention"]
METHOD = METHODS["rmst"]
STATS = {"est": "", "lower": "_ci_low", "upper": "_ci_high", "z": "_z", "p": "_p", "se": "_se", "se_log": "_se"}


@pytest.mark.parametrize("name", SETS)
def test_data_sets(name: str, survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, columns, expected = survival_set(name)
    for key, values in expected["rmst"].items():
        pair, tau = key.split("|tau=")
        arm, reference = pair.split(" vs ")
        params = METHOD.params(columns["time"], tau=float(tau), event=columns["status"])
        if "error" in values:
            with pytest.raises(MethodError, match="beyond the follow-up"):
                METHOD.run(inputs, params)
            continue
        found, at = tools.found(METHOD.run(inputs, params)), {"at": float(tau)}
        for label, part in ((arm, values["arm"]), (reference, values["ref_arm"])):
            ours = [
                found.value(stat, label, **at) for stat in ("rmst", "rmst_se", "rmtl", "rmst_ci_low", "rmst_ci_high")
            ]
            for a, b in zip(ours, [part["rmst"], part["se"], part["rmtl"], *part["ci"]], strict=True):
                deviation("rmst", tools.near(a, b, 1e-9))
        for stat, theirs in {"rmst_diff": "difference", "rmst_ratio": "ratio_rmst", "rmtl_ratio": "ratio_rmtl"}.items():
            for which, value in values[theirs].items():
                ours = found.value(stat + STATS[which], arm, reference, **at)
                deviation("rmst", tools.near(ours, value, 1e-9, scale=1e-3))

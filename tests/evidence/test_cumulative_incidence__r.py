"""Cumulative incidence against R cmprsk 2.2-11 (cuminc) and survival 3.5-3 (survfit), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np

from trialkit.methods import METHODS

METHOD = METHODS["cumulative_incidence"]
COLUMNS = {"event": "status", "reason": "reason"}


def cause(values: dict[str, Any], k: int) -> tuple[tuple[str, str], ...]:
    return (("reason", values["cause_names"][k - 1]),)


def test_cuminc(survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    values = expected["competing"]
    table, times = values["cuminc"], tuple(map(float, values["cuminc"]["times"]))
    found, compared = tools.found(METHOD.run(inputs, METHOD.params("time", times=times, **COLUMNS))), 0
    for i, name in enumerate(table["rows"]):
        arm, k = name.rsplit(" ", 1)
        where = {"groups": cause(values, int(k))}
        for j, t in enumerate(times):
            f, v = table["est"][i][j], table["var_aalen"][i][j]
            if f is None:
                continue
            deviation("cumulative_incidence", tools.near(found.value("incidence", arm, at=t, **where), f, 1e-9))
            se = found.value("incidence_se", arm, at=t, **where)
            deviation("cumulative_incidence", tools.near(se**2, v, 1e-9, scale=1e-3))
            if v > 0:
                low, high = table["loglog_lower"][i][j], table["loglog_upper"][i][j]
                tools.near(found.value("incidence_ci_low", arm, at=t, **where), min(low, high), 1e-9)
                tools.near(found.value("incidence_ci_high", arm, at=t, **where), max(low, high), 1e-9)
            compared += 1
    assert compared == 63


def test_jackknife(survival_set: Any, tools: Any, deviation: Any) -> None:
    inputs, _, expected = survival_set("retention")
    values, table = expected["competing"], expected["competing"]["aalen_johansen"]
    times = tuple(map(float, sorted(set(table["time"]))))
    found = tools.found(METHOD.run(inputs, METHOD.params("time", times=times, variance="jackknife", **COLUMNS)))
    for i, stratum in enumerate(table["strata"]):
        arm, t = stratum.removeprefix("arm="), float(table["time"][i])
        for k in (1, 2, 3):
            where = {"groups": cause(values, k), "at": t}
            f, se = table["pstate"][i][k], table["se_infinitesimal_jackknife"][i][k]
            deviation("cumulative_incidence", tools.near(found.value("incidence", arm, **where), f, 1e-9))
            deviation("cumulative_incidence", tools.near(found.value("incidence_se", arm, **where), se, 1e-9))


def test_counts_add_to_n(survival_set: Any, tools: Any) -> None:
    inputs, _, expected = survival_set("retention")
    times = (0.0, 1.0, 3.0, 7.0, 14.0, 28.0)
    found = tools.found(METHOD.run(inputs, METHOD.params("time", times=times, **COLUMNS)))
    frame = inputs.frame
    for arm in (*inputs.arms, "all"):
        mine = frame if arm == "all" else frame[frame["arm_"] == arm]
        for t in times:
            gone = [found.value("events_before", arm, at=t, groups=cause(expected["competing"], k)) for k in (1, 2, 3)]
            parts = [found.value("at_risk", arm, at=t), found.value("censored_before", arm, at=t), *gone]
            assert sum(parts) == len(mine)
            assert found.value("at_risk", arm, at=t) == np.sum(mine["time"] >= t)

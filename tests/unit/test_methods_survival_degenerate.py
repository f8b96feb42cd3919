"""Data that no analysis likes: a result or a clear refusal, and never a silent nan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.test_methods_survival_properties import CASES, inputs_of, trial
from trialkit.methods import METHODS, MethodError, Row


def run(name: str, frame: pd.DataFrame, **more: Any) -> list[Row]:
    method = METHODS[name]
    return method.run(inputs_of(frame.reset_index(drop=True)), method.params(**{**CASES[name], **more}))


def no_silent_nan(rows: list[Row]) -> None:
    for row in rows:
        if row.value is None:
            assert row.text or row.warning or row.error, row
        else:
            assert np.isfinite(row.value) or row.warning, row


def small(**columns: Any) -> pd.DataFrame:
    frame = trial(1, n=len(next(iter(columns.values()))))
    return frame.assign(**columns)


DATA = {
    "no events": small(event=[0] * 8, reason=[""] * 8),
    "one event": small(event=[1] + [0] * 7, reason=["ill"] + [""] * 7),
    "all tied": small(time=[3.0] * 8, event=[1] * 8, reason=["ill", "well"] * 4),
    "one subject": trial(1, n=1).assign(event=1, reason="ill", arm="b"),
    "nobody": trial(1, n=1).iloc[:0],
    "one arm": small(arm=["a"] * 8, event=[1] * 8, reason=["ill"] * 8),
    "an arm without events": small(arm=["a", "b"] * 4, event=[1, 0] * 4, reason=["ill", ""] * 4),
    "all at time 0": small(time=[0.0] * 8, event=[1] * 8, reason=["ill"] * 8),
    "some at time 0": small(time=[0.0, 0, 1, 2, 3, 4, 5, 6], event=[1] * 8, reason=["ill", "well"] * 4),
    "separated": small(time=range(1, 9), arm=["b"] * 4 + ["a"] * 4, event=[1] * 8, reason=["ill"] * 8),
}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", CASES)
def test_result_or_refusal(name: str, data: str) -> None:
    refusal = ""
    try:
        no_silent_nan(run(name, DATA[data]))
    except MethodError as error:
        refusal = str(error)
    if refusal:
        assert len(refusal) > 20
        assert name not in ("kaplan_meier", "nelson_aalen"), "a curve exists for any of these data"


@pytest.mark.parametrize("name", CASES)
def test_wrong_coding_is_refused(name: str) -> None:
    frame = trial(2)
    for column in (frame["event"] + 1, frame["time"]):
        with pytest.raises(MethodError, match="must be 0 or 1"):
            run(name, frame.assign(event=column))
    with pytest.raises(MethodError, match="text"):
        run(name, frame.assign(event=np.where(frame["event"] == 1, "Y", "N")))
    with pytest.raises(MethodError, match=r"exactly one|censor|left and right"):
        run(name, frame, censor="event")


@pytest.mark.parametrize("name", CASES)
def test_wrong_times_are_refused(name: str) -> None:
    frame = trial(2)
    with pytest.raises(MethodError, match="negative time"):
        run(name, frame.assign(time=frame["time"].where(frame.index != 3, -1.0)))
    with pytest.raises(MethodError, match="infinite"):
        run(name, frame.assign(time=frame["time"].where(frame.index != 3, np.inf)))
    with pytest.raises(MethodError, match="repeat a subject"):
        run(name, pd.concat([frame, frame.iloc[:2]], ignore_index=True))


@pytest.mark.parametrize("name", CASES)
def test_missing_values_are_accounted_for(name: str) -> None:
    frame = trial(2)
    gone = frame.assign(time=frame["time"].where(frame.index > 3))
    rows = run(name, gone)
    first = next(r for r in rows if r.stat == "n_dropped")
    assert first.value == 4 and list(first.rows) == [0, 1, 2, 3] and first.warning


def test_censor_is_the_reverse_of_event() -> None:
    frame = trial(2)
    frame["cens"] = 1 - frame["event"]
    for name in CASES:
        one = {k: r.value for k, r in enumerate(run(name, frame))}
        assert one == {k: r.value for k, r in enumerate(run(name, frame, event=None, censor="cens"))}


def test_an_event_without_a_reason_is_refused() -> None:
    frame = trial(2)
    for name in ("cumulative_incidence", "gray", "fine_gray", "cause_specific"):
        with pytest.raises(MethodError, match="needs its cause"):
            run(name, frame.assign(reason=""))
    with pytest.raises(MethodError, match="the causes are"):
        run("fine_gray", frame, cause="bored")


def intervals() -> pd.DataFrame:
    return pd.DataFrame({"who": ["p", "p", "q", "q"], "arm": ["a", "a", "b", "b"], "begin": [0.0, 2, 0, 3],
                         "time": [2.0, 5, 3, 6], "event": [1, 0, 1, 1]})  # fmt: skip


def test_intervals_are_checked() -> None:
    frame = intervals()
    universe = frame.drop_duplicates("who").reset_index(drop=True)
    for column, value, words in (
        ("begin", 1.0, "overlap"),
        ("begin", 7.0, "start < time"),
        ("time", 2.0, "start < time"),
    ):
        wrong = frame.copy()
        wrong.loc[1, column] = value
        method = METHODS["mean_cumulative"]
        inputs = inputs_of(wrong)
        with pytest.raises(MethodError, match=words):
            method.run(inputs, method.params("time", "begin", event="event"))
    assert len(universe) == 2
    with pytest.raises(MethodError, match="start column"):
        METHODS["andersen_gill"].run(inputs_of(frame), METHODS["andersen_gill"].params("time", event="event"))


def test_a_subject_is_never_counted_twice_at_its_own_event_time() -> None:
    """A row that starts at an event time is not at risk there."""
    method = METHODS["mean_cumulative"]
    rows = method.run(inputs_of(intervals()), method.params("time", "begin", event="event", times=(2.0, 3.0)))
    at = {(r.stat, r.arm, r.at): r.value for r in rows}
    assert at["at_risk", "a", 2.0] == 1 and at["at_risk", "b", 3.0] == 1
    assert at["events_per_subject", "b", 3.0] == 1.0 and at["events_per_subject", "b", 6.0] == 2.0


def test_limits_in_the_wrong_order_are_refused() -> None:
    frame = pd.DataFrame({"who": ["p", "q"], "arm": ["a", "b"], "low": [3.0, 1], "high": [2.0, 4]})
    with pytest.raises(MethodError, match="0 <= low <= high"):
        METHODS["turnbull"].run(inputs_of(frame), METHODS["turnbull"].params("low", "high"))


def test_parameters_are_checked() -> None:
    frame = trial(2)
    refused: list[tuple[str, dict[str, Any]]] = [
        ("kaplan_meier", {"confidence": 1.2}), ("kaplan_meier", {"quantiles": (1.0,)}), ("cox", {"confidence": 0}),
        ("log_rank", {"rho": 1.0}), ("log_rank", {"scores": (1.0, 2.0)}), ("max_combo", {"members": ()}),
        ("rmst", {"tau": 0.0}), ("rmst", {"tau": 1e6}), ("milestone", {"times": ()}), ("landmark", {"landmark": 1e6}),
        ("cumulative_incidence", {"variance": "jackknife", "times": ()}), ("cox", {"ties": "exact", "weights": "time"}),
        ("cox", {"ci": "profile"}), ("cox", {"robust": False, "cluster": "site"}), ("cox_subgroups", {"subgroups": ()}),
        ("piecewise_exponential", {"cuts": (3.0, 2.0)}), ("proportional_hazards", {"ties": "exact"}),
    ]  # fmt: skip
    for name, more in refused:
        with pytest.raises(MethodError):
            run(name, frame, **more)

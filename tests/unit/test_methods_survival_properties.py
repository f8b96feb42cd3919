"""What must hold of every time-to-event method whatever the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialkit.methods import METHODS, Inputs, MethodError
from trialkit.methods.cox import fit_cox
from trialkit.methods.cumulative_incidence import incidence_curve
from trialkit.methods.kaplan_meier import kaplan_meier
from trialkit.methods.log_rank import log_rank
from trialkit.methods.nelson_aalen import cumulative_hazard

REASONS = ("ill", "moved", "well")


def trial(seed: int, n: int = 80, ties: bool = True) -> pd.DataFrame:
    """A trial of two arms with covariates, strata and three reasons."""
    rng = np.random.default_rng(seed)
    arm = np.array(["a", "b"])[rng.integers(0, 2, n)]
    time = rng.exponential(np.where(arm == "b", 7.0, 5.0), n) + 0.1
    event = (rng.random(n) < 0.75).astype(int)
    return pd.DataFrame(
        {
            "who": [f"s{i}" for i in range(n)], "arm": arm, "time": np.ceil(time) if ties else time, "event": event,
            "reason": np.where(event == 1, np.array(REASONS)[rng.integers(0, 3, n)], ""),
            "base": rng.normal(size=n), "site": np.array(["x", "y", "z"])[rng.integers(0, 3, n)],
        }
    )  # fmt: skip


def inputs_of(frame: pd.DataFrame, arms: tuple[str, ...] = ("a", "b"), reference: str = "a") -> Inputs:
    return Inputs(frame, frame, "who", "arm", arms, reference)


ONE = {"event": "event"}
CASES: dict[str, dict[str, Any]] = {
    "kaplan_meier": {"time": "time", **ONE, "times": (0.0, 2.0, 5.0), "follow_up": True},
    "nelson_aalen": {"time": "time", **ONE},
    "log_rank": {"time": "time", **ONE, "strata": ("site",), "compare": "reference"},
    "max_combo": {"time": "time", **ONE},
    "cox": {"time": "time", **ONE, "covariates": ("base",), "strata": ("site",), "robust": True},
    "proportional_hazards": {"time": "time", **ONE, "covariates": ("base",)},
    "rmst": {"time": "time", **ONE, "tau": 6.0},
    "milestone": {"time": "time", **ONE, "times": (3.0,)},
    "landmark": {"time": "time", **ONE, "landmark": 2.0},
    "cumulative_incidence": {"time": "time", **ONE, "reason": "reason", "times": (3.0,)},
    "gray": {"time": "time", **ONE, "reason": "reason"},
    "fine_gray": {"time": "time", **ONE, "reason": "reason", "cause": "ill", "covariates": ("base",)},
    "cause_specific": {"time": "time", **ONE, "reason": "reason"},
    "cox_subgroups": {"time": "time", **ONE, "subgroups": ("site",)},
    "accelerated_failure": {"time": "time", **ONE, "covariates": ("base",)},
    "piecewise_exponential": {"time": "time", **ONE, "cuts": (3.0, 6.0)},
}
SKIPPED = {"n_dropped"}


def values(name: str, inputs: Inputs, **more: Any) -> dict[tuple[Any, ...], float | None]:
    method = METHODS[name]
    rows = method.run(inputs, method.params(**{**CASES[name], **more}))
    return {
        (r.stat, r.arm, r.reference, r.variable, r.variable_level, r.at, r.groups): r.value
        for r in rows
        if r.stat not in SKIPPED
    }


def same(one: dict[Any, float | None], two: dict[Any, float | None], tolerance: float = 1e-7) -> None:
    assert set(one) == set(two)
    for key, value in one.items():
        other = two[key]
        assert (value is None) == (other is None), key
        if value is not None and other is not None:
            assert abs(value - other) <= tolerance * max(1.0, abs(value)), (key, value, other)


@pytest.mark.parametrize("name", CASES)
def test_row_order_does_not_matter(name: str) -> None:
    frame = trial(3)
    mixed = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    same(values(name, inputs_of(frame)), values(name, inputs_of(mixed)))


@pytest.mark.parametrize(
    "name", ["log_rank", "max_combo", "cox", "rmst", "milestone", "fine_gray", "accelerated_failure"]
)
def test_arm_order_flips_signs_and_keeps_tests(name: str) -> None:
    frame = trial(4)
    one, two = values(name, inputs_of(frame)), values(name, inputs_of(frame, ("b", "a"), "b"))
    signed = {"coef", "rmst_diff", "diff", "cloglog_diff"}
    kept = {"p", "chisq", "se", "rmst_diff_se", "rmst_diff_p", "max_abs_z", "cloglog_chisq", "lr_chisq", "score_chisq"}
    seen = set()
    for (stat, arm, reference, *rest), value in one.items():
        other = two.get((stat, reference, arm, *rest)) if reference else two.get((stat, arm, reference, *rest))
        if stat in signed and reference:
            assert abs(value + other) < 1e-7
            seen.add(stat)
        if stat in kept and (reference or not arm):
            assert abs(value - other) < (1e-4 if name == "max_combo" else 1e-7)
            seen.add(stat)
    assert len(seen) >= 2


@pytest.mark.parametrize(
    "name", ["log_rank", "cox", "max_combo", "gray", "fine_gray", "cause_specific", "cox_subgroups"]
)
def test_time_unit_does_not_matter(name: str) -> None:
    frame = trial(5)
    longer = frame.assign(time=frame["time"] * 24)
    same(values(name, inputs_of(frame)), values(name, inputs_of(longer)))


def test_restricted_mean_scales_with_the_unit() -> None:
    frame = trial(5)
    days = values("rmst", inputs_of(frame))
    hours = values("rmst", inputs_of(frame.assign(time=frame["time"] * 24)), tau=6.0 * 24)
    for (stat, arm, reference, *_), value in days.items():
        if stat in ("rmst", "rmst_se", "rmst_diff"):
            assert abs(hours[(stat, arm, reference, "", "", 144.0, ())] - 24 * value) < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_without_censoring_it_is_the_empirical_distribution(times: list[int]) -> None:
    time = np.array(times, float)
    curve = kaplan_meier(time, np.ones(len(time)))
    assert np.allclose(curve.survival, [(time > t).mean() for t in curve.time], atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=1, max_size=40))
def test_incidences_of_all_causes_add_to_one_minus_survival(rows: list[tuple[int, int]]) -> None:
    time, cause = (np.array(part, float) for part in zip(*rows, strict=True))
    total = sum(incidence_curve(time, cause.astype(int), k)[1] for k in (1, 2, 3))
    assert np.allclose(total, 1 - kaplan_meier(time, cause > 0).survival, atol=1e-12)


def rows_of_trial() -> st.SearchStrategy[list[tuple[int, int, int]]]:
    return st.lists(st.tuples(st.integers(1, 9), st.integers(0, 1), st.integers(0, 1)), min_size=4, max_size=40)


@settings(max_examples=60, deadline=None)
@given(rows_of_trial())
def test_log_rank_by_two_routes(rows: list[tuple[int, int, int]]) -> None:
    """The sum over event times against the score test of the exact Cox likelihood (they agree with ties too)."""
    time, event, group = (np.array(part, float) for part in zip(*rows, strict=True))
    try:
        test = log_rank(time, event, group.astype(int), 2)
        fit = fit_cox(time, event, group[:, None], ties="exact")
    except MethodError:
        return
    assert abs(test.chisq - fit.score.chisq) < 1e-8 * max(1, test.chisq)


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(12)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_cox_score_test_is_the_log_rank_test_without_ties(order: list[int], events: list[bool]) -> None:
    time, event = np.array(order, float), np.array(events)
    group = np.arange(12) % 2
    try:
        test = log_rank(time, event, group, 2)
        fit = fit_cox(time, event, group[:, None].astype(float), ties="efron")
    except MethodError:
        return
    assert abs(test.chisq - fit.score.chisq) < 1e-8 * max(1, test.chisq)


def test_two_rows_per_subject_are_one_risk() -> None:
    """Cutting a subject's time in two intervals changes nothing."""
    frame = trial(6)
    cut = frame["time"] / 2
    early = frame.assign(begin=0.0, time=cut, event=0)
    late = frame.assign(begin=cut)
    both = pd.concat([early, late], ignore_index=True)
    whole = values("cox", inputs_of(frame), robust=False)
    parts = values("cox", replace(inputs_of(both), universe=frame), start="begin", robust=False)
    for key, value in whole.items():
        if key[0] != "n":
            assert abs(value - parts[key]) < 1e-9 * max(1.0, abs(value))


def test_survival_and_hazard_belong_together() -> None:
    frame = trial(7, ties=False)
    time, event = frame["time"].to_numpy(), frame["event"].to_numpy()
    h = cumulative_hazard(time, event)[1]
    s = kaplan_meier(time, event).survival
    assert (np.exp(-h) >= s - 1e-12).all()

"""Sample sizes against R 4.2.2 (1e-8), group-sequential boundaries against rpact 3.3.4 (z 1e-5)."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import MethodError
from trialkit.methods.group_sequential import design
from trialkit.methods.sample_size import event_probability, log_rank_events, two_means, two_proportions

BOUNDARIES: dict[str, dict[str, Any]] = {
    "OF": {"boundary": "obrien_fleming"},
    "P": {"boundary": "pocock"},
    "asOF": {"boundary": "spend_obrien_fleming"},
    "asP": {"boundary": "spend_pocock"},
    "asHSD": {"boundary": "spend_hwang", "parameter": -4.0},
    "asKD": {"boundary": "spend_kim", "parameter": 2.0},
}
DESIGNS = ["OF", "Pocock", "LD_OF_spending", "LD_Pocock_spending", "HSD_minus4", "Kim_DeMets_2", "OF_two_sided",
           "Pocock_two_sided", "LD_OF_two_sided", "LD_OF_unequal", "OF_4_looks", "Pocock_5_looks",
           "LD_OF_2_looks"]  # fmt: skip


def test_every_design_is_compared(other: Any) -> None:
    assert list(other["group_sequential"]) == DESIGNS


@pytest.mark.parametrize("name", DESIGNS)
def test_boundaries(name: str, other: Any, tools: Any, deviation: Any) -> None:
    values = other["group_sequential"][name]
    found = design(
        values["information"], **BOUNDARIES[values["type"]], alpha=values["alpha"], two_sided=values["sided"] == 2
    )
    for k, z in enumerate(values["critical_z"]):
        deviation("group_sequential z", tools.near(float(found.critical[k]), z, 1e-5))
        tools.near(float(found.one_look_p[k]), values["stage_alpha_one_look_p"][k], 1e-4)
        tools.near(float(found.spent[k]), values["alpha_spent"][k], 1e-5)
    tools.near(found.inflation(0.8), values["inflation_factor_80"], 1e-5)
    tools.near(float(found.spent[-1]), values["alpha"], 1e-10)
    tools.near(float(found.spent[-1]), values["check_total_alpha_mvtnorm"], 2e-5)


def test_means(other: Any, tools: Any, deviation: Any) -> None:
    entries = [e for e in other["sample_size"]["entries"] if e["what"] == "two means"]
    assert len(entries) == 3
    for e in entries:
        found = two_means(e["delta"], e["sd"], e["power"], ratio=e["ratio"])
        deviation("sample_size", tools.near(found["normal"], e["n_ref_normal"], 1e-8))
        deviation("sample_size", tools.near(found["noncentral_t"], e["n_ref_noncentral_t"], 1e-8))
        deviation("sample_size", tools.near(found["noncentral_t"] * e["ratio"], e["n_arm_noncentral_t"], 1e-8))
        if e["power_t_test_n"] is not None:
            assert 0 < e["power_t_test_n"] - found["noncentral_t"] < 1e-3, "R leaves the far tail out"
    total = 2 * two_means(2.5, 5.5, 0.9)["noncentral_t"]
    tools.near(total, other["sample_size"]["rpact_check"]["means_total_n"], 1e-5)


def test_proportions(other: Any, tools: Any, deviation: Any) -> None:
    names = {"pooled": "n_per_arm_pooled", "unpooled": "n_per_arm_unpooled", "fleiss": "n_per_arm_fleiss_cc"}
    names |= {"arcsine": "n_per_arm_arcsine"}
    entries = [e for e in other["sample_size"]["entries"] if e["what"] == "two proportions"]
    assert len(entries) == 3
    for e in entries:
        found = two_proportions(e["p1"], e["p2"], e["power"])
        for ours, key in names.items():
            deviation("sample_size", tools.near(found[ours], e[key], 1e-8))
        tools.near(found["pooled"], e["power_prop_test_n"], 1e-8)
    total = 2 * two_proportions(0.33, 0.5, 0.8)["pooled"]
    tools.near(total, other["sample_size"]["rpact_check"]["rates_total_n"], 1e-8)


def test_survival(other: Any, tools: Any, deviation: Any) -> None:
    entries = [e for e in other["sample_size"]["entries"] if e["what"] == "log-rank"]
    assert len(entries) == 3
    for e in entries:
        found, of = log_rank_events(e["hazard_ratio"], e["power"], ratio=e["ratio"]), e["total_n_exponential"]
        deviation("sample_size", tools.near(found["schoenfeld"], e["events_schoenfeld"], 1e-8))
        deviation("sample_size", tools.near(found["freedman"], e["events_freedman"], 1e-8))
        times = (of["uniform_accrual"], of["follow_up_after_accrual"])
        share = event_probability(of["control_hazard"], e["hazard_ratio"], *times, ratio=e["ratio"])
        deviation("sample_size", tools.near(share, of["event_probability"], 1e-8))
        deviation("sample_size", tools.near(found["schoenfeld"] / share, of["n"], 1e-8))


def test_refusals() -> None:
    for call in (
        lambda: two_means(0, 1, 0.8), lambda: two_means(1, 1, 0.01), lambda: two_proportions(0.5, 0.5, 0.8),
        lambda: log_rank_events(1, 0.8), lambda: design([0.5, 0.9], "pocock"), lambda: design([0.5, 0.5, 1], "pocock"),
        lambda: design([0.5, 1], "spend_kim"), lambda: design([1], "pocock", alpha=0.7), lambda: two_means(100, 1, 0.8),
    ):  # fmt: skip
        with pytest.raises(MethodError):
            call()

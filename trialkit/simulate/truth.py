"""What is true of a scenario: its parameters, and the value of each estimand with its Monte Carlo error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.simulate.design import Design, scenario_tree
from trialkit.simulate.enroll import enroll, score_at
from trialkit.simulate.scenario import Truth
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray

SEED = 20260101
"""Of the Monte Carlo sample; apart from the seed of the data."""


def truth_of(design: Design, scenario: str, subjects: int, seed: int) -> dict[str, Any]:
    """Size and seed of the data, all parameters, whether any arm differs, and the true value of each estimand."""
    return {
        "scenario": scenario,
        "title": design.plan.title,
        "subjects": subjects,
        "seed": seed,
        "no_arm_differs": no_arm_differs(design),
        "estimands": estimands(design),
        "parameters": scenario_tree(design.study, scenario).plain(),
    }


def no_arm_differs(design: Design) -> bool:
    """Whether severity, leaving, its reasons, events and cases are the same in every arm."""
    plan = design.plan
    groups: list[dict[str, Any]] = [plan.dropout.hazard, plan.dropout.reasons]
    groups += [term.share for term in plan.events.terms.values() if term.share]
    groups += [case.share for case in plan.cases.values()]
    unmoved = all(shift == 0 for effect in plan.latent.effect.values() for shift in effect.values())
    return unmoved and all(all(value == next(iter(g.values())) for value in g.values()) for g in groups)


def estimands(design: Design) -> dict[str, Any]:
    """For each estimand its true value per arm and its difference from the control, each with the standard error of
    the Monte Carlo sample it was computed from.

    The same subjects, with the same chances, are put into every arm in turn, so that a difference is that between
    potential outcomes and has a small error; where the arms do not differ it is exactly 0. A score is that of
    everybody enrolled, had everybody been measured: it knows no leaving.
    """
    if not design.plan.truth:
        return {}
    trials = {arm: _all_in(design, arm) for arm in design.study.arms}
    return {name: _estimand(design, trials, name) for name in design.plan.truth}


def _all_in(design: Design, arm: str) -> Trial:
    import numpy as np

    return enroll(design, design.plan.truth_subjects, np.random.Generator(np.random.PCG64(SEED)), arm)


def _estimand(design: Design, trials: dict[str, Trial], name: str) -> dict[str, Any]:
    truth, control = design.plan.truth[name], design.study.control
    values = {arm: _values(design, trial, truth) for arm, trial in trials.items()}
    return {
        "of": truth.of,
        "visits": list(truth.visits),
        "sample": design.plan.truth_subjects,
        "arms": {arm: _mean(value) for arm, value in values.items()},
        "differences": {a: _mean(v - values[control]) for a, v in values.items() if control and a != control},
    }


def _values(design: Design, trial: Trial, truth: Truth) -> Array:
    if truth.of == "score":
        value: Array = score_at(design, trial, design.at(truth.visits)).mean(axis=1)
        return value
    return trial.completed.astype(float)


def _mean(values: Array) -> dict[str, float]:
    return {"value": _rounded(values.mean()), "mc_error": _rounded(values.std(ddof=1) / len(values) ** 0.5)}


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")

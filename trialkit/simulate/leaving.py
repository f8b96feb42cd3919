"""Who leaves the stay, when and why; and who comes back for the visits after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.simulate.design import Design

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


def leave(design: Design, arm: Array, score: Array, rng: Random) -> tuple[Array, Array]:
    """(dosing visits stayed, completed) of each subject; 0 stayed: never dosed.

    ``score`` (n, d) is the complete score at each dosing visit. The log-odds of leaving after a visit are those of
    the hazard plus ``last_seen`` times the score seen and ``not_seen`` times the next, each from the day's mean.
    """
    import numpy as np

    plan, n = design.plan.dropout, len(arm)
    centered = score - score.mean(axis=0)
    following = np.column_stack([centered[:, 1:], np.zeros(n)])
    hazard = np.array([plan.hazard[name] for name in arm]).reshape(n, -1)
    odds = hazard / (1 - hazard) * np.exp(plan.last_seen * centered + plan.not_seen * following)
    leaves = rng.random(score.shape) < odds / (1 + odds)
    completed = ~leaves.any(axis=1)
    stayed = np.where(completed, score.shape[1], leaves.argmax(axis=1) + 1)
    never = rng.random(n) < plan.never_dosed
    return np.where(never, 0, stayed), completed & ~never


def reasons(design: Design, arm: Array, stayed: Array, completed: Array, rng: Random) -> Array:
    """(n,) how each stay ended, in the scenario's words."""
    import numpy as np

    plan = design.plan.dropout
    reason = np.full(len(arm), plan.completed, dtype=object)
    for name, shares in plan.reasons.items():
        at = np.flatnonzero((arm == name) & ~completed)
        share = np.array(list(shares.values()))
        reason[at] = rng.choice(np.array(list(shares), dtype=object), len(at), p=share / share.sum())
    reason[stayed == 0] = plan.never_dosed_reason
    return reason


def attendance(design: Design, stayed: Array, completed: Array, rng: Random) -> Array:
    """(n, v) whether each visit took place: those before the first dose always, dosing visits while there, visits
    after the stay by their chance."""
    import numpy as np

    plan, visits = design.plan, design.visits
    there = np.ones((len(stayed), len(visits)), dtype=bool)
    for k, at in enumerate(design.at(plan.dosing), start=1):
        there[:, at] = stayed >= k
    for j, name in enumerate(visits):
        if design.offsets[j] >= 0 and name not in plan.dosing:
            chance = plan.follow_up.get(name)
            share = np.where(completed, chance.completed, chance.left) if chance else np.zeros(len(stayed))
            there[:, j] = rng.random(len(stayed)) < share
    return there

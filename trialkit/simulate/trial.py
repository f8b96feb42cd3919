"""The trial behind the forms: subjects, arms, latent severity, leaving, adverse events. Arrays, one draw each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.simulate.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


@dataclass(frozen=True)
class Trial:
    """n subjects, v visits, d dosing days. Dates are whole days since 1970-01-01.

    ``site``, ``arm`` (n, text), ``number`` (n, within site), ``enrolled``, ``first_dose``, ``last_day`` (n, days),
    ``last`` (n, study day of leaving or of the last dosing day; 0 = never dosed), ``reason`` (n, text),
    ``latent`` (n, v).
    """

    site: Array
    arm: Array
    number: Array
    enrolled: Array
    first_dose: Array
    last: Array
    last_day: Array
    reason: Array
    latent: Array

    def __len__(self) -> int:
        return len(self.site)


def trial_of(scenario: Scenario, arms: dict[str, int], subjects: int, rng: Random) -> Trial:
    """Draw the trial; ``arms`` maps each arm to its allocation ratio."""
    import numpy as np

    site = _sites(scenario, subjects, rng)
    arm = _allocate(site, arms, rng)
    number = np.zeros(subjects, dtype=int)
    for name in scenario.sites:
        number[site == name] = np.arange(1, (site == name).sum() + 1)
    begin = (np.datetime64(scenario.start, "D") - np.datetime64("1970-01-01", "D")).astype(int)
    enrolled = begin + np.sort(rng.integers(0, scenario.accrual_days + 1, subjects))
    latent = _latent(scenario, arm, rng)
    last, completed = _leave(scenario, arm, latent, rng)
    first = enrolled + 1
    reason = _reasons(scenario, arm, last, completed, rng)
    return Trial(
        site, arm, number, enrolled, first, last, np.where(last > 0, first + last - 1, enrolled), reason, latent
    )


def _sites(scenario: Scenario, subjects: int, rng: Random) -> Array:
    import numpy as np

    share = np.array(list(scenario.sites.values()))
    return rng.choice(np.array(list(scenario.sites), dtype=object), subjects, p=share / share.sum())


def _allocate(site: Array, arms: dict[str, int], rng: Random) -> Array:
    """Permuted blocks of twice the ratio within each site."""
    import numpy as np

    block = np.array([arm for arm, ratio in arms.items() for _ in range(2 * ratio)], dtype=object)
    arm = np.empty(len(site), dtype=object)
    for name in dict.fromkeys(site):
        at = np.flatnonzero(site == name)
        blocks = [rng.permutation(block) for _ in range(-(-len(at) // len(block)))]
        arm[at] = np.concatenate(blocks)[: len(at)]
    return arm


def _latent(scenario: Scenario, arm: Array, rng: Random) -> Array:
    """Mean by visit + arm's shift + subject part + AR(1) day part."""
    import numpy as np

    plan, n, v = scenario.latent, len(arm), len(scenario.visits)
    subject = plan.subject_sd * rng.standard_normal(n)
    noise = rng.standard_normal((n, v))
    day = np.empty((n, v))
    day[:, 0] = noise[:, 0]
    rest = np.sqrt(1 - plan.day_correlation**2)
    for j in range(1, v):
        day[:, j] = plan.day_correlation * day[:, j - 1] + rest * noise[:, j]
    shift = np.zeros((n, v))
    for name, effect in plan.effect.items():
        shift[arm == name] = effect
    return np.array(plan.mean) + shift + subject[:, None] + plan.day_sd * day


def marginal(scenario: Scenario, visit: Array, rng: Random) -> Array:
    """New severities for rows at these visits (positions), as those of other subjects would be."""
    import numpy as np

    plan = scenario.latent
    sd = np.hypot(plan.subject_sd, plan.day_sd)
    return np.array(plan.mean)[visit] + sd * rng.standard_normal(len(visit))


def _leave(scenario: Scenario, arm: Array, latent: Array, rng: Random) -> tuple[Array, Array]:
    """Study day of the last dose for each subject (0: never dosed), and who completed."""
    import numpy as np

    plan, n = scenario.dropout, len(arm)
    dosing = [j for j, day in enumerate(scenario.visits.values()) if day >= 1]
    hazard = np.array([plan.hazard[name] for name in arm])
    centered = latent[:, dosing] - np.array(scenario.latent.mean)[dosing]
    odds = hazard / (1 - hazard) * np.exp(plan.severity * centered)
    leaves = rng.random((n, len(dosing))) < odds / (1 + odds)
    completed = ~leaves.any(axis=1)
    last = np.where(completed, len(dosing), leaves.argmax(axis=1) + 1)
    never = rng.random(n) < plan.never_dosed
    return np.where(never, 0, last), completed & ~never


def _reasons(scenario: Scenario, arm: Array, last: Array, completed: Array, rng: Random) -> Array:
    import numpy as np

    plan = scenario.dropout
    reason = np.full(len(arm), plan.completed, dtype=object)
    for name, shares in plan.reasons.items():
        at = np.flatnonzero((arm == name) & ~completed)
        share = np.array(list(shares.values()))
        reason[at] = rng.choice(np.array(list(shares), dtype=object), len(at), p=share / share.sum())
    reason[last == 0] = plan.never_dosed_reason
    return reason

"""The rows of a form before its cells are made: which subject, visit, day, dates."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from trialkit.simulate.scenario import RowKind, Scenario
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


@dataclass(frozen=True)
class Rows:
    """r rows: position of the subject, of the visit (-1 for none), date (days since 1970-01-01), latent severity;
    for adverse events also end date (-1 while ongoing), term and wording."""

    subject: Array
    visit: Array
    date: Array
    latent: Array
    end: Array
    term: Array
    wording: Array

    def __len__(self) -> int:
        return len(self.subject)

    def take(self, at: Array) -> Rows:
        """The rows at these positions."""
        return Rows(**{f.name: getattr(self, f.name)[at] for f in fields(self)})


def rows_of(kind: RowKind, trial: Trial, scenario: Scenario, rng: Random) -> Rows:
    """One row per subject, visit attended, dose taken, adverse event, or end of participation."""
    import numpy as np

    if kind == "event":
        return _events(trial, scenario, rng)
    if kind in ("subject", "end"):
        n = np.arange(len(trial))
        dates = trial.enrolled if kind == "subject" else trial.last_day
        return _plain(n, np.full(len(n), -1), dates, np.zeros(len(n)))
    days = np.array(list(scenario.visits.values()))
    there = (days[None, :] <= trial.last[:, None]) & ((days >= 1) | (kind == "visit"))[None, :]
    subject, visit = np.nonzero(there)
    day = days[visit]
    dates = trial.first_dose[subject] + np.where(day >= 1, day - 1, day)
    return _plain(subject, visit, dates, trial.latent[subject, visit])


def _plain(subject: Array, visit: Array, dates: Array, latent: Array) -> Rows:
    import numpy as np

    none = np.full(len(subject), "", dtype=object)
    return Rows(subject, visit, dates, latent, np.full(len(subject), -1), none, none)


def _events(trial: Trial, scenario: Scenario, rng: Random) -> Rows:
    """Each term at most once a subject, ordered by subject and start; an event that outlasts the stay is ongoing."""
    import numpy as np

    subject, term, wording = [], [], []
    for name, plan in scenario.events.terms.items():
        share = np.array([plan.share[arm] for arm in trial.arm])
        at = np.flatnonzero((rng.random(len(trial)) < share) & (trial.last > 0))
        subject.append(at)
        term.append(np.full(len(at), name, dtype=object))
        wording.append(rng.choice(np.array(plan.reported, dtype=object), len(at)))
    who, what, words = np.concatenate(subject), np.concatenate(term), np.concatenate(wording)
    start = trial.first_dose[who] + np.floor(rng.random(len(who)) * trial.last[who]).astype(int)
    early = rng.random(len(who)) < scenario.events.before_dose
    start = np.where(early, trial.enrolled[who], start)
    end = start + rng.geometric(1 / (1 + scenario.events.mean_days), len(who)) - 1
    end = np.where(end <= trial.last_day[who], end, -1)
    order = np.lexsort((what.astype(str), start, who))
    made = Rows(who, np.full(len(who), -1), start, np.zeros(len(who)), end, what, words)
    return made.take(order)

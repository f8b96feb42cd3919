"""Adverse events of a trial: who has which, from when to when, and which of them made a subject leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.simulate.design import Design
from trialkit.simulate.row import Rows
from trialkit.simulate.scenario import RowPlan
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


def events(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """Adverse events: each term at most once a subject, by start; one that outlasts the last contact is ongoing.

    Values: term, system, wording, case ("Y" or ""), end (day, -1 while ongoing), treated ("Y" from the first dose on,
    else "N"), left ("Y" for the one for which the subject left, which lasts
    to the last day of the stay or longer, or "").
    """
    import numpy as np

    found = [_befallen(name, trial, design, rng) for name in design.plan.events.terms]
    who, start, what = (np.concatenate(part) for part in zip(*found, strict=True))
    who, start, what, left = _for_which_they_left(who, start, what, trial, design)
    end = start + rng.geometric(1 / (1 + design.plan.events.mean_days), len(who)) - 1
    end = np.where(left, np.maximum(end, trial.last_day[who]), end)
    terms = list(design.plan.events.terms.values())
    words = [rng.integers(0, len(t.reported), (what == k).sum()) for k, t in enumerate(terms)]
    wording = np.empty(len(who), dtype=object)
    for k, t in enumerate(terms):
        wording[what == k] = np.array(t.reported, dtype=object)[words[k]]
    order = np.lexsort((what, start, who))
    values = {
        "term": np.array([t.label for t in terms], dtype=object)[what],
        "system": np.array([t.system for t in terms], dtype=object)[what],
        "case": np.array(["Y" if t.case else "" for t in terms], dtype=object)[what],
        "wording": wording,
        "treated": np.where(start >= trial.first_dose[who], "Y", "N").astype(object),
        "left": np.where(left, "Y", "").astype(object),
        "end": np.where(end <= trial.contact[who], end, -1),
    }
    return Rows(who, np.full(len(who), -1), start, values).take(order)


def _befallen(name: str, trial: Trial, design: Design, rng: Random) -> tuple[Array, Array, Array]:
    """(subjects, start day, position of the term) of one term."""
    import numpy as np

    plan, n = design.plan.events, len(trial)
    term, position = plan.terms[name], list(plan.terms).index(name)
    if term.case:
        at = np.flatnonzero(trial.cases[term.case] >= 0)
        return at, trial.cases[term.case][at], np.full(len(at), position)
    share = np.array([term.share.get(arm, 0.0) for arm in trial.traits["arm"]])
    at = np.flatnonzero((rng.random(n) < share) & (trial.last > 0))
    start = trial.first_dose[at] + np.floor(rng.random(len(at)) * trial.last[at]).astype(int)
    start = np.where(rng.random(len(at)) < plan.before_dose, trial.enrolled[at], start)
    return at, start, np.full(len(at), position)


def _for_which_they_left(
    who: Array, start: Array, what: Array, trial: Trial, design: Design
) -> tuple[Array, Array, Array, Array]:
    """The events with, for each subject who left for one, the last of its stay marked; the first term if it had none.

    Gives subjects, start days, positions of the terms, and the mark.
    """
    import numpy as np

    reason = design.plan.events.leaving
    gone = np.flatnonzero(trial.traits["reason"] == reason) if reason else np.zeros(0, dtype=int)
    inside = (start >= trial.first_dose[who]) & (start <= trial.last_day[who])
    none = np.setdiff1d(gone, who[inside])
    none = np.setdiff1d(none, who[what == 0])
    who, start = np.concatenate([who, none]), np.concatenate([start, trial.last_day[none]])
    what = np.concatenate([what, np.zeros(len(none), dtype=what.dtype)])
    order = np.lexsort((what, start, who))
    able = order[(start[order] <= trial.last_day[who[order]]) & np.isin(who[order], gone)]
    last = np.ones(len(able), dtype=bool)
    last[:-1] = who[able][1:] != who[able][:-1]
    left = np.zeros(len(who), dtype=bool)
    left[able[last]] = True
    return who, start, what, left

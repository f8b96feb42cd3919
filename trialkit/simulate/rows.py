"""How the rows of a form come about: which subject, visit, day, and what else is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from trialkit.errors import StudyError
from trialkit.simulate.design import Design
from trialkit.simulate.events import events
from trialkit.simulate.row import Rows
from trialkit.simulate.scenario import RowPlan
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator

ENTRY_ONLY = ("share", "since", "at")
"""Keys of an entry of ``each`` that say when it is there; the others are values of its rows."""


def rows_of(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random, earlier: Mapping[str, Rows]) -> Rows:
    """The rows of a form, by subject, then visit or day, then entry; ``earlier`` are those of forms made before it."""
    rows = _like(plan, earlier) if plan.per == "form" else ROWS[plan.per](form, plan, trial, design, rng)
    for name, wanted in plan.only.items():
        rows = rows.take(_isin(trial.traits[name][rows.subject], wanted))
    if plan.share:
        rows = rows.take(rng.random(len(rows)) < by_visit(plan.share, design, rows.visit))
    return _each(plan, rows, trial, design, rng) if plan.each else rows


def _like(plan: RowPlan, earlier: Mapping[str, Rows]) -> Rows:
    """A row per row of another form, of which it knows every cell; only those with one of the cells asked for."""
    rows = earlier[plan.of]
    for name, wanted in plan.where.items():
        rows = rows.take(_isin(rows.values[name], wanted))
    return rows


def _isin(cells: Array, wanted: tuple[str, ...]) -> Array:
    import numpy as np

    return np.isin(cells.astype(str), wanted)


def by_visit(shares: dict[str, float], design: Design, visit: Array) -> Array:
    """A number per row by its visit; "*" is any other visit, 1 where none is named."""
    import numpy as np

    table = np.array([shares.get(name, shares.get("*", 1.0)) for name in design.visits] + [shares.get("*", 1.0)])
    return table[visit]


def _each(plan: RowPlan, rows: Rows, trial: Trial, design: Design, rng: Random) -> Rows:
    """Every row once per entry that is there."""
    import numpy as np

    n, k = len(rows), len(plan.each)
    share = np.array([float(entry.get("share", "1")) for entry in plan.each])
    if plan.pick == "one":
        entry = rng.choice(k, n, p=share / share.sum())
        at = np.arange(n)
    else:
        at, entry = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
        there = rng.random(n * k) < share[entry] if (share < 1).any() else np.ones(n * k, dtype=bool)
        there &= _since(plan, rows, trial, design)[at, entry] & _dosed(plan, rows, trial, design)[at, entry]
        at, entry = at[there], entry[there]
    made = rows.take(at)
    names = [name for name in dict.fromkeys(name for e in plan.each for name in e) if name not in ENTRY_ONLY]
    values = {name: np.array([e.get(name, "") for e in plan.each], dtype=object)[entry] for name in names}
    return Rows(made.subject, made.visit, made.day, made.values | values)


def _since(plan: RowPlan, rows: Rows, trial: Trial, design: Design) -> Array:
    """(n, k) whether the protocol in force at the row's site on its day has the entry."""
    import numpy as np

    first = np.array([design.versions.index(e["since"]) if "since" in e else -1 for e in plan.each])
    if (first < 0).all():
        return np.ones((len(rows), len(first)), dtype=bool)
    return design.version_at(trial.traits["site"][rows.subject], rows.day)[:, None] >= first[None, :]


def _dosed(plan: RowPlan, rows: Rows, trial: Trial, design: Design) -> Array:
    """(n, k) whether the row's visit is one the entry is for: one with a dose taken, or one without."""
    import numpy as np

    wanted = [e.get("at", "") for e in plan.each]
    taken = np.zeros((len(trial), len(design.visits) + 1), dtype=bool)
    taken[:, design.at(design.plan.dosing)] = trial.taken
    dosed = taken[rows.subject, rows.visit]
    fits = {"": np.ones(len(rows), dtype=bool), "dose": dosed, "no dose": ~dosed}
    if unknown := sorted(set(wanted) - fits.keys()):
        raise StudyError(f"an entry is 'at' {unknown[0]!r}", "", "Allowed: dose, no dose.")
    return np.column_stack([fits[word] for word in wanted])


def _subjects(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per subject, at enrollment."""
    return _plain(trial.enrolled)


def _plain(day: Array) -> Rows:
    import numpy as np

    return Rows(np.arange(len(day)), np.full(len(day), -1), day)


def _ends(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per subject, on the last day of the stay."""
    return _plain(trial.last_day)


def _visits(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per visit that took place, of those the form is due at."""
    import numpy as np

    due = np.isin(np.arange(len(design.visits)), design.at(design.due(form, plan)))
    subject, visit = np.nonzero(trial.there & due)
    return Rows(subject, visit, trial.visit_day[subject, visit])


def _doses(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    return _dosing(trial, design, trial.taken)


def _missed(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    import numpy as np

    stayed = np.arange(trial.taken.shape[1])[None, :] < trial.last[:, None]
    return _dosing(trial, design, stayed & ~trial.taken)


def _dosing(trial: Trial, design: Design, which: Array) -> Rows:
    import numpy as np

    subject, dose = np.nonzero(which)
    visit = np.array(design.at(design.plan.dosing))[dose]
    return Rows(subject, visit, trial.visit_day[subject, visit])


def _days(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per subject and day of the span, counted from the first dose."""
    import numpy as np

    span = np.arange(plan.span[0], plan.span[1] + 1)
    subject = np.repeat(np.arange(len(trial)), len(span))
    return Rows(subject, np.full(len(subject), -1), trial.first_dose[subject] + np.tile(span, len(trial)))


def _consents(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per consent: at screening to the version in force, and to a later one at the first visit after the
    site adopted it, while the subject still comes."""
    import numpy as np

    site, first = trial.traits["site"], design.version_at(trial.traits["site"], trial.screened)
    subject, day, version = [np.arange(len(trial))], [trial.screened], [np.maximum(first, 0)]
    attended = np.where(trial.there, trial.visit_day, -1)
    for k in range(1, len(design.versions)):
        adopted = np.array([design.adopted[name][k] for name in site])
        later = np.where(attended >= adopted[:, None], attended, np.iinfo(np.int64).max).min(axis=1)
        again = np.flatnonzero((first < k) & (later < np.iinfo(np.int64).max))
        subject.append(again)
        day.append(later[again])
        version.append(np.full(len(again), k))
    who, when, which = (np.concatenate(part) for part in (subject, day, version))
    order = np.lexsort((which, who))
    forms = np.array([design.study.protocols[v].consent for v in design.versions], dtype=object)
    values = {"version": np.array(design.versions, dtype=object)[which][order], "consent": forms[which][order]}
    return Rows(who[order], np.full(len(who), -1), when[order], values)


def _table(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """The rows the scenario states; they are of no subject."""
    import numpy as np

    n = len(plan.rows)
    names = list(dict.fromkeys(name for row in plan.rows for name in row))
    values = {name: np.array([row.get(name, "") for row in plan.rows], dtype=object) for name in names}
    return Rows(np.full(n, -1), np.full(n, -1), np.zeros(n, dtype=int), values)


def _not_done(form: str, plan: RowPlan, trial: Trial, design: Design, rng: Random) -> Rows:
    """One row per form that was due at a visit that took place and has no row there. Value: form."""
    import numpy as np

    who, when, which = [], [], []
    for name in plan.forms:
        if name not in trial.filled:
            raise StudyError(f"form {name!r} is not made before {form!r}", "", "Put it before, or leave it out.")
        due = np.isin(np.arange(len(design.visits)), design.at(design.due(name, design.plan.forms[name].rows)))
        subject, visit = np.nonzero(trial.there & due & ~trial.filled[name])
        who.append(subject)
        when.append(visit)
        which.append(np.full(len(subject), name, dtype=object))
    subject, visit, names = np.concatenate(who), np.concatenate(when), np.concatenate(which)
    order = np.lexsort((names.astype(str), visit, subject))
    rows = Rows(subject, visit, trial.visit_day[subject, visit], {"form": names})
    return rows.take(order)


ROWS: dict[str, Callable[[str, RowPlan, Trial, Design, Random], Rows]] = {
    "subject": _subjects,
    "end": _ends,
    "visit": _visits,
    "dose": _doses,
    "missed": _missed,
    "day": _days,
    "consent": _consents,
    "table": _table,
    "event": events,
    "not done": _not_done,
}
"""How the rows of a form come about, by the word of the scenario."""

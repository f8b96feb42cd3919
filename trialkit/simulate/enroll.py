"""Draw a trial: candidates until enough meet the entry criterion, arms, severity under them, leaving, doses, cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError
from trialkit.simulate.cells import complete
from trialkit.simulate.design import Design, day_number
from trialkit.simulate.generators import Making, generator_of, numbers_of, text_of
from trialkit.simulate.leaving import attendance, leave, reasons
from trialkit.simulate.row import Rows
from trialkit.simulate.scenario import Spread
from trialkit.simulate.severity import effects, severity, site_parts
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator

TRIES = 1000


def enroll(design: Design, subjects: int, rng: Random, everybody: str = "") -> Trial:
    """A trial of so many subjects; with ``everybody`` all are in that arm, each at a site of their own.

    Raises StudyError if no candidate meets the entry criterion.
    """
    import numpy as np

    plan = design.plan
    share = np.array(list(plan.sites.values()))
    site = rng.choice(np.array(list(plan.sites), dtype=object), subjects, p=share / share.sum())
    trial, entry = _entered(design, _dated(design, site, rng), rng, bool(everybody))
    score = numbers_of(entry[plan.entry.field])
    stratum = np.array(plan.entry.strata, dtype=object)[np.searchsorted(plan.entry.cuts, score, side="right")]
    ratios = {everybody: 1} if everybody else {a.id: a.ratio for a in design.study.arms.values()}
    arm = allocate(site, stratum, ratios, np.random.Generator(np.random.PCG64(rng.integers(2**63))))
    traits = trial.traits | {"arm": arm, "stratum": stratum}
    trial = replace(trial, traits=traits, latent=trial.latent + effects(design, arm))
    trial = replace(trial, scores=_scores(design, trial, entry, rng))
    return _course(design, trial, rng)


def _dated(design: Design, site: Array, rng: Random) -> Trial:
    """Subjects with site, number and dates, and nothing else yet; nobody is screened before the site has opened."""
    import numpy as np

    plan, n = design.plan, len(site)
    opened = np.array([design.adopted[name].min() for name in site])
    enrolled = day_number(plan.start) + np.sort(rng.integers(0, plan.accrual_days + 1, n))
    enrolled = np.maximum(enrolled, opened + plan.screening_days[0])
    screened = enrolled - rng.integers(plan.screening_days[0], plan.screening_days[1] + 1, n)
    screened = np.maximum(screened, opened)
    number = np.zeros(n, dtype=int)
    for name in plan.sites:
        number[site == name] = np.arange(1, (site == name).sum() + 1)
    first = enrolled + 1
    day = first[:, None] + design.offsets[None, :]
    early = design.offsets < design.offsets[design.visits.index(plan.entry.visit)]
    day[:, early] = screened[:, None]
    day = day + _late(design, n, rng)
    nothing = np.zeros((n, 0))
    return Trial(
        {"site": site, "number": number.astype(object)}, screened, enrolled, first, day, nothing.astype(bool),
        nothing, nothing.astype(bool), number, number > 0, enrolled, enrolled, nothing, (), {},
    )  # fmt: skip


def _late(design: Design, n: int, rng: Random) -> Array:
    """(n, v) days by which visits after the stay are early or late, within their window."""
    import numpy as np

    made = np.zeros((n, len(design.visits)), dtype=int)
    stay = design.offsets[design.at(design.plan.dosing)].max()
    for j, name in enumerate(design.visits):
        visit = design.visit(name)
        if design.offsets[j] > stay:
            made[:, j] = rng.integers(-visit.early, visit.late + 1, n)
    return made


def _entered(design: Design, trial: Trial, rng: Random, apart: bool) -> tuple[Trial, dict[str, Any]]:
    """Severity such that every subject meets the entry criterion, and the cells of the entry visit."""
    import numpy as np

    entry, n = design.plan.entry, len(trial)
    part = site_parts(design, trial.traits["site"], rng, apart)
    latent = severity(design, part, rng)
    cells = _at_entry(design, replace(trial, latent=latent), np.arange(n), rng)
    for _ in range(TRIES):
        score = numbers_of(cells[entry.field])
        out = np.flatnonzero(~((score >= entry.at_least) & (score <= entry.at_most)))
        if not len(out):
            return replace(trial, latent=latent), cells
        latent[out] = severity(design, part[out], rng)
        again = _at_entry(design, replace(trial, latent=latent), out, rng)
        for name, new in again.items():
            cells[name] = _put(cells[name], out, new)
    raise StudyError(
        f"no candidate's {entry.field!r} meets the entry criterion", "", "Change latent.mean or the entry."
    )


def _at_entry(design: Design, trial: Trial, who: Array, rng: Random) -> dict[str, Any]:
    import numpy as np

    visit = design.visits.index(design.plan.entry.visit)
    rows = Rows(who, np.full(len(who), visit), trial.enrolled[who])
    return complete(design.driver, _measuring(design), rows, trial, design, rng)


def _measuring(design: Design) -> list[str]:
    """Fields of the measuring form up to the score itself: those drawn from severity, and what the score needs."""
    from trialkit.simulate.generators.scores import GENERATORS

    fields = design.driver.fields
    return [name for name, tree in fields.items() if isinstance(tree.value, dict) and set(tree.value) & set(GENERATORS)]


def _put(cells: Any, at: Array, new: Any) -> Any:
    values = cells.values.copy()
    values[at] = new.values
    return replace(cells, values=values)


def allocate(site: Array, stratum: Array, arms: dict[str, int], rng: Random) -> Array:
    """Permuted blocks of twice the ratio within site and stratum, in order of enrollment."""
    import numpy as np

    block = np.array([arm for arm, ratio in arms.items() for _ in range(2 * ratio)], dtype=object)
    arm = np.empty(len(site), dtype=object)
    for key in dict.fromkeys(zip(site, stratum, strict=True)):
        at = np.flatnonzero((site == key[0]) & (stratum == key[1]))
        blocks = [rng.permutation(block) for _ in range(-(-len(at) // len(block)))]
        arm[at] = np.concatenate(blocks)[: len(at)]
    return arm


def _scores(design: Design, trial: Trial, entry: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The complete cells of the measuring form: every subject at every visit it is due at, as if nobody left."""
    import numpy as np

    plan = design.plan
    visits = np.array(design.at(design.due(plan.entry.form, design.driver.rows)))
    n, k = len(trial), len(visits)
    rows = Rows(np.repeat(np.arange(n), k), np.tile(visits, n), np.zeros(n * k, dtype=int))
    made = complete(design.driver, _measuring(design), rows, trial, design, rng)
    first = np.flatnonzero(rows.visit == design.visits.index(plan.entry.visit))
    return {name: _put(cells, first, entry[name]) for name, cells in made.items()}


def measured(design: Design) -> tuple[int, ...]:
    """Positions of the visits at which severity is measured."""
    return tuple(design.at(design.due(design.plan.entry.form, design.driver.rows)))


def score_at(design: Design, trial: Trial, visits: list[int]) -> Array:
    """(n, len(visits)) complete scores."""
    every = measured(design)
    table = numbers_of(trial.scores[design.plan.entry.field]).reshape(len(trial), len(every))
    return table[:, [every.index(visit) for visit in visits]]


def _course(design: Design, trial: Trial, rng: Random) -> Trial:
    """What becomes of each subject: leaving, visits, doses, cases, traits."""
    import numpy as np

    plan, arm = design.plan, trial.traits["arm"]
    dosing = design.at(plan.dosing)
    stayed, completed = leave(design, arm, score_at(design, trial, dosing), rng)
    why = reasons(design, arm, stayed, completed, rng)
    there = attendance(design, stayed, completed, rng)
    days = trial.visit_day
    last_day = np.where(
        stayed > 0, days[np.arange(len(trial)), np.array(dosing)[np.maximum(stayed, 1) - 1]], trial.enrolled
    )
    taken = np.arange(len(dosing))[None, :] < stayed[:, None]
    missed = (rng.random(taken.shape) < plan.product.missed) if plan.product else np.zeros(taken.shape, dtype=bool)
    missed[:, 0] = False
    made = replace(
        trial, there=there, last=stayed, completed=completed, last_day=last_day, taken=taken & ~missed,
        measured=measured(design), contact=np.where(there, days, -1).max(axis=1),
        dose_minute=_dose_minutes(design, days[:, dosing], rng),
        traits=trial.traits | {"reason": why},
    )  # fmt: skip
    made = replace(made, cases=_cases(design, made, rng), kinetics=_kinetics(design, len(made), rng))
    made = replace(made, traits=made.traits | _lots(design, made))
    return _traits(design, made, rng)


def _dose_minutes(design: Design, days: Array, rng: Random) -> Array:
    import numpy as np

    hour = design.plan.product.hour if design.plan.product else 9.0
    minute: Array = days * 1440 + round(60 * hour) + np.round(rng.normal(0, 10, days.shape)).clip(-25, 25).astype(int)
    return minute


def _cases(design: Design, trial: Trial, rng: Random) -> dict[str, Array]:
    """The day of onset of each case, for those dosed whose onset lies before their last contact; -1 for the others."""
    import numpy as np

    made = {}
    for name, case in design.plan.cases.items():
        share = np.array([case.share.get(arm, 0.0) for arm in trial.traits["arm"]])
        onset = trial.first_dose + rng.integers(case.onset[0], case.onset[-1] + 1, len(trial)) - 1
        has = (rng.random(len(trial)) < share) & (trial.last > 0) & (onset <= trial.contact)
        made[name] = np.where(has, onset, -1)
    return made


def _kinetics(design: Design, n: int, rng: Random) -> dict[str, Array]:
    """Each subject's clearance (L/h), elimination rate (1/h) and metabolite share."""
    import numpy as np

    product = design.plan.product
    if product is None or product.kinetics is None:
        return {}
    k = product.kinetics
    return {
        "clearance": _spread(k.clearance, n, rng),
        "elimination": np.log(2) / _spread(k.half_life, n, rng),
        "metabolite": _spread(k.metabolite, n, rng),
    }


def _spread(spread: Spread, n: int, rng: Random) -> Array:
    """Log-normal draws: sigma^2 = log(1 + CV^2)."""
    import numpy as np

    drawn: Array = spread.median * np.exp(np.sqrt(np.log1p(spread.cv**2)) * rng.standard_normal(n))
    return drawn


def _lots(design: Design, trial: Trial) -> dict[str, Array]:
    """The lot each subject's kit is of (the newest handed out for the arm by the day of enrollment), its strength."""
    import numpy as np

    if design.plan.product is None:
        return {}
    lots = design.plan.product.lots
    lot, strength = np.full(len(trial), "", dtype=object), np.full(len(trial), "0", dtype=object)
    for name, one in sorted(lots.items(), key=lambda item: item[1].since):
        at = (trial.traits["arm"] == one.arm) & (trial.enrolled >= day_number(one.since))
        lot[at], strength[at] = name, str(one.strength)
    if (lot == "").any():
        arm = trial.traits["arm"][lot == ""][0]
        raise StudyError(f"no lot of arm {arm!r} is handed out when the trial starts", "", "Set an earlier 'since'.")
    return {"lot": lot, "strength": strength}


def _traits(design: Design, trial: Trial, rng: Random) -> Trial:
    """The scenario's own traits, in order; each may use those before it."""
    import numpy as np

    rows = Rows(np.arange(len(trial)), np.full(len(trial), -1), trial.enrolled)
    for name, tree in design.plan.traits.items():
        run, args = generator_of(tree)
        cells = text_of(run(args, Making(rows, trial, design, {}, rng)))
        trial = replace(trial, traits=trial.traits | {name: cells})
    return trial

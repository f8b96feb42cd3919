"""A scenario as content: who is enrolled, how severity runs, who leaves, and what each form's cells are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Study, Tree
from trialkit.spec import build

RowKind = Literal["subject", "visit", "dose", "event", "end"]


@dataclass(frozen=True)
class Latent:
    """Severity on the latent scale: mean per visit, plus subject and day parts (day: AR(1)), plus the arm's shift.

    ``effect`` gives, per arm, one shift per visit; an arm that is not named has none.
    """

    mean: tuple[float, ...]
    subject_sd: float
    day_sd: float
    day_correlation: float
    effect: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Dropout:
    """Leaving, as a discrete hazard per dosing day; ``severity`` adds log-odds per unit of latent severity.

    ``hazard`` is per arm, one value per dosing day; ``reasons`` per arm, with their shares.
    """

    hazard: dict[str, tuple[float, ...]]
    reasons: dict[str, dict[str, float]]
    completed: str
    never_dosed_reason: str
    never_dosed: float = 0.0
    severity: float = 0.0


@dataclass(frozen=True)
class Term:
    """An adverse event term: its group, the share of subjects per arm who have it, and how it is reported."""

    label: str
    system: str
    share: dict[str, float]
    reported: tuple[str, ...]


@dataclass(frozen=True)
class Events:
    """Adverse events: terms, mean duration in days, and the share that starts before the first dose."""

    terms: dict[str, Term]
    mean_days: float = 2.0
    before_dose: float = 0.0


@dataclass(frozen=True)
class FormPlan:
    """A form's upload file: its name, one row per what, and a generator per field."""

    file: str
    rows: RowKind
    fields: dict[str, Tree]
    missing_rows: float = 0.0
    missing_cells: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """Records drawn again until a field is at least so high at one visit (an entry criterion)."""

    form: str
    field: str
    visit: str
    at_least: float


@dataclass(frozen=True)
class Scenario:
    """One scenario. ``visits`` maps each visit to its study day (no day 0); days from 1 on are dosing days."""

    title: str
    subjects: int
    seed: int
    start: date
    accrual_days: int
    sites: dict[str, float]
    visits: dict[str, int]
    latent: Latent
    dropout: Dropout
    events: Events
    forms: dict[str, FormPlan]
    entry: Entry | None = None
    description: str = ""


def scenario_of(study: Study, name: str) -> Scenario:
    """The scenario of that name, checked against the study.

    Raises StudyError (file, line) for content that does not fit, a form, field or arm that does not exist, or a
    list of the wrong length.
    """
    tree = study.scenarios[name]
    made = build(Scenario, tree)
    place = str(tree.where)
    for form, plan in made.forms.items():
        _known(form, study.forms, "form", place)
        for column in plan.fields:
            _known(column, study.forms[form].fields, f"field of form {form!r}:", place)
        lost = [f.name for f in study.forms[form].fields.values() if f.name not in plan.fields]
        if lost:
            raise StudyError(f"the scenario makes no {lost[0]!r} for form {form!r}", place)
    for arm in (*made.latent.effect, *made.dropout.hazard, *made.dropout.reasons):
        _known(arm, study.arms, "arm", place)
    _lengths(made, place)
    return made


def _known(name: str, allowed: Iterable[str], what: str, place: str) -> None:
    names = list(allowed)
    if name not in names:
        raise StudyError(f"there is no {what} {name!r}", place, did_you_mean(name, names))


def _lengths(made: Scenario, place: str) -> None:
    visits = len(made.visits)
    dosing = sum(day >= 1 for day in made.visits.values())
    wanted = [("latent.mean", made.latent.mean, visits)]
    wanted += [(f"effect of {arm}", shift, visits) for arm, shift in made.latent.effect.items()]
    wanted += [(f"hazard of {arm}", hazard, dosing) for arm, hazard in made.dropout.hazard.items()]
    for what, values, length in wanted:
        if len(values) != length:
            raise StudyError(f"{what} has {len(values)} values; it needs {length}", place)

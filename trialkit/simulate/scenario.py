"""A scenario as content: who is enrolled, how severity runs, who leaves, and what each form's cells are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from trialkit.model import Tree

RowKind = Literal["subject", "visit", "dose", "missed", "day", "event", "end", "consent", "table", "form", "not done"]


@dataclass(frozen=True)
class Latent:
    """Severity on the latent scale: mean per visit, plus subject, site and day parts, plus the arm's shift.

    The day part is AR(1) in days: two visits d days apart correlate by ``day_correlation`` to the power d.
    ``effect`` gives, per arm, the shift at each visit; an arm or a visit that is not named has none.
    """

    mean: dict[str, float]
    subject_sd: float
    day_sd: float
    day_correlation: float
    site_sd: float = 0.0
    effect: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """The form and field that measure severity, and the entry criterion at one visit.

    Candidates outside [at_least, at_most] are not enrolled; others are drawn in their place. ``strata`` names the
    randomization stratum below the first of ``cuts``, from it to the second, and so on.
    """

    form: str
    field: str
    visit: str
    at_least: float
    at_most: float = float("inf")
    cuts: tuple[float, ...] = ()
    strata: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Dropout:
    """Leaving, as a discrete hazard after each dosing visit.

    ``hazard`` is per arm, one value per dosing visit (its size alone: completely at random). ``last_seen`` adds
    log-odds per point of the score just observed (at random), ``not_seen`` per point of the next score, which the
    leaving hides (not at random); both from the day's mean. ``reasons`` are per arm, with their shares.
    """

    hazard: dict[str, tuple[float, ...]]
    reasons: dict[str, dict[str, float]]
    completed: str
    never_dosed_reason: str
    never_dosed: float = 0.0
    last_seen: float = 0.0
    not_seen: float = 0.0


@dataclass(frozen=True)
class FollowUp:
    """Chance of attending a visit after the stay, of those who completed it and of those who left."""

    completed: float
    left: float


@dataclass(frozen=True)
class Case:
    """A rare course that some subjects take (a liver injury): the share per arm, and the study days of its onset."""

    share: dict[str, float]
    onset: tuple[int, ...]
    days: int = 30


@dataclass(frozen=True)
class Term:
    """An adverse event term: its group, the share of subjects per arm who have it, and how it is reported.

    With ``case`` it befalls exactly the subjects of that case, at its onset.
    """

    label: str
    system: str
    reported: tuple[str, ...]
    share: dict[str, float] = field(default_factory=dict)
    case: str = ""


@dataclass(frozen=True)
class Events:
    """Adverse events: terms, mean duration in days, and the share that starts before the first dose.

    ``leaving`` is the reason of those who leave for an event: the last one of their stay is it.
    """

    terms: dict[str, Term]
    mean_days: float = 2.0
    before_dose: float = 0.0
    leaving: str = ""


@dataclass(frozen=True)
class Lot:
    """A lot of the product: the arm it is for, its strength (mg per mL), and the first day it is handed out."""

    arm: str
    strength: float
    since: date


@dataclass(frozen=True)
class Spread:
    """A log-normal quantity: its median and its coefficient of variation."""

    median: float
    cv: float


@dataclass(frozen=True)
class Kinetics:
    """One compartment with first-order absorption: clearance over bioavailability (L/h), absorption rate (1/h),
    half-life (h), the metabolite's concentration as a share of the parent's, and the assay's error (CV)."""

    clearance: Spread
    absorption: float
    half_life: Spread
    metabolite: Spread
    assay_cv: float


@dataclass(frozen=True)
class Product:
    """What is taken: volume (mL) at each dosing visit, hour of the day, lots, share of doses missed, kinetics."""

    volume: float
    hour: float
    lots: dict[str, Lot]
    missed: float = 0.0
    kinetics: Kinetics | None = None


@dataclass(frozen=True)
class RowPlan:
    """Which rows a form has: one ``per`` what; of those, which visits and subjects; and how many of each.

    ``visits`` are those at which the newest protocol lists the form, unless named. ``each`` makes every row several,
    one per entry, whose cells the generators may use; an entry may hold ``share`` (the chance that it is there),
    ``since`` (the protocol version that brought it) and ``at`` ("dose": only where a dose was taken, or "no dose").
    ``pick: one`` draws one entry by its share instead.
    ``share`` is the chance of a row per visit ("*": any other). ``span`` is the first and last day of per: day,
    counted from the first dose (-1: the day before). ``only`` keeps subjects whose trait has one of the values.
    ``rows`` are the rows of per: table. With per: form there is a row for each row of the form ``of``, which stands
    above this one in the scenario, whose cells ``where`` names have one of the values; its cells are known.
    With ``per: not done`` there is one row for each form of ``forms`` that the newest protocol plans at a visit that
    took place and that has no row there; these forms stand before it.
    """

    per: RowKind
    visits: tuple[str, ...] = ()
    each: tuple[dict[str, str], ...] = ()
    pick: Literal["all", "one"] = "all"
    share: dict[str, float] = field(default_factory=dict)
    span: tuple[int, ...] = ()
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    forms: tuple[str, ...] = ()
    of: str = ""
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class FormPlan:
    """A form's upload file: its name, its rows, a generator per field, and what is missing.

    A field whose name begins with "_" is made for the fields after it and not written.

    ``missing_rows`` is the chance that a form due at a visit is not there ("*": any other visit).
    """

    file: str
    rows: RowPlan
    fields: dict[str, Tree] = field(default_factory=dict)
    missing_rows: dict[str, float] = field(default_factory=dict)
    missing_cells: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Truth:
    """The true value of an estimand: the mean of the entry score over ``visits``, had everyone been measured, or the
    share still there (``staying``) after the last dosing visit."""

    of: Literal["score", "staying"]
    visits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One scenario. ``dosing`` are the visits with a dose, in order; the stay ends with the last of them."""

    title: str
    subjects: int
    seed: int
    start: date
    accrual_days: int
    screening_days: tuple[int, ...]
    sites: dict[str, float]
    dosing: tuple[str, ...]
    entry: Entry
    latent: Latent
    dropout: Dropout
    events: Events
    forms: dict[str, FormPlan]
    product: Product | None = None
    follow_up: dict[str, FollowUp] = field(default_factory=dict)
    traits: dict[str, Tree] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    truth: dict[str, Truth] = field(default_factory=dict)
    truth_subjects: int = 20000
    description: str = ""

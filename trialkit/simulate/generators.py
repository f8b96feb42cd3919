"""How a field's cells are made. Each generator reads its arguments from the scenario and returns text cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Literal

from trialkit.simulate.rows import Rows
from trialkit.simulate.scenario import Scenario
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Making:
    """What a generator may look at: the rows, the trial, the scenario, and the cells made so far in this form."""

    rows: Rows
    trial: Trial
    scenario: Scenario
    made: dict[str, Array]
    rng: np.random.Generator


@dataclass(frozen=True)
class Constant:
    """The same text in every row."""

    value: str


def constant(args: Constant, m: Making) -> Array:
    """The text, repeated."""
    return _texts([args.value] * len(m.rows))


@dataclass(frozen=True)
class Subject:
    """The subject's identifier: {site} and {number} (within site) in a format."""

    pattern: str


def subject(args: Subject, m: Making) -> Array:
    """The identifier of each row's subject."""
    names = [args.pattern.format(site=s, number=n) for s, n in zip(m.trial.site, m.trial.number, strict=True)]
    return _texts(names)[m.rows.subject]


@dataclass(frozen=True)
class Known:
    """A property of the row: site, arm, visit, reason of leaving, or an adverse event's term, wording or system."""

    what: Literal["site", "arm", "visit", "reason", "term", "wording", "system"]


def known(args: Known, m: Making) -> Array:
    """The property of each row."""
    if args.what in ("site", "arm", "reason"):
        cells: Array = getattr(m.trial, args.what)[m.rows.subject]
        return cells
    if args.what == "visit":
        return _texts(list(m.scenario.visits))[m.rows.visit]
    if args.what == "system":
        return _texts([m.scenario.events.terms[term].system for term in m.rows.term])
    if args.what == "term":
        return _texts([m.scenario.events.terms[term].label for term in m.rows.term])
    return m.rows.wording


@dataclass(frozen=True)
class Normal:
    """A normal number, drawn again while outside [min, max], rounded to so many decimals."""

    mean: float
    sd: float
    min: float
    max: float
    decimals: int = 0


def normal(args: Normal, m: Making) -> Array:
    """The numbers as text."""
    import numpy as np

    values = np.round(m.rng.normal(args.mean, args.sd, len(m.rows)), args.decimals)
    while (out := (values < args.min) | (values > args.max)).any():
        values[out] = np.round(m.rng.normal(args.mean, args.sd, out.sum()), args.decimals)
    return _texts([f"{value:.{args.decimals}f}" for value in values])


@dataclass(frozen=True)
class Choice:
    """One of some values with their shares."""

    values: dict[str, float]


def choice(args: Choice, m: Making) -> Array:
    """The values drawn."""
    import numpy as np

    share = np.array(list(args.values.values()))
    return m.rng.choice(_texts(list(args.values)), len(m.rows), p=share / share.sum())


@dataclass(frozen=True)
class ByArm:
    """A value per arm."""

    values: dict[str, str]


def by_arm(args: ByArm, m: Making) -> Array:
    """The value of each row's arm."""
    return _texts([args.values[arm] for arm in m.trial.arm[m.rows.subject]])


@dataclass(frozen=True)
class Day:
    """A date: of the row, of its end (empty while ongoing), or of enrollment, moved by between lo and hi days."""

    of: Literal["row", "end", "enrolled"] = "row"
    lo: int = 0
    hi: int = 0


def day(args: Day, m: Making) -> Array:
    """ISO dates."""
    import numpy as np

    days = {"row": m.rows.date, "end": m.rows.end, "enrolled": m.trial.enrolled[m.rows.subject]}[args.of]
    moved = days + (m.rng.integers(args.lo, args.hi + 1, len(days)) if args.hi > args.lo else args.lo)
    dates = _texts(moved.astype("datetime64[D]").astype(str).tolist())
    return np.where(days < 0, "", dates) if args.of == "end" else dates


@dataclass(frozen=True)
class Sequence:
    """1, 2, 3 ... within each subject."""


def sequence(args: Sequence, m: Making) -> Array:
    """The numbers as text; rows of a subject stand together."""
    import numpy as np

    first = np.searchsorted(m.rows.subject, m.rows.subject)
    return _texts((np.arange(len(m.rows)) - first + 1).tolist())


@dataclass(frozen=True)
class Graded:
    """A graded response (Samejima 1969): the latent severity plus noise, cut into the allowed scores."""

    scores: tuple[str, ...]
    cuts: tuple[float, ...]
    loading: float
    spread: float


def graded(args: Graded, m: Making) -> Array:
    """The scores. A latent value z = spread * (loading * severity + sqrt(1 - loading^2) * noise) is cut."""
    import numpy as np

    noise = m.rng.standard_normal(len(m.rows))
    z = args.spread * (args.loading * m.rows.latent + np.sqrt(1 - args.loading**2) * noise)
    return _texts(args.scores)[np.searchsorted(np.array(args.cuts), z)]


@dataclass(frozen=True)
class Sum:
    """The sum of fields made before it; empty if one of them is."""

    of: tuple[str, ...]


def total(args: Sum, m: Making) -> Array:
    """The sums as text."""
    import numpy as np

    cells = np.array([m.made[name] for name in args.of])
    gone = (cells == "").any(axis=0)
    sums = np.where(cells == "", "0", cells).astype(int).sum(axis=0)
    return np.where(gone, "", _texts(sums.tolist()))


@dataclass(frozen=True)
class Within:
    """A whole number from the range that belongs to another field's value."""

    field: str
    ranges: dict[str, tuple[int, ...]] = attribute(default_factory=dict)


def within(args: Within, m: Making) -> Array:
    """The numbers as text."""
    import numpy as np

    limits = np.array([args.ranges[cell] for cell in m.made[args.field]]).reshape(-1, 2)
    return _texts(m.rng.integers(limits[:, 0], limits[:, 1] + 1).tolist())


@dataclass(frozen=True)
class Outcome:
    """One value for an event that is over, another while it goes on."""

    over: str
    ongoing: str


def outcome(args: Outcome, m: Making) -> Array:
    """The outcome of each event."""
    import numpy as np

    return np.where(m.rows.end < 0, args.ongoing, args.over).astype(object)


def _texts(values: Any) -> Array:
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = [str(value) for value in values]
    return made


GENERATORS: dict[str, tuple[type, Callable[[Any, Making], Array]]] = {
    "constant": (Constant, constant),
    "subject": (Subject, subject),
    "known": (Known, known),
    "normal": (Normal, normal),
    "choice": (Choice, choice),
    "by_arm": (ByArm, by_arm),
    "day": (Day, day),
    "sequence": (Sequence, sequence),
    "graded": (Graded, graded),
    "sum": (Sum, total),
    "within": (Within, within),
    "outcome": (Outcome, outcome),
}
"""Generator by the name used in a scenario: its arguments and its function."""

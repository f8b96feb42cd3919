"""From an analysis specification to the rows and subjects it is about, with the ledger of what fell away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from trialkit.analyze.behind import Behind
from trialkit.analyze.intercurrent import rows_by_strategy
from trialkit.derive.base import Loss, Outcome
from trialkit.derive.frames import numbered, with_columns
from trialkit.derive.run import Ledger
from trialkit.derive.steps.rows import split
from trialkit.errors import AnalysisError, did_you_mean
from trialkit.methods.base import Inputs
from trialkit.model.analysis import AnalysisSpec, ListingSpec, Population
from trialkit.model.study import Study
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Prepared:
    """The rows of one analysis: ``frame`` (with the arm column of the population), ``universe`` (one row a
    subject), the arm column and the arm levels in protocol order."""

    frame: pd.DataFrame
    universe: pd.DataFrame
    subject: str
    arm: str
    arms: tuple[str, ...]
    reference: str

    @cached_property
    def behind(self) -> Behind:
        """The subjects and source rows behind positions in frame and universe."""
        return Behind(self.frame, self.universe, self.subject)

    def inputs(self, total: str, columns: Iterable[str] | None = None) -> Inputs:
        """What a method is given; with ``columns`` the rows have no others that it reads, so that groups of them are
        not taken out of all columns."""
        wanted = None if columns is None else {self.subject, self.arm, *columns}
        names = [name for name in self.frame.columns if wanted is None or name in wanted]
        return Inputs(
            frame=self.frame if wanted is None else self.frame[names],
            universe=self.universe,
            subject=self.subject,
            arm=self.arm or None,
            arms=self.arms,
            reference=self.reference or None,
            total=total or None,
        )


class Shared:
    """What the analyses to be run have in common: the subjects of a population, and the rows of those that choose them
    alike, kept until the last of them has had them."""

    def __init__(self, specs: Iterable[AnalysisSpec] = ()) -> None:
        self._left = Counter(map(_choice, specs))
        self._universes: dict[tuple[str, str], tuple[pd.DataFrame, str]] = {}
        self._rows: dict[Any, tuple[Prepared, Ledger]] = {}

    def universe(
        self, study: Study, spec: AnalysisSpec | ListingSpec, datasets: dict[str, pd.DataFrame]
    ) -> tuple[pd.DataFrame, str]:
        """As ``universe_of``, once for all analyses and listings of the population and arm column."""
        key = (spec.population, spec.arm)
        if key not in self._universes:
            self._universes[key] = universe_of(study, spec, study.populations[spec.population], datasets)
        return self._universes[key]

    def prepared(self, study: Study, spec: AnalysisSpec, datasets: dict[str, pd.DataFrame], ledger: Ledger) -> Prepared:
        """As ``prepare``; the rows are chosen once for all analyses that choose them alike."""
        key = _choice(spec)
        if key not in self._rows:
            own = Ledger()
            self._rows[key] = prepare(study, spec, datasets, own, self.universe(study, spec, datasets)), own
        self._left[key] -= 1
        made, own = self._rows[key] if self._left[key] > 0 else self._rows.pop(key)
        ledger.rows += [entry | {"of": f"analysis {spec.id}"} for entry in own.rows]
        ledger.sets |= own.sets
        return made


def _choice(spec: AnalysisSpec) -> tuple[Any, ...]:
    """What makes an analysis choose its rows as it does."""
    moved = (spec.estimand, spec.date, *spec.failure.items()) if spec.date else ()
    return spec.dataset, spec.where, spec.population, spec.arm, spec.by, moved


def prepare(
    study: Study,
    spec: AnalysisSpec,
    datasets: dict[str, pd.DataFrame],
    ledger: Ledger,
    subjects: tuple[pd.DataFrame, str] | None = None,
) -> Prepared:
    """Select the rows of an analysis by its condition, population, estimand and ``by`` levels; enter what is lost.

    ``subjects`` are those of ``universe_of``, if they are known.

    Raises AnalysisError for an absent column, an arm that the protocol does not have, or a population with more
    than one row per subject.
    """
    population = study.populations[spec.population]
    dataset = study.datasets[spec.dataset]
    universe, arm = subjects or universe_of(study, spec, population, datasets)
    frame = datasets[spec.dataset]
    named = (*spec.where.columns, *spec.by, *filter(None, [spec.date]), *spec.failure)
    _need(frame, named, spec, spec.dataset)
    name = f"analysis {spec.id}"
    if spec.where:
        outcome = split(frame, spec.where)
        ledger.add(name, 1, f"rows of {spec.dataset} where {spec.where.words()}", len(frame), outcome, dataset.subject)
        frame = outcome.frame
    outcome = members_of(frame, universe, dataset.subject, study.datasets[population.dataset].subject, population)
    ledger.add(name, 2, f"population {population.label}", len(frame), outcome, dataset.subject)
    frame, order = rows_by_strategy(study, spec, outcome.frame, datasets, ledger, 3)
    if spec.by:
        rows_in, outcome = len(frame), _leveled(frame, spec.by, dataset.subject)
        ledger.add(name, order, f"by {', '.join(spec.by)}", rows_in, outcome, dataset.subject)
        frame = outcome.frame
    subject = dataset.subject
    their = study.datasets[population.dataset].subject
    universe = universe.rename(columns={their: subject}) if their != subject else universe
    if arm:
        frame = with_arm(frame, subject, universe, subject, arm)
    return Prepared(frame, universe, subject, arm, tuple(study.arms) if arm else (), study.control if arm else "")


def _need(frame: pd.DataFrame, names: tuple[str, ...], spec: AnalysisSpec | ListingSpec, what: str) -> None:
    for name in names:
        if name not in frame.columns:
            columns = [c for c in frame.columns if c != SRC]
            raise AnalysisError(
                f"data set {what!r} has no column {name!r}", str(spec.place), did_you_mean(name, columns)
            )


def universe_of(
    study: Study, spec: AnalysisSpec | ListingSpec, population: Population, datasets: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, str]:
    """The population's subjects (one row each), and the arm column ("" for an analysis without arms)."""
    frame = datasets[population.dataset]
    subject = study.datasets[population.dataset].subject
    arm = spec.arm or population.arm
    _need(frame, (*population.where.columns, *((arm,) if arm else ())), spec, population.dataset)
    members = frame[population.where.masks(frame)[0]].reset_index(drop=True)
    if members[subject].duplicated().any():
        raise AnalysisError(f"population {population.id!r} has more than one row per subject", str(population.place))
    if arm:
        strange = members.loc[~members[arm].isin(list(study.arms)), arm]
        if len(strange):
            raise AnalysisError(
                f"{arm} of population {population.id!r} holds {strange.iloc[0]!r}, which is no arm of the protocol",
                str(population.place),
                did_you_mean(str(strange.iloc[0]), study.arms),
            )
    return members, arm


def with_arm(frame: pd.DataFrame, subject: str, universe: pd.DataFrame, their: str, arm: str) -> pd.DataFrame:
    """The rows with their subjects' arm; all subjects are in the universe. What the frame holds is not copied."""
    import pandas as pd

    arms = universe[arm].to_numpy()[pd.Index(universe[their]).get_indexer(pd.Index(frame[subject]))]
    return with_columns(frame, {arm: arms})


def members_of(
    frame: pd.DataFrame, universe: pd.DataFrame, subject: str, their: str, population: Population
) -> Outcome:
    """The rows of the population's subjects; the others are lost to it."""
    member = frame[subject].isin(universe[their]).to_numpy()
    if member.all():
        return Outcome(frame)
    why = Loss(f"subject not in population {population.label}", frame[[subject, SRC]][~member])
    return Outcome(numbered(frame[member]), (why,))


def _leveled(frame: pd.DataFrame, by: tuple[str, ...], subject: str) -> Outcome:
    """The rows that have a value in every column the analysis is repeated over; the others by the first they lack."""
    lost: list[Loss] = []
    for name in by:
        blank = frame[name].isna()
        if blank.any():
            lost.append(Loss(f"no value in {name}", frame[[subject, SRC]][blank]))
            frame = frame[~blank]
    return Outcome(numbered(frame) if lost else frame, tuple(lost))

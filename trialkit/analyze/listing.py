"""A listing: the rows of a data set that are to be shown, each with its source row, and the ledger of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.analyze.hiding import Veil
from trialkit.analyze.prepare import Shared, members_of, with_arm
from trialkit.derive.run import Ledger
from trialkit.derive.steps.rows import split
from trialkit.errors import AnalysisError, did_you_mean
from trialkit.model.analysis import ListingSpec
from trialkit.model.result import Listing
from trialkit.model.study import Study
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Lister:
    """Makes the listings of a study from its data sets; what does not stand in one is entered in ``ledger``."""

    study: Study
    datasets: dict[str, pd.DataFrame]
    ledger: Ledger
    veil: Veil
    shared: Shared

    def make(self, spec: ListingSpec) -> Listing:
        """One listing. Its frame has the columns asked for and ``_src``, in the order asked for.

        A column the data set does not have and the population's arm column has is that arm. Raises AnalysisError for
        a column that neither has.
        """
        import pandas as pd

        dataset = self.study.datasets[spec.dataset]
        if hidden := self.veil.listing(spec):
            return Listing(spec.id, spec.title, pd.DataFrame(columns=[*spec.columns, SRC]), hidden)
        frame = self._chosen(spec, dataset.subject)
        if spec.population:
            frame = self._of_population(spec, frame, dataset.subject)
        population = self.study.populations.get(spec.population)
        others = self.datasets[population.dataset].columns if population else ()
        blank = self.veil.blank(spec, frame.columns, others)
        frame = frame.assign(**{name: None for name in blank if name not in frame.columns})
        for name in (*spec.columns, *spec.sort):
            if name not in frame.columns:
                hint = did_you_mean(name, [c for c in frame.columns if c != SRC])
                raise AnalysisError(f"data set {spec.dataset!r} has no column {name!r}", str(spec.place), hint)
        frame = frame.sort_values(list(spec.sort), kind="stable") if spec.sort else frame
        shown = frame[[*spec.columns, SRC]].reset_index(drop=True)
        return Listing(spec.id, spec.title, shown, hidden=blank)

    def _chosen(self, spec: ListingSpec, subject: str) -> pd.DataFrame:
        frame = self.datasets[spec.dataset]
        if not spec.where:
            return frame
        outcome = split(frame, spec.where)
        words = f"rows of {spec.dataset} where {spec.where.words()}"
        self.ledger.add(f"listing {spec.id}", 1, words, len(frame), outcome, subject)
        return outcome.frame

    def _of_population(self, spec: ListingSpec, frame: pd.DataFrame, subject: str) -> pd.DataFrame:
        population = self.study.populations[spec.population]
        universe, arm = self.shared.universe(self.study, spec, self.datasets)
        their = self.study.datasets[population.dataset].subject
        outcome = members_of(frame, universe, subject, their, population)
        self.ledger.add(f"listing {spec.id}", 2, f"population {population.label}", len(frame), outcome, subject)
        if not arm or arm in outcome.frame.columns:
            return outcome.frame
        return with_arm(outcome.frame, subject, universe, their, arm)

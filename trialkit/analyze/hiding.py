"""Analyses and listings while the arms are hidden: what stands on a hidden column is not computed, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trialkit.derive.hiding import SEEN, UNTOLD, Hidden, names_in
from trialkit.model.analysis import AnalysisSpec, ListingSpec
from trialkit.model.study import Study
from trialkit.model.tree import Tree

NO_PART = "what it is about " + UNTOLD


@dataclass(frozen=True)
class Veil:
    """What is hidden of a study's data sets, by id."""

    study: Study
    hidden: Mapping[str, Hidden]

    def of(self, dataset: str) -> Hidden:
        """What is hidden of one."""
        return self.hidden.get(dataset, SEEN)

    def listing(self, spec: ListingSpec) -> str:
        """Why a listing cannot be made; "" if it can. Its hidden columns are blank."""
        return UNTOLD if self._rows(spec) else ""

    def analysis(self, spec: AnalysisSpec) -> tuple[AnalysisSpec, str]:
        """The analysis without hidden columns, and why it cannot be computed; "" if it can.

        A list of columns loses those that are hidden; a single column, or a list of nothing else, cannot be lost.
        """
        own = self.of(spec.dataset)
        events = self.study.estimands[spec.estimand].events if spec.estimand else None
        named = [*spec.by, *spec.failure, *([spec.date] if spec.date else [])]
        decided = events is not None and self.of(events.dataset).touches((events.event, events.date))
        if self._rows(spec) or own.touches(named) or decided:
            return spec, UNTOLD
        seen = _without(spec.params, own)
        return (replace(spec, params=seen), "") if seen is not None else (spec, NO_PART)

    def _rows(self, spec: AnalysisSpec | ListingSpec) -> bool:
        """Whether it cannot be told which rows are in it."""
        population = self.study.populations.get(spec.population)
        chosen = population is not None and self.of(population.dataset).touches(population.where.columns)
        return chosen or self.of(spec.dataset).touches(spec.where.columns)


def _without(params: Tree, own: Hidden) -> Tree | None:
    """Parameters whose lists name no hidden column; None if one is named otherwise or nothing is left of a list."""
    if not isinstance(params.value, dict):
        return params
    made = dict(params.value)
    for key, tree in params.value.items():
        if isinstance(tree.value, tuple) and all(isinstance(item.value, str) for item in tree.value):
            left = tuple(item for item in tree.value if item.value not in own.columns)
            if tree.value and not left:
                return None
            made[key] = replace(tree, value=left)
        elif not own.columns.isdisjoint(names_in(tree)):
            return None
    return replace(params, value=made)

"""Analyses and listings while the arms are hidden: what stands on a hidden column is not computed, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args, get_type_hints

from trialkit.derive.hiding import SEEN, UNTOLD, Hidden, is_untold, names_in
from trialkit.methods.base import Inputs, MethodError, NeedsArms
from trialkit.model.analysis import AnalysisSpec, ListingSpec
from trialkit.model.study import Study
from trialkit.model.tree import Tree

NO_PART = "what it is about " + UNTOLD
COMPARES = "a comparison of arms " + UNTOLD
ALL = "_all"
DRAWS = "what it draws on " + UNTOLD


@dataclass(frozen=True)
class Veil:
    """What is hidden of a study's data sets, by id."""

    study: Study
    hidden: Mapping[str, Hidden]
    blind: bool = False

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

    def left_out(self, spec: AnalysisSpec) -> str:
        """What of an analysis is not computed while the rest is: the hidden columns of its lists; "" for none."""
        names = [name for name in names_in(spec.params) if name in self.of(spec.dataset).columns]
        columns = self.study.datasets[spec.dataset].columns
        words = [columns[name].label if name in columns else name for name in dict.fromkeys(names)]
        return f"{', '.join(words)}: {UNTOLD}" if words else ""

    def blank(self, spec: ListingSpec, own: Iterable[str], of_population: Iterable[str]) -> tuple[str, ...]:
        """The columns of a listing that are hidden: those of its data set, which has the columns ``own``, and an arm
        that it would have from its population's."""
        if not self.blind:
            return ()
        hidden = self.of(spec.dataset).columns | (set(of_population) - set(own))
        return tuple(name for name in spec.columns if name in hidden)

    def drawn(self, rows: Iterable[Mapping[str, str]]) -> str:
        """Why an analysis of these results of others cannot be computed: one of them is untold; "" if none is."""
        return DRAWS if self.blind and any(is_untold(row["error"]) for row in rows) else ""

    def hides(self, error: MethodError) -> bool:
        """Whether a method refused for want of arms that are hidden."""
        return self.blind and isinstance(error, NeedsArms)

    def refusal(self, error: MethodError) -> str:
        """Why a method refused, in its words unless it is for want of arms that are hidden."""
        return COMPARES if self.hides(error) else str(error)

    def _rows(self, spec: AnalysisSpec | ListingSpec) -> bool:
        """Whether it cannot be told which rows are in it."""
        population = self.study.populations.get(spec.population)
        chosen = population is not None and self.of(population.dataset).touches(population.where.columns)
        return chosen or self.of(spec.dataset).touches(spec.where.columns)


def compares(params: Any) -> bool:
    """Whether a method also describes each arm by itself, and compares them only if it is asked to."""
    asked = get_type_hints(type(params)).get("compare")
    return "none" in get_args(asked)


def all_as_one(inputs: Inputs, params: Any) -> tuple[Inputs, Any]:
    """The same with everybody in one arm without a name, and no comparison."""
    one = {ALL: ""}
    frame, universe = inputs.frame.assign(**one), inputs.universe.assign(**one)
    return replace(inputs, frame=frame, universe=universe, arm=ALL, arms=("",)), replace(params, compare="none")


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

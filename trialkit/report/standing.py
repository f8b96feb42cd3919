"""What an analysis' numbers stand on, in words: method, population, estimand, and the rows on their way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialkit.model.analysis import AnalysisSpec, ListingSpec
from trialkit.model.study import Study
from trialkit.report.losses import Entry, Ledger, entries_of, label


@dataclass(frozen=True)
class Standing:
    """An analysis or listing in words; ``method`` and ``estimand`` are "" where there is none."""

    id: str
    title: str
    method: str
    population: str
    estimand: str
    entries: tuple[Entry, ...]


def standing(study: Study, spec: AnalysisSpec | ListingSpec, ledger: Ledger) -> Standing:
    """What the numbers of an analysis, or the rows of a listing, stand on."""
    entries = tuple(entries_of(ledger, study, [spec]))
    population = study.populations.get(spec.population)
    method, estimand = _method(spec) if isinstance(spec, AnalysisSpec) else "", ""
    if isinstance(spec, AnalysisSpec) and spec.estimand in study.estimands:
        found = study.estimands[spec.estimand]
        estimand = f"{found.title}; summary: {found.summary}"
    return Standing(spec.id, spec.title, method, population.label if population else "", estimand, entries)


def _method(spec: AnalysisSpec) -> str:
    from trialkit.methods import METHODS

    return METHODS[spec.method].title if spec.method in METHODS else spec.method


def as_data(study: Study, made: Standing) -> dict[str, Any]:
    """The same for the page's script; a step is [of, step, rows in, rows out, lost, reason]."""
    steps = [[label(study, e.of), e.step, e.rows_in, e.rows_out, e.lost, e.reason] for e in made.entries]
    facts = [("Analysis" if made.method else "Listing", made.title), ("Method", made.method),
             ("Population", made.population), ("Estimand", made.estimand)]  # fmt: skip
    return {"facts": [[name, value] for name, value in facts if value], "steps": steps}

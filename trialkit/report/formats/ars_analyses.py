"""Analyses of an ARS reporting event: one for each variable and method of an analysis, with its results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.formats.ard import Printing, arm_column, printing
from trialkit.report.formats.edition import Edition
from trialkit.report.rows import POPULATION, Number

Json = dict[str, Any]
PURPOSES = {
    "primary": "PRIMARY OUTCOME MEASURE",
    "secondary": "SECONDARY OUTCOME MEASURE",
    "exploratory": "EXPLORATORY OUTCOME MEASURE",
}
"""Roles for which ARS has a term; the others are terms of the sponsor."""
REASONS = {"pre-specified": "SPECIFIED IN SAP", "post-hoc": "DATA DRIVEN"}
TIME, CATEGORY = "time", "category"
"""Kinds of data grouping without a column of their own."""


@dataclass(frozen=True)
class Grouping:
    """What results are told apart by: a column of a data set (of subjects if ``arms``), or a kind without one."""

    dataset: str
    column: str
    arms: bool = False

    @property
    def id(self) -> str:
        """Its name in the event."""
        return ".".join(part for part in ("arm" if self.arms else "", self.dataset, self.column) if part)


@dataclass
class Analyses:
    """The analyses, and what they refer to, in the order of first use.

    ``members`` are the analyses of each analysis of the study, by its name; ``arms`` those of the study, then others
    that the results have (masked ones).
    """

    analyses: list[Json] = field(default_factory=list)
    groupings: dict[Grouping, None] = field(default_factory=dict)
    operations: dict[str, dict[str, None]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    arms: dict[str, None] = field(default_factory=dict)


def analyses(edition: Edition) -> Analyses:
    """All analyses of the report's result rows. Numbers of subjects that several analyses share are one."""
    made, prints = Analyses(arms=dict.fromkeys(edition.study.arms)), printing(edition)
    known: set[str] = set()
    for (name, method, variable), numbers in _by_key(edition).items():
        spec = edition.study.analyses[name]
        parts = (name, method if method != spec.method else "", variable)
        if method == POPULATION:
            parts = (method, spec.population, ".".join((arm_column(edition, name), spec.total)))
        id = ".".join(part for part in parts if part)
        made.members.setdefault(name, []).append(id)
        if id not in known:
            made.analyses.append(_analysis(edition, spec, id, (method, variable), numbers, made, prints))
            known.add(id)
    return made


def _by_key(edition: Edition) -> dict[tuple[str, str, str], list[Number]]:
    found: dict[tuple[str, str, str], list[Number]] = {}
    for number in edition.rows:
        found.setdefault((number.analysis, number.method, number.variable), []).append(number)
    return found


def _analysis(
    edition: Edition, spec: AnalysisSpec, id: str, key: tuple[str, str], numbers: list[Number], into: Analyses,
    prints: Printing,
) -> Json:  # fmt: skip
    method, variable = key
    groupings: dict[Grouping, None] = {}
    results = []
    for number in numbers:
        groups = list(_groups(edition, spec, number))
        groupings |= dict.fromkeys(grouping for grouping, _ in groups)
        into.arms |= dict.fromkeys(level for grouping, level in groups if grouping.arms)
        into.operations.setdefault(method, {})[number.stat] = None
        results.append(_result(number, groups, prints))
    into.groupings |= groupings
    made: Json = {"id": id, "name": _name(edition, spec, method, variable)}
    made |= {"reason": {"controlledTerm": REASONS[spec.status]}, "purpose": _purpose(spec)}
    made |= {"dataset": spec.dataset} | ({"variable": variable} if variable else {})
    made |= {"analysisSetId": spec.population} | ({"dataSubsetId": spec.id} if spec.where else {})
    made["orderedGroupings"] = [
        {"order": order, "groupingId": grouping.id, "resultsByGroup": True}
        for order, grouping in enumerate(groupings, start=1)
    ]
    if spec.estimand:
        made["description"] = f"Estimand: {edition.study.estimands[spec.estimand].title}"
    return made | {"methodId": method, "results": results}


def _name(edition: Edition, spec: AnalysisSpec, method: str, variable: str) -> str:
    if method == POPULATION:
        return f"Number of subjects: {edition.study.populations[spec.population].label}"
    column = edition.study.datasets[spec.dataset].columns.get(variable)
    return f"{spec.title}: {column.label if column else variable}" if variable else spec.title


def _purpose(spec: AnalysisSpec) -> Json:
    known = PURPOSES.get(spec.role)
    return {"controlledTerm": known} if known else {"sponsorTermId": f"purpose.{spec.role}"}


def _groups(edition: Edition, spec: AnalysisSpec, number: Number) -> Iterator[tuple[Grouping, str]]:
    """What a result belongs to: arm, then the arm it is compared with, groups, category, time. A total has no arm."""
    arms = Grouping(edition.study.populations[spec.population].dataset, arm_column(edition, spec.id), True)
    for arm in (number.arm, number.reference):
        if arm not in ("", spec.total):
            yield arms, arm
    for column, level in number.groups:
        yield Grouping(spec.dataset, column), level
    if number.variable_level:
        yield (
            Grouping(spec.dataset, number.variable) if number.variable else Grouping("", CATEGORY),
            (number.variable_level),
        )
    if number.at is not None:
        yield Grouping("", TIME), f"{number.at:.15g}"


def _result(number: Number, groups: list[tuple[Grouping, str]], prints: Printing) -> Json:
    """A result; one that could not be computed has no raw value and says so."""
    named = [
        {"groupingId": grouping.id, "groupId": f"{grouping.id}.{level}"}
        if grouping.arms
        else {"groupingId": grouping.id, "groupValue": level}
        for grouping, level in groups
    ]
    made: Json = {"operationId": f"{number.method}.{number.stat}", "resultGroups": named}
    if number.value is not None:
        made["rawValue"] = repr(number.value)
    elif number.text:
        made["rawValue"] = number.text
    return made | {"formattedValue": "not computed" if number.error else prints.text(number)}

"""Selections of an ARS reporting event: analysis sets and data subsets from a study's conditions."""

from __future__ import annotations

from typing import Any

from trialkit.model.analysis import AnalysisSpec, Population
from trialkit.model.condition import Condition, Test

Json = dict[str, Any]
ONE = {"is": "EQ", "not": "NE", "above": "GT", "at_least": "GE", "below": "LT", "at_most": "LE"}
MANY = {"is": "IN", "not": "NOTIN"}
UNKNOWN = ("contains",)
"""Comparisons that the standard does not have: a selection with one is told by its label only."""


def condition(dataset: str, test: Test) -> Json:
    """One test as a condition; a missing value is the empty text."""
    if test.op == "missing":
        comparator, values = ("EQ" if test.values == ("true",) else "NE"), [""]
    else:
        several = len(test.values) > 1 and test.op in MANY
        comparator, values = (MANY if several else ONE)[test.op], list(test.values)
    return {"dataset": dataset, "variable": test.column, "comparator": comparator, "value": values}


def _tests(where: Condition) -> tuple[Test, ...]:
    """The tests of a condition, none if the standard cannot say them all."""
    return () if any(test.op in UNKNOWN for test in where.tests) else where.tests


def analysis_sets(populations: list[Population]) -> list[Json]:
    """A set for each population; one with several tests is the AND of helper sets with one test each."""
    made: list[Json] = []
    for population in populations:
        tests = _tests(population.where)
        own: Json = {"id": population.id, "label": population.label, "level": 1}
        if len(tests) == 1:
            own["condition"] = condition(population.dataset, tests[0])
        parts: list[Json] = []
        if len(tests) > 1:
            parts = [
                {"id": f"{population.id}.{i}", "label": test.words(), "level": 2,
                 "condition": condition(population.dataset, test)}
                for i, test in enumerate(tests, start=1)
            ]  # fmt: skip
            own["compoundExpression"] = {"logicalOperator": "AND", "whereClauses": [part["id"] for part in parts]}
        made += [own, *parts]
    return [entry | {"order": order} for order, entry in enumerate(made, start=1)]


def data_subsets(specs: list[AnalysisSpec]) -> list[Json]:
    """A subset for each analysis that selects rows, under the analysis's name."""
    made = []
    for order, spec in enumerate((spec for spec in specs if spec.where), start=1):
        clauses = [{"level": 2, "order": i, "condition": condition(spec.dataset, test)}
                   for i, test in enumerate(_tests(spec.where), start=1)]  # fmt: skip
        own: Json = {"id": spec.id, "label": spec.where.words(), "level": 1, "order": order}
        if len(clauses) == 1:
            own["condition"] = clauses[0]["condition"]
        elif clauses:
            own["compoundExpression"] = {"logicalOperator": "AND", "whereClauses": clauses}
        made.append(own)
    return made

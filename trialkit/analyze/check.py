"""Are the analyses possible: their parameters, the columns these name, their groups and strategies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from trialkit.analyze.collect import FEWER, too_many
from trialkit.analyze.intercurrent import strategy_problems
from trialkit.analyze.prepare import Prepared
from trialkit.analyze.results import result_problems
from trialkit.errors import AnalysisError, StudyError, did_you_mean
from trialkit.methods import METHODS
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.result import GROUPS
from trialkit.model.study import Study
from trialkit.model.table import SRC
from trialkit.spec.build import build

COLUMN_PARAMS = (
    "variables",
    "variable",
    "other",
    "within",
    "response",
    "predictor",
    "covariates",
    "factors",
    "strata",
    "time",
    "event",
    "censor",
    "visit",
    "by_visit",
    "group",
    "weights",
    "start",
    "cluster",
    "reason",
    "left",
    "right",
    "count",
    "exposure",
    "subgroups",
)
"""Names of method parameters that hold columns; each is checked against the data set before the method runs."""

INVERTED = "Say 'censor' instead of 'event': as it stands, events and censorings would change places."


def bind(spec: AnalysisSpec) -> Any:
    """The method's Params from the analysis file. Raises StudyError with the place of what does not fit."""
    return build(METHODS[spec.method].params, spec.params)


def columns_of(params: Any) -> Iterator[str]:
    """The columns that parameters name."""
    for attribute in fields(params):
        value = getattr(params, attribute.name) if attribute.name in COLUMN_PARAMS else None
        yield from filter(None, (value,) if isinstance(value, str) else (value or ()))


def check_columns(spec: AnalysisSpec, params: Any, prepared: Prepared) -> None:
    """Raise AnalysisError, with the nearest name, unless the rows have every column that the parameters name."""
    known = [c for c in prepared.frame.columns if c != SRC]
    for name in columns_of(params):
        if name not in known:
            raise AnalysisError(
                f"analysis {spec.id!r}: data set {spec.dataset!r} has no column {name!r}",
                str(spec.params.where if spec.params.where.line else spec.place),
                did_you_mean(name, known),
            )


def check_analyses(study: Study) -> list[StudyError]:
    """Every analysis whose parameters do not fit its method or whose groups do not fit a result row, with the place."""
    found: list[StudyError] = []
    for spec in study.analyses.values():
        try:
            params = bind(spec)
        except StudyError as error:
            found.append(error)
            continue
        named = len(spec.by) + len(getattr(params, "within", ()))
        if named > GROUPS:
            found.append(StudyError(too_many(spec, named), str(spec.place), FEWER))
        found += _inverted(study, spec, params)
        found += result_problems(study, spec, params)
        found += strategy_problems(study, spec)
    return found


def _inverted(study: Study, spec: AnalysisSpec, params: Any) -> list[StudyError]:
    """The mistake of naming a censoring indicator (0 = event) that a step of the data set makes as an event."""
    event, dataset = getattr(params, "event", None), study.datasets.get(spec.dataset)
    steps = [step.args.plain() for step in dataset.steps if step.kind == "time_to_event"] if dataset else []
    if not event or not any(isinstance(args, dict) and args.get("censor") == event for args in steps):
        return []
    words = f"analysis {spec.id!r}: {event!r} is a censoring indicator (0 = event), not an event indicator"
    return [StudyError(words, str(spec.params.where if spec.params.where.line else spec.place), INVERTED)]

"""An analysis of results: its rows are the p-values of other analyses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.methods import METHODS
from trialkit.methods.base import Inputs, Row
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.result import Set, set_of
from trialkit.model.study import Study
from trialkit.spec.build import build

if TYPE_CHECKING:
    import pandas as pd

OF_RESULTS = ("multiplicity",)
"""Methods whose rows are results; they run after the others."""


def draws_on(spec: AnalysisSpec) -> tuple[str, ...]:
    """The analyses whose results an analysis takes, () for one of data. Raises StudyError as ``build``."""
    if spec.method not in OF_RESULTS:
        return ()
    params: Any = build(METHODS[spec.method].params, spec.params)
    return tuple(dict.fromkeys(one.analysis for one in params.hypotheses))


def in_order(study: Study, only: Iterable[str]) -> list[AnalysisSpec]:
    """The analyses to run (all, or those named and what they draw on): of data first, then of results."""
    wanted = set(only) or set(study.analyses)
    wanted |= {name for spec in study.analyses.values() if spec.id in wanted for name in draws_on(spec)}
    chosen = [spec for spec in study.analyses.values() if spec.id in wanted]
    return sorted(chosen, key=lambda spec: spec.method in OF_RESULTS)


def found_for(params: Any, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By hypothesis the result row of its p-value; none where no such result (or not exactly one) is there."""
    found = {one.name: _found(one, rows) for one in params.hypotheses}
    return {name: own[0] for name, own in found.items() if len(own) == 1}


def inputs_of(params: Any, found: dict[str, dict[str, Any]], universe: pd.DataFrame, subject: str) -> Inputs:
    """A row per hypothesis with its p-value, missing where none was found."""
    import pandas as pd

    names = [one.name for one in params.hypotheses]
    p = [float(found[name]["value"]) if name in found else float("nan") for name in names]
    return Inputs(frame=pd.DataFrame({"hypothesis": names, "p": p}), universe=universe, subject=subject)


def behind_result(row: Row, found: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """The ids of the sets that a number made of p-values stands on: that of its hypothesis, or those of all that it is
    adjusted for."""
    own = [found[level] for _, level in row.groups if level in found] if row.stat == "p" else list(found.values())
    return tuple(dict.fromkeys(one["set_id"] for one in own if one["set_id"])) if row.value is not None else ()


def union(ids: Iterable[str], sets: dict[str, Set]) -> tuple[str, Set]:
    """Several sets as one, with its id."""
    made = [sets[name] for name in ids]
    return set_of((s for one in made for s in one.subjects), (s for one in made for s in one.sources))


def _found(one: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if (row["analysis"], row["arm"], row["variable_level"], row["stat"])
        == (one.analysis, one.arm, one.level, one.stat)
        and row["value"] is not None
        and (row["reference"] or not one.arm)
        and (one.level or not row["group1"])
    ]


def result_problems(study: Study, spec: AnalysisSpec, params: Any) -> Iterator[StudyError]:
    """Analyses that are named and are not there, or are themselves of results."""
    if spec.method not in OF_RESULTS:
        return
    for one in params.hypotheses:
        other = study.analyses.get(one.analysis)
        if other is None:
            hint = did_you_mean(one.analysis, study.analyses)
            yield StudyError(f"analysis {spec.id!r}: there is no analysis {one.analysis!r}", str(spec.place), hint)
        elif other.method in OF_RESULTS:
            words = f"analysis {spec.id!r}: {one.analysis!r} is itself made of results"
            yield StudyError(words, str(spec.place), "Name the analyses that test the hypotheses.")
        elif one.arm and one.arm not in study.arms:
            words = f"analysis {spec.id!r}: there is no arm {one.arm!r}"
            yield StudyError(words, str(spec.place), did_you_mean(one.arm, study.arms))

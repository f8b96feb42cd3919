"""Analysis specifications + analysis data sets -> Result rows, each with the subjects and source rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from trialkit.analyze.check import bind, check_columns, columns_of
from trialkit.analyze.collect import Collector
from trialkit.analyze.hiding import Veil, all_as_one, compares
from trialkit.analyze.listing import Lister
from trialkit.analyze.parts import parts_of
from trialkit.analyze.prepare import Prepared, Shared
from trialkit.analyze.results import OF_RESULTS, draws_on, found_for, in_order, inputs_of
from trialkit.derive.run import Derived
from trialkit.errors import UsageError, did_you_mean
from trialkit.methods import METHODS
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.result import Results
from trialkit.model.study import Study

if TYPE_CHECKING:
    import pandas as pd


def analyze(
    study: Study, derived: Derived, sources: pd.DataFrame, snapshot: str, software: str, only: Sequence[str] = ()
) -> Results:
    """Run the study's analyses and make its listings (all, or those named; with them what they draw on).

    A method that refuses gives a row with status "error"; the other analyses go on. Raises UsageError for an
    unknown analysis or listing, AnalysisError when one does not fit its data set.
    """
    import pandas as pd

    for name in only:
        if name not in study.analyses and name not in study.listings:
            hint = did_you_mean(name, [*study.analyses, *study.listings])
            raise UsageError(f"there is no analysis or listing {name!r}", hint=hint)
    collector = Collector(study, snapshot, software)
    veil = Veil(study, derived.hidden, derived.blind)
    specs = in_order(study, only)
    shared = Shared(specs)
    for spec in specs:
        seen, hidden = veil.analysis(spec)
        if hidden := hidden or veil.drawn(collector.rows_of(draws_on(spec))):
            collector.refuse(spec, hidden)
        else:
            _analysis(study, seen, derived.datasets, collector, veil, shared)
            if less := veil.left_out(spec):
                collector.refuse(spec, less)
    lister = Lister(study, derived.datasets, collector.ledger, veil, shared)
    listings = {spec.id: lister.make(spec) for spec in study.listings.values() if not only or spec.id in only}
    parts = [part for part in (derived.ledger, collector.ledger.frame()) if len(part)]
    ledger = pd.concat(parts, ignore_index=True) if parts else collector.ledger.frame()
    sets = derived.sets | collector.ledger.sets
    return Results(collector.frame(), sets, ledger, sources, dict(derived.datasets), listings)


def _analysis(
    study: Study,
    spec: AnalysisSpec,
    datasets: dict[str, pd.DataFrame],
    collector: Collector,
    veil: Veil,
    shared: Shared,
) -> None:
    from trialkit.methods._groups import part_of

    prepared = shared.prepared(study, spec, datasets, collector.ledger)
    params = bind(spec)
    check_columns(spec, params, prepared)
    collector.add(spec, "population", _population_rows(spec, prepared), prepared)
    method = METHODS[spec.method]
    if spec.method in OF_RESULTS:
        found = found_for(params, collector.rows_of(draws_on(spec)))
        inputs = inputs_of(params, found, prepared.universe, prepared.subject)
        collector.of_results(spec, _run(method, inputs, params, veil), found, prepared)
        return
    whole = prepared.inputs(spec.total, columns_of(params) if spec.by else None)
    if not spec.by:
        collector.add(spec, spec.method, _run(method, whole, params, veil), prepared)
        return
    parts = parts_of(study.datasets[spec.dataset], spec.by, prepared.frame)
    whole = part_of(whole, parts.order)
    for groups, at in parts:
        rows = _run(method, part_of(whole, at), params, veil)
        collector.add(spec, spec.method, rows, prepared, parts.order[at], groups)


def _run(method: Any, inputs: Inputs, params: Any, veil: Veil) -> list[Row]:
    try:
        return list(method.run(inputs, params))
    except MethodError as error:
        of_all = list(method.run(*all_as_one(inputs, params))) if veil.hides(error) and compares(params) else []
        return [*of_all, Row(stat="error", error=veil.refusal(error))]


def _population_rows(spec: AnalysisSpec, prepared: Prepared) -> Iterator[Row]:
    """N per arm (and in total): the denominators a display prints in its header."""
    import numpy as np

    universe = prepared.universe
    arms = universe[prepared.arm].to_numpy(dtype=object) if prepared.arm else np.array([])
    for arm in prepared.arms:
        units = np.flatnonzero(arms == arm)
        yield Row(stat="N", value=float(len(units)), arm=arm, units=units)
    if spec.total or not prepared.arms:
        yield Row(stat="N", value=float(len(universe)), arm=spec.total, units=np.arange(len(universe)))

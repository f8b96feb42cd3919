"""Analysis specifications + analysis data sets -> Result rows, each with the subjects and source rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from trialkit.analyze.hiding import Veil, all_as_one, compares
from trialkit.analyze.intercurrent import strategy_problems
from trialkit.analyze.levels import level_text, ordered_levels
from trialkit.analyze.listing import Lister
from trialkit.analyze.prepare import Prepared, prepare
from trialkit.analyze.results import OF_RESULTS, draws_on, found_for, in_order, inputs_of, result_problems, set_behind
from trialkit.derive.run import Derived, Ledger
from trialkit.errors import AnalysisError, StudyError, UsageError, did_you_mean
from trialkit.methods import METHODS
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.result import GROUPS, RESULT_COLUMNS, Results
from trialkit.model.study import Study
from trialkit.model.table import SRC
from trialkit.spec.build import build

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

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

Groups = tuple[tuple[str, str], ...]
OF_ROW = ("arm", "reference", "variable", "variable_level", "at", "stat", "value", "text", "unit", "warning", "error")
"""What a result row has from the method's row as it is."""
_of_row = attrgetter(*OF_ROW)

INVERTED = "Say 'censor' instead of 'event': as it stands, events and censorings would change places."
FEWER = "Name fewer columns in 'by' and 'within', or make an analysis of each."


class Collector:
    """Gathers Result rows and keeps each distinct set once."""

    def __init__(self, study: Study, snapshot: str, software: str) -> None:
        self.rows: list[dict[str, Any]] = []
        self.ledger = Ledger()
        self.universes: dict[tuple[str, str], tuple[pd.DataFrame, str]] = {}
        self.blank = dict.fromkeys(RESULT_COLUMNS, "")
        self.blank |= {"snapshot": snapshot, "spec": study.digest, "software": software}

    def add(
        self,
        spec: AnalysisSpec,
        method: str,
        rows: Iterable[Row],
        prepared: Prepared,
        rows_at: np.ndarray | None = None,
        groups: Groups = (),
    ) -> None:
        """Enter a method's rows inside ``groups``; ``rows_at`` maps their row positions to the prepared frame's."""
        told = {"analysis": spec.id, "method": method, "by": " ".join(spec.by), "estimand": spec.estimand}
        same: dict[str, Any] = self.blank | told
        known: dict[tuple[int, int], tuple[Row, str]] = {}
        for row in rows:
            record = same.copy()
            record.update(zip(OF_ROW, _of_row(row), strict=True))
            inside = (*groups, *row.groups)
            if len(inside) > GROUPS:
                raise AnalysisError(_too_many(spec, len(inside)), str(spec.place), FEWER)
            for i, (name, level) in enumerate(inside, start=1):
                record[f"group{i}"], record[f"level{i}"] = name, level
            record["status"], record["order"] = _status(row), len(self.rows)
            # Numbers of one group share their arrays; the row kept beside them sees to it that an id stays theirs.
            arrays = id(row.rows), id(row.units)
            if arrays not in known:
                known[arrays] = row, self._set(row, prepared, rows_at)
            record["set_id"] = known[arrays][1]
            self.rows.append(record)

    def of_results(
        self, spec: AnalysisSpec, rows: Sequence[Row], found: dict[str, dict[str, Any]], at: Prepared
    ) -> None:
        """Enter rows made of the results ``found``, each with what these stand on."""
        before = len(self.rows)
        self.add(spec, spec.method, rows, at)
        for record, row in zip(self.rows[before:], rows, strict=True):
            if behind := set_behind(row, found, self.ledger.sets):
                record["set_id"], self.ledger.sets[behind[0]] = behind

    def refuse(self, spec: AnalysisSpec, why: str) -> None:
        """Enter that an analysis is not computed at all."""
        told = {"analysis": spec.id, "method": spec.method, "estimand": spec.estimand, "stat": "error", "error": why}
        self.rows.append(self.blank | told | {"value": None, "at": None, "status": "error", "order": len(self.rows)})

    def _set(self, row: Row, prepared: Prepared, rows_at: np.ndarray | None) -> str:
        if row.rows is None and row.units is None:
            return ""
        rows = row.rows if row.rows is None or rows_at is None else rows_at[row.rows]
        set_id, made = prepared.behind.find(rows, row.units)
        self.ledger.sets[set_id] = made
        return set_id

    def frame(self) -> pd.DataFrame:
        """The rows with RESULT_COLUMNS."""
        import pandas as pd

        made = pd.DataFrame({name: [row[name] for row in self.rows] for name in RESULT_COLUMNS})
        made["value"] = made["value"].astype(float)
        made["at"] = made["at"].astype(float)
        return made


def _status(row: Row) -> str:
    if row.error:
        return "error"
    if row.warning:
        return "warning"
    return "text" if row.value is None else "value"


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
    for spec in in_order(study, only):
        seen, hidden = veil.analysis(spec)
        if hidden := hidden or veil.drawn(draws_on(spec), collector.rows):
            collector.refuse(spec, hidden)
        else:
            _analysis(study, seen, derived.datasets, collector, veil)
            if less := veil.left_out(spec):
                collector.refuse(spec, less)
    lister = Lister(study, derived.datasets, collector.ledger, veil)
    listings = {spec.id: lister.make(spec) for spec in study.listings.values() if not only or spec.id in only}
    parts = [part for part in (derived.ledger, collector.ledger.frame()) if len(part)]
    ledger = pd.concat(parts, ignore_index=True) if parts else collector.ledger.frame()
    sets = derived.sets | collector.ledger.sets
    return Results(collector.frame(), sets, ledger, sources, dict(derived.datasets), listings)


def _analysis(
    study: Study, spec: AnalysisSpec, datasets: dict[str, pd.DataFrame], collector: Collector, veil: Veil
) -> None:
    from trialkit.methods._groups import part_of

    prepared = prepare(study, spec, datasets, collector.ledger, collector.universes)
    params = bind(spec)
    _check_columns(spec, params, prepared)
    collector.add(spec, "population", _population_rows(spec, prepared), prepared)
    method = METHODS[spec.method]
    if spec.method in OF_RESULTS:
        found = found_for(params, collector.rows)
        inputs = inputs_of(params, found, prepared.universe, prepared.subject)
        collector.of_results(spec, _run(method, inputs, params, veil), found, prepared)
        return
    whole = Inputs(
        frame=_named(prepared, params) if spec.by else prepared.frame,
        universe=prepared.universe,
        subject=prepared.subject,
        arm=prepared.arm or None,
        arms=prepared.arms,
        reference=prepared.reference or None,
        total=spec.total or None,
    )
    for groups, at in _by_groups(study, spec, prepared):
        inputs = whole if at is None else part_of(whole, at)
        collector.add(spec, spec.method, _run(method, inputs, params, veil), prepared, at, groups)


def _named(prepared: Prepared, params: Any) -> pd.DataFrame:
    """The rows with the columns that a method reads, so that each group is not taken out of all columns."""
    wanted = {prepared.subject, prepared.arm, *_columns(params)}
    return prepared.frame[[name for name in prepared.frame.columns if name in wanted]]


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


def _by_groups(study: Study, spec: AnalysisSpec, prepared: Prepared) -> Iterator[tuple[Groups, np.ndarray | None]]:
    """The level combinations of the ``by`` columns that have rows, with the row positions of each."""
    import numpy as np
    import pandas as pd

    if not spec.by:
        yield (), None
        return

    def walk(names: Sequence[str], at: np.ndarray) -> Iterator[tuple[Groups, np.ndarray]]:
        if not names:
            yield (), at
            return
        column = prepared.frame[names[0]].iloc[at]
        codes, values = pd.factorize(column)
        code = {value: i for i, value in enumerate(values)}
        for level in ordered_levels(study.datasets[spec.dataset], names[0], column):
            for rest, rows in walk(names[1:], at[codes == code[level]]):
                yield ((names[0], level_text(level)), *rest), rows

    yield from walk(spec.by, np.arange(len(prepared.frame)))


def bind(spec: AnalysisSpec) -> Any:
    """The method's Params from the analysis file. Raises StudyError with the place of what does not fit."""
    return build(METHODS[spec.method].params, spec.params)


def _columns(params: Any) -> Iterator[str]:
    """The columns that parameters name."""
    for attribute in fields(params):
        value = getattr(params, attribute.name) if attribute.name in COLUMN_PARAMS else None
        yield from filter(None, (value,) if isinstance(value, str) else (value or ()))


def _check_columns(spec: AnalysisSpec, params: Any, prepared: Prepared) -> None:
    known = [c for c in prepared.frame.columns if c != SRC]
    for name in _columns(params):
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
            found.append(StudyError(_too_many(spec, named), str(spec.place), FEWER))
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


def _too_many(spec: AnalysisSpec, named: int) -> str:
    return f"analysis {spec.id!r} groups its numbers by {named} columns; a result row has places for {GROUPS}"

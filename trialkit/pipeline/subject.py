"""Why a subject is in or out of each population and analysis, and where a row of a data set came from, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.analysis import AnalysisSpec, Population
from trialkit.model.condition import Test
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.pipeline.numbers import open_snapshot

if TYPE_CHECKING:
    import pandas as pd

    from trialkit.derive import Derived


def explain_subject(study: Study, store: Path, subject: str, snapshot: str = "latest") -> str:
    """One subject in words: its arm, each population with what decides, each analysis with the rows it uses and loses.

    Raises UsageError for a subject of whom the snapshot holds nothing, AnalysisError, SnapshotError, StoreError.
    """
    _, tables = open_snapshot(store, snapshot)
    return subject_words(study, tables, subject)


def subject_words(study: Study, tables: Tables, subject: str) -> str:
    """The same from tables in memory."""
    from trialkit.derive import derive
    from trialkit.derive.trace import of_subject

    own = of_subject(study, tables, subject)
    forms = {name: frame for name, frame in own.frames.items() if study.forms[name].subject and len(frame)}
    if not forms:
        raise UsageError(f"there is no subject {subject!r} in the snapshot", hint=_near(study, tables, subject))
    derived = derive(study, own)
    lines = [f"Subject {subject}", f"  recorded in {len(forms)} forms, {sum(map(len, forms.values()))} rows"]
    lines += ["", "Populations", *_populations(study, derived)]
    lines += ["", "Data sets", *_datasets(study, derived)]
    lines += ["", "Analyses", *_analyses(study, derived)]
    return "\n".join(lines)


def _near(study: Study, tables: Tables, subject: str) -> str:
    known = {
        str(name)
        for form, frame in tables.frames.items()
        if study.forms[form].subject
        for name in frame[study.forms[form].subject].dropna()
    }
    return did_you_mean(subject, sorted(known))


def _populations(study: Study, derived: Derived) -> Iterator[str]:
    for population in study.populations.values():
        frame = derived.datasets[population.dataset]
        if not len(frame):
            why = _lost(derived.ledger, f"dataset {population.dataset}") or ["it has no row there"]
            yield f"  {population.label}: out, no row in {population.dataset} ({'; '.join(why)})"
            continue
        yield f"  {population.label}: {_membership(study, population, frame)}"


def _membership(study: Study, population: Population, frame: pd.DataFrame) -> str:
    holds, _ = population.where.masks(frame)
    if holds[0]:
        decided = ", ".join(_decided(study, population.dataset, test, frame) for test in population.where.tests)
        return f"in, because {decided}" if decided else "in"
    wrong = [test for test in population.where.tests if not test.masks(frame)[0][0]]
    return "out, because " + ", ".join(_decided(study, population.dataset, test, frame) for test in wrong)


def _decided(study: Study, dataset: str, test: Test, frame: pd.DataFrame) -> str:
    """The subject's value that a test looked at, and the step that made it."""
    value = _said(frame.iloc[0][test.column])
    made = _made_by(study, dataset, test.column)
    return f"{test.column} is {value}" + (f" (step {made})" if made else "")


def _made_by(study: Study, dataset: str, column: str) -> str:
    """The last step of a data set that makes a column, in words."""
    from trialkit.derive import STEPS
    from trialkit.spec.build import build

    for number, step in reversed(list(enumerate(study.datasets[dataset].steps, start=1))):
        args: Any = build(STEPS[step.kind].args, step.args)
        if column in (getattr(args, "into", ""), *(getattr(args, "columns", None) or ())):
            return f"{number} of {dataset}, {STEPS[step.kind].words(args)}"
    return ""


def _datasets(study: Study, derived: Derived) -> Iterator[str]:
    for name, frame in derived.datasets.items():
        lost = _lost(derived.ledger, f"dataset {name}")
        said = f"; lost {'; '.join(lost)}" if lost else ""
        yield f"  {study.datasets[name].label} ({name}): {_rows(len(frame))}{said}"


def _analyses(study: Study, derived: Derived) -> Iterator[str]:
    for spec in study.analyses.values():
        yield f"  {spec.title} ({spec.id}): {_analysis(study, spec, derived)}"


def _analysis(study: Study, spec: AnalysisSpec, derived: Derived) -> str:
    from trialkit.analyze.prepare import prepare
    from trialkit.derive.run import Ledger

    ledger = Ledger()
    prepared = prepare(study, spec, derived.datasets, ledger)
    lost = _lost(ledger.frame(), f"analysis {spec.id}")
    if not len(prepared.universe):
        return f"not in its population, {study.populations[spec.population].label}"
    if not len(prepared.frame) and not lost:
        return f"in its population; no row in {spec.dataset}"
    return _rows(len(prepared.frame)) + (f"; not used: {'; '.join(lost)}" if lost else "")


def _lost(ledger: pd.DataFrame, of: str) -> list[str]:
    rows = ledger[(ledger["of"] == of) & (ledger["lost"] > 0)]
    return [f"{count} at step {order}, {reason}" for order, count, reason in
            zip(rows["order"], rows["lost"], rows["reason"], strict=True)]  # fmt: skip


def _rows(count: int) -> str:
    return "no row" if not count else f"{count} row{'' if count == 1 else 's'}"


def _said(value: Any) -> str:
    if value is None or value != value:
        return "missing"
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return f"{value:g}" if isinstance(value, float) else str(value)


def explain_row(study: Study, store: Path, dataset: str, number: int, snapshot: str = "latest") -> str:
    """Where a row of a data set came from: its source row, and each step with the cells it made and the rows it read.

    ``number`` counts from 1, in the order of the data set as it is written out. Raises UsageError for a data set or
    row there is not, AnalysisError, SnapshotError, StoreError.
    """
    _, tables = open_snapshot(store, snapshot)
    return row_words(study, tables, dataset, number)


def row_words(study: Study, tables: Tables, dataset: str, number: int) -> str:
    """The same from tables in memory."""
    from trialkit.derive.trace import Tracing

    if dataset not in study.datasets:
        raise UsageError(f"there is no data set {dataset!r}", hint=did_you_mean(dataset, study.datasets))
    tracing = Tracing(study, tables, dataset)
    count = len(tracing.table(dataset))
    if not 1 <= number <= count:
        raise UsageError(f"{dataset} has rows 1 to {count:,}, not {number:,}")
    row, steps = tracing.row(number - 1)
    key = ", ".join(f"{name} {_said(row[name])}" for name in study.datasets[dataset].key)
    lines = [f"Row {number} of {dataset}: {key}", f"  from {source_words(tables.sources, row[SRC])}"]
    for order, step in enumerate(steps, start=1):
        made = ", ".join(f"{name} = {_said(value)}" for name, value in step.made.items())
        lines.append(f"  {order}. {step.words}" + (f": {made}" if made else ""))
        lines += _read(tables, step.table, step.sources)
    return "\n".join(lines)


SHOWN = 5
"""Of more source rows of one step than this, the first are named and the others counted."""


def _read(tables: Tables, table: str, sources: tuple[int, ...]) -> Iterator[str]:
    if table and not sources:
        yield f"       no row of {table} counts"
    for source in sources[:SHOWN]:
        yield f"       {source_words(tables.sources, source)}"
    if len(sources) > SHOWN:
        yield f"       and {len(sources) - SHOWN} more"


def source_words(sources: pd.DataFrame, source: int) -> str:
    """Form, file, line or record, and upload of a source row, told by its number in ``Tables.sources``."""
    where = sources.loc[source]
    return f"{where['form']}: {where['file']} {where['numbering']} {where['row']} (upload {where['upload'][:8]})"

"""Where a row of an analysis data set came from, step by step, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.pipeline.membership import value_words
from trialkit.pipeline.numbers import open_snapshot

if TYPE_CHECKING:
    import pandas as pd


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
    key = ", ".join(f"{name} {value_words(row[name])}" for name in study.datasets[dataset].key)
    lines = [f"Row {number} of {dataset}: {key}", f"  from {source_words(tables.sources, row[SRC])}"]
    for order, step in enumerate(steps, start=1):
        made = ", ".join(f"{name} = {value_words(value)}" for name, value in step.made.items())
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

"""One printed number in words: its analysis, method, estimand and population, the way to it, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.analysis import Display, ReportSpec
from trialkit.model.record import Snapshot
from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.model.table import Tables
from trialkit.pipeline.numbers import SOFTWARE, compute, open_snapshot
from trialkit.pipeline.row import source_words

if TYPE_CHECKING:
    from trialkit.report.page import Shown
    from trialkit.report.table import Cell, Head, Line, TableModel

MOST = 40
"""Of more source rows than this, the first are named and the others counted."""


@dataclass(frozen=True)
class Place:
    """A line of a display's tables: its words with those of the group above, and its table."""

    words: str
    line: Line
    table: TableModel


def explain_cell(
    study: Study, store: Path, display: str, row: str = "", column: str = "", snapshot: str = "latest"
) -> str:
    """A display's number in words. ``display`` is its id or number; ``row`` and ``column`` are their words, or their
    numbers from 1. Without a row the rows are listed, without a column the columns.

    Raises UsageError for a display, row, column or number there is not, AnalysisError, SnapshotError, StoreError.
    """
    report, shown = find_display(study, display)
    found, tables = open_snapshot(store, snapshot)
    return cell_words(study, tables, found, (report, shown), row, column)


def find_display(study: Study, name: str) -> tuple[ReportSpec, Display]:
    """The display of this id or number, with the report it stands in. Raises UsageError."""
    for report in study.reports.values():
        for display in report.displays.values():
            if name in (display.id, display.number):
                return report, display
    known = [name for report in study.reports.values() for d in report.displays.values() for name in (d.id, d.number)]
    raise UsageError(f"there is no display {name!r}", hint=did_you_mean(name, known))


def cell_words(
    study: Study, tables: Tables, snapshot: Snapshot, what: tuple[ReportSpec, Display], row: str, column: str
) -> str:
    """The same from tables in memory."""
    from trialkit.report.page import compose

    report, display = what
    results = compute(study, tables, snapshot.id, (*display.analyses, *display.listings))
    alone = replace(report, displays={display.id: display}, drill=False)
    (shown,) = compose(results, study, alone, snapshot, SOFTWARE).shown
    places = list(_places(shown))
    if not row:
        return _listed([place.words for place in places])
    place = places[_chosen([p.words for p in places], row, f"{shown.name} has no row")]
    heads = [head.full for head in place.table.heads]
    if not column:
        return _listed(heads)
    at = _chosen(heads, column, f"{shown.name} has no column")
    head, cell = place.table.heads[at], place.line.cells[at]
    return "\n".join(_told(study, results, shown, place, head, cell))


def _places(shown: Shown) -> Iterator[Place]:
    from trialkit.report.table import Picture, TableModel

    for part in shown.parts:
        table = part.table if isinstance(part, Picture) else part
        if not isinstance(table, TableModel):
            continue
        group = ""
        for line in table.lines:
            group = line.stub if line.kind == "group" else "" if not line.indent else group
            if line.cells and line.kind in ("row", "total"):
                words = " > ".join(part for part in (table.caption, group, line.stub) if part)
                yield Place(words, line, table)


def _listed(names: list[str]) -> str:
    return "\n".join(f"{i:>4}  {name}" for i, name in enumerate(names, start=1))


def _chosen(names: list[str], wanted: str, refusal: str) -> int:
    """The position of a name, of the end of one (``Nausea`` of ``Gut > Nausea``), or of a number from 1."""
    asked = wanted.casefold()
    for fits in (lambda name: name == asked, lambda name: name.split(" > ")[-1] == asked):
        found = [i for i, name in enumerate(names) if fits(name.casefold())]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(f"{i + 1} ({names[i]})" for i in found[:5])
            raise UsageError(f"{len(found)} are called {wanted!r}", hint=f"Name one by its number: {several}.")
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise UsageError(f"{refusal} {wanted!r}", hint=did_you_mean(wanted, names) or f"There are {len(names)}.")


def _told(study: Study, results: Results, shown: Shown, place: Place, head: Head, cell: Cell) -> Iterator[str]:
    yield f"{shown.name} {shown.title}"
    note = f" ({head.group_note or head.note})" if head.group_note or head.note else ""
    yield f"  {place.words}, {head.full}{note}: {cell.full or 'blank'}"
    if cell.analysis:
        yield from _analysis(study, results, cell.analysis)
    if cell.set_id in results.sets:
        yield from _rows(study, results, cell)
    else:
        yield "No set of rows is kept behind this cell."


def _analysis(study: Study, results: Results, name: str) -> Iterator[str]:
    from trialkit.report.losses import label, read_ledger
    from trialkit.report.provenance import evidence
    from trialkit.report.standing import standing

    spec = study.analyses[name]
    stood = standing(study, spec, read_ledger(results.ledger))
    yield f"  analysis: {spec.title} ({spec.id}); {spec.role}, {spec.status}"
    (proof,) = evidence([spec])
    yield f"  method: {stood.method} Compared with {proof.against}; largest deviation: {proof.deviation}."
    yield f"  population: {stood.population}"
    yield f"  estimand: {stood.estimand or 'none is named'}"
    of = ""
    for entry in stood.entries:
        if entry.of != of:
            of = entry.of
            yield label(study, of)
        lost = f", {entry.lost} lost: {entry.reason}" if entry.lost else ""
        yield f"  {entry.order}. {entry.step}: {entry.rows_in} rows in, {entry.rows_out} out{lost}"


def _rows(study: Study, results: Results, cell: Cell) -> Iterator[str]:
    from trialkit.report.drill import owners

    made = results.sets[cell.set_id]
    shown = made.sources[:MOST]
    computed = "Computed from" if cell.of == "basis" else "Rows behind it:"
    yield f"{computed} {len(made.subjects)} subjects, {len(made.sources)} source rows"
    for source, who in zip(shown, owners(results, study, shown), strict=True):
        yield f"  {who or 'no subject'}  {source_words(results.sources, source)}"
    if len(made.sources) > MOST:
        yield f"  and {len(made.sources) - MOST} more"

"""One printed number in words: its analysis, method, estimand and population, the way to it, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.analysis import Display, ReportSpec
from trialkit.model.record import Snapshot
from trialkit.model.result import Listing
from trialkit.model.study import Study
from trialkit.model.table import Tables
from trialkit.pipeline.numbers import SOFTWARE, compute

if TYPE_CHECKING:
    from trialkit.report.page import Shown
    from trialkit.report.table import Line, TableModel


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
    numbers from 1. Without a row the rows are listed, without a column the columns. A cell of a listing opens to the
    row that its line shows.

    Raises UsageError for a display, row, column or number there is not, AnalysisError, SnapshotError, StoreError.
    """
    from trialkit.queries.conduct import conduct
    from trialkit.report import reads_conduct
    from trialkit.store import Store

    report, shown = find_display(study, display)
    opened = Store.open(store)
    found = opened.snapshot(snapshot)
    tables = opened.load(found)
    of_store = conduct(study, opened, found, tables) if reads_conduct([shown]) else {}
    return cell_words(study, tables, found, (report, shown), row, column, of_store)


def find_display(study: Study, name: str) -> tuple[ReportSpec, Display]:
    """The display of this id or number, with the report it stands in. Raises UsageError."""
    for report in study.reports.values():
        for display in report.displays.values():
            if name in (display.id, display.number):
                return report, display
    every = [d for report in study.reports.values() for d in report.displays.values()]
    several = f"Name one by its number or id, as {every[0].number} or {every[0].id}." if every else ""
    if not name:
        raise UsageError("the display is missing", hint=several)
    hint = did_you_mean(name, [known for d in every for known in (d.id, d.number)])
    raise UsageError(f"there is no display {name!r}", hint=hint or several)


def cell_words(
    study: Study,
    tables: Tables,
    snapshot: Snapshot,
    what: tuple[ReportSpec, Display],
    row: str,
    column: str,
    of_store: Mapping[str, Listing] | None = None,
) -> str:
    """The same from tables in memory; ``of_store`` are the listings on the conduct of the study."""
    from trialkit.pipeline.behind import Teller
    from trialkit.report.check import kind_of
    from trialkit.report.page import compose

    report, display = what
    results = compute(study, tables, snapshot.id, (*display.analyses, *display.listings))
    results = replace(results, listings=results.listings | dict(of_store or {}))
    alone = replace(report, displays={display.id: display}, drill=False)
    (shown,) = compose(results, study, alone, snapshot, SOFTWARE).shown
    places = list(_places(shown))
    if not places:
        raise UsageError(f"{shown.name} has no rows at this snapshot", hint="Nothing met its criteria.")
    if not row:
        return _listed([place.words for place in places])
    place = places[_chosen([p.words for p in places], row, f"{shown.name} has no row")]
    teller = Teller(study, tables, results, kind_of(display).closed)
    title = f"{shown.name} {shown.title}"
    if place.line.kind == "span":
        if column:
            hint = "Leave the column out."
            raise UsageError(f"row {row!r} of {shown.name} is one cell over all columns", hint=hint)
        return "\n".join([title, f"  {place.words}", *teller.way(place.line.opens)])
    heads = [head.full for head in place.table.heads]
    if not column:
        return _listed(heads)
    at = _chosen(heads, column, f"{shown.name} has no column")
    head, cell = place.table.heads[at], place.line.cells[at]
    note = f" ({head.group_note or head.note})" if head.group_note or head.note else ""
    said = f"  {place.words}, {head.full}{note}: {cell.full or 'blank'}"
    return "\n".join([title, said, *teller.way(cell if cell.of else place.line.opens)])


def _places(shown: Shown) -> Iterator[Place]:
    from trialkit.report.table import Picture, TableModel

    for part in shown.parts:
        table = part.table if isinstance(part, Picture) else part
        if not isinstance(table, TableModel):
            continue
        group = ""
        for line in table.lines:
            group = line.stub if line.kind == "group" else "" if not line.indent else group
            if (line.cells and line.kind in ("row", "total")) or (line.kind == "span" and line.opens.of):
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
    words = dict.fromkeys(part for name in names for part in (name, name.split(" > ")[-1]))
    hint = did_you_mean(wanted, words) or f"There are {len(names)}: leave it out, and they are listed."
    raise UsageError(f"{refusal} {wanted!r}", hint=hint)

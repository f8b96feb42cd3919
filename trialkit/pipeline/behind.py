"""What stands behind a printed number or line, in words: its analysis, the way to it, and its source rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model.result import Results, Set, set_of
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.pipeline.row import row_words, source_words
from trialkit.words import many

if TYPE_CHECKING:
    from trialkit.report.table import Cell

MOST = 40
"""Of more source rows than this, the first are named and the others counted."""
BEGIN = {"basis": "Computed from", "shown": "Shown from"}


@dataclass(frozen=True)
class Teller:
    """Tells what is behind the cells of a display; ``closed`` is why some of its numbers have nothing."""

    study: Study
    tables: Tables
    results: Results
    closed: str

    def way(self, cell: Cell) -> Iterator[str]:
        """The analysis or listing of a cell, its rows, and for a row of a data set how it was made."""
        if cell.analysis:
            yield from self._standing(cell.analysis)
        behind = self._set(cell)
        if behind is None:
            yield "No set of rows is kept behind this cell" + (f": {self.closed}" if self.closed else ".")
            return
        yield from self._rows(cell, behind)
        if len(cell.sources) == 1:
            yield from self._made(cell.analysis, cell.sources[0])

    def _standing(self, name: str) -> Iterator[str]:
        from trialkit.report.losses import label, read_ledger
        from trialkit.report.provenance import evidence
        from trialkit.report.standing import standing

        spec = self.study.analyses.get(name)
        stood = standing(self.study, spec or self.study.listings[name], read_ledger(self.results.ledger))
        if spec:
            yield f"  analysis: {spec.title} ({spec.id}); {spec.role}, {spec.status}"
            (proof,) = evidence([spec])
            yield f"  method: {stood.method} Compared with {proof.against}; largest deviation: {proof.deviation}."
        else:
            yield f"  listing: {stood.title} ({name})"
        yield f"  population: {stood.population or 'none is named'}"
        if spec:
            yield f"  estimand: {stood.estimand or 'none is named'}"
        of = ""
        for entry in stood.entries:
            if entry.of != of:
                of = entry.of
                yield label(self.study, of)
            lost = f", {entry.lost} lost: {entry.reason}" if entry.lost else ""
            yield f"  {entry.order}. {entry.step}: {many(entry.rows_in, 'row')} in, {entry.rows_out:,} out{lost}"

    def _set(self, cell: Cell) -> Set | None:
        from trialkit.report.drill import owners

        if not cell.sources:
            return (self.results.sets | dict([set_of((), ())])).get(cell.set_id)
        return set_of(filter(None, owners(self.results, self.study, cell.sources)), cell.sources)[1]

    def _rows(self, cell: Cell, made: Set) -> Iterator[str]:
        from trialkit.report.drill import owners

        shown = made.sources[:MOST]
        counted = f"{many(len(made.subjects), 'subject')}, {many(len(made.sources), 'source row')}"
        yield f"{BEGIN.get(cell.of, 'Rows behind it:')} {counted}{self._events(cell)}"
        for source, who in zip(shown, owners(self.results, self.study, shown), strict=True):
            yield f"  {who or 'no subject'}  {source_words(self.results.sources, source)}"
        if len(made.sources) > MOST:
            yield f"  and {len(made.sources) - MOST} more"

    def _events(self, cell: Cell) -> str:
        """How many of the rows have an event, where the analysis counts events."""
        from trialkit.report.among import events_among
        from trialkit.report.rows import read_rows

        if cell.of != "basis":
            return ""
        sets = self.results.sets
        found = events_among(read_rows(self.results.rows), sets, [(cell.analysis, cell.set_id)])
        rows = {source for names in found.values() for name in names for source in sets[name].sources}
        return f", {len(rows)} of them with an event" if rows else ""

    def _made(self, listing: str, source: int) -> Iterator[str]:
        """How the row of the data set was made that a line shows, with the rows that each step read."""
        import numpy as np

        dataset = self.study.listings[listing].dataset
        at = np.flatnonzero(self.results.datasets[dataset][SRC].to_numpy() == source)
        if len(at) == 1:
            yield row_words(self.study, self.tables, dataset, int(at[0]) + 1)
        elif len(at):
            named = ", ".join(str(i + 1) for i in at[:5])
            rows = f"{many(len(at), 'row')} of {dataset}"
            yield f"it is the source of {rows}: 'trialkit explain row {dataset} N' tells of {named}"

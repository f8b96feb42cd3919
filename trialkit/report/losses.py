"""The ledger in a report: which rows were lost on the way to a display's numbers, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model.analysis import AnalysisSpec, ListingSpec
from trialkit.model.result import Set
from trialkit.model.study import Study
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel

if TYPE_CHECKING:
    import pandas as pd

HEADS = (Head("Rows in"), Head("Rows out"), Head("Lost"), Head("Reason", text=True))


@dataclass(frozen=True)
class Entry:
    """One ledger row. ``of`` is "dataset <id>", "analysis <id>" or "listing <id>"."""

    of: str
    order: int
    step: str
    rows_in: int
    rows_out: int
    lost: int
    reason: str
    set_id: str


Ledger = dict[str, list[Entry]]
"""All entries in order, by what they are of."""


def read_ledger(frame: pd.DataFrame) -> Ledger:
    """The entries of the ledger's rows."""
    made: Ledger = {}
    for record in frame.to_dict("records"):
        whole = {name: int(record[name]) for name in ("order", "rows_in", "rows_out", "lost")}
        text = {name: str(record[name] or "") for name in ("of", "step", "reason", "set_id")}
        made.setdefault(text["of"], []).append(Entry(**whole, **text))  # type: ignore[arg-type]
    return made


def subjects_of(study: Study, specs: Iterable[AnalysisSpec | ListingSpec]) -> tuple[str, ...]:
    """What the ledger calls the data sets (with those they start from), analyses and listings behind a display."""
    found: dict[str, None] = {}
    specs = tuple(specs)
    for spec in specs:
        name, chain = spec.dataset, []
        while name in study.datasets and name not in chain:
            chain.append(name)
            name = study.datasets[name].source
        found |= dict.fromkeys(f"dataset {name}" for name in reversed(chain))
    named = (f"{'listing' if isinstance(spec, ListingSpec) else 'analysis'} {spec.id}" for spec in specs)
    return (*found, *named)


def entries_of(ledger: Ledger, study: Study, specs: Iterable[AnalysisSpec | ListingSpec]) -> list[Entry]:
    """The entries of what lies behind a display, data sets first."""
    return [entry for name in subjects_of(study, specs) for entry in ledger.get(name, ())]


def ledger_table(study: Study, entries: Iterable[Entry], sets: dict[str, Set], lost_only: bool) -> TableModel:
    """Entries as a table, those of one data set or analysis under its label; a number of lost rows can be opened."""
    lines: list[Line] = []
    of = ""
    for entry in entries:
        if lost_only and not entry.lost:
            continue
        if entry.of != of:
            of = entry.of
            lines.append(Line(label(study, of), (BLANK,) * len(HEADS), 0, "group"))
        cells = (Cell(str(entry.rows_in)), Cell(str(entry.rows_out)), _lost(entry, sets), Cell(entry.reason, "text"))
        lines.append(Line(f"{entry.order}. {entry.step}", cells, 1))
    return TableModel(HEADS, tuple(lines), "Step")


def _lost(entry: Entry, sets: dict[str, Set]) -> Cell:
    made = sets.get(entry.set_id)
    if made is None or not entry.lost:
        return Cell(str(entry.lost), "count")
    if entry.lost == len(made.sources):
        return Cell(str(entry.lost), "count", "", entry.set_id, "rows")
    same = entry.lost == len(made.subjects)
    return Cell(str(entry.lost), "count", "", entry.set_id if same else "", "subjects" if same else "")


def label(study: Study, of: str) -> str:
    """``Data set <id>: its label``, ``Analysis: its title`` or ``Listing: its title``."""
    kind, _, name = of.partition(" ")
    if kind == "dataset" and name in study.datasets:
        return f"Data set {name}: {study.datasets[name].label}"
    if kind == "analysis" and name in study.analyses:
        return f"Analysis: {study.analyses[name].title}"
    if kind == "listing" and name in study.listings:
        return f"Listing: {study.listings[name].title}"
    return of

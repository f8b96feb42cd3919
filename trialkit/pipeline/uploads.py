"""Data in: files -> typed tables -> findings -> store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError, StudyErrors
from trialkit.locate import clock
from trialkit.model.finding import Finding, in_order
from trialkit.model.record import Snapshot
from trialkit.model.study import Study
from trialkit.model.table import Table
from trialkit.pipeline.files import upload_files
from trialkit.pipeline.gates import may_be_kept
from trialkit.pipeline.incoming import incoming, twice
from trialkit.pipeline.local_times import local_times
from trialkit.spec.heap import collector_past_what_stays

if TYPE_CHECKING:
    import pandas as pd

    from trialkit.intake import Source
    from trialkit.store import Standing, Store, Submission

TRIES = 5
"""How often a submission or freeze that others overtake is computed."""


@dataclass(frozen=True)
class Checked:
    """A submission as it was checked: findings in order, the typed tables, and files that were not read.

    ``as_of`` is the day it was judged as of: "today" in a rule, and the end of time limits that are still open.
    ``before`` are the forms accepted earlier, ``known`` those and the submitted ones. ``notes`` tell how files were
    read.
    """

    findings: list[Finding]
    files: int
    rows: int
    forms: tuple[str, ...]
    refused: bool
    ignored: tuple[str, ...] = ()
    tables: dict[str, Table] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    as_of: date | None = None
    before: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def validate(
    study: Study,
    paths: Sequence[Path],
    store: Path | None = None,
    blinded: bool = False,
    as_of: date | None = None,
) -> Checked:
    """Check files against the forms, and against what the store already holds. Nothing is stored.

    ``paths`` are files, zip archives or folders; ``blinded`` says that nothing in them may tell the arm; ``as_of`` is
    the day of the call if left out (UTC).

    Raises UsageError for a path that does not exist or holds no file to read, StudyErrors for a rule that ``check``
    would refuse, IntakeError for a folder that cannot be opened, AnalysisError (exit 4) if a rule could not be run,
    StoreError. A file that cannot be read is a finding of class stop.
    """
    return _validated(study, paths, store, blinded, as_of or _day(clock()), dry=True)[0]


def _day(at: str) -> date:
    return date.fromisoformat(at[:10])


@collector_past_what_stays()
def _validated(
    study: Study, paths: Sequence[Path], store: Path | None, blinded: bool, as_of: date, dry: bool = False
) -> tuple[Checked, int]:
    """The checked files, and the number of the last submission they were judged against.

    In a ``dry`` run the table of a large file may be checked some subjects at a time, and is not kept.
    """
    from trialkit.intake import told_in_their_words
    from trialkit.store import Store

    sources, ignored = upload_files(paths)
    in_parts = dry and (store is None or Store.is_absent(store))
    read = [incoming(study, source, blinded, in_parts) for source in sources]
    tables = {one.table.form.id: one.table for one in read if one.table is not None}
    standing = _standing(store, tables)
    findings = [finding for one in read for finding in one.findings] + twice(read)
    tables, findings = local_times(study, tables, findings, standing.frames)
    findings += _checked(study, tables, standing.frames, as_of)
    findings = told_in_their_words(findings, {one.source.name: one.mapping for one in read if one.mapping})
    before = tuple(standing.frames)
    checked = Checked(
        findings=in_order(findings),
        files=len(sources),
        rows=sum({one.table.form.id: one.rows for one in read if one.table is not None}.values()),
        forms=tuple(tables),
        refused=any(finding.finding_class == "stop" for finding in findings),
        ignored=tuple(ignored),
        tables=tables,
        sources={one.table.form.id: one.source for one in read if one.table is not None},
        as_of=as_of,
        before=before,
        known=tuple(dict.fromkeys([*before, *tables])),
        notes=tuple(f"{one.source.name}: {note}" for one in read for note in one.notes),
    )
    return checked, standing.number


def _standing(store: Path | None, tables: dict[str, Table]) -> Standing:
    from trialkit.store import Standing, Store

    if store is None or Store.is_absent(store):
        return Standing({}, 0)
    return Store.open(store).standing({form: table.sha256 for form, table in tables.items()})


def _checked(study: Study, tables: dict[str, Table], previous: dict[str, pd.DataFrame], as_of: date) -> list[Finding]:
    from trialkit.store import overlay
    from trialkit.validate import across, asked_for, judged, rows_of
    from trialkit.validate.bind import mistakes

    if wrong := mistakes(study):
        raise StudyErrors(wrong)
    within = {name: judged(rows_of(table)) for name, table in tables.items()}
    found = [finding for one in within.values() for finding in one.findings()]
    asked = asked_for(study, tables)
    laid = overlay(previous, {name: table for name, table in tables.items() if name in asked})
    return found + across(tables, laid, previous, study, as_of, within)


def submit(
    study: Study,
    paths: Sequence[Path],
    store: Path,
    by: str,
    reason: str = "",
    at: str = "",
    blinded: bool = False,
    as_of: date | None = None,
) -> tuple[Checked, Submission | None]:
    """Check files and store them all in one transaction; None if the submission was refused.

    ``at`` is the moment of the submission (UTC, that of the call if left out), ``as_of`` the day the data are judged
    as of (that of ``at``); both go into the log. A refused file's bytes, if it can be opened, are kept in quarantine
    with an event that says why; no row of it becomes data. Of a file that may identify somebody no byte is kept, only
    its hash in the event.
    If somebody else's submission is recorded meanwhile, the files are checked again beside it, TRIES times at most.
    Raises as ``validate``, and StoreError (exit 6).
    """
    from trialkit.store import Overtaken

    for _ in range(TRIES - 1):
        try:
            return _submitted(study, paths, store, by, reason, at or clock(), blinded, as_of)
        except Overtaken:
            continue
    return _submitted(study, paths, store, by, reason, at or clock(), blinded, as_of)


def _submitted(
    study: Study,
    paths: Sequence[Path],
    store: Path,
    by: str,
    reason: str,
    at: str,
    blinded: bool = False,
    as_of: date | None = None,
) -> tuple[Checked, Submission | None]:
    """One try of ``submit``. Raises Overtaken if the findings were computed on a state that is no longer the last."""
    from trialkit.store import Item, Store

    checked, seen = _validated(study, paths, store, blinded, as_of or _day(at))
    opened = Store.open(store, create=True)
    if checked.refused:
        _quarantine(opened, paths, checked, by, at)
        return checked, None
    items = [Item(table, checked.sources[form].data()) for form, table in checked.tables.items()]
    return checked, opened.submit(items, checked.findings, study, by, reason, at, seen, str(checked.as_of))


def _quarantine(store: Store, paths: Sequence[Path], checked: Checked, by: str, at: str) -> None:
    stops = {f.file: f for f in reversed(checked.findings) if f.finding_class == "stop"}
    for source in upload_files(paths)[0]:
        if source.name not in stops:
            continue
        try:
            data = source.data()
        except IntakeError:  # told already, as the finding that refused it; there are no bytes to keep
            continue
        keep = may_be_kept(source.name, data, checked.findings)
        store.reject(data, source.name, stops[source.name].say, by, at, keep)


def freeze(study: Study, store: Path, label: str, by: str, at: str = "", cutoff: str = "") -> Snapshot:
    """Name the data of this moment. Raises StoreError, SnapshotError."""
    from trialkit.store import Overtaken

    for _ in range(TRIES - 1):
        try:
            return _frozen(study, store, label, by, at or clock(), cutoff)
        except Overtaken:
            continue
    return _frozen(study, store, label, by, at or clock(), cutoff)


def _frozen(study: Study, store: Path, label: str, by: str, at: str, cutoff: str) -> Snapshot:
    """One try of ``freeze``. Raises Overtaken if the open queries are no longer those of the last submission."""
    from trialkit.queries import open_after
    from trialkit.store import Store

    opened = Store.open(store, write=True)
    queries, seen = open_after(opened)
    return opened.freeze(label, study, by, at, cutoff, queries, seen=seen)

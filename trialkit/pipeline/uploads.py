"""Data in: files -> typed tables -> findings -> store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trialkit.errors import IntakeError, StudyErrors
from trialkit.locate import clock
from trialkit.model.finding import Finding, finding_key, in_order
from trialkit.model.form import Form
from trialkit.model.record import Snapshot
from trialkit.model.study import Study
from trialkit.model.table import Table
from trialkit.pipeline.files import upload_files
from trialkit.pipeline.gates import at_the_gates, may_be_kept
from trialkit.pipeline.local_times import local_times

if TYPE_CHECKING:
    import pandas as pd

    from trialkit.store import Standing, Store, Submission

TRIES = 5
"""How often a submission or freeze that others overtake is computed."""


@dataclass(frozen=True)
class Checked:
    """A submission as it was checked: findings in order, the typed tables, and files that were not read.

    ``as_of`` is the day it was judged as of: "today" in a rule, and the end of time limits that are still open.
    ``before`` are the forms accepted earlier, ``known`` those and the submitted ones.
    """

    findings: list[Finding]
    files: int
    rows: int
    forms: tuple[str, ...]
    refused: bool
    ignored: tuple[str, ...] = ()
    tables: dict[str, Table] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    as_of: date | None = None
    before: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def validate(
    study: Study,
    paths: Sequence[Path],
    store: Path | None = None,
    blinded: bool = False,
    as_of: date | None = None,
) -> Checked:
    """Check files against the forms, and against what the store already holds. Nothing is stored.

    ``paths`` are files or folders; ``blinded`` says that nothing in them may tell the arm; ``as_of`` is the day of
    the call if left out (UTC).

    Raises UsageError for a path that does not exist or holds no file to read, StudyErrors for a rule that ``check``
    would refuse, IntakeError for a folder that cannot be opened, AnalysisError (exit 4) if a rule could not be run,
    StoreError. A file that cannot be read is a finding of class stop.
    """
    return _validated(study, paths, store, blinded, as_of or _day(clock()), dry=True)[0]


def _day(at: str) -> date:
    return date.fromisoformat(at[:10])


def _validated(
    study: Study, paths: Sequence[Path], store: Path | None, blinded: bool, as_of: date, dry: bool = False
) -> tuple[Checked, int]:
    """The checked files, and the number of the last submission they were judged against.

    In a ``dry`` run the table of a large file may be checked some subjects at a time, and is not kept.
    """
    files, ignored = upload_files(paths)
    read = [(dry and _sharded(study, path, store, blinded)) or _read(study, path, blinded) for path in files]
    findings = [finding for one in read for finding in one.findings]
    tables = {one.table.form.id: one.table for one in read if one.table is not None}
    findings += _twice(read)
    standing = _standing(store, tables)
    tables, findings = local_times(study, tables, findings, standing.frames)
    findings += _checked(study, tables, standing.frames, as_of)
    rows = sum({one.table.form.id: one.rows for one in read if one.table is not None}.values())
    refused = any(finding.finding_class == "stop" for finding in findings)
    found_paths = {one.table.form.id: one.path for one in read if one.table is not None}
    before = tuple(standing.frames)
    checked = Checked(
        in_order(findings), len(files), rows, tuple(tables), refused, tuple(ignored), tables, found_paths, as_of,
        before, tuple(dict.fromkeys([*before, *tables])),
    )  # fmt: skip
    return checked, standing.number


class Read(NamedTuple):
    """A file as it was read: its table, None if it could not be read, and how many rows it has."""

    table: Table | None
    findings: list[Finding]
    path: Path
    rows: int = 0


def _sharded(study: Study, path: Path, store: Path | None, blinded: bool) -> Read | None:
    """A large file read and checked some subjects at a time; its table has no row. None if it has to be whole."""
    from trialkit.pipeline.shards import in_shards, shardable
    from trialkit.store import Store

    kept = store is not None and not Store.is_absent(store)
    form = None if kept else shardable(study, path)
    found = in_shards(study, path, form, blinded) if form else None
    return Read(found[0], found[1], path, found[2]) if found else None


def _read(study: Study, path: Path, blinded: bool) -> Read:
    """One file as a typed table and its findings; a file that cannot be read is one stop finding."""
    from trialkit.intake import assign, parse, read

    form = None
    try:
        form = assign(path, study.forms)
        if form is None:
            raise IntakeError(
                "this file belongs to no form of the study",
                path.name,
                "Rename it, or name the pattern under 'files' of its form.",
            )
        cells = read(path, form.layout)
        told = at_the_gates(study, cells, form, blinded)
        if any(finding.finding_class == "stop" for finding in told):
            return Read(None, told, path)
        table, findings = parse(cells, form)
    except IntakeError as error:
        return Read(None, [_stop(path, form, error)], path)
    return Read(table, told + findings, path, len(table.frame))


def _stop(path: Path, form: Form | None, error: IntakeError) -> Finding:
    _, _, line = error.place.rpartition(":")
    name = form.id if form else ""
    rule = f"{name}.file" if name else "file"
    return Finding(
        form=name,
        file=path.name,
        line=int(line) if line.isdigit() else 0,
        field="",
        rule=rule,
        finding_class="stop",
        severity="critical",
        say=error.message,
        fix=error.hint,
        key=finding_key(rule, name, "", "", "", (path.name,)),
    )


def _twice(read: Iterable[Read]) -> list[Finding]:
    """Two files for one form in one submission: which one counts would be a guess."""
    first: dict[str, Path] = {}
    found = []
    for table, _, path, _ in read:
        if table is not None and first.setdefault(table.form.id, path) != path:
            error = IntakeError(
                f"{first[table.form.id].name} of this submission is already the file of form {table.form.id!r}",
                path.name,
                "Send one file per form.",
            )
            found.append(_stop(path, table.form, error))
    return found


def _standing(store: Path | None, tables: dict[str, Table]) -> Standing:
    from trialkit.store import Standing, Store

    if store is None or Store.is_absent(store):
        return Standing({}, 0)
    return Store.open(store).standing({form: table.sha256 for form, table in tables.items()})


def _checked(study: Study, tables: dict[str, Table], previous: dict[str, pd.DataFrame], as_of: date) -> list[Finding]:
    from trialkit.store import overlay
    from trialkit.validate import across, asked_for, check
    from trialkit.validate.bind import binding

    wrong = [error for form in study.forms.values() for error in binding(form, study)]
    if wrong:
        raise StudyErrors(wrong)
    within = [finding for table in tables.values() for finding in check(table)]
    asked = asked_for(study, tables)
    laid = overlay(previous, {name: table for name, table in tables.items() if name in asked})
    return within + across(tables, laid, previous, study, as_of)


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
    items = [Item(table, checked.paths[form].read_bytes()) for form, table in checked.tables.items()]
    return checked, opened.submit(items, checked.findings, study, by, reason, at, seen, str(checked.as_of))


def _quarantine(store: Store, paths: Sequence[Path], checked: Checked, by: str, at: str) -> None:
    stops = {f.file: f for f in reversed(checked.findings) if f.finding_class == "stop"}
    for path in upload_files(paths)[0]:
        if path.name not in stops:
            continue
        try:
            data = path.read_bytes()
        except OSError:  # told already, as the finding that refused it; there are no bytes to keep
            continue
        store.reject(data, path.name, stops[path.name].say, by, at, may_be_kept(path, data, checked.findings))


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

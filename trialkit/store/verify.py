"""Checking a whole store: the database, the chain of events, the rows they vouch for, and every file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, func, select

from trialkit.errors import SnapshotError, StoreError, UsageError
from trialkit.model import Event
from trialkit.store import engine as database
from trialkit.store import events, files, freeze, uploads
from trialkit.store.canonical import canonical
from trialkit.store.records import StoredUpload, Verified
from trialkit.store.schema import COVERED, FINDINGS, SNAPSHOT_UPLOADS, SNAPSHOTS, SUBMISSIONS, UPLOADS, triggers
from trialkit.store.snapshots import chains_of
from trialkit.words import many

SHORTEST = 16
"""Fewest digits of a head that are taken: another log could be made to meet fewer."""

_CATALOG = "catalog.sqlite"
_RESTORE = "Restore the store from a backup made before the change."
_DIGITS = frozenset("0123456789abcdef")


def verify(root: Path, engine: Engine, head: str) -> Verified:
    """Raises StoreError if the database is damaged, SnapshotError at the first thing that is not as it was written.

    ``head`` is the hash of an event noted outside the store (``freeze`` prints it), or its first digits: without
    one, a store rewritten as a whole, or cut off at its end, cannot be told from the original.
    """
    wanted = _hash(head)
    try:
        log, stored, counts = database.read(engine, root, lambda connection: _rows(connection, root, wanted))
        named = _named(stored, log)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SnapshotError(f"a row of the catalogue cannot be read: {error}", _CATALOG, _RESTORE) from error
    size = sum(len(files.get(root, kind, sha256)) for kind, sha256 in named)
    noted = next((event.number for event in log if wanted and event.hash.startswith(wanted)), 0)
    last = log[-1].hash if log else events.START
    return Verified(len(log), counts[0], len(stored), counts[1], counts[2], len(named), size, last, noted)


def _hash(head: str) -> str:
    wanted = head.strip().lower()
    if wanted and not (SHORTEST <= len(wanted) <= len(events.START) and set(wanted) <= _DIGITS):
        hint = f"Give the hash that was noted, or its first {SHORTEST} digits at least."
        raise UsageError(f"{head!r} is not the hash of an event", hint=hint)
    return wanted


def _rows(connection: Connection, root: Path, head: str) -> tuple[list[Event], list[StoredUpload], list[int]]:
    """Check all the database holds: the log, the uploads, and how many submissions, findings and snapshots."""
    damaged = database.damage(connection)
    if damaged:
        raise StoreError(f"the catalogue is damaged: {damaged.splitlines()[0]}", str(root), _RESTORE)
    log = events.all_events(connection)
    events.check_chain(log)
    _check_head(log, head)
    _check_submissions(connection, log)
    _check_snapshots(connection, log)
    _check_triggers(connection)
    return log, uploads.all_uploads(connection), [_count(connection, t) for t in (SUBMISSIONS, FINDINGS, SNAPSHOTS)]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _check_head(log: Sequence[Event], head: str) -> None:
    hashes = (events.START, *(event.hash for event in log))
    if head and not any(known.startswith(head) for known in hashes):
        said = f"the head noted outside, {head}, is not in the log of {many(len(log), 'event')}: "
        said += "it is another log, or cut off"
        raise SnapshotError(said, _CATALOG, _RESTORE)


def _check_submissions(connection: Connection, log: Sequence[Event]) -> None:
    """Each submission as its event tells it, and none without an event."""
    told = {json.loads(event.detail)["submission"]: event for event in log if event.kind == events.SUBMITTED}
    rows = {row.number: row for row in connection.execute(select(SUBMISSIONS))}
    named: set[int] = set().union(*(_values(connection, table.c.submission) for table in (UPLOADS, COVERED, FINDINGS)))
    for number in sorted(told.keys() | rows.keys() | named):
        row, event = rows.get(number), told.get(number)
        if row is None or event is None or (row.at, row.by) != (event.at, event.by):
            raise _differs(f"submission {number}")
        if canonical(uploads.detail_of(connection, number)) != canonical(_rows_told(event)):
            raise _differs(f"submission {number}")


def _rows_told(event: Event) -> dict[str, Any]:
    """What the event says of the rows: all but the day the data were judged as of, which it alone holds."""
    return {name: told for name, told in json.loads(event.detail).items() if name != "as_of"}


def _values(connection: Connection, column: Column[Any]) -> set[Any]:
    return set(connection.execute(select(column).distinct()).scalars())


def _check_snapshots(connection: Connection, log: Sequence[Event]) -> None:
    """Each snapshot as its event tells it, under the columns it is found by, and none without an event."""
    told = {event.hash: event.detail for event in log if event.kind == events.FROZEN}
    snapshots = freeze.all_snapshots(connection)
    columns = connection.execute(select(SNAPSHOTS).order_by(SNAPSHOTS.c.number)).all()
    for number, (snapshot, row) in enumerate(zip(snapshots, columns, strict=True), 1):
        chains = chains_of(connection, snapshot)
        listed = {form: tuple(stored.upload.table_sha256 for stored in chain) for form, chain in chains.items()}
        same = listed == snapshot.tables and freeze.content_id(snapshot, chains) == snapshot.id
        same &= (row.number, row.id, row.label) == (number, snapshot.id, snapshot.label)
        if not same or told.get(snapshot.head) != canonical(freeze.detail_of(snapshot)):
            raise _differs(f"snapshot {snapshot.id[:16]}")
    if len(snapshots) != len(told) or not _values(connection, SNAPSHOT_UPLOADS.c.snapshot) <= {s.id for s in snapshots}:
        raise _differs("the list of snapshots")


def _check_triggers(connection: Connection) -> None:
    """What keeps rows from being changed is still there."""
    found = database.triggers(connection)
    for name, statement in triggers().items():
        if found.get(name) != statement:
            raise SnapshotError(f"the guard {name!r} against changing rows is gone or altered", _CATALOG, _RESTORE)


def _differs(what: str) -> SnapshotError:
    return SnapshotError(f"{what} is not as the log of events tells it", _CATALOG, _RESTORE)


def _named(stored: Sequence[StoredUpload], log: Sequence[Event]) -> list[tuple[str, str]]:
    """Every file a row or an event names: (folder, SHA-256), sorted."""
    refused = [json.loads(event.detail) for event in log if event.kind == events.REJECTED]
    rejected = {one["sha256"] for one in refused if one.get("kept", True)}
    named = {(files.OBJECTS, one.upload.sha256) for one in stored}
    named |= {(files.TABLES, one.upload.table_sha256) for one in stored}
    named |= {(files.QUARANTINE, sha256) for sha256 in rejected}
    return sorted(named)

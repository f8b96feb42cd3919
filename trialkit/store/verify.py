"""Checking a whole store: the database, the chain of events, the rows they vouch for, and every file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from trialkit.errors import SnapshotError, StoreError
from trialkit.model import Event
from trialkit.store import engine as database
from trialkit.store import events, files, freeze, uploads
from trialkit.store.canonical import canonical
from trialkit.store.records import StoredUpload
from trialkit.store.schema import SUBMISSIONS, UPLOADS
from trialkit.store.snapshots import chains_of

_RESTORE = "Restore the store from a backup made before the change."


def verify(root: Path, engine: Engine, head: str) -> None:
    """Raises StoreError if the database is damaged, SnapshotError at the first thing that is not as it was written.

    ``head`` is the hash of an event noted outside the store (a report prints it): without one, a store rewritten
    as a whole cannot be told from the original.
    """
    with database.reading(engine, root) as connection:
        damaged = database.damage(connection)
        if damaged:
            raise StoreError(f"the catalogue is damaged: {damaged.splitlines()[0]}", str(root), _RESTORE)
        log = events.all_events(connection)
        events.check_chain(log)
        _check_head(log, head)
        _check_submissions(connection, log)
        _check_snapshots(connection, log)
        stored = uploads.all_uploads(connection)
    _check_files(root, stored, log)


def _check_head(log: Sequence[Event], head: str) -> None:
    if head and head != events.START and head not in {event.hash for event in log}:
        raise SnapshotError(f"no event has the hash {head[:16]} that was noted outside", "catalog.sqlite", _RESTORE)


def _check_submissions(connection: Connection, log: Sequence[Event]) -> None:
    """Each submission as its event tells it, and none without an event."""
    told = {json.loads(event.detail)["submission"]: event for event in log if event.kind == events.SUBMITTED}
    rows = {row.number: row for row in connection.execute(select(SUBMISSIONS))}
    named = set(connection.execute(select(UPLOADS.c.submission)).scalars())
    for number in sorted(told.keys() | rows.keys() | named):
        row, event = rows.get(number), told.get(number)
        if row is None or event is None or (row.at, row.by) != (event.at, event.by):
            raise _differs(f"submission {number}")
        if canonical(uploads.detail_of(connection, number)) != event.detail:
            raise _differs(f"submission {number}")


def _check_snapshots(connection: Connection, log: Sequence[Event]) -> None:
    told = {event.hash: event.detail for event in log if event.kind == events.FROZEN}
    snapshots = freeze.all_snapshots(connection)
    for snapshot in snapshots:
        chains = chains_of(connection, snapshot)
        listed = {form: tuple(stored.upload.table_sha256 for stored in chain) for form, chain in chains.items()}
        same = listed == snapshot.tables and freeze.content_id(snapshot, chains) == snapshot.id
        if not same or told.get(snapshot.head) != canonical(freeze.detail_of(snapshot)):
            raise _differs(f"snapshot {snapshot.id[:16]}")
    if len(snapshots) != len(told):
        raise _differs("the list of snapshots")


def _differs(what: str) -> SnapshotError:
    return SnapshotError(f"{what} is not as the log of events tells it", "catalog.sqlite", _RESTORE)


def _check_files(root: Path, stored: Sequence[StoredUpload], log: Sequence[Event]) -> None:
    rejected = {json.loads(event.detail)["sha256"] for event in log if event.kind == events.REJECTED}
    named = {(files.OBJECTS, one.upload.sha256) for one in stored}
    named |= {(files.TABLES, one.upload.table_sha256) for one in stored}
    named |= {(files.QUARANTINE, sha256) for sha256 in rejected}
    for kind, sha256 in sorted(named):
        files.get(root, kind, sha256)

"""Freezing: the data as they are now, under a name made of their content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select

from trialkit.errors import SnapshotError
from trialkit.model import Snapshot
from trialkit.store import engine as database
from trialkit.store import events, uploads
from trialkit.store.canonical import canonical, digest
from trialkit.store.frames import form_frame
from trialkit.store.records import StoredUpload
from trialkit.store.schema import SNAPSHOT_UPLOADS, SNAPSHOTS

Chains = Mapping[str, Sequence[StoredUpload]]
LATEST = "latest"


def freeze(root: Path, engine: Engine, wanted: Snapshot, by: str) -> Snapshot:
    """Record ``wanted`` (label, time, study, open findings, cutoff) with the tables of this moment.

    The same content frozen before is returned as it was, and nothing is written. Raises SnapshotError if nothing
    was accepted yet, a file of the store has changed, or the label already names other content.
    """
    with database.writing(engine, root) as connection:
        chains = uploads.live(uploads.all_uploads(connection))
        if not chains:
            raise SnapshotError("there is nothing to freeze: no data were accepted yet", "", "Submit data first.")
        snapshot = _named(wanted, chains)
        before = all_snapshots(connection)
        for other in before:
            if other.id == snapshot.id:
                return other
        _check_label(snapshot.label, before)
        counts = {form: len(form_frame(root, chain)) for form, chain in chains.items()}
        snapshot = replace(snapshot, counts=counts, parent=before[-1].id if before else "")
        return _record(connection, snapshot, chains, by)


def _named(wanted: Snapshot, chains: Chains) -> Snapshot:
    tables = {form: tuple(stored.upload.table_sha256 for stored in chain) for form, chain in chains.items()}
    snapshot = replace(wanted, tables=tables)
    return replace(snapshot, id=content_id(snapshot, chains))


def content_id(snapshot: Snapshot, chains: Chains) -> str:
    """SHA-256 over what the data are: not when, by whom or under which label they were frozen."""
    tables = {
        form: {"tables": snapshot.tables[form], "mode": chain[-1].upload.mode, "key": chain[-1].key}
        for form, chain in chains.items()
    }
    content = {
        "study_digest": snapshot.study_digest,
        "protocol_version": snapshot.protocol_version,
        "tables": tables,
        "open_findings": sorted(snapshot.open_findings),
        "cutoff": snapshot.cutoff,
    }
    return digest(canonical(content))


def _check_label(label: str, before: Sequence[Snapshot]) -> None:
    if label == LATEST:
        raise SnapshotError(f"a snapshot cannot be labeled {label!r}", "", "The word means the newest snapshot.")
    for other in before:
        if label and other.label == label:
            raise SnapshotError(
                f"the label {label!r} already names snapshot {other.id[:16]}, which holds other data",
                "",
                "Choose another label; a snapshot is never changed.",
            )


def _record(connection: Connection, snapshot: Snapshot, chains: Chains, by: str) -> Snapshot:
    event = events.append(connection, events.FROZEN, snapshot.taken_at, by, detail_of(snapshot))
    snapshot = replace(snapshot, head=event.hash)
    number = int(connection.execute(select(func.count()).select_from(SNAPSHOTS)).scalar_one()) + 1
    connection.execute(
        insert(SNAPSHOTS).values(id=snapshot.id, number=number, label=snapshot.label, body=canonical(asdict(snapshot)))
    )
    rows = [{"snapshot": snapshot.id, "upload": stored.number} for chain in chains.values() for stored in chain]
    connection.execute(insert(SNAPSHOT_UPLOADS), rows)
    return snapshot


def detail_of(snapshot: Snapshot) -> dict[str, object]:
    """What the event says of a snapshot: all of it but the event's own hash."""
    return {key: value for key, value in asdict(snapshot).items() if key != "head"}


def all_snapshots(connection: Connection) -> list[Snapshot]:
    """Every snapshot, oldest first."""
    bodies = connection.execute(select(SNAPSHOTS.c.body).order_by(SNAPSHOTS.c.number)).scalars()
    return [_snapshot(json.loads(body)) for body in bodies]


def _snapshot(body: dict[str, object]) -> Snapshot:
    snapshot = Snapshot(**body)  # type: ignore[arg-type]
    tables = {form: tuple(tables) for form, tables in snapshot.tables.items()}
    return replace(snapshot, tables=tables, open_findings=tuple(snapshot.open_findings))

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


def freeze(root: Path, engine: Engine, wanted: Snapshot, by: str, seen: int | None = None) -> Snapshot:
    """Record ``wanted`` (label, time, study, open findings, cutoff) with the tables of this moment.

    The same content frozen before under the same label is returned as it was, and nothing is written; its files are
    checked all the same. Raises SnapshotError if nothing was accepted yet, a file of the store is missing or has
    changed, the label is no label or names other content, or the content has another label already. Overtaken if
    ``seen`` is no longer the last submission.
    """
    _check_word(wanted.label)
    with database.writing(engine, root) as connection:
        uploads.check_seen(connection, seen, root)
        chains = uploads.live(uploads.all_uploads(connection))
        if not chains:
            raise SnapshotError("there is nothing to freeze: no data were accepted yet", "", "Submit data first.")
        snapshot = _named(wanted, chains)
        before = all_snapshots(connection)
        _check_label(snapshot, before)
        counts = {form: len(form_frame(root, chain)) for form, chain in chains.items()}
        for other in before:
            if other.id == snapshot.id:
                return other
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


def _check_word(label: str) -> None:
    """A label is a word a person can type and print, and never one that already means something."""
    if label == LATEST:
        raise SnapshotError(f"a snapshot cannot be labeled {label!r}", "", "The word means the newest snapshot.")
    if not label.strip() or label != label.strip() or not label.isprintable():
        raise SnapshotError(
            f"{label!r} is no label",
            "",
            "Name the snapshot with printable characters, without blanks at the ends, for example 'interim-1'.",
        )


def _check_label(snapshot: Snapshot, before: Sequence[Snapshot]) -> None:
    """One label for each content, one content for each label."""
    for other in before:
        if other.id == snapshot.id and other.label != snapshot.label:
            raise SnapshotError(
                f"the same data are frozen already, as snapshot {other.id[:16]} labeled {other.label!r}; "
                f"{snapshot.label!r} is not recorded",
                "",
                f"Use {other.label!r}: a snapshot has one label, and it is never changed.",
            )
        if other.id != snapshot.id and snapshot.label in (other.label, other.id):
            raise SnapshotError(
                f"the label {snapshot.label!r} already names snapshot {other.id[:16]}, which holds other data",
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

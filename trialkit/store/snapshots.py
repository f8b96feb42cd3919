"""Finding a snapshot by what a person calls it, and loading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from trialkit.errors import SnapshotError, did_you_mean
from trialkit.model import Snapshot, Tables
from trialkit.store import engine as database
from trialkit.store.frames import tables_of
from trialkit.store.freeze import LATEST, all_snapshots
from trialkit.store.records import StoredUpload
from trialkit.store.schema import SNAPSHOT_UPLOADS, UPLOADS
from trialkit.store.uploads import UPLOAD_ROWS, stored_upload
from trialkit.words import many

SHOWN = 16
SHORTEST = 4


def find(snapshots: Sequence[Snapshot], name: str) -> Snapshot:
    """The snapshot of that id, label, start of an id (4 digits or more), or ``latest``. Raises SnapshotError."""
    if not snapshots:
        raise SnapshotError("nothing is frozen yet", "", "Run 'trialkit freeze' first.")
    if name == LATEST:
        return snapshots[-1]
    exact = [snapshot for snapshot in snapshots if name and name in (snapshot.id, snapshot.label)]
    found = exact or [s for s in snapshots if len(name) >= SHORTEST and s.id.startswith(name.lower())]
    if len(found) > 1:
        named = ", ".join(f"{s.id[:SHOWN]} ({s.label})" if s.label else s.id[:SHOWN] for s in found)
        raise SnapshotError(
            f"{name!r} names {many(len(found), 'snapshot')}: {named}", "", "Give more digits of the id."
        )
    if not found:
        names = [s.label for s in snapshots if s.label] + [s.id[:SHOWN] for s in snapshots] + [LATEST]
        raise SnapshotError(f"there is no snapshot {name!r}", "", did_you_mean(name, names))
    return found[0]


def load(root: Path, engine: Engine, snapshot: Snapshot) -> Tables:
    """The snapshot's rows, every file checked. Raises SnapshotError naming the file that is missing or changed."""

    def known_chains(connection: Connection) -> tuple[Snapshot, dict[str, list[StoredUpload]]]:
        known = find(all_snapshots(connection), snapshot.id)
        return known, chains_of(connection, known)

    known, chains = database.read(engine, root, known_chains)
    listed = {form: tuple(stored.upload.table_sha256 for stored in chain) for form, chain in chains.items()}
    if listed != known.tables:
        raise SnapshotError(
            f"the catalogue lists other tables for snapshot {known.id[:SHOWN]} than it was frozen with",
            "catalog.sqlite",
            "Restore the store from a backup.",
        )
    return tables_of(root, chains)


def chains_of(connection: Connection, snapshot: Snapshot) -> dict[str, list[StoredUpload]]:
    """The uploads of each form of the snapshot, oldest first; forms sorted."""
    numbers = select(SNAPSHOT_UPLOADS.c.upload).where(SNAPSHOT_UPLOADS.c.snapshot == snapshot.id)
    chains: dict[str, list[StoredUpload]] = {}
    for row in connection.execute(UPLOAD_ROWS.where(UPLOADS.c.number.in_(numbers))):
        stored = stored_upload(row)
        chains.setdefault(stored.upload.form, []).append(stored)
    return dict(sorted(chains.items()))

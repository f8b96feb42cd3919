"""What the store remembers: uploads, events, snapshots."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Upload:
    """One accepted file of a form. ``received_at`` is UTC, ISO 8601."""

    form: str
    file: str
    sha256: str
    table_sha256: str
    mode: str
    rows: int
    received_at: str
    by: str
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """One entry of the append-only log; ``hash`` chains it to the one before."""

    number: int
    kind: str
    at: str
    by: str
    detail: str
    hash: str


@dataclass(frozen=True)
class Snapshot:
    """A frozen state of the data, named by its content.

    ``tables`` maps each form to the uploads (SHA-256 of the typed table) it consists of, oldest first. ``head``
    is the hash of the event chain when the snapshot was taken. The id is the hash of what the data are
    (study digest, protocol version, tables, open findings), not of when it was taken.
    """

    id: str
    label: str
    taken_at: str
    study_digest: str
    protocol_version: str
    tables: dict[str, tuple[str, ...]]
    parent: str = ""
    open_findings: tuple[str, ...] = ()
    software: str = ""
    head: str = ""
    masked: bool = False
    cutoff: str = ""
    counts: dict[str, int] = field(default_factory=dict)

"""A submission: many files, one transaction; refused whole before anything is written, or accepted whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select

from trialkit.model import Event, Finding, Upload
from trialkit.store import engine as database
from trialkit.store import events, files, uploads
from trialkit.store.canonical import canonical
from trialkit.store.parquet import encode
from trialkit.store.records import Item, StoredUpload, Submission
from trialkit.store.refusal import refuse
from trialkit.store.schema import COVERED, FINDINGS, SUBMISSIONS, UPLOADS
from trialkit.store.unchanged import apart, says_nothing_new


@dataclass(frozen=True)
class Note:
    """Who submits, when and why, under which study content; ``as_of`` is the day the data were judged as of."""

    at: str
    by: str
    reason: str
    study_digest: str
    protocol_version: str
    as_of: str = ""

    @property
    def row(self) -> dict[str, str]:
        """What the submission's own row holds; the day stands in its event."""
        return {name: value for name, value in vars(self).items() if name != "as_of"}


def submit(
    root: Path, engine: Engine, items: Sequence[Item], findings: Sequence[Finding], note: Note, seen: int | None
) -> Submission:
    """Accept the files. Raises IntakeError (nothing written), StoreError or SnapshotError (nothing recorded)."""
    refuse(items, findings)
    laid = [_lay(root, item, note) for item in items]
    with database.writing(engine, root) as connection:
        uploads.check_seen(connection, seen, root)
        return _record(connection, laid, findings, note)


def reject(root: Path, engine: Engine, content: bytes, file: str, why: str, by: str, at: str, keep: bool) -> Event:
    """Keep the bytes of a refused file in quarantine (unless they may not be kept), and say so in the log."""
    sha256 = files.put(root, files.QUARANTINE, content) if keep else hashlib.sha256(content).hexdigest()
    detail: dict[str, object] = {"file": file, "sha256": sha256, "bytes": len(content), "why": why, "kept": keep}
    with database.writing(engine, root) as connection:
        return events.append(connection, events.REJECTED, at, by, detail)


def _lay(root: Path, item: Item, note: Note) -> StoredUpload:
    """Keep the raw bytes and the typed table; nothing names them yet."""
    table, form = item.table, item.table.form
    typed = files.put(root, files.TABLES, encode(table))
    upload = Upload(
        form=form.id,
        file=table.file,
        sha256=files.put(root, files.OBJECTS, item.data),
        table_sha256=typed,
        mode=form.mode,
        rows=len(table.frame),
        received_at=note.at,
        by=note.by,
        reason=note.reason,
    )
    return StoredUpload(0, 0, upload, form.key, table.numbering, form.version)


def _record(
    connection: Connection, laid: Sequence[StoredUpload], findings: Sequence[Finding], note: Note
) -> Submission:
    chains = uploads.live(uploads.all_uploads(connection))
    old, new = apart(chains, laid)
    last = uploads.last_submission(connection)
    if not new and says_nothing_new(connection, old, findings):
        return replace(_unchanged(uploads.submission(connection, last), old), recorded=False)
    number = last + 1
    connection.execute(insert(SUBMISSIONS).values(number=number, **note.row))
    covered = [stored.number for stored in old] + _insert_uploads(connection, new, number)
    connection.execute(insert(COVERED), [{"submission": number, "upload": upload} for upload in covered])
    _insert_findings(connection, findings, number)
    told = uploads.detail_of(connection, number) | ({"as_of": note.as_of} if note.as_of else {})
    events.append(connection, events.SUBMITTED, note.at, note.by, told)
    return uploads.submission(connection, number)


def _unchanged(before: Submission, old: Sequence[StoredUpload]) -> Submission:
    forms = tuple(sorted({stored.upload.form for stored in old}))
    return replace(before, forms=forms, stored=(), unchanged=tuple(stored.upload for stored in old))


def _insert_uploads(connection: Connection, new: Sequence[StoredUpload], submission: int) -> list[int]:
    first = int(connection.execute(select(func.coalesce(func.max(UPLOADS.c.number), 0))).scalar_one()) + 1
    rows: list[dict[str, object]] = []
    for number, stored in enumerate(new, first):
        upload = stored.upload
        rows.append(
            {
                "number": number,
                "submission": submission,
                "form": upload.form,
                "form_version": stored.form_version,
                "file": upload.file,
                "sha256": upload.sha256,
                "table_sha256": upload.table_sha256,
                "mode": upload.mode,
                "key": canonical(stored.key),
                "numbering": stored.numbering,
                "rows": upload.rows,
            }
        )
    if rows:
        connection.execute(insert(UPLOADS), rows)
    return list(range(first, first + len(new)))


def _insert_findings(connection: Connection, findings: Sequence[Finding], submission: int) -> None:
    rows = [
        {
            "submission": submission,
            "position": position,
            "form": finding.form,
            "key": finding.key,
            "body": uploads.body_of(finding),
        }
        for position, finding in enumerate(sorted(findings))
    ]
    if rows:
        connection.execute(insert(FINDINGS), rows)

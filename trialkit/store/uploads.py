"""Uploads and submissions as they are recorded, and which uploads count now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, Row, Select, func, select

from trialkit.model import Finding, Upload
from trialkit.store.canonical import canonical, digest
from trialkit.store.records import Overtaken, StoredUpload, Submission
from trialkit.store.schema import COVERED, FINDINGS, SUBMISSIONS, UPLOADS

UPLOAD_ROWS: Select[tuple[object, ...]] = (
    select(UPLOADS, SUBMISSIONS.c.at, SUBMISSIONS.c.by, SUBMISSIONS.c.reason)
    .join(SUBMISSIONS, UPLOADS.c.submission == SUBMISSIONS.c.number)
    .order_by(UPLOADS.c.number)
)


def stored_upload(row: Row[tuple[object, ...]]) -> StoredUpload:
    """A row of UPLOAD_ROWS as a record."""
    cell = row._mapping
    upload = Upload(
        form=cell["form"],
        file=cell["file"],
        sha256=cell["sha256"],
        table_sha256=cell["table_sha256"],
        mode=cell["mode"],
        rows=cell["rows"],
        received_at=cell["at"],
        by=cell["by"],
        reason=cell["reason"],
    )
    key = tuple(json.loads(cell["key"]))
    return StoredUpload(cell["number"], cell["submission"], upload, key, cell["numbering"], cell["form_version"])


def all_uploads(connection: Connection, before: int | None = None) -> list[StoredUpload]:
    """Every upload, oldest first; with ``before`` only those of submissions with a smaller number."""
    query = UPLOAD_ROWS if before is None else UPLOAD_ROWS.where(UPLOADS.c.submission < before)
    return [stored_upload(row) for row in connection.execute(query)]


def live(uploads: Iterable[StoredUpload]) -> dict[str, list[StoredUpload]]:
    """The uploads that make up each form now, oldest first; forms sorted.

    A cumulative upload stands for all earlier ones of its form. A file sent again after others counts once,
    at its later place.
    """
    chains: dict[str, list[StoredUpload]] = {}
    for stored in uploads:
        upload = stored.upload
        before = chains.get(upload.form, []) if upload.mode == "incremental" else []
        chains[upload.form] = [other for other in before if other.upload.sha256 != upload.sha256] + [stored]
    return dict(sorted(chains.items()))


def last_submission(connection: Connection) -> int:
    """The number of the latest submission, 0 if there is none."""
    return int(connection.execute(select(func.coalesce(func.max(SUBMISSIONS.c.number), 0))).scalar_one())


def last_covering(connection: Connection, form: str) -> int:
    """The number of the latest submission that covered a form, 0 if none did."""
    query = (
        select(func.coalesce(func.max(COVERED.c.submission), 0))
        .join(UPLOADS, COVERED.c.upload == UPLOADS.c.number)
        .where(UPLOADS.c.form == form)
    )
    return int(connection.execute(query).scalar_one())


def check_seen(connection: Connection, seen: int | None, place: Path) -> None:
    """Raises Overtaken if ``seen``, the last submission the caller knew of, is no longer the last one."""
    last = last_submission(connection)
    if seen is not None and seen != last:
        raise Overtaken(
            f"submission {last} was recorded by somebody else while this one was checked", str(place), "Try again."
        )


def submission(connection: Connection, number: int) -> Submission:
    """A recorded submission. Raises sqlalchemy NoResultFound for a number there is not."""
    head = connection.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.number == number)).one()
    covered = select(COVERED.c.upload).where(COVERED.c.submission == number)
    rows = [stored_upload(row) for row in connection.execute(UPLOAD_ROWS.where(UPLOADS.c.number.in_(covered)))]
    return Submission(
        **head._mapping,
        forms=tuple(sorted({stored.upload.form for stored in rows})),
        stored=tuple(stored.upload for stored in rows if stored.submission == number),
        unchanged=tuple(stored.upload for stored in rows if stored.submission != number),
    )


def findings_of(connection: Connection, number: int) -> tuple[Finding, ...]:
    """The findings recorded with a submission, in their order."""
    query = select(FINDINGS.c.body).where(FINDINGS.c.submission == number).order_by(FINDINGS.c.position)
    return tuple(Finding(**json.loads(body)) for body in connection.execute(query).scalars())


def detail_of(connection: Connection, number: int) -> dict[str, object]:
    """What the event says of a submission: enough that no row of it can be changed without the event's hash."""
    head = connection.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.number == number)).one()._mapping
    own = connection.execute(select(UPLOADS).where(UPLOADS.c.submission == number).order_by(UPLOADS.c.number))
    covered = select(COVERED.c.upload).where(COVERED.c.submission == number).order_by(COVERED.c.upload)
    found = select(FINDINGS).where(FINDINGS.c.submission == number).order_by(FINDINGS.c.position)
    bodies = [[row.form, row.key, row.body] for row in connection.execute(found)]
    return {
        "submission": number,
        "reason": head["reason"],
        "study_digest": head["study_digest"],
        "protocol_version": head["protocol_version"],
        "uploads": [dict(row) for row in own.mappings()],
        "covered": list(connection.execute(covered).scalars()),
        "findings": {"count": len(bodies), "sha256": digest(canonical(bodies))},
    }


def body_of(finding: Finding) -> str:
    """A finding as it is recorded."""
    return canonical(asdict(finding))


def history(connection: Connection) -> list[tuple[Submission, tuple[Finding, ...]]]:
    """Every submission with its findings, oldest first."""
    numbers = range(1, last_submission(connection) + 1)
    return [(submission(connection, number), findings_of(connection, number)) for number in numbers]

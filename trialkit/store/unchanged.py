"""What of a submission is already in the store, so that sending it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from trialkit.model import Finding
from trialkit.store import uploads
from trialkit.store.records import StoredUpload
from trialkit.store.schema import COVERED, UPLOADS


def apart(
    chains: Mapping[str, Sequence[StoredUpload]], laid: Sequence[StoredUpload]
) -> tuple[list[StoredUpload], list[StoredUpload]]:
    """(already there, new). A form's first files are already there if they are the last ones it consists of."""
    old: list[StoredUpload] = []
    new: list[StoredUpload] = []
    for form in dict.fromkeys(stored.upload.form for stored in laid):
        sent = _once([stored for stored in laid if stored.upload.form == form])
        chain = chains.get(form, [])
        same = _overlap(chain, sent)
        old += chain[len(chain) - same :]
        new += sent[same:]
    return old, new


def _once(sent: Sequence[StoredUpload]) -> list[StoredUpload]:
    """A file named twice counts once, at its later place."""
    return list({stored.content: stored for stored in reversed(sent)}.values())[::-1]


def _overlap(chain: Sequence[StoredUpload], sent: Sequence[StoredUpload]) -> int:
    """How many of the first files sent are, in this order, the last of the chain."""
    for count in range(min(len(chain), len(sent)), 0, -1):
        if [a.content for a in chain[-count:]] == [b.content for b in sent[:count]]:
            return count
    return 0


def said_before(connection: Connection, old: Sequence[StoredUpload], findings: Sequence[Finding]) -> bool:
    """Whether the latest submissions that covered these forms found the same things in them."""
    known: set[tuple[object, ...]] = set()
    expected: set[tuple[object, ...]] = set()
    forms = {stored.upload.form for stored in old}
    for form in forms:
        found = uploads.findings_of(connection, _last_covering(connection, form))
        known |= {_told(finding) for finding in found}
        expected |= {_told(finding) for finding in found if finding.form == form}
    told = {_told(finding) for finding in findings}
    return expected <= told <= known


def _last_covering(connection: Connection, form: str) -> int:
    query = (
        select(func.max(COVERED.c.submission))
        .join(UPLOADS, COVERED.c.upload == UPLOADS.c.number)
        .where(UPLOADS.c.form == form)
    )
    return int(connection.execute(query).scalar_one())


def _told(finding: Finding) -> tuple[object, ...]:
    """A finding without the name of the file, which may differ though the bytes are the same."""
    return (finding.form, finding.rule, finding.key, finding.line, finding.field, finding.say, finding.finding_class)

"""What of a submission is already in the store, so that sending it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from trialkit.model import Finding
from trialkit.store.records import StoredUpload
from trialkit.store.schema import FINDINGS
from trialkit.store.uploads import last_covering


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


def says_nothing_new(connection: Connection, old: Sequence[StoredUpload], findings: Sequence[Finding]) -> bool:
    """Whether recording these findings would open no query and close none: all of them are open, and no more is
    open for the forms the files belong to."""
    covered = {stored.upload.form for stored in old}
    told = {_identity(finding) for finding in findings}
    open_here = {form: _open(connection, form) for form in covered | {finding.form for finding in findings}}
    return set().union(*(open_here[form] for form in covered)) <= told <= set().union(*open_here.values())


def _open(connection: Connection, form: str) -> set[tuple[object, ...]]:
    """The findings of a form since the last submission that covered it: that one closed all earlier ones."""
    since = FINDINGS.c.submission >= last_covering(connection, form)
    bodies = connection.execute(select(FINDINGS.c.body).where(since, FINDINGS.c.form == form)).scalars()
    return {_identity(Finding(**json.loads(body))) for body in bodies}


def _identity(finding: Finding) -> tuple[object, ...]:
    """The finding's key; without one its place, but not the file's name, which may differ for the same bytes."""
    return (finding.key,) if finding.key else (finding.form, finding.rule, finding.field, finding.line)

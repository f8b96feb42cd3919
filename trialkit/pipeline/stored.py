"""Questions to a store that change nothing: is it as it was written, and was a snapshot frozen under this content?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.model.study import Study

if TYPE_CHECKING:
    from trialkit.store import Verified


def verify(store: Path, head: str = "") -> Verified:
    """Check a whole store: database, chain of events, rows, files; ``head`` is an event's hash noted outside it.

    Raises SnapshotError (exit 5) at the first thing that is not as it was written, StoreError (exit 6) if the store
    cannot be read, UsageError for a head that is no hash.
    """
    from trialkit.store import Store

    return Store.open(store).verify(head)


def content_note(study: Study, store: Path, snapshot: str = "latest") -> str:
    """What to know before a snapshot is computed: a sentence if its study content has changed since it was frozen.

    "" if it is the same. Raises SnapshotError, StoreError.
    """
    from trialkit.store import Store

    found = Store.open(store).snapshot(snapshot)
    if found.study_digest == study.digest:
        return ""
    return (
        f"the study's content changed after snapshot {found.label!r} ({found.id[:16]}) was frozen: it was "
        f"{found.study_digest[:16]} then and is {study.digest[:16]} now; the numbers are those of the content as it "
        "is now"
    )

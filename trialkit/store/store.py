"""The store as its users see it. The work is done in the modules beside it, loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trialkit.errors import StoreError
from trialkit.model import Event, Finding, Snapshot, Study, Tables, Upload
from trialkit.store.records import Item, Standing, Submission, Verified

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, Engine

T = TypeVar("T")


class Store:
    """A folder that holds every upload, event and snapshot of one study; nothing in it is ever changed.

    Every method may raise StoreError (busy, read-only, damaged, disk full). The store never reads the clock: times
    (``at``) are UTC, ISO 8601, and given by the caller.
    """

    def __init__(self, path: Path, engine: Engine, writes: bool) -> None:
        self.path = path
        self._engine = engine
        self._writes = writes

    @classmethod
    def open(cls, path: Path, create: bool = False, write: bool = False) -> Store:
        """The store in this folder, for reading unless ``write``; with ``create`` (and to be written) a new one is
        made where there is none: no folder, or an empty one.

        A store opened for reading leaves every byte of the folder as it is, and the folder may be read-only. Raises
        StoreError: absent, not a store, not readable, read-only but to be written, damaged, busy, made by a newer
        trialkit. The folder is then left as it was.
        """
        from trialkit.store.opening import opened

        return cls(path, opened(path, create, write), create or write)

    @staticmethod
    def is_absent(path: Path) -> bool:
        """Whether there is no store yet: no folder, or an empty one. Raises StoreError if that cannot be seen."""
        from trialkit.store.opening import is_absent

        return is_absent(path)

    def submit(
        self,
        items: Sequence[Item],
        findings: Sequence[Finding],
        study: Study,
        by: str,
        reason: str,
        at: str,
        seen: int | None = None,
        as_of: str = "",
    ) -> Submission:
        """Accept all the files and their findings, or nothing. What is already there is not stored again.

        ``as_of`` is the day by which the findings were judged, for the log.

        ``seen`` is the number of the ``Standing`` the findings were computed on: if it is no longer the last
        submission, Overtaken (a StoreError) is raised and nothing recorded. Raises IntakeError, before anything is
        written, if a finding has class "stop", two files are for one cumulative form, or bytes and table do not
        belong together.
        """
        from trialkit.store.submit import Note, submit

        note = Note(at, by, reason, study.digest, study.protocol.version, as_of)
        return submit(self.path, self._writer, items, findings, note, seen)

    def reject(self, data: bytes, file: str, why: str, by: str, at: str, keep: bool = True) -> Event:
        """Keep the bytes of a file that was refused, and an event that says why; no row becomes data.

        With ``keep`` false only the event: the file holds what may not be kept.
        """
        from trialkit.store.submit import reject

        return reject(self.path, self._writer, data, file, why, by, at, keep)

    def current(self) -> dict[str, pd.DataFrame]:
        """The rows accepted so far: form -> its fields, ``_row``, ``_unread``, ``_upload`` and ``_file``.

        A cumulative form is its last upload; an incremental one all its uploads, a later record in place of the
        earlier one with the same key. Raises SnapshotError if a file is missing or changed.
        """
        return self._frames(None)

    def previous(self) -> dict[str, pd.DataFrame]:
        """The same before the last submission; empty if there was at most one."""
        from trialkit.store import uploads

        return self._frames(self._read(uploads.last_submission))

    def standing(self, sent: Mapping[str, str] | None = None) -> Standing:
        """What new files are judged against: the rows accepted so far, and the number of the last submission.

        ``sent`` (form -> SHA-256) are the files to be judged. A form whose last file is the one sent appears as it
        was before that file, so that sending it again finds again what it found; and records of a form sent that
        were once missed are among its rows, so that they are missed until they come back.
        """
        from trialkit.store.standing import standing

        return standing(self.path, self._engine, sent or {})

    def freeze(
        self,
        label: str,
        study: Study,
        by: str,
        at: str,
        cutoff: str = "",
        open_findings: Sequence[str] = (),
        software: str = "",
        seen: int | None = None,
    ) -> Snapshot:
        """Name the data of this moment. The same content under the same label is returned as it was frozen before.

        The id covers study digest, protocol version, tables, open findings and cutoff; not label and time. Every
        file is read and checked, also of content frozen before. Raises SnapshotError if there are no data, the
        label is empty, "latest" or names other content, the content has another label, or a file is missing or
        changed; Overtaken if ``seen``, the submission ``open_findings`` were taken after, is not the last one.
        """
        from trialkit import __version__
        from trialkit.store.freeze import freeze

        wanted = Snapshot(
            id="",
            label=label,
            taken_at=at,
            study_digest=study.digest,
            protocol_version=study.protocol.version,
            tables={},
            open_findings=tuple(sorted(open_findings)),
            software=software or f"trialkit {__version__}",
            cutoff=cutoff,
        )
        return freeze(self.path, self._writer, wanted, by, seen)

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, oldest first."""
        from trialkit.store.freeze import all_snapshots

        return self._read(all_snapshots)

    def snapshot(self, name: str = "latest") -> Snapshot:
        """The snapshot of that id, start of an id, label, or the latest. Raises SnapshotError."""
        from trialkit.store.snapshots import find

        return find(self.snapshots(), name)

    def load(self, snapshot: Snapshot) -> Tables:
        """The snapshot's rows in their declared types. Raises SnapshotError naming a file missing or changed."""
        from trialkit.store.snapshots import load

        return load(self.path, self._engine, snapshot)

    def events(self) -> list[Event]:
        """The log, oldest first."""
        from trialkit.store.events import all_events

        return self._read(all_events)

    @property
    def head(self) -> str:
        """The hash of the last event (64 zeros before the first). Note it outside the store."""
        from trialkit.store.events import head

        return self._read(head)

    def uploads(self) -> list[Upload]:
        """Every accepted file, oldest first."""
        from trialkit.store.uploads import all_uploads

        return [stored.upload for stored in self._read(all_uploads)]

    def submissions(self) -> list[Submission]:
        """Every recorded submission, oldest first."""
        return [submission for submission, _ in self.history()]

    def findings(self, submission: int | None = None) -> tuple[Finding, ...]:
        """The findings recorded with a submission (the latest by default), sorted; none if there is no such one."""
        from trialkit.store.uploads import findings_of, last_submission

        return self._read(lambda c: findings_of(c, last_submission(c) if submission is None else submission))

    def history(self) -> list[tuple[Submission, tuple[Finding, ...]]]:
        """Every submission with its findings, oldest first."""
        from trialkit.store.uploads import history

        return self._read(history)

    def verify(self, head: str = "") -> Verified:
        """Check database, chain of events, rows and files, and tell how much was checked.

        ``head`` is an event's hash noted outside the store, or its first digits (SHORTEST at least). Raises
        SnapshotError at the first thing that is not as it was written, UsageError for a head that is no hash.
        """
        from trialkit.store.verify import verify

        return verify(self.path, self._engine, head)

    @property
    def _writer(self) -> Engine:
        if not self._writes:
            raise StoreError("the store was opened for reading", str(self.path), "Open it with write=True.")
        return self._engine

    def _frames(self, before: int | None) -> dict[str, pd.DataFrame]:
        from trialkit.store import frames, uploads

        stored = self._read(lambda connection: uploads.all_uploads(connection, before))
        return frames.all_frames(self.path, uploads.live(stored))

    def _read(self, ask: Callable[[Connection], T]) -> T:
        from trialkit.store.engine import read

        return read(self._engine, self.path, ask)

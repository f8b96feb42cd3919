"""What is handed to the store and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import StoreError
from trialkit.model import Table, Upload

if TYPE_CHECKING:
    import pandas as pd


class Overtaken(StoreError):
    """Somebody else's submission was recorded after the findings were computed; nothing was written."""


@dataclass(frozen=True)
class Standing:
    """What files are judged against: the accepted rows, form -> frame, after submission ``number`` (0: none)."""

    frames: dict[str, pd.DataFrame]
    number: int


@dataclass(frozen=True)
class Item:
    """One file of a submission: its typed table and the bytes it was read from.

    Whether it replaces the form's earlier uploads or adds to them is the form's ``mode``.
    """

    table: Table
    data: bytes


@dataclass(frozen=True)
class Submission:
    """What became of a submission.

    ``stored`` are the uploads that were new, ``unchanged`` those already there; ``forms`` all the forms it covered.
    ``number`` counts from 1. ``recorded`` is False if there was nothing new at all; then ``number`` is the latest
    submission and nothing was written.
    """

    number: int
    at: str
    by: str
    reason: str
    study_digest: str
    protocol_version: str
    forms: tuple[str, ...]
    stored: tuple[Upload, ...]
    unchanged: tuple[Upload, ...]
    recorded: bool = True


@dataclass(frozen=True)
class StoredUpload:
    """An upload with what is needed to read it again: its number, submission, and the form's key at that time."""

    number: int
    submission: int
    upload: Upload
    key: tuple[str, ...]
    numbering: str
    form_version: str

    @property
    def content(self) -> tuple[object, ...]:
        """Two uploads with the same content are the same upload sent twice."""
        return (self.upload.form, self.upload.sha256, self.upload.table_sha256, self.upload.mode, self.key)


@dataclass(frozen=True)
class Verified:
    """What was found as it was written: how many of each, the files' bytes, and the hash of the last event.

    ``noted`` is the number of the event whose hash was given (0: none was, or that of the empty log).
    """

    events: int
    submissions: int
    uploads: int
    findings: int
    snapshots: int
    files: int
    bytes: int
    head: str
    noted: int = 0

"""Zip archives (of uploads, and of a workbook's parts), within bounds told by the listing and kept while reading."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from trialkit.errors import IntakeError
from trialkit.words import many

LARGEST_WHOLE = 1_000_000_000
"""Bytes that all members of an archive may have together, unpacked."""
MOST_MEMBERS = 10_000
STEEPEST = 200
"""How many times larger than packed a member may be. Text seldom passes 50; a bomb reaches 1,000."""
SMALL = 1_000_000
"""Bytes. What is smaller than this unpacked may be packed as tightly as it likes."""
_CHUNK = 1 << 18
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error,
    IndexError, OverflowError,
)  # fmt: skip
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HINT = "Pack it again with ordinary (deflate) compression, or send the files themselves."


class Archive:
    """The members of a zip archive that passed the checks on its listing.

    Raises IntakeError, before anything is unpacked, for an archive that is damaged or encrypted, whose members are
    too many, too large or packed too tightly, stand twice, or lie outside of it.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise self._damaged(error) from None
        listed = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        self._check_sizes(listed)
        self.members: dict[str, zipfile.ZipInfo] = {}
        for info in listed:
            self._check(info)
            self.members[info.filename] = info

    def chunks(self, member: str) -> Iterator[bytes]:
        """A member's bytes, piece by piece. Raises IntakeError if they are damaged or more than were listed."""
        info, seen = self.members[member], 0
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    seen += len(piece)
                    if seen > info.file_size:
                        raise self._refused(member, "is larger than the archive's listing says")
                    yield piece
        except _DAMAGED as error:
            raise self._damaged(error) from None
        if seen != info.file_size:
            raise self._refused(member, "is cut off")

    def read(self, member: str) -> bytes:
        """A member's bytes. Raises IntakeError as ``chunks``."""
        return b"".join(self.chunks(member))

    def _check_sizes(self, listed: list[zipfile.ZipInfo]) -> None:
        if len(listed) > MOST_MEMBERS:
            said = f"the archive holds {many(len(listed), 'file')}; at most {MOST_MEMBERS:,} are read"
            raise IntakeError(said, self.name, "Send fewer files at a time.")
        whole = sum(info.file_size for info in listed)
        if whole > LARGEST_WHOLE:
            said = f"the archive would unpack to {whole:,} bytes; at most {LARGEST_WHOLE:,} are read"
            raise IntakeError(said, self.name, "Send fewer files at a time, or the files themselves.")

    def _check(self, info: zipfile.ZipInfo) -> None:
        member, parts = info.filename, PurePosixPath(info.filename.replace("\\", "/")).parts
        if member in self.members:
            raise self._refused(member, "stands twice in the archive")
        if ".." in parts or member.startswith(("/", "\\")) or ":" in member or not member.isprintable() or not parts:
            raise self._refused(member, "has a path that leads out of the archive, or a name that cannot be one")
        if info.flag_bits & 0x1:
            raise self._refused(member, "is encrypted", "Send it without a password, over a safe channel.")
        if info.compress_type not in _PLAIN:
            raise self._refused(member, "is packed by a method that is not read")
        if info.file_size > SMALL and info.file_size > STEEPEST * info.compress_size:
            raise self._refused(member, f"would unpack to more than {STEEPEST} times its size, as a zip bomb does")

    def _refused(self, member: str, what: str, hint: str = _HINT) -> IntakeError:
        return IntakeError(f"{member!r} {what}", self.name, hint)

    def _damaged(self, error: BaseException) -> IntakeError:
        encrypted = "password" in str(error)
        said = "the archive is encrypted" if encrypted else "this is not a whole zip archive"
        return IntakeError(said, self.name, "It may be cut off; send it again.")

"""An upload: a file, or a member of a zip archive, with the name by which it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trialkit.errors import IntakeError
from trialkit.intake.archive import Archive

ZIP = ".zip"
_HEAD = b"PK\x03\x04"


@dataclass(frozen=True)
class Source:
    """Where an upload's bytes lie: a file, or (with ``member``) inside an archive; ``trouble`` is why it has none.

    ``name`` is the file's name, for a member ``archive.zip/folder/file.csv``.
    """

    name: str
    path: Path
    member: str = ""
    trouble: IntakeError | None = None

    def data(self) -> bytes:
        """The bytes. Raises IntakeError if they cannot be had."""
        data = bytes_of(self.path)
        return Archive(data, self.path.name).read(self.member) if self.member else data


def sources_in(path: Path, endings: tuple[str, ...]) -> tuple[list[Source], list[str]]:
    """The uploads in a zip archive, and the names of members that are none.

    An archive that is refused, or holds another one, is one source with its trouble.
    """
    try:
        members = sorted(Archive(bytes_of(path), path.name).members)
        inner = next((member for member in members if member.lower().endswith(ZIP)), "")
        if inner:
            said = f"{inner!r} is an archive inside the archive"
            raise IntakeError(said, path.name, "Unpack it, and send its files.")
        found = [member for member in members if _is_upload(member, endings)]
        if not found:
            raise IntakeError("the archive holds no file to read", path.name, f"Files end with {', '.join(endings)}.")
    except IntakeError as error:
        return [Source(path.name, path, trouble=error)], []
    named = [Source(f"{path.name}/{member}", path, member) for member in found]
    return named, [f"{path.name}/{member}" for member in members if member not in found]


def _is_upload(member: str, endings: tuple[str, ...]) -> bool:
    """Whether a member is a file of an ending that is read, and none that a computer put there for itself."""
    parts = PurePosixPath(member).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return PurePosixPath(member).suffix.lower() in endings and not hidden


def plain_pieces(data: bytes) -> Iterator[bytes]:
    """The bytes as they are and, of an archive that can be unpacked, those of its members."""
    yield data
    if data.startswith(_HEAD):
        try:
            archive = Archive(data, "")
            for member in archive.members:
                yield archive.read(member)
        except IntakeError:
            return


def bytes_of(path: Path) -> bytes:
    """A file's bytes. Raises IntakeError if there is none, or it cannot be opened."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise IntakeError("there is no such file", path.name, "Check the name and the folder.") from None
    except IsADirectoryError:
        raise IntakeError("this is a folder, not a file", path.name) from None
    except OSError as error:
        raise IntakeError(f"the file cannot be opened: {error.strerror}", path.name) from None

"""The content files of a study folder; what cannot be listed or read is an error, never an absent file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from trialkit.errors import StudyError

CONTENT_FOLDERS = ("schemas", "analysis", "synthetic_data/scenarios")


def files_in(root: Path, folder: str, below: bool = False) -> list[Path]:
    """The ``.yaml`` files of a folder (and with ``below`` of those inside it), sorted; none if there is no folder.

    Raises StudyError for a folder that cannot be listed.
    """
    return sorted(path for path in _walk(root, root / folder, below) if path.suffix == ".yaml")


def _walk(root: Path, folder: Path, below: bool) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise unreadable(root, Path(error.filename), error) from None

    for name, inside, files in os.walk(folder, onerror=fail):
        if not below:
            inside.clear()
        yield from (Path(name) / file for file in files)


def is_there(root: Path, name: str) -> bool:
    """Whether a content file is there. Raises StudyError if its folder does not tell."""
    path = root / name
    try:
        return path.is_file()
    except OSError as error:
        raise unreadable(root, path, error) from None


def text_of(root: Path, path: Path) -> str:
    """A content file's text. Raises StudyError, with the line, for a byte that is not UTF-8."""
    data = bytes_of(root, path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = f"{path.relative_to(root).as_posix()}:{line}"
        raise StudyError(
            f"byte 0x{data[error.start]:02X} is not UTF-8 text", place, "Save the file as UTF-8."
        ) from None


def bytes_of(root: Path, path: Path) -> bytes:
    """A content file's bytes. Raises StudyError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(root, path, error) from None


def unreadable(root: Path, path: Path, error: OSError) -> StudyError:
    """The error of a content file or folder that cannot be read."""
    place = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return StudyError(f"cannot be read: {error.strerror}", place, "Give yourself the right to read it.")


def content_digests(root: Path) -> dict[str, str]:
    """SHA-256 of every content file, by its path relative to the study. Raises StudyError if one cannot be read."""
    files = sorted(path for folder in CONTENT_FOLDERS for path in files_in(root, folder, below=True))
    return {p.relative_to(root).as_posix(): hashlib.sha256(bytes_of(root, p)).hexdigest() for p in files}

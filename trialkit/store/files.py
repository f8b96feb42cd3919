"""Content-addressed files: a file's name is the SHA-256 of its bytes, and it is never written twice.

A file is written under a temporary name in its own folder, flushed to the disk, renamed, and the folder flushed,
before any transaction names it. What a killed writer leaves behind is a file nobody names.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from trialkit.errors import SnapshotError, StoreError
from trialkit.store.canonical import digest

OBJECTS, TABLES, QUARANTINE = "objects", "tables", "quarantine"
FOLDERS = (OBJECTS, TABLES, QUARANTINE)
_ENDINGS = {TABLES: ".parquet"}
_DAMAGED = "Restore this file from a backup."


def path_of(root: Path, kind: str, sha256: str) -> Path:
    """Where a file of that content lies, whether it exists or not."""
    return root / kind / sha256[:2] / f"{sha256}{_ENDINGS.get(kind, '')}"


def put(root: Path, kind: str, content: bytes) -> str:
    """Keep the bytes and return their SHA-256; bytes already kept are checked, not written again.

    Raises StoreError if the disk refuses, SnapshotError if the file of that name holds other bytes.
    """
    sha256 = digest(content)
    path = path_of(root, kind, sha256)
    try:
        if path.exists():
            get(root, kind, sha256)
        else:
            _write(path, content)
    except OSError as error:
        raise StoreError(
            f"cannot be written: {error.strerror or error}", str(path.parent), "Nothing was accepted."
        ) from error
    return sha256


def get(root: Path, kind: str, sha256: str) -> bytes:
    """The bytes of that SHA-256. Raises SnapshotError, naming the file, if it is missing or holds other bytes."""
    path = path_of(root, kind, sha256)
    place = path.relative_to(root).as_posix()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SnapshotError("this file is missing from the store", place, _DAMAGED) from None
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror or error}", str(path)) from error
    if digest(content) != sha256:
        raise SnapshotError("this file has changed: its bytes do not have the SHA-256 of its name", place, _DAMAGED)
    return content


def _write(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        flush_folder(path.parent.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut (Windows cannot, and need not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

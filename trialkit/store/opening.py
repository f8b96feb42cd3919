"""Opening and making a store: every way it can be wrong, told before anything is touched."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, insert, select

from trialkit.errors import StoreError
from trialkit.store import engine as database
from trialkit.store.files import FOLDERS, flush_folder
from trialkit.store.schema import META, METADATA, SCHEMA_VERSION

CATALOG = "catalog.sqlite"
_FORMAT = "schema_version"


def opened(path: Path, create: bool, write: bool) -> Engine:
    """An engine on the store's catalogue, after the checks. Raises StoreError."""
    file = path / CATALOG
    with _readable(path):
        if create and not file.exists():
            _make(path)
        _check_folder(path, write or create)
        _check_header(file)
    engine = database.connect(file) if write or create else database.connect_reader(file)
    _check_version(engine, path)
    return engine


def is_absent(path: Path) -> bool:
    """Whether no store was made here yet: no folder, an empty one, or what a killed maker left. Raises StoreError."""
    with _readable(path):
        if not path.exists():
            return True
        return path.is_dir() and not (path / CATALOG).exists() and not _others(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = f"the store cannot be read: {error.strerror or error}"
        raise StoreError(said, str(path), "Check the permissions of the folder and of its files.") from error


def _others(path: Path) -> list[str]:
    """Names in the folder that are not a store's."""
    return [entry.name for entry in path.iterdir() if entry.name not in FOLDERS and not _ours(entry.name)]


def _check_folder(path: Path, write: bool) -> None:
    if not path.exists():
        raise StoreError("there is no store here", str(path), "Check the path; the first submission makes a store.")
    if not path.is_dir():
        raise StoreError("this is a file, not the folder of a store", str(path), "Name the store's folder.")
    if not (path / CATALOG).is_file():
        raise StoreError(f"this folder is not a store: it has no {CATALOG!r}", str(path), "Check the path.")
    for part in (path, path / CATALOG, *(path / name for name in FOLDERS)):
        _check_access(part, write)


def _check_access(part: Path, write: bool) -> None:
    if not part.exists():
        return
    if not os.access(part, os.R_OK | (os.X_OK if part.is_dir() else 0)):
        raise StoreError("this part of the store cannot be read", str(part), "Ask for read permission on it.")
    if write and not os.access(part, os.W_OK):
        hint = "Ask for write permission on the folder, or work on a copy."
        raise StoreError("the store is read-only", str(part), hint)


def _check_header(file: Path) -> None:
    """Look at the first bytes ourselves: SQLite would take an empty file for an empty database."""
    with file.open("rb") as stream:
        start = stream.read(len(database.HEADER))
    if start != database.HEADER:
        raise StoreError(
            "the catalogue is damaged: not an SQLite file", str(file), "Restore it from a backup. Nothing was changed."
        )


def _check_version(engine: Engine, path: Path) -> None:
    version = select(META.c.value).where(META.c.name == _FORMAT)
    found = database.read(engine, path / CATALOG, lambda connection: connection.execute(version).scalar()) or ""
    if not found.isdigit():
        raise StoreError("the catalogue does not say its version: not a trialkit store", str(path), "Check the path.")
    if int(found) > SCHEMA_VERSION:
        raise StoreError(
            f"the store was made by a newer trialkit (store version {found}, this one reads up to {SCHEMA_VERSION})",
            str(path),
            "Install the newer trialkit. Nothing was changed.",
        )


def _make(path: Path) -> None:
    """Make the folder and its catalogue. The catalogue appears complete or not at all."""
    if path.exists() and not path.is_dir():
        raise StoreError("this is a file; a store is a folder", str(path), "Name a folder.")
    if path.is_dir() and _others(path):
        raise StoreError("this folder holds other files", str(path), "Name an empty folder, or one that is not there.")
    try:
        for name in FOLDERS:
            (path / name).mkdir(parents=True, exist_ok=True)
        _make_catalog(path)
        flush_folder(path)
    except OSError as error:
        raise StoreError(f"the store cannot be made: {error.strerror or error}", str(path)) from error


def _ours(name: str) -> bool:
    """The catalogue, or what a killed maker left behind."""
    return name.startswith((CATALOG, f".{CATALOG}"))


def _make_catalog(path: Path) -> None:
    temporary = path / f".{CATALOG}.{secrets.token_hex(8)}.tmp"
    engine = database.connect(temporary, "mode=rwc")
    with database.writing(engine, path) as connection:
        METADATA.create_all(connection)
        connection.execute(insert(META).values(name=_FORMAT, value=str(SCHEMA_VERSION)))
    database.use_wal(engine)
    try:
        os.link(temporary, path / CATALOG)
    except FileExistsError:
        pass
    except OSError:
        os.rename(temporary, path / CATALOG)
    temporary.unlink(missing_ok=True)

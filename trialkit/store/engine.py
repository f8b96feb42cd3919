"""The catalogue's database: connections, transactions, and database errors in words.

Everything that is SQLite's own (pragmas, BEGIN IMMEDIATE, file modes) stands in this file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from trialkit.errors import StoreError

BUSY_SECONDS = 30.0
HEADER = b"SQLite format 3\x00"
READS = 20
"""How often a reader begins anew when a writer changes the file under it."""

T = TypeVar("T")


def connect(file: Path, mode: str = "mode=rw") -> Engine:
    """An engine on an existing SQLite file; no connection is kept between two transactions."""
    return _engine(lambda: f"{file.resolve().as_uri()}?{mode}")


def connect_reader(file: Path) -> Engine:
    """The same for reading only: nothing is written, not even the side files SQLite would lay beside the catalogue.

    Without a log of a writer the catalogue is read as a file that does not change, which needs no lock; ``read``
    sees to it that it did not. With one, SQLite's own read-only mode finds the log's side files there already.
    """

    def uri() -> str:
        return f"{file.resolve().as_uri()}?mode=ro{'' if _has_log(file) else '&immutable=1'}"

    return _engine(uri, watched=file)


def _engine(uri: Callable[[], str], **options: object) -> Engine:
    def opened() -> sqlite3.Connection:
        return sqlite3.connect(uri(), uri=True, timeout=BUSY_SECONDS, isolation_level=None)

    engine = create_engine("sqlite://", creator=opened, poolclass=NullPool, execution_options=options)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    """A writer takes the write lock before it reads, so that what it read is still true when it writes."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _has_log(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return log.exists() and log.stat().st_size > 0


def read(engine: Engine, place: Path, ask: Callable[[Connection], T]) -> T:
    """What ``ask`` answers in a transaction that sees one state of the catalogue. Raises StoreError.

    A reader that takes no lock asks again if the file changed meanwhile, so ``ask`` may be called several times.
    """
    watched: Path | None = engine.get_execution_options().get("watched")
    if watched is None:
        return _read(engine, place, ask)
    for _ in range(READS):
        before = _stamp(watched)
        try:
            answer = _read(engine, place, ask)
        except Exception:
            if _stamp(watched) == before:
                raise
        else:
            if _stamp(watched) == before:
                return answer
    raise StoreError("the store is busy: another process keeps writing to it", str(place), "Try again.")


def _read(engine: Engine, place: Path, ask: Callable[[Connection], T]) -> T:
    with _in_words(place), engine.connect() as connection, connection.begin():
        return ask(connection)


def _stamp(file: Path) -> tuple[int, int, int]:
    seen = file.stat()
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)


@contextmanager
def writing(engine: Engine, place: Path) -> Iterator[Connection]:
    """A transaction that commits whole or not at all; one writer at a time. Raises StoreError."""
    with _in_words(place), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def use_wal(engine: Engine) -> None:
    """Write-ahead log from now on: readers do not wait for the writer."""
    connection = engine.raw_connection()
    connection.cursor().execute("PRAGMA journal_mode = WAL")
    connection.close()


def damage(connection: Connection) -> str:
    """What SQLite finds wrong with its own file, "" if nothing."""
    found = str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
    return "" if found == "ok" else found


def triggers(connection: Connection) -> dict[str, str]:
    """The database's triggers: name -> statement."""
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {str(name): str(statement) for name, statement in found}


@contextmanager
def _in_words(place: Path) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise StoreError(*said(error, place)) from error


def said(error: Exception, place: Path) -> tuple[str, str, str]:
    """(message, place, hint) of a database error."""
    text = str(getattr(error, "orig", error))
    for sign, message, hint in _SIGNS:
        if sign in text:
            return message, str(place), hint
    return f"the catalogue refused: {text}", str(place), "Nothing was changed."


_DAMAGED = "Restore the folder from a backup; 'catalog.sqlite' is not readable as it is. Nothing was changed."
_SIGNS = (
    ("locked", "the store is busy: another process is writing to it", "Wait for it to end and try again."),
    ("readonly", "the store is read-only", "Ask for write permission on the folder, or work on a copy."),
    ("unable to open", "the catalogue cannot be opened", "Check the permissions of the folder and of its files."),
    ("full", "the disk is full", "Make room and try again. Nothing was changed."),
    ("not a database", "the catalogue is damaged: not an SQLite file", _DAMAGED),
    ("malformed", "the catalogue is damaged", _DAMAGED),
    ("no such table", "the catalogue lacks a table: not a trialkit store, or damaged", _DAMAGED),
    ("append-only", "the catalogue is append-only: a row once written stays", "Submit a correction instead."),
)

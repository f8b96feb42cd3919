"""The append-only log: each event's hash covers the one before, so that a changed past shows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from trialkit.errors import SnapshotError
from trialkit.model import Event
from trialkit.store.canonical import canonical, digest
from trialkit.store.schema import EVENTS

START = "0" * 64
SUBMITTED, REJECTED, FROZEN = "submitted", "rejected", "frozen"


def append(connection: Connection, kind: str, at: str, by: str, detail: dict[str, object]) -> Event:
    """Write the next event in the caller's transaction."""
    number = int(connection.execute(select(func.coalesce(func.max(EVENTS.c.number), 0))).scalar_one()) + 1
    text = canonical(detail)
    event = Event(number, kind, at, by, text, chained(head(connection), number, kind, at, by, text))
    connection.execute(insert(EVENTS).values(**vars(event)))
    return event


def chained(previous: str, number: int, kind: str, at: str, by: str, detail: str) -> str:
    """The hash of an event that follows ``previous``."""
    return digest(previous + canonical({"number": number, "kind": kind, "at": at, "by": by, "detail": detail}))


def head(connection: Connection) -> str:
    """The hash of the last event; 64 zeros before the first."""
    last = connection.execute(select(EVENTS.c.hash).order_by(EVENTS.c.number.desc()).limit(1)).scalar()
    return str(last) if last else START


def all_events(connection: Connection) -> list[Event]:
    """Every event, oldest first."""
    rows = connection.execute(select(EVENTS).order_by(EVENTS.c.number)).mappings()
    return [Event(**row) for row in rows]


def check_chain(events: Sequence[Event]) -> None:
    """Raises SnapshotError at the first event that is missing, moved or changed."""
    previous = START
    for number, event in enumerate(events, 1):
        expected = chained(previous, number, event.kind, event.at, event.by, event.detail)
        if event.number != number or event.hash != expected:
            raise SnapshotError(
                f"event {number} is not as it was written: the chain of hashes breaks there",
                "catalog.sqlite",
                "Restore the store from a backup made before the change.",
            )
        previous = event.hash

"""Which queries are open, since when, and which came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialkit.model import Finding, finding_key
from trialkit.store import Store, Submission


@dataclass(frozen=True)
class QueryRow:
    """A query: its latest finding, the numbers of the submissions that first and last had it, and its state.

    ``closed`` is the submission that closed it (0 while open); ``reopened`` counts how often it came back.
    """

    key: str
    finding: Finding
    first_seen: int
    last_seen: int
    status: Literal["open", "closed"] = "open"
    closed: int = 0
    reopened: int = 0


def state(history: Iterable[tuple[Submission, Sequence[Finding]]]) -> list[QueryRow]:
    """One row per query, in the order first seen; ``history`` is oldest first.

    A query is closed by a submission that covers its form and no longer finds it. A submission of other forms
    leaves it as it is.
    """
    rows: dict[str, QueryRow] = {}
    for submission, findings in history:
        seen = {identity(finding): finding for finding in findings}
        for key, row in rows.items():
            if key not in seen and row.status == "open" and row.finding.form in submission.forms:
                rows[key] = replace(row, status="closed", closed=submission.number)
        for key, finding in seen.items():
            rows[key] = _seen(rows.get(key), key, finding, submission.number)
    return list(rows.values())


def _seen(row: QueryRow | None, key: str, finding: Finding, number: int) -> QueryRow:
    if row is None:
        return QueryRow(key, finding, number, number)
    back = row.reopened + (row.status == "closed")
    return replace(row, finding=finding, last_seen=number, status="open", closed=0, reopened=back)


def identity(finding: Finding) -> str:
    """The finding's key; without one, its rule, form and place in the file."""
    if finding.key:
        return finding.key
    place = (finding.file, str(finding.line))
    return finding_key(finding.rule, finding.form, finding.subject, finding.visit, finding.field, place)


def open_keys(store: Store) -> tuple[str, ...]:
    """The keys of the open queries, sorted: what a snapshot remembers as not answered."""
    return open_after(store)[0]


def open_after(store: Store) -> tuple[tuple[str, ...], int]:
    """The same, and the number of the submission after which they are open (0 before the first)."""
    history = store.history()
    keys = tuple(sorted(row.key for row in state(history) if row.status == "open"))
    return keys, history[-1][0].number if history else 0

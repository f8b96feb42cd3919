"""Queries over time: who they are, when they opened, closed and came back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.small_study import AT, GROWING, WHOLE, finding, item, study_of
from trialkit.model import Finding
from trialkit.queries import open_after, open_keys, state
from trialkit.queries.state import identity
from trialkit.store import Store, Submission

A, B, G = finding("whole", "a"), finding("whole", "b"), finding("growing", "g")


def submission(number: int, *forms: str) -> Submission:
    return Submission(number, AT, "me", "", "d" * 64, "1", forms, (), ())


def told(*history: tuple[Submission, tuple[Finding, ...]]) -> list[tuple[object, ...]]:
    """(key, status, first seen, last seen, closed, reopened) of each query."""
    rows = state(history)
    return [(r.key, r.status, r.first_seen, r.last_seen, r.closed, r.reopened) for r in rows]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], []),
        ([("whole", (A,))], [("a", "open", 1, 1, 0, 0)]),
        ([("whole", (A,)), ("whole", (A,))], [("a", "open", 1, 2, 0, 0)]),
        ([("whole", (A,)), ("whole", ())], [("a", "closed", 1, 1, 2, 0)]),
        ([("whole", (A,)), ("growing", ())], [("a", "open", 1, 1, 0, 0)]),
        ([("whole", (A,)), ("growing", (A,))], [("a", "open", 1, 2, 0, 0)]),
        ([("whole", (A,)), ("whole", ()), ("whole", ())], [("a", "closed", 1, 1, 2, 0)]),
        ([("whole", (A,)), ("whole", ()), ("whole", (A,))], [("a", "open", 1, 3, 0, 1)]),
        ([("whole", (A,)), ("whole", ()), ("whole", (A,)), ("whole", ())], [("a", "closed", 1, 3, 4, 1)]),
        (
            [("whole", (A,)), ("whole", ()), ("whole", (A,)), ("whole", ()), ("whole", (A,))],
            [("a", "open", 1, 5, 0, 2)],
        ),
        (
            [("whole growing", (A, G)), ("whole", (B,)), ("growing", ())],
            [("a", "closed", 1, 1, 2, 0), ("g", "closed", 1, 1, 3, 0), ("b", "open", 2, 2, 0, 0)],
        ),
    ],
)
def test_what_became_of_a_query(history: list[tuple[str, tuple[Finding, ...]]], expected: list[object]) -> None:
    assert told(*((submission(n, *forms.split()), found) for n, (forms, found) in enumerate(history, 1))) == expected


def test_the_latest_finding_stands_for_the_query() -> None:
    moved = replace(A, line=9)
    (row,) = state([(submission(1, "whole"), (A,)), (submission(2, "whole"), (moved,))])
    assert row.finding == moved


def test_identity_is_the_key_else_the_place() -> None:
    assert identity(A) == "a"
    nameless = replace(A, key="")
    others = [replace(nameless, **{name: "x"}) for name in ("rule", "form", "subject", "visit", "field", "file")]
    others.append(replace(nameless, line=3))
    assert len({identity(f) for f in (nameless, *others)}) == 8
    assert identity(replace(nameless, say="other words", severity="minor")) == identity(nameless)


def test_open_queries_of_a_store(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", create=True)
    assert open_after(store) == ((), 0)
    steps = (
        ([item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1)])], (B, A, G), ("a", "b", "g")),
        ([item(WHOLE, [("a", 2)])], (A,), ("a", "g")),
        ([item(GROWING, [("b", 2)])], (), ("a",)),
        ([item(WHOLE, [("a", 3)])], (), ()),
        ([item(WHOLE, [("a", 4)])], (B,), ("b",)),
    )
    for number, (items, found, expected) in enumerate(steps, 1):
        store.submit(items, found, study_of(), "me", "", AT)
        assert open_keys(store) == expected
        assert open_after(store) == (expected, number)
    assert store.findings() == (B,)
    assert store.findings(1) == tuple(sorted((A, B, G)))
    assert store.findings(99) == ()

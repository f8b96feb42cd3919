"""in_force: registers of the protocol and of a form."""

from __future__ import annotations

import pytest

from tests.validate_tables import agrees


def test_the_consent_version_of_the_site_on_the_day() -> None:
    found = agrees(
        "{kind: in_force, field: T, args: {register: consent}}",
        """
        Q  | D          | T  | wrong
        1  | 2026-01-09 | C1 | x
        1  | 2026-01-10 | C1 |
        1  | 2026-02-28 | C2 | x
        1  | 2026-03-01 | C1 | x
        1  | 2026-03-01 | C2 |
        2  | 2026-03-01 | C1 |
        2  | 2026-03-01 | C2 | x
        3  | 2026-03-01 | C2 |
           | 2026-03-01 | C1 |
        1  |            | C9 |
        1  | 2026-03-01 |    |
        1  | 2026-03-01 | ?? |
        ?? | 2026-03-01 | C9 |
        1  | ??         | C9 |
        """,
    )
    assert found[0].say == (
        "Text 'C1' was not the version in force at the site on the day (no protocol version was in force at site 1)"
    )
    assert found[2].say.endswith("(in force: C2)")


def test_the_protocol_version_and_a_day_known_in_part() -> None:
    agrees(
        "{kind: in_force, field: T, args: {register: protocol, on: P}}",
        """
        Q | P          | T | wrong
        1 | 2026-02    | 2 | x
        1 | 2026-02    | 1 |
        1 | 2026       | 7 |
        1 | 2026-03    | 1 | x
        """,
    )


def test_a_visit_of_the_version_in_force() -> None:
    agrees(
        "{kind: in_force, field: V, args: {register: visit, also: [EXTRA]}}",
        """
        Q | D          | V     | wrong
        1 | 2026-02-01 | V1    |
        1 | 2026-02-01 | V9    | x
        1 | 2026-02-01 | EXTRA |
        1 | 2026-01-01 | V9    |
        """,
    )


def test_the_approval_on_the_day() -> None:
    found = agrees(
        "{kind: in_force, field: H, args: {register: approval}}",
        """
        Q | H                | wrong
        2 | 2026-06-30T23:59 |
        2 | 2026-07-01T00:00 | x
        1 | 2026-07-01T00:00 |
        2 | 2026-01-31T10:00 | x
        4 | 2025-12-31T23:59 | x
        4 | 2026-01-01T00:00 |
        """,
    )
    assert found[0].say.endswith("(protocol 1 is approved from 2026-01-01 to 2026-06-30)")


LOTS = """
T  | D          | E          | W
L1 | 2026-01-10 | 2026-02-10 | OK
L2 | 2026-01-10 |            | HELD
L3 |            | 2026-02-10 | OK
L4 | 2026-01-01 | 2026-01-31 | OK
L4 | 2026-03-01 | 2026-03-31 | OK
L5 | 2026-01-01 | 2026-01-31 |
"""
LOT_RULE = "{kind: in_force, field: T, args: {form: g, match: [T], from: D, to: E, where: {W: OK}}}"


def test_a_row_of_a_register_form_is_valid_on_the_day() -> None:
    found = agrees(
        LOT_RULE,
        """
        T  | D          | wrong
        L1 | 2026-01-09 | x
        L1 | 2026-01-10 |
        L1 | 2026-02-10 |
        L1 | 2026-02-11 | x
        L2 | 2026-01-20 | x
        L3 | 2020-01-01 |
        L3 | 2026-02-11 | x
        L4 | 2026-02-15 | x
        L4 | 2026-03-15 |
        L5 | 2026-01-15 |
        L9 | 2026-01-15 | x
           | 2026-01-15 |
        L1 |            |
        L1 | ??         |
        """,
        others={"g": LOTS},
    )
    assert (
        found[0].say
        == "Text 'L1' is not in force on the day by G (Day 2026-01-10, Other day 2026-02-10, Further text OK)"
    )
    assert found[-1].say.endswith("(not in G)")


@pytest.mark.parametrize(("others", "mark"), [({}, ""), ({"g": "T | D"}, "x")])
def test_a_register_that_was_not_received_is_unknown_an_empty_one_is_not(others: dict, mark: str) -> None:
    agrees(LOT_RULE, f"T | D | wrong\nL1 | 2026-01-20 | {mark}", others=others)


def test_the_site_comes_from_the_roster_where_the_form_has_none() -> None:
    agrees(
        "{kind: in_force, field: T, args: {register: protocol}}",
        """
        S | D          | T | wrong
        a | 2026-03-02 | 1 | x
        b | 2026-03-02 | 1 |
        c | 2026-03-02 | 9 |
        d | 2026-03-02 | 9 |
        """,
        others={"g": "S | Q\na | 1\nb | 2\nc | 1\nc | 2"},
        roster="g",
        site="",
    )

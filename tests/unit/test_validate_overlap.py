"""overlap: times that overlap within a form and with another."""

from __future__ import annotations

from tests.validate_tables import agrees, drawn, judged


def test_an_earlier_record_of_the_same_term_goes_on() -> None:
    found = agrees(
        "{kind: overlap, field: D, args: {end: E, by: [S, T], ongoing: {W: ONGOING}}}",
        """
        S  | T | D          | E          | W       | wrong
        a  | x | 2026-02-01 | 2026-02-10 |         |
        a  | x | 2026-02-03 | 2026-02-04 |         | x
        a  | x | 2026-02-09 | 2026-02-12 |         | x
        a  | x | 2026-02-13 |            |         |
        a  | x | 2026-02-14 | 2026-02-15 |         |
        a  | y | 2026-02-02 | 2026-02-03 |         |
        a  |   | 2026-02-02 | 2026-02-03 |         |
        b  | x | 2026-02-01 |            | ONGOING |
        b  | x | 2026-05-01 | 2026-05-02 |         | x
        c  | x | 2026-02-01 | 2026-02-02 |         |
        c  | x | 2026-02-02 | 2026-02-03 |         | x
        d  | x |            | 2026-02-09 |         |
        d  | x | 2026-02-02 | 2026-02-03 |         |
        e  | x | 2026-02-01 | ??         |         |
        e  | x | 2026-02-02 | 2026-02-03 |         |
        ?? | x | 2026-02-02 | 2026-02-03 |         |
        """,
    )
    said = "is in the time of an earlier record (the other is from 2026-02-01 to 2026-02-10)"
    assert found[0].say == f"Day 2026-02-03 {said}"


def test_a_shared_day_may_be_allowed() -> None:
    agrees(
        "{kind: overlap, field: D, args: {end: E, touch: true}}",
        """
        S | D          | E          | wrong
        a | 2026-02-01 | 2026-02-02 |
        a | 2026-02-02 | 2026-02-04 |
        a | 2026-02-03 | 2026-02-05 | x
        """,
    )


def test_records_of_one_start_stand_in_the_order_of_their_keys() -> None:
    agrees(
        "{kind: overlap, field: D, args: {end: E}}",
        "K | S | D | E | wrong\n2 | a | 2026-02-01 | 2026-02-09 | x\n1 | a | 2026-02-01 | 2026-02-01 |",
        key=("K",),
    )


def test_an_end_that_cannot_be_read_is_not_ongoing() -> None:
    rule = "{kind: overlap, field: D, args: {end: E, ongoing: {E: {missing: true}}}}"
    rows = drawn("S | D | E\na | 2026-02-01 |\na | 2026-05-01 | 2026-05-02")
    assert [finding.line for finding in judged(rule, rows)] == [3]
    rows[0]["E"] = "??"
    assert judged(rule, rows) == []


def test_a_day_known_in_part_overlaps_only_for_certain() -> None:
    agrees(
        "{kind: overlap, field: P, args: {end: E}}",
        """
        S | P          | E          | wrong
        a | 2026-02-10 | 2026-03-05 |
        a | 2026-02    |            |
        b | 2026-02    | 2026-03-05 |
        b | 2026-03-01 |            | x
        """,
    )


WITH_OTHER = (
    "{kind: overlap, field: D, args: {form: g, its_start: D, its_end: E, its_ongoing: {W: ONGOING}, match: [S],"
    " where: {T: BAN}, before: 3, after: 1}}"
)


def test_a_moment_in_the_time_of_another_form_made_longer() -> None:
    found = agrees(
        WITH_OTHER,
        """
        S | D          | wrong
        a | 2026-02-06 |
        a | 2026-02-07 | x
        a | 2026-02-21 | x
        a | 2026-02-22 |
        b | 2027-01-01 | x
        c | 2026-02-12 |
        d | 2026-02-10 | x
        d | 2026-02-12 |
        e | 2026-02-12 |
          | 2026-02-12 |
        a |            |
        a | ??         |
        """,
        others={
            "g": "S | D | E | T | W\na | 2026-02-10 | 2026-02-20 | BAN |\nb | 2026-02-10 | | BAN | ONGOING\n"
            "c | 2026-02-10 | 2026-02-20 | OK |\nd | 2026-02-10 | | BAN |\ne | 2026-02-10 | 2026-02-20 | |"
        },
    )
    assert found[0].say.endswith("is in the time of a record in G (the other is from 2026-02-10 to 2026-02-20)")
    agrees(WITH_OTHER, "S | D | wrong\na | 2026-02-12 |")


def test_a_time_and_another_forms_time() -> None:
    agrees(
        "{kind: overlap, field: D, args: {end: E, form: g, its_start: D, its_end: E, touch: true}}",
        """
        S | D          | E          | wrong
        a | 2026-02-01 | 2026-02-10 |
        a | 2026-02-01 | 2026-02-11 | x
        a | 2026-02-01 | 2026-03-11 | x
        a | 2026-02-20 | 2026-03-11 |
        a | 2026-02-01 |            |
        """,
        others={"g": "S | D | E\na | 2026-02-10 | 2026-02-20"},
    )

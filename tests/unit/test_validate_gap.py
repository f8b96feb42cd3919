"""gap: the time from one record to the next."""

from __future__ import annotations

from tests.validate_tables import agrees, drawn, judged


def test_the_shortest_time_between_records() -> None:
    found = agrees(
        "{kind: gap, field: H, args: {min: 4, unit: hours}}",
        """
        S  | H                | wrong
        a  | 2026-02-10T08:00 |
        a  | 2026-02-10T12:00 |
        a  | 2026-02-10T15:59 | x
        b  | 2026-02-10T15:00 |
        b  |                  |
        b  | ??               |
        b  | 2026-02-10T16:00 | x
        c  | 2026-02-10T16:00 |
           | 2026-02-10T16:00 |
           | 2026-02-10T16:01 |
        ?? | 2026-02-10T12:01 |
        """,
    )
    said = "is less than 4 hours after the record before (3 hours 59 minutes after the one before)"
    assert found[0].say == f"Moment 2026-02-10T15:59 {said}"


def test_the_longest_time_is_unknown_where_a_record_may_lie_between() -> None:
    agrees(
        "{kind: gap, field: D, args: {max: 7, unit: days}}",
        """
        S | D          | wrong
        a | 2026-02-01 |
        a | 2026-02-08 |
        a | 2026-02-16 | x
        b | 2026-02-01 |
        b | 2026-02-16 |
        b |            |
        c | 2026-02-01 |
        c | 2026-02-16 |
        c | ??         |
        """,
    )


def test_records_of_one_moment_stand_in_the_order_of_their_keys() -> None:
    agrees(
        "{kind: gap, field: H, args: {min: 1, unit: minutes}}",
        """
        K | S | H                | wrong
        2 | a | 2026-02-10T08:00 | x
        1 | a | 2026-02-10T08:00 |
        3 | a | 2026-02-10T08:00 | x
        """,
        key=("K",),
    )


def test_days_known_in_part_are_wrong_only_for_certain() -> None:
    agrees(
        "{kind: gap, field: P, args: {min: 10, max: 40, unit: days}}",
        """
        S | P          | wrong
        a | 2026-01-31 |
        a | 2026-02    |
        b | 2026-01-31 |
        b | 2026-02-08 | x
        c | 2026-01    |
        c | 2026-03-13 | x
        d | 2026-01    |
        d | 2026-03-12 |
        """,
    )


def test_rows_that_take_part_and_a_minimum_of_the_protocol() -> None:
    agrees(
        "{kind: gap, field: H, args: {min: {parameter: pause}, by: [S, T], where: {W: Y}}}",
        """
        S | T | Q | D          | H                | W | wrong
        a | m | 1 | 2026-02-10 | 2026-02-10T08:00 | Y |
        a | m | 1 | 2026-02-10 | 2026-02-10T09:00 | N |
        a | n | 1 | 2026-02-10 | 2026-02-10T10:00 | Y |
        a | m | 1 | 2026-02-10 | 2026-02-10T11:00 | Y | x
        a | m | 1 | 2026-01-01 | 2026-02-10T12:00 | Y |
        a |   | 1 | 2026-02-10 | 2026-02-10T12:00 | Y |
        """,
    )


def test_a_moment_found_wrong_by_itself_is_no_neighbour() -> None:
    rows = drawn("S | H\na | 2026-02-10T08:00\na | 2026-02-10T08:30\na | 2026-02-10T09:30")
    rule = "{kind: gap, field: H, args: {min: 1}}"
    assert [finding.line for finding in judged(rule, rows)] == [3]
    assert judged(rule + "\nq: {kind: range, field: H, args: {min: 2026-02-10T08:15}}", rows) == []

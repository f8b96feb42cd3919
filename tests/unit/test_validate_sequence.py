"""sequence: dates in the order of visits."""

from __future__ import annotations

from tests.validate_tables import agrees


def test_dates_in_the_order_of_planned_days() -> None:
    found = agrees(
        "{kind: sequence, field: D}",
        """
        S  | Q | V   | D          | wrong
        a  | 1 | SCR | 2026-02-01 |
        a  | 1 | V1  | 2026-02-10 |
        a  | 1 | V2  | 2026-02-09 | x
        b  | 1 | SCR | 2026-02-11 |
        b  | 1 | V1  | 2026-02-10 | x
        b  | 1 | V2  | 2026-02-10 |
        b  | 1 | UNS | 2026-01-12 |
        b  | 1 | V9  | 2026-01-12 |
        c  | 1 | SCR | 2026-02-10 |
        c  | 1 | V1  |            |
        c  | 1 | V2  | 2026-02-09 | x
        d  | 1 | V2  | 2026-02-09 |
        e  | 1 | SCR | 2026-02-10 |
        e  | 1 | V1  | 2026-02-12 |
        e  | 1 | V1  | 2026-02-20 |
        e  | 1 | V2  | 2026-02-13 | x
        e  | 1 | V2  | 2026-02-14 |
        g  | 1 | SCR | ??         |
        g  | 1 | V1  | 2026-02-10 |
        h  | 3 | V1  | 2026-02-10 |
        h  | 3 | V2  | 2026-02-09 |
           | 1 | V1  | 2026-02-10 |
        """,
    )
    assert found[0].say == "Day 2026-02-09 is before an earlier Visit (V1 is on 2026-02-10)"


def test_the_order_of_a_number_of_a_list_and_of_days_known_in_part() -> None:
    agrees(
        "{kind: sequence, field: P, args: {order: N}}",
        """
        S | N | P          | wrong
        a | 1 | 2026-03    |
        a | 2 | 2026-03-01 |
        a | 3 | 2026-02    | x
        a |   | 2020       |
        """,
    )
    agrees(
        "{kind: sequence, field: H, args: {order: T, visits: [B, A], by: [W], where: {Q: '1'}}}",
        """
        S | W | Q | T | H                | wrong
        a | w | 1 | A | 2026-02-10T08:00 | x
        b | w | 1 | B | 2026-02-10T08:01 |
        b | w | 2 | B | 2026-02-10T09:01 |
        b | w | 1 | C | 2026-02-10T07:01 |
        c | v | 1 | A | 2026-02-10T08:00 |
        d | u | 2 | B | 2026-02-10T09:00 |
        d | u | 1 | A | 2026-02-10T08:00 |
        c | v | 1 | B | 2026-02-10T08:00 |
        """,
    )

"""rolling: sums over a moving time."""

from __future__ import annotations

from tests.validate_tables import agrees


def test_the_sum_of_twenty_four_hours_crosses_midnight() -> None:
    found = agrees(
        "{kind: rolling, field: N, args: {at: H, max: 10, within: 24, unit: hours}}",
        """
        S  | H                | N   | wrong
        a  | 2026-02-10T20:00 | 6   |
        a  | 2026-02-11T06:00 | 4   |
        a  | 2026-02-11T19:59 | 1   | x
        a  | 2026-02-11T19:59 | 0   |
        a  | 2026-02-12T06:00 | 9   |
        b  | 2026-02-10T20:00 | 6   |
        b  | 2026-02-11T20:00 | 6   |
        b  | 2026-02-11T21:00 |     |
        b  |                  | 9   |
        b  | ??               | 9   |
        b  | 2026-02-11T22:00 | ??  |
        b  | 2026-02-11T22:00 | 5   | x
        c  | 2026-02-10T08:00 | 10.5| x
        d  | 2026-02-10T08:00 | 5.5 | x
        d  | 2026-02-10T08:00 | 5   | x
        e  | 2026-02-10T08:00 | 0.1 |
        e  | 2026-02-10T09:00 | 0.2 |
        e  | 2026-02-10T10:00 | 9.7 |
           | 2026-02-10T08:00 | 99  |
        ?? | 2026-02-10T08:00 | 99  |
        """,
    )
    assert found[0].say == "Number 1 brings the sum of 24 hours above 10 (sum 11, at most 10)"


def test_the_cap_of_the_protocol_and_rows_that_count() -> None:
    found = agrees(
        "{kind: rolling, field: N, args: {at: H, max: {parameter: cap}, where: {W: TAKEN}}}",
        """
        S | Q | D          | H                | N | W      | wrong
        a | 1 | 2026-02-10 | 2026-02-10T08:00 | 6 | TAKEN  |
        a | 1 | 2026-02-10 | 2026-02-10T12:00 | 9 | MISSED |
        a | 1 | 2026-02-10 | 2026-02-10T13:00 | 9 |        |
        a | 1 | 2026-02-10 | 2026-02-10T20:00 | 4 | TAKEN  |
        b | 1 | 2026-03-10 | 2026-03-10T08:00 | 4 | TAKEN  |
        b | 1 | 2026-03-10 | 2026-03-10T20:00 | 4 | TAKEN  | x
        c | 3 | 2026-03-10 | 2026-03-10T20:00 | 99 | TAKEN |
        c | 1 | 2026-01-01 | 2026-03-10T20:00 | 99 | TAKEN |
        """,
    )
    assert found[0].say.endswith("above the protocol's limit (Largest dose; sum 8, at most 6)")


def test_days_are_calendar_days() -> None:
    agrees(
        "{kind: rolling, field: N, args: {max: 10, within: 2, unit: days}}",
        """
        S | D          | N  | wrong
        a | 2026-02-10 | 6  |
        a | 2026-02-11 | 6  | x
        a | 2026-02-12 | 4  |
        a | 2026-02-13 | 6  |
        """,
    )

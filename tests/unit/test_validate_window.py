"""window: visit days by the protocol in force, and planned points around a dose."""

from __future__ import annotations

from tests.validate_tables import agrees

VISITS = "{kind: window, field: D, args: {form: g, from: E, match: [S]}}"
FIRST_DOSE = "S | E\na | 2026-02-10\na | 2026-02-12\nb | 2026-03-10\nc |"


def test_a_visit_is_within_its_window_of_the_version_in_force() -> None:
    found = agrees(
        VISITS,
        """
        S | Q | D          | V   | wrong
        a | 1 | 2026-02-02 | SCR |
        a | 1 | 2026-01-31 | SCR |
        a | 1 | 2026-01-30 | SCR | x
        a | 1 | 2026-02-05 | SCR |
        a | 1 | 2026-02-06 | SCR | x
        a | 1 | 2026-02-10 | V1  |
        a | 1 | 2026-02-11 | V1  | x
        a | 1 | 2026-02-15 | V2  | x
        a | 1 | 2026-02-16 | V2  |
        a | 1 | 2026-02-19 | V2  |
        a | 1 | 2026-02-20 | V2  | x
        b | 1 | 2026-03-17 | V2  | x
        b | 1 | 2026-03-24 | V2  |
        b | 2 | 2026-03-17 | V2  |
        a | 1 | 2026-02-20 | UNS |
        a | 1 | 2026-02-20 | V9  |
        c | 1 | 2026-02-20 | V1  |
        d | 1 | 2026-02-20 | V1  |
        a | 3 | 2026-02-20 | V1  |
        a | 1 | 2026-01-09 | V1  |
        a | 1 |            | V1  |
        a | 1 | ??         | V1  |
        a | 1 | 2026-02-20 | ??  |
          | 1 | 2026-02-20 | V1  |
        """,
        others={"g": FIRST_DOSE},
    )
    assert found[0].say == (
        "Day 2026-01-30 is outside the window of Visit (SCR: 11 days before Other day in G, allowed -10 to -5 days)"
    )


def test_without_the_reference_form_nothing_is_known() -> None:
    agrees(VISITS, "S | Q | D | V | wrong\na | 1 | 2026-02-20 | V1 |")


def test_a_planned_point_after_the_dose_of_its_own_row() -> None:
    rule = (
        "{kind: window, field: H, args: {from: J, point: T, planned: {PRE: -0.5, 1H: 1}, early: 0.25, late: 0.5,"
        " unit: hours}}"
    )
    agrees(
        rule,
        """
        J                | H                | T   | wrong
        2026-02-10T08:00 | 2026-02-10T08:45 | 1H  |
        2026-02-10T08:00 | 2026-02-10T08:44 | 1H  | x
        2026-02-10T08:00 | 2026-02-10T09:30 | 1H  |
        2026-02-10T08:00 | 2026-02-10T09:31 | 1H  | x
        2026-02-10T08:00 | 2026-02-10T07:30 | PRE |
        2026-02-10T08:00 | 2026-02-10T08:30 | PRE | x
        2026-02-10T08:00 | 2026-02-11T08:30 | 9H  |
                         | 2026-02-11T08:30 | 1H  |
        """,
    )


def test_the_last_dose_before_and_a_limit_from_the_protocol() -> None:
    rule = (
        "{kind: window, field: H, args: {form: g, from: J, match: [S], where: {W: Y}, pick: before, point: T,"
        " planned: {1H: 1}, late: {parameter: pause}, unit: hours}}"
    )
    agrees(
        rule,
        """
        S | Q | D          | H                | T  | wrong
        a | 1 | 2026-02-10 | 2026-02-10T08:59 | 1H | x
        a | 1 | 2026-02-10 | 2026-02-10T13:00 | 1H |
        a | 1 | 2026-02-10 | 2026-02-10T13:01 | 1H | x
        a | 1 | 2026-02-10 | 2026-02-10T21:30 | 1H |
        a | 1 | 2026-02-10 | 2026-02-10T07:00 | 1H |
        a | 3 | 2026-02-10 | 2026-02-10T13:01 | 1H |
        """,
        others={"g": "S | J | W\na | 2026-02-10T08:00 | Y\na | 2026-02-10T20:00 | Y\na | 2026-02-10T08:30 | N"},
    )

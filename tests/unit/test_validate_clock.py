"""clock: time limits between two moments."""

from __future__ import annotations

from datetime import date

from tests.validate_tables import agrees


def test_hours_between_two_moments_of_a_row() -> None:
    found = agrees(
        "{kind: clock, field: J, args: {from: H, max: 24, unit: hours}}",
        """
        H                | J                | wrong
        2026-02-10T08:00 | 2026-02-11T08:00 |
        2026-02-10T08:00 | 2026-02-11T08:01 | x
        2026-02-10T08:00 |                  |
                         | 2026-02-11T08:01 |
        2026-02-10T08:00 | ??               |
        ??               | 2026-02-19T08:01 |
        """,
    )
    said = "comes more than 24 hours after Moment (24 hours 1 minute after Moment)"
    assert found[0].say == f"Other moment 2026-02-11T08:01 {said}"


def test_days_are_calendar_days_and_a_day_is_unknown_in_hours() -> None:
    agrees(
        "{kind: clock, field: J, args: {from: H, max: 7, unit: days}}",
        "H | J | wrong\n2026-02-10T23:59 | 2026-02-17T23:59 |\n2026-02-10T23:59 | 2026-02-18T00:00 | x",
    )
    for limit, mark in (("24", "x"), ("25", "")):  # from any moment of the 10th to any of the 12th: 24 to 72 hours
        agrees(
            f"{{kind: clock, field: E, args: {{from: D, max: {limit}, unit: hours}}}}",
            f"D | E | wrong\n2026-02-10 | 2026-02-11 |\n2026-02-10 | 2026-02-12 | {mark}\n2026-02-10 | 2026-02-14 | x",
        )


def test_what_is_due_is_overdue_by_the_day_the_data_are_judged() -> None:
    rule = "{kind: clock, field: E, args: {from: D, max: 15, unit: days, due: true}}"
    drawn = "D | E | wrong\n2026-02-01 | | {}\n2026-02-02 | |\n2026-02-01 | 2026-02-16 |\n2026-02-01 | ?? |\n | |"
    found = agrees(rule, drawn.format("x"), as_of=date(2026, 2, 17))
    assert found[0].say == "Other day comes more than 15 days after Day (was due by 2026-02-16)"
    agrees(rule, drawn.format(""), as_of=date(2026, 2, 16))
    agrees(rule, drawn.format(""))
    agrees(rule.replace("due: true", "due: false"), drawn.format(""), as_of=date(2026, 2, 17))


def test_the_shortest_time_after_another_forms_moment() -> None:
    rule = "{kind: clock, field: H, args: {form: g, from: J, match: [S], pick: last, min: {parameter: pause}}}"
    text = """
    S | Q | D          | H                | wrong
    a | 1 | 2026-02-10 | 2026-02-10T11:59 | x
    a | 1 | 2026-02-10 | 2026-02-10T12:00 |
    b | 1 | 2026-02-10 | 2026-02-10T12:00 |
    a | 3 | 2026-02-10 | 2026-02-10T11:59 |
    """
    agrees(rule, text, others={"g": "S | J\na | 2026-02-10T06:00\na | 2026-02-10T08:00\na | ??"})
    agrees(rule, text.replace("| x", "| "))

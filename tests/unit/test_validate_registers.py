"""What rules look up beside a row: ranges by sex, age and date, sums over rows, factors of a lot, triggers, sides."""

from __future__ import annotations

from tests.validate_tables import agrees

RANGES = (
    "{kind: in_force, field: N, args: {form: g, match: {T: T}, beside: h, within: {M: [N, M]}, from: D, to: E,"
    " equal: {L: L}}}"
)


def test_a_range_by_sex_age_and_date_that_another_form_tells() -> None:
    agrees(
        RANGES,
        """
        S | T   | D          | M  | N | L  | wrong
        a | ALT | 2026-02-01 | 17 | 1 | 40 |
        a | ALT | 2026-02-01 | 18 | 1 | 40 | x
        a | ALT | 2026-02-01 | 18 | 1 | 45 |
        a | ALT | 2026-03-01 | 30 | 1 | 45 | x
        a | ALT | 2026-03-01 | 30 | 1 | 50 |
        a | AST | 2026-03-01 | 30 | 1 | 50 | x
        a | ALT |            | 30 | 1 | 50 |
        a | ALT | 2026-03-01 |    | 1 | 50 |
        """,
        others={
            "g": "T | N | M | D | E | L\nALT | 0 | 17 | 2026-01-01 | | 40\n"
            "ALT | 18 | 99 | 2026-01-01 | 2026-02-28 | 45\nALT | 18 | 99 | 2026-03-01 | | 50"
        },
    )


def test_a_sum_over_all_matched_rows_is_zero_without_any() -> None:
    agrees(
        "{kind: computed, field: N, args: {formula: sum, take: [N], form: g, match: {T: T}, several: sum}}",
        """
        T | N  | wrong
        a | 5  |
        a | 4  | x
        b | 0  |
        b | 1  | x
        c | 1  |
        """,
        others={"g": "T | N\na | 2\na | 3\nc | 2\nc |"},
    )


def test_amounts_count_with_the_factor_of_their_lot() -> None:
    agrees(
        "{kind: rolling, field: N, args: {at: H, max: 10, take: N, form: g, match: {T: T}}}",
        """
        S | H                | T | N | wrong
        a | 2026-02-10T08:00 | x | 3 |
        a | 2026-02-10T20:00 | y | 4 |
        a | 2026-02-11T07:00 | x | 1 | x
        b | 2026-02-10T08:00 | z | 9 |
        """,
        others={"g": "T | N\nx | 2\ny | 1"},
    )


def test_criteria_on_one_side_at_a_distance_and_absent() -> None:
    text = """
    S | D          | N | wrong
    a | 2026-02-01 | 5 | {}
    a | 2026-02-16 | 5 | {}
    a | 2026-03-01 | 1 |
    """
    first = "{kind: together, field: N, args: {all: {a: {field: N, value: 5}, b: {field: N, value: 5%s}}, within: 30}}"
    agrees(first % ", side: before", text.format("", "x"))
    agrees(first % ", side: after", text.format("x", ""))
    agrees(first % ", side: before, least: 15", text.format("", "x"))
    agrees(first % ", side: before, least: 16", text.format("", ""))
    lone = (
        "{kind: together, field: N, args: {all: {a: {field: N, value: 5}, b: {form: g, where: {T: Y}, absent: true}},"
        " within: 5}}"
    )
    agrees(lone, text.format("", "x"), others={"g": "S | D | T\na | 2026-02-06 | Y\na | 2026-02-16 | N"})
    agrees(lone, text.format("", ""), others={"g": "S | D | T\na | 2026-02-06 | Y\na | 2026-02-16 |"})
    agrees(lone, text.format("", ""))


def test_only_rows_that_are_provided_with_another_are_judged() -> None:
    agrees(
        "{kind: exists, field: N, args: {form: g, where: {T: test}, provided: {form: g, where: {T: visit}}}}",
        "S | N | wrong\na | 1 | x\nb | 1 |\nc | 1 |",
        others={"g": "S | T\na | visit\nb | other\nc | visit\nc | test"},
    )

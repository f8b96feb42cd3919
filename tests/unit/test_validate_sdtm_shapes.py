"""What tables in the tabulation standard need: study days, moments known in part, totals in rows, keys kept as text."""

from __future__ import annotations

import pytest

from tests.validate_tables import agrees, told_of


def test_a_study_day_has_no_day_zero_and_of_a_month_is_wrong_only_if_no_day_of_it_fits() -> None:
    found = agrees(
        "{kind: computed, field: N, args: {formula: study_day, of: [U], take: [D], form: g}}",
        """
        S | U                | N  | wrong
        a | 2026-03-02       | 1  |
        a | 2026-03-02T23:59 | 1  |
        a | 2026-03-01       | -1 |
        a | 2026-03-01       | 0  | x
        a | 2026-03-03T00:00 | 2  |
        a | 2026-03          | 30 |
        a | 2026-03          | 31 | x
        a | 2026             | 99 |
        a |                  | 99 |
        a | ??               | 99 |
        b | 2026-03-02       | 99 |
        """,
        others={"g": "S | D\na | 2026-03-02"},
    )
    assert found[0].say == "Number 0 is not the study day of Partial moment and Day of G (expected -1)"


def test_a_moment_known_in_part_against_days_and_moments() -> None:
    agrees(
        "{kind: compare, field: U, args: {op: on_or_after, field: D}}",
        """
        U                | D          | wrong
        2026-03-02T00:00 | 2026-03-02 |
        2026-03-01T23:59 | 2026-03-02 | x
        2026-03-01       | 2026-03-02 | x
        2026-03          | 2026-03-31 |
        2026-02          | 2026-03-01 | x
        """,
    )
    agrees(
        "{kind: compare, field: U, args: {op: before, field: H}}",
        """
        U                | H                | wrong
        2026-03-02T09:59 | 2026-03-02T10:00 |
        2026-03-02T10:00 | 2026-03-02T10:00 | x
        2026-03-02       | 2026-03-02T10:00 |
        2026-03-03       | 2026-03-02T10:00 | x
        """,
    )


TOTAL = "take: [N], form: f, match: [S, V], where: {T: {not: TOTAL}}, rows: 2"


@pytest.mark.parametrize(
    ("args", "b"), [(f"formula: sum, {TOTAL}", ""), (f"formula: sum, {TOTAL}, missing: left_out, allowed: 1", "x")]
)
def test_a_total_of_rows(args: str, b: str) -> None:
    """Subject b lacks an item, c has one too many: nothing certain, unless items may be left out."""
    found = agrees(
        f"{{kind: computed, field: N, args: {{{args}}}, when: {{T: TOTAL}}}}",
        f"""
        S | V  | T     | N | wrong
        a | V1 | ONE   | 1 |
        a | V1 | TWO   | 2 |
        a | V1 | TOTAL | 4 | x
        a | V2 | ONE   | 1 |
        a | V2 | TWO   | 3 |
        a | V2 | TOTAL | 4 |
        b | V1 | ONE   | 1 |
        b | V1 | TOTAL | 4 | {b}
        c | V1 | ONE   | 1 |
        c | V1 | ONE   | 1 |
        c | V1 | TWO   | 1 |
        c | V1 | TOTAL | 9 |
        """,
    )
    assert found[0].say == "Number 4 is not the sum of Number of 2 records in F (expected 3)"


def test_the_product_of_rows() -> None:
    agrees(
        f"{{kind: computed, field: N, args: {{formula: product, {TOTAL}}}, when: {{T: TOTAL}}}}",
        "S | V | T | N | wrong\na | V | X | 3 |\na | V | Y | 4 |\na | V | TOTAL | 12 |\n"
        "b | V | X | 3 |\nb | V | Y | 4 |\nb | V | TOTAL | 7 | x",
    )


def test_a_number_kept_as_text_matches_the_number() -> None:
    agrees(
        "{kind: exists, field: T, args: {form: g, match: {S: S, T: N}}}",
        "S | T | wrong\na | 12 |\na | 12.0 | x\na | 012 | x\na | 1.5 |\na | | \nb | 12 | x",
        others={"g": "S | N\na | 12\na | 1.5\na |"},
    )
    agrees(
        "{kind: exists, field: N, args: {form: g, match: {N: T}}}",
        "N | wrong\n3 |\n4 | x",
        others={"g": "T\n3\nx"},
    )


def test_the_dust_of_binary_fractions_does_not_part_two_keys() -> None:
    agrees(
        "{kind: exists, field: N, args: {form: g, match: [N]}}",
        "N | wrong\n9.3 |\n9.31 | x",
        others={"g": "N\n9.299999999999999"},
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("formula: difference, of: [N], take: [N], form: g, rows: 2", "difference cannot be made of rows"),
        ("formula: sum, of: [N], rows: 2", "more only with 'take'"),
        ("formula: sum, of: [N], rows: 0", "at least 1"),
        ("formula: sum, of: [N, M], where: {T: x}", "Say which fields: 'take: [FIELD]'."),
        ("formula: sum, take: [N], form: g, where: {X: x}", "there is no field 'X' in form 'g'"),
    ],
)
def test_badly_made(args: str, words: str) -> None:
    assert words in " ".join(told_of(f"{{kind: computed, field: N, args: {{{args}}}}}"))

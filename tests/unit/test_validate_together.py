"""together: thresholds that are met near each other in time."""

from __future__ import annotations

from tests.validate_tables import agrees

LIVER = (
    "{kind: together, field: N, args: {all: {enzyme: {field: N, value: 3, times: L, where: {T: ALT}},"
    " bilirubin: {field: N, value: 2, times: L, where: {T: BILI}}}, within: 30, unit: days}}"
)


def test_two_thresholds_within_thirty_days() -> None:
    found = agrees(
        LIVER,
        """
        S  | D          | T    | N   | L  | wrong
        a  | 2026-02-01 | ALT  | 120 | 40 | x
        a  | 2026-03-03 | BILI | 2.4 | 1.2 |
        b  | 2026-02-01 | ALT  | 120 | 40 |
        b  | 2026-03-04 | BILI | 2.4 | 1.2 |
        c  | 2026-02-01 | ALT  | 119 | 40 |
        c  | 2026-02-01 | BILI | 2.4 | 1.2 |
        d  | 2026-02-20 | ALT  | 300 | 40 | x
        d  | 2026-02-01 | BILI | 9   | 1.2 |
        d  | 2026-01-01 | BILI | 9   | 1.2 |
        e  | 2026-02-20 | ALT  | 300 | 40 |
        g  | 2026-02-20 | BILI | 9   | 1.2 |
        h  | 2026-02-20 | ALT  | 300 | 40 |
        h  | 2026-02-20 | BILI | ??  | 1.2 |
        i  | 2026-02-20 | ALT  | 300 |    |
        i  | 2026-02-20 | BILI | 9   | 1.2 |
        j  |            | ALT  | 300 | 40 |
        j  | 2026-02-20 | BILI | 9   | 1.2 |
        k  | 2026-02-20 | ALT  | 300 | 40 |
        k  |            | BILI | 9   | 1.2 |
           | 2026-02-20 | ALT  | 300 | 40 |
           | 2026-02-20 | BILI | 9   | 1.2 |
        ?? | 2026-02-20 | ALT  | 300 | 40 |
        """,
    )
    assert found[0].say == "Number 120 meets enzyme together with bilirubin within 30 days (bilirubin on 2026-03-03)"


def test_criteria_in_columns_of_one_row_and_in_another_form() -> None:
    rule = (
        "{kind: together, field: N, args: {all: {a: {field: N, op: greater, value: {parameter: cap}},"
        " b: {field: M, op: less, value: 2}, c: {form: g, at: H, where: {T: SICK}}}, at: H, within: 6, unit: hours}}"
    )
    text = """
    S | Q | D          | H                | N  | M | wrong
    a | 1 | 2026-02-10 | 2026-02-10T08:00 | 11 | 1 | {}
    a | 1 | 2026-02-10 | 2026-02-10T15:00 | 11 |   |
    a | 1 | 2026-02-10 | 2026-02-12T13:00 | 10 | 1 |
    b | 1 | 2026-02-10 | 2026-02-10T08:00 | 11 | 1 |
    c | 1 | 2026-02-10 | 2026-02-10T08:00 | 11 | 1 |
    """
    others = {
        "g": "S | H | T\na | 2026-02-10T14:00 | SICK\nb | 2026-02-10T14:01 | SICK\nc | 2026-02-10T08:00 | WELL\n"
        "d | 2026-02-10T08:00 | SICK\nc | ?? | SICK"
    }
    agrees(rule, text.format("x"), others=others)
    agrees(rule, text.format(""))
    agrees(rule, text.format(""), others={"g": "S | H | T"})

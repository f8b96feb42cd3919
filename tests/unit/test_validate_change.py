"""change: steps between records, and statistics of many."""

from __future__ import annotations

from tests.validate_tables import agrees


def test_a_step_from_the_record_before_within_a_time() -> None:
    found = agrees(
        "{kind: change, field: N, args: {at: H, max: 14, within: 2, unit: hours}}",
        """
        S  | H                | N  | wrong
        a  | 2026-02-10T08:00 | 5  |
        a  | 2026-02-10T09:00 | 19 |
        a  | 2026-02-10T11:00 | 4  | x
        a  | 2026-02-10T13:01 | 30 |
        a  | 2026-02-10T14:00 |    |
        a  | 2026-02-10T14:30 | 10 | x
        b  | 2026-02-10T14:00 | 99 |
        c  | 2026-02-10T08:00 | ?? |
        c  | 2026-02-10T08:30 | 40 |
        c  |                  | 0  |
        ?? | 2026-02-10T08:30 | 0  |
        """,
    )
    said = "Number 4 changed by more than 14 from the record before within 2 hours (the other value is 19)"
    assert found[0].say == said


def test_percent_of_a_fall_and_a_step_of_the_protocol() -> None:
    agrees(
        "{kind: change, field: N, args: {percent: 10, direction: fall}}",
        """
        S | D          | N   | wrong
        a | 2026-02-10 | 100 |
        a | 2026-02-11 | 90  |
        a | 2026-02-12 | 80  | x
        a | 2026-02-13 | 160 |
        b | 2026-02-12 | 0   |
        b | 2026-02-13 | -5  |
        """,
    )
    agrees(
        "{kind: change, field: N, args: {max: {parameter: cap}, direction: rise}}",
        """
        S | Q | D          | N   | wrong
        a | 1 | 2026-02-10 | 1   |
        a | 1 | 2026-02-11 | 11  |
        a | 1 | 2026-03-12 | 18  | x
        a | 1 | 2026-03-13 | 1   |
        a | 3 | 2026-03-14 | 99  |
        """,
    )


def test_a_step_from_the_first_and_from_the_base_record() -> None:
    text = """
    S | D          | V    | N   | wrong
    a | 2026-02-10 | SCR  | 100 |
    a | 2026-02-11 | BASE | 110 | {}
    a | 2026-02-12 | V1   | 103 |
    a | 2026-02-13 | V2   | 104 | {}
    b | 2026-02-13 | V2   | 300 |
    """
    agrees("{kind: change, field: N, args: {max: 3, against: first}}", text.format("x", "x"))
    agrees(
        "{kind: change, field: N, args: {max: 6, against: base, base: {V: BASE}}}",
        text.format("", "").replace("103 |", "103 | x"),
    )


def test_the_same_answers_in_a_row() -> None:
    found = agrees(
        "{kind: change, field: N, args: {statistic: repeated, fields: [N, M], least: 3}}",
        """
        S | D          | N | M  | wrong
        a | 2026-02-10 | 1 | 2  |
        a | 2026-02-11 | 1 | 2  |
        a | 2026-02-12 | 1 | 2  | x
        a | 2026-02-13 | 1 | 2  | x
        a | 2026-02-14 | 1 | 3  |
        b | 2026-02-10 | 1 | 2  |
        b | 2026-02-11 | 1 |    |
        b | 2026-02-12 | 1 | 2  |
        b | 2026-02-13 | 1 | 2  |
        c | 2026-02-10 | 1 | 2  |
        c | 2026-02-11 | 1 | ?? |
        c | 2026-02-12 | 1 | 2  |
        c | 2026-02-13 | 1 | 2  |
        d |            | 1 | 2  |
        """,
    )
    assert found[0].say == "Number 1 shows the same values in a row (3 records)"


def test_a_group_that_never_changes_is_told_once() -> None:
    agrees(
        "{kind: change, field: N, args: {statistic: constant, by: [Q], least: 3}}",
        """
        Q | D          | N | wrong
        1 | 2026-02-10 | 5 |
        1 | 2026-02-12 | 5 | x
        1 | 2026-02-11 | 5 |
        2 | 2026-02-10 | 5 |
        2 | 2026-02-11 | 5 |
        2 | 2026-02-12 | 6 |
        3 | 2026-02-10 | 5 |
        3 | 2026-02-11 | 5 |
        4 | 2026-02-10 | 5 |
        4 | 2026-02-11 | 5 |
        4 | 2026-02-12 |   |
          | 2026-02-12 | 5 |
        """,
    )


def test_a_digit_that_comes_too_often() -> None:
    found = agrees(
        "{kind: change, field: N, args: {statistic: digits, by: [Q], least: 4, share: 0.7}}",
        """
        Q | D          | N   | wrong
        1 | 2026-02-10 | 120 |
        1 | 2026-02-11 | 80  |
        1 | 2026-02-12 | 90  |
        1 | 2026-02-13 | 73  | x
        2 | 2026-02-10 | 120 |
        2 | 2026-02-11 | 80  |
        2 | 2026-02-12 | 91  |
        2 | 2026-02-13 | 73  |
        3 | 2026-02-10 | 120 |
        3 | 2026-02-11 | 80  |
        3 | 2026-02-12 | 90  |
        3 | 2026-02-13 |     |
        4 | 2026-02-10 | 120 |
        4 | 2026-02-11 | 80  |
        4 | 2026-02-12 | 90  |
        4 | 2026-02-13 | 10  | x
        4 | 2026-02-14 |     |
        """,
    )
    assert found[0].say.endswith("a last digit that comes too often (4 records, 75 % the same digit)")


def test_nothing_in_another_form() -> None:
    rule = "{kind: change, field: S, args: {statistic: zeros, form: g, by: [Q], least: 2, share: 0.6}}"
    rows = """
    S | Q | D          | wrong
    a | 1 | 2026-02-01 |
    b | 1 | 2026-02-02 | x
    c | 2 | 2026-02-01 |
    d | 2 | 2026-02-02 |
    e | 4 | 2026-02-01 |
    """
    found = agrees(rule, rows, others={"g": "S\nc\nc\nx"})
    assert found[0].say == "Subject 'b' shows too often nothing at all (2 records, 100 % with nothing)"
    assert agrees(rule, rows.replace(" x", ""), others={}) == []


def test_weekends() -> None:
    found = agrees(
        "{kind: change, field: D, args: {statistic: weekend, by: [Q], least: 3, share: 0.6}}",
        """
        S | Q | D          | wrong
        a | 1 | 2026-02-06 |
        a | 1 | 2026-02-07 |
        a | 1 | 2026-02-08 | x
        a | 2 | 2026-02-06 |
        a | 2 | 2026-02-07 |
        a | 2 | 2026-02-09 |
        a | 4 | 2026-02-07 |
        a | 4 | 2026-02-08 |
        a | 4 |            |
        """,
    )
    assert found[0].say.endswith("shows too many days on a weekend (3 records, 67 % on a weekend)")


def test_a_group_with_less_spread_than_all() -> None:
    rows = """
    S | Q | D          | N   | wrong
    a | 1 | 2026-02-01 | 50  |
    a | 1 | 2026-02-02 | 51  |
    a | 1 | 2026-02-03 | 52  | {}
    b | 2 | 2026-02-01 | 20  |
    b | 2 | 2026-02-02 | 50  |
    b | 2 | 2026-02-03 | 80  |
    """
    rule = "{{kind: change, field: N, args: {{statistic: narrow, by: [Q], share: {}}}}}"
    agrees(rule.format(0.9), rows.format("x"))
    agrees(rule.format(0.95), rows.format(""))


def test_the_same_answers_in_a_row_told_once_at_the_end() -> None:
    agrees(
        "{kind: change, field: N, args: {statistic: run, fields: [N, M], least: 3}}",
        """
        S | D          | N | M | wrong
        a | 2026-02-10 | 1 | 2 |
        a | 2026-02-11 | 1 | 2 |
        a | 2026-02-12 | 1 | 2 |
        a | 2026-02-13 | 1 | 2 | x
        a | 2026-02-14 | 1 | 3 |
        a | 2026-02-15 | 1 | 3 |
        b | 2026-02-10 | 1 | 3 |
        b | 2026-02-11 | 1 | 3 |
        b | 2026-02-12 | 1 | 3 | x
        """,
    )


def test_a_group_of_values_that_are_nearly_all_small() -> None:
    found = agrees(
        "{kind: change, field: N, args: {statistic: low, cut: 10, share: 0.7, by: [Q], least: 4}}",
        """
        Q | D          | N  | wrong
        1 | 2026-02-10 | 0  |
        1 | 2026-02-11 | 10 |
        1 | 2026-02-12 | 70 |
        1 | 2026-02-13 | 3  | x
        1 | 2026-02-14 |    |
        2 | 2026-02-10 | 0  |
        2 | 2026-02-11 | 10 |
        2 | 2026-02-12 | 70 |
        2 | 2026-02-13 | 11 |
        3 | 2026-02-10 | 1  |
        3 | 2026-02-11 | 1  |
        3 | 2026-02-12 | 1  |
        """,
    )
    assert found[0].say.endswith("values that are nearly all small (4 records, 75 % not above the cut)")


def test_a_step_that_reaches_the_limit() -> None:
    for reaching, mark in ((True, "x"), (False, "")):
        found = agrees(
            f"{{kind: change, field: N, args: {{max: 0.3, direction: rise, reaching: {str(reaching).lower()}}}}}",
            f"""
            S | D          | N    | wrong
            a | 2026-02-10 | 0.1  |
            a | 2026-02-11 | 0.4  | {mark}
            a | 2026-02-12 | 0.69 |
            a | 2026-02-13 | 1.1  | x
            """,
        )
    assert "rose by more than 0.3" in found[0].say

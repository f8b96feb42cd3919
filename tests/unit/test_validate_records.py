"""Records that are the same; what was in force on the day; an age from a birth known in part."""

from __future__ import annotations

from tests.validate_tables import agrees, drawn, form, table
from trialkit.validate import check


def test_records_that_are_the_same_and_those_that_only_share_the_key() -> None:
    rows = """
    K | N  | T | same | other
    1 | 5  | x |      |
    1 | 5  | x | x    |
    1 | 6  | x |      | x
    1 | 5  | x | x    |
    2 | ?? | x |      |
    2 | ?? | x |      | x
    3 | 5  | x |      |
      | 5  | x |      |
      | 5  | x |      |
    """
    for column, records in (("same", "identical"), ("other", "different")):
        drawn_rows = drawn(rows)
        marks = [row.pop(column) == "x" for row in drawn_rows]
        of = form("f", f"r: {{kind: unique, args: {{fields: [K], records: {records}}}}}")
        found = [f.line - 2 for f in check(table(of, drawn_rows)) if f.rule == "r"]
        assert found == [n for n, mark in enumerate(marks) if mark]


def test_what_was_in_force_stands_in_the_other_form() -> None:
    on = "on: {{D: {{op: on_or_after, field: D, tolerance: 2}}}}"
    rule = f"{{{{kind: exists, field: S, args: {{{{form: g, match: [S], {{}}current: {{{{T: consent}}}}, {on}}}}}}}}}"
    rows = """
    S | Q | D          | wrong
    a | 1 | 2026-02-01 |
    a | 1 | 2026-03-01 | x
    b | 1 | 2026-03-01 |
    b | 1 | 2026-03-05 |
    c | 1 | 2026-02-01 | {}
    d | 1 | 2026-02-28 | x
    e | 1 | 2026-02-01 |
    a | 1 |            |
    a | 9 | 2026-03-01 |
    """
    others = {"g": "S | T | D\na | C1 | 2026-01-20\nb | C2 | 2026-03-03\nd | C1 | 2026-03-03\ne | | 2026-01-20"}
    agrees(rule.format(""), rows.format("x"), others=others)
    agrees(rule.format("if_any: true, "), rows.format(""), others=others)


def test_an_age_from_a_birth_known_in_part() -> None:
    agrees(
        "{kind: computed, field: N, args: {formula: age, of: [D, P]}}",
        """
        S | D          | P          | N  | wrong
        a | 2026-06-15 | 1989-06    | 36 |
        a | 2026-06-15 | 1989-06    | 37 |
        a | 2026-06-15 | 1989-06    | 38 | x
        a | 2026-06-15 | 1989-06    | 35 | x
        a | 2026-06-15 | 1989-07    | 37 | x
        a | 2026-06-15 | 1989       | 36 |
        a | 2026-06-15 | 1989-06-16 | 37 | x
        a | 2026-06-15 |            | 99 |
        """,
    )

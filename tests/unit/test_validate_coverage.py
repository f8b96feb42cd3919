"""coverage: days of a span, values, forms of a visit."""

from __future__ import annotations

from tests.validate_tables import agrees

DAYS = "{kind: coverage, field: S, args: {form: g, match: [S], day: D, start: D, end: E, where: {W: Y}}}"


def test_every_day_of_a_span_is_there() -> None:
    found = agrees(
        DAYS,
        """
        S | D          | E          | wrong
        a | 2026-02-27 | 2026-03-02 |
        a | 2026-02-26 | 2026-03-02 | x
        a | 2026-02-27 | 2026-03-03 | x
        a | 2026-03-02 | 2026-02-27 |
        b | 2026-02-27 | 2026-02-28 |
        b | 2026-02-27 | 2026-03-01 | x
        c | 2026-02-27 | 2026-02-27 | x
        d | 2026-02-27 | 2026-02-27 | x
        d | 2026-02-27 |            |
        d | ??         | 2026-02-27 |
          | 2026-02-27 | 2026-02-27 |
        """,
        others={
            "g": "S | D | W\na | 2026-02-27 | Y\na | 2026-02-28 | Y\na | 2026-03-01 | Y\na | 2026-03-02 | Y\n"
            "a | 2026-03-02 | Y\nb | 2026-02-27 | Y\nb | | Y\nc | 2026-02-27 | N"
        },
    )
    assert found[0].say == "Subject 'a' has no complete set of Day in G (1 of 5 days missing, first 2026-02-26)"
    assert found[1].say.endswith("(1 of 5 days missing, first 2026-03-03)")


def test_without_the_other_form_nothing_is_known() -> None:
    agrees(DAYS, "S | D | E | wrong\na | 2026-02-27 | 2026-03-02 |")


def test_every_value_is_there_once_in_this_form_too() -> None:
    for name, others in (
        ("g", {"g": "S | T\na | PRE\na | 1H\na | 4H\nb | PRE\nb | 4H\nb |\nc | PRE\nc |\ne | PRE\ne |\ne |"}),
        ("f", {}),
    ):
        rule = f"{{kind: coverage, field: S, args: {{form: {name}, match: [S], point: T, values: [PRE, 1H, 4H]}}}}"
        if name == "f":
            agrees(rule, "S | T | wrong\na | PRE |\na | 1H |\na | 4H |\nb | PRE | x\nb | 4H | x")
            continue
        found = agrees(rule, "S | wrong\na |\nb |\nc | x\nd | x\ne |\n |\n?? |", others=others)
        assert found[0].say == "Subject 'c' has no complete set of Text in G (no 1H, no 4H)"


def test_the_planned_forms_of_a_visit_are_there() -> None:
    found = agrees(
        "{kind: coverage, field: V, args: {visit: true}}",
        """
        S | Q | D          | V   | wrong
        a | 1 | 2026-02-01 | V1  |
        b | 1 | 2026-02-01 | V1  | x
        b | 1 | 2026-02-01 | V2  | x
        c | 1 | 2026-02-01 | V1  | x
        d | 1 | 2026-02-01 | V1  |
        a | 1 | 2026-02-01 | UNS |
        b | 3 | 2026-02-01 | V2  |
        b | 1 |            | V2  |
        """,
        others={"g": "S | V\na | V1\nb | V1\nd |", "h": "S | V\na | V1\nb | V2\nd | V1"},
    )
    assert [finding.say[finding.say.index("(") :] for finding in found] == ["(no H)", "(no G)", "(no G, no H)"]
    agrees(
        "{kind: coverage, field: V, args: {visit: true}}",
        "S | Q | D | V | wrong\nb | 1 | 2026-02-01 | V1 |",
        others={"g": "S | V\nb | V1"},
    )


def test_a_form_that_is_said_to_be_not_done_and_one_that_may_lack() -> None:
    others = {"g": "S | V\nz | V1", "h": "S | V | T\na | V1 | g\nb | V2 | g\nc | V1 | h\nd | V1 |"}
    rows = (
        "S | Q | D | V | wrong\na | 1 | 2026-02-01 | V1 |\nb | 1 | 2026-02-01 | V1 | {}\nc | 1 | 2026-02-01 | V1 | {}\n"
    )
    rows += "d | 1 | 2026-02-01 | V1 |"
    rule = "{{kind: coverage, field: V, args: {{visit: true, form: h, match: [S, V], point: T, but: [{}]}}}}"
    agrees(rule.format("h"), rows.format("x", "x"), others=others)
    agrees(rule.format("g, h"), rows.format("", ""), others=others)

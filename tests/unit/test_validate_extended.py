"""What the first kinds learned: protocol parameters, if and unless, times, other forms' numbers, clinical formulas."""

from __future__ import annotations

import pytest

from tests.validate_tables import agrees


def test_a_limit_of_the_protocol_in_force() -> None:
    text = """
    S | Q  | D          | N  | wrong
    a | 1  | 2026-02-10 | 10 |
    a | 1  | 2026-02-10 | 11 | x
    a | 1  | 2026-03-01 | 7  | x
    a | 2  | 2026-03-01 | 7  |
    a | 1  | 2026-01-09 | 99 |
    a | 3  | 2026-03-01 | 99 |
    a |    | 2026-03-01 | 99 |
    a | 1  |            | 99 |
    a | ?? | 2026-03-01 | 99 |
    a | 1  | ??         | 99 |
    a | 1  | 2026-03-01 | ?? |
    """
    found = agrees("{kind: range, field: N, args: {max: {parameter: cap}}}", text)
    assert found[1].say == "Number 7 is above the protocol's limit (Largest dose; at most 6)"
    found = agrees("{kind: compare, field: N, args: {op: at_most, value: {parameter: cap}}}", text)
    assert found[1].say == "Number 7 is not at most the protocol's limit (Largest dose; the protocol's value is 6)"


def test_a_cell_above_the_protocols_limit_is_wrong_by_itself() -> None:
    rule = "{kind: compare, field: N, args: {op: less, form: g, field: M}}"
    first = "\nq: {kind: range, field: N, args: {max: {parameter: cap}}}"
    text = "S | Q | D | N | wrong\na | 1 | 2026-02-10 | 11 | {}\na | 1 | 2026-02-10 | 9 | x"
    agrees(rule, text.format("x"), others={"g": "S | M\na | 5"})
    agrees(rule + first, text.format(""), others={"g": "S | M\na | 5"})


def test_present_if_and_unless() -> None:
    found = agrees(
        "{kind: present, field: N, args: {if: {T: a}, unless: {W: done}}}",
        """
        T  | W    | N  | wrong
        a  | no   |    | x
        a  | done |    |
        a  |      |    |
        a  | ??   |    |
        b  | no   |    |
           | no   |    |
        ?? | no   |    |
        a  | no   | 1  |
        a  | no   | ?? |
        """,
    )
    assert found[0].say == "Number is missing where T is a unless W is done"


def test_several_cells_are_one_finding() -> None:
    found = agrees(
        "{kind: present, field: N, args: {all: [M, L, T], unless: {W: {missing: false}}}}",
        """
        N  | M | L  | T  | W    | wrong
        5  | 1 | 2  | x  |      |
           | 1 |    |    |      | x
        5  |   |    |    |      | x
        5  | 1 |    |    | done |
           | 1 | 2  | x  |      |
        5  | 1 | ?? |    |      |
        """,
    )
    assert found[0].say.endswith("(1 of 3 answered; missing: Limit, Text)")
    assert {finding.field for finding in found} == {"N"}


def test_numbers_apart_at_about_the_same_time() -> None:
    rule = "{kind: exists, field: N, args: {form: g, must: false, match: [S],"
    rule += " on: {H: {field: J, within: 10, unit: minutes}, N: {field: M, apart: 5}}}}"
    others = {"g": "S | J | M\na | 2026-02-10T08:10 | 10\na | 2026-02-10T09:00 | 90\na | | 99\na | 2026-02-10T08:05 |"}
    found = agrees(
        rule,
        """
        S | H                | N  | wrong
        a | 2026-02-10T08:00 | 15 |
        a | 2026-02-10T08:00 | 16 | x
        a | 2026-02-10T08:20 | 4  | x
        a | 2026-02-10T07:59 | 16 |
        a | 2026-02-10T08:00 |    |
        b | 2026-02-10T08:00 | 99 |
        """,
        others=others,
    )
    assert "Number more than 5 from its Other number" in found[0].say
    assert all(one.say.endswith("; G: Other moment 2026-02-10T08:10, Other number 10)") for one in found)


def test_what_may_identify_is_not_told_of_an_unwanted_record() -> None:
    rule = "{kind: exists, field: S, args: {form: g, must: false, match: [S], on: {I: {op: not_equal, field: I}}}}"
    (found,) = agrees(rule, "S | I | wrong\na | Nancy | x\nb | Nancy |", others={"g": "S | I\na | Olaf\nb | Nancy"})
    assert "Olaf" not in found.say and "Nancy" not in found.say


def test_a_number_of_another_form_near_enough_must_be_there() -> None:
    rule = "{kind: exists, field: N, args: {form: g, match: [S], on: {N: {field: M, apart: 5}}}}"
    text = "S | N | wrong\na | 15 | x\na | 16 |\nb | 15 |"
    agrees(rule, text, others={"g": "S | M\na | 10\nb | 10\nb | "})


def test_so_many_times_a_limit() -> None:
    found = agrees(
        "{kind: compare, field: N, args: {op: less, field: L, times: 3}}",
        "N | L | wrong\n119 | 40 |\n120 | 40 | x\n120 | |\n120 | ?? |",
    )
    assert found[0].say == "Number 120 is not less than 3 x Limit (Limit is 40)"
    agrees(
        "{kind: compare, field: N, args: {op: equal, form: g, field: M, times: 2, tolerance: {parameter: cap}}}",
        "S | Q | D | N | wrong\na | 1 | 2026-02-10 | 30 |\na | 1 | 2026-02-10 | 31 | x\na | 3 | 2026-02-10 | 31 |",
        others={"g": "S | M\na | 10"},
    )


@pytest.mark.parametrize("must", [True, False])
def test_a_record_within_a_time(must: bool) -> None:
    rule = f"{{kind: exists, field: H, args: {{form: g, must: {str(must).lower()}, match: [S],"
    rule += " on: {H: {op: on_or_after, field: J, within: 30, unit: minutes}}}}"
    near, far, open_ = ("", "x", "") if must else ("x", "", "")
    found = agrees(
        rule,
        f"""
        S | H                | wrong
        a | 2026-02-10T08:00 | {near}
        a | 2026-02-10T08:30 | {near}
        a | 2026-02-10T08:31 | {far}
        a | 2026-02-10T07:59 | {far}
        b | 2026-02-10T07:59 | {open_}
        c | 2026-02-10T07:59 | {far}
        """,
        others={"g": "S | J\na | 2026-02-10T08:00\nb |"},
    )
    told = "Moment on or after and within 30 minutes of its Other moment"
    assert found[0].say.endswith(f"({told})" if must else f"({told}; G: Other moment 2026-02-10T08:00)")


def test_a_record_of_unknown_time_is_not_certainly_near() -> None:
    agrees(
        "{kind: exists, field: H, args: {form: g, must: false, on: {H: {field: J, within: 1}}}}",
        "S | H | wrong\na | 2026-02-10T08:00 | x\na | 2026-02-10T06:59 |\nb | 2026-02-10T08:00 |",
        others={"g": "S | J\na | 2026-02-10T08:00\nb |"},
    )


FORMULAS = [
    # 400 ms at 60 a minute needs no correction; at RR 0.8 s it is divided by the cube root of 0.8 = 0.928318
    (
        "{formula: fridericia, of: [M, L], tolerance: 0.05}",
        "400 | 400 | 1000 |\n387.8 | 360 | 800 |\n377 | 360 | 800 | x",
    ),
    (
        "{formula: fridericia_rate, of: [M, L], tolerance: 0.05}",
        "387.8 | 360 | 75 |\n400 | 360 | 0 |\n380 | 360 | 75 | x",
    ),
    # CTCAE 5.0, ALT with a normal baseline: 1 above ULN, 2 above 3, 3 above 5, 4 above 20 times ULN
    (
        "{formula: ratio_bands, of: [M, L], cuts: [1, 3, 5, 20], scores: [0, 1, 2, 3, 4]}",
        "0 | 40 | 40 |\n1 | 41 | 40 |\n1 | 120 | 40 |\n2 | 121 | 40 |\n3 | 201 | 40 |\n4 | 801 | 40 |\n2 | 80 | 40 | x",
    ),
    # CTCAE 5.0, anemia: 1 below the lower limit (here 12) down to 10, 2 down to 8, 3 below
    (
        "{formula: bands_down, of: [M], cuts: [12, 10, 8], scores: [0, 1, 2, 3]}",
        "0 | 12 | |\n1 | 11.9 | |\n1 | 10 | |\n2 | 9.9 | |\n3 | 7.9 | |\n2 | 10 | | x",
    ),
    ("{formula: product, of: [M, L], percent: 2}", "102 | 10 | 10 |\n102.1 | 10 | 10 | x\n97.9 | 10 | 10 | x"),
    (
        "{formula: sum, of: [M, L], missing: left_out, allowed: 1}",
        "5 | 5 | |\n9 | 5 | 4 |\n7 | | |\n10 | 5 | | x\n6 | 6 | ?? |\n7 | 6 | ?? |",
    ),
    ("{formula: sum, of: [M, L], missing: left_out, allowed: 2}", "7 | | |\n7 | 5 | | x"),
    ("{formula: sum, of: [M, L], missing: prorated, allowed: 1}", "10 | 5 | |\n9 | 5 | 4 |\n7 | | |\n5 | 5 | | x"),
    ("{formula: mean, of: [M, L], missing: left_out, allowed: 1}", "5 | 5 | |\n4.5 | 5 | 4 |\n2.5 | 5 | | x"),
]


@pytest.mark.parametrize(("args", "rows"), FORMULAS, ids=[args for args, _ in FORMULAS])
def test_a_formula(args: str, rows: str) -> None:
    agrees(f"{{kind: computed, field: N, args: {args}}}", "N | M | L | wrong\n" + rows)


def test_the_age_in_full_years() -> None:
    agrees(
        "{kind: computed, field: N, args: {formula: age, of: [D, E]}}",
        """
        N  | D          | E          | wrong
        25 | 2026-02-10 | 2000-02-11 |
        26 | 2026-02-11 | 2000-02-11 |
        26 | 2026-02-10 | 2000-02-11 | x
        25 | 2026-02-28 | 2000-02-29 |
        26 | 2026-03-01 | 2000-02-29 |
        56 | 2026-03-01 | 1969-12-31 |
        30 |            | 1969-12-31 |
        """,
    )


def test_the_r_value() -> None:
    rule = "{kind: computed, field: N, args: {formula: r_value, of: [M, L], take: [M, L], form: g, match: [S]}}"
    text = """
    S | N  | M   | L  | wrong
    a | 10 | 400 | 40 |
    a | 5  | 400 | 40 | x
    b | 5  | 400 | 40 | x
    c | 9  | 400 | 40 |
    d | 9  | 400 | 40 |
    e | 9  | 400 | 40 |
    f | 9  | 400 | 40 |
    """
    found = agrees(
        rule,
        text,
        others={
            "g": "S | M | L\na | 120 | 120\nb | 480 | 120\nc | 120 |\ne | 1 | 2\ne | 3 | 2\nf | 120 | 120\nf | | 120"
        },
    )
    assert found[0].say == (
        "Number 5 is not the R value of Other number, Limit," + " Other number of G and Limit of G (expected 10)"
    )
    agrees(rule, text.replace("| x", "|"))

"""previous: against the last accepted upload."""

from __future__ import annotations

from dataclasses import replace

from tests.validate_tables import agrees, drawn, form, judged, study, table
from trialkit.validate import across

BEFORE = """
K | N | M | T | I | D
1 | 5 | 1 | x | p | 2026-02-01
2 | 5 | 1 | x | p | 2026-02-01
3 | 5 | 1 | x | p | 2026-02-01
4 |   | 1 | x | p |
5 | 5 | 1 | x | p | 2026-02-01
6 | 5 | 1 | x | p | 2026-02-01
7 | 5 | 1 | x | p | 2026-02-01
7 | 9 | 1 | x | p | 2026-02-01
8 | 5 | 1 | x | p | 2026-02-01
"""


def test_a_value_changed_without_a_reason() -> None:
    found = agrees(
        "{kind: previous, field: N, args: {reason: W}}",
        """
        K  | N  | W    | wrong
        1  | 5  |      |
        2  | 6  |      | x
        3  | 6  | typo |
        4  | 6  |      |
        5  |    |      | x
        6  | ?? |      |
        7  | 6  |      |
        8  | 6  | ??   |
        9  | 6  |      |
           | 6  |      |
        ?? | 6  |      |
        """,
        before=BEFORE,
        key=("K",),
    )
    assert found[0].say == "Number 6 changed since the last upload without a reason (Number was 5)"
    assert found[0].fix == "Give the reason for the change in Further text, or correct the value."
    assert judged("{kind: previous, field: N}", drawn("K | N\n1 | 6"), key=("K",)) == []


def test_several_fields_are_one_finding_and_secrets_are_not_told() -> None:
    (found,) = agrees(
        "{kind: previous, args: {fields: [N, T, D, I]}}",
        "K | N | T | D | I | wrong\n1 | 5 | y | 2026-02-02 | q | x\n2 | 5 | x | 2026-02-01 | p |\n3 | 5 | x | ?? | q |",
        before=BEFORE,
        key=("K",),
    )
    assert found.say == "the record changed since the last upload (Text was x, Day was 2026-02-01)"


def test_a_stated_rule_gives_records_that_are_gone_its_words() -> None:
    rule = "{kind: previous, args: {gone: true}, severity: minor, say: a record went away}"
    of = form("f", f"r: {rule}", key=("K",))
    now, last = table(of, drawn("K | N\n1 | 5")), table(of, drawn("K | N\n1 | 5\n2 | 6"))
    (found,) = across({"f": now}, {"f": now.frame}, {"f": last.frame}, study(of))
    assert (found.rule, found.severity, found.say, found.line) == ("r", "minor", "a record went away: 2", 0)
    plain = replace(now, form=form("f", key=("K",)))
    (found,) = across({"f": plain}, {"f": now.frame}, {"f": last.frame}, study(plain.form))
    assert (found.rule, found.severity) == ("f.records.kept", "critical")


def test_the_last_upload_comes_from_the_store() -> None:
    of = form("f", "r: {kind: previous, field: N}", key=("K",))
    now, last = table(of, drawn("K | N\n1 | 6\n2 | 6")), table(of, drawn("K | N\n1 | 5\n2 | ??"))
    stored = last.frame.assign(_row=[2, 3], _unread=["", "N"], _file="f.csv")
    (found,) = across({"f": now}, {"f": now.frame}, {"f": stored}, study(of))
    assert (found.rule, found.line) == ("r", 2)


def test_the_reason_may_stand_in_another_form() -> None:
    log = "S | T | W | V\na | N | typo | F\nb | M | typo | F\nc | N |  | F\nd | N | typo | G\ne |  | typo | F"
    (found, *_) = agrees(
        "{kind: previous, args: {fields: [N, M], form: g, match: [S], where: {V: F}, named: T, reason: W}}",
        """
        K | S | N | M | wrong
        1 | a | 6 | 1 |
        2 | b | 6 | 1 | x
        3 | c | 6 | 1 | x
        5 | d | 6 | 1 | x
        6 | e | 6 | 1 |
        8 | a | 6 | 2 | x
        """,
        before=BEFORE,
        key=("K",),
        others={"g": log},
    )
    assert found.say == "the record changed since the last upload without a reason (Number was 5)"
    assert found.fix == "Record the reason for the change, or put the old value back."

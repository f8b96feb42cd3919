"""Findings of one cause are told as one, and none is lost."""

from __future__ import annotations

import pytest

from tests.outcomes import outcome
from trialkit.validate.outcome import Fold, Outcome


def causes(made: Outcome) -> list[tuple[str, int]]:
    return [(fold.cause, len(fold.members)) for fold in made.folds]


def the(made: Outcome, cause: str) -> Fold:
    (fold,) = [fold for fold in made.folds if fold.cause == cause]
    return fold


def rows(count: int, head: str, cells: str, wrong: int | None = None, clean: str = "") -> str:
    """``count`` events of as many subjects; the first ``wrong`` of them (all) hold ``cells``."""
    wrong = count if wrong is None else wrong
    return f"S | {head}\n" + "\n".join(f"s{n} | {cells if n < wrong else clean}" for n in range(count))


def test_findings_by_themselves_stay_so() -> None:
    made = outcome("S | SEV | OUT\ns0 | BAD | OVER\ns1 | MILD | ODD")
    assert causes(made) == [("", 1), ("", 1)]
    told = {(fold.key, fold.say, fold.fix) for fold in made.folds}
    assert told == {(finding.key, finding.say, finding.fix) for finding in made.findings}


def test_a_column_that_holds_another_columns_values() -> None:
    made = outcome(rows(20, "SEV", "OVER"))
    assert causes(made) == [("column", 20)]
    fold = made.folds[0]
    assert fold.say == "the column Severity holds the values of Outcome, in 20 of 20 records"
    assert {member.key for member in fold.members} == {finding.key for finding in made.findings}
    assert fold.key not in {finding.key for finding in made.findings}


@pytest.mark.parametrize(("count", "wrong", "folded"), [(20, 10, True), (20, 9, False), (21, 10, False), (9, 9, False)])
def test_a_column_is_wrong_from_ten_cells_and_half_the_records_on(count: int, wrong: int, folded: bool) -> None:
    made = outcome(rows(count, "SEV", "ODD%", wrong, "MILD").replace("%", "x"))
    assert any(fold.cause == "column" for fold in made.folds) is folded


def test_columns_shifted_by_one() -> None:
    made = outcome(rows(12, "SEV | REL | OUT", "LIKELY | OPEN | x"))
    assert causes(made) == [("column", 36)]
    assert made.folds[0].say == (
        "the columns Severity, Relation, Outcome are wrong in 12 of 12 records: they seem to be shifted or exchanged"
    )


def test_columns_apart_are_two_causes() -> None:
    assert causes(outcome(rows(12, "SEV | OUT", "x | y"))) == [("column", 12), ("column", 12)]


def test_a_record_shifted_by_one_column() -> None:
    made = outcome("S | SEV | REL | OUT | WT\ns0 | x | SEVERE | NONE | 70\ns1 | MILD | NONE | OVER | 999")
    assert causes(made) == [("record", 3), ("", 1)]
    assert "(Severity, Relation, Outcome)" in the(made, "record").say


def test_three_wrong_cells_that_hold_no_neighbors_values() -> None:
    assert causes(outcome("S | SEV | REL | OUT\ns0 | x | y | z")) == [("", 1)] * 3


def test_a_subject_nobody_knows_is_one_finding() -> None:
    made = outcome("S\n" + "\n".join(["nobody"] * 40 + ["stray"] * 2))
    assert causes(made) == [("subject", 40), ("", 1), ("", 1)]
    assert the(made, "subject").say == "the subject is not on record, in 40 records of the subject"
    assert the(made, "subject").severity == "critical"


def test_a_lot_that_is_nowhere_is_one_finding_whoever_took_it() -> None:
    made = outcome(rows(6, "LOT", "B", 4, "A"))
    assert causes(made) == [("value", 4)]
    assert the(made, "value").say == "the lot is not on record, in 4 records"


def test_a_site_that_writes_small_letters() -> None:
    text = "S | SEV\n" + "\n".join(f"s{n} | {'mild' if n % 2 == 0 else 'MILD'}" for n in range(30))
    made = outcome(text.replace("s2 | mild", "s2 | severe "))
    assert causes(made) == [("column", 15)]  # half of all records: the column as a whole
    made = outcome(text + "\n" + "\n".join(f"s{n} | SEVERE" for n in range(30)))
    assert causes(made) == [("site", 15)]
    assert made.folds[0].say == (
        "site 1 writes Severity in other letters or with blanks, in 15 records; allowed: MILD, SEVERE"
    )


def test_a_fault_of_one_subject_is_no_habit_of_a_site() -> None:
    made = outcome("S | SEV\n" + "\n".join(["s1 | mild", "s1 | severe"] * 3 + ["s1 | MILD"] * 9))
    assert "site" not in {fold.cause for fold in made.folds}


def test_the_key_of_a_cause_outlives_its_findings_and_lines() -> None:
    before = outcome("S\n" + "\n".join(["nobody"] * 40))
    after = outcome("S\ns1\n" + "\n".join(["nobody"] * 7))
    assert the(before, "subject").key == the(after, "subject").key
    other = outcome("S\n" + "\n".join(["nemo"] * 7))
    assert the(other, "subject").key != the(after, "subject").key


def test_no_finding_is_lost_or_told_twice() -> None:
    made = outcome(
        "S | SEV | REL | LOT | ID\n"
        + "\n".join(f"{'nobody' if n % 3 else 's1'} | {'x' if n % 2 else 'mild'} | OVER | B | 9" for n in range(40))
    )
    members = [member for fold in made.folds for member in fold.members]
    assert len(made.folds) < len(members) == len(made.findings)
    assert sorted(members) == sorted(made.findings)


def test_without_tables_no_column_is_called_wrong() -> None:
    from dataclasses import replace

    made = outcome(rows(20, "SEV", "OVER"))
    assert "column" not in {fold.cause for fold in replace(made, tables={}).folds}


def test_a_file_with_every_record_twice() -> None:
    once = [f"s{n} | {n}" for n in range(12)]
    made = outcome("S | N\n" + "\n".join(once * 2))
    assert causes(made) == [("column", 12)]
    assert made.folds[0].say == "the record repeats an earlier one: same Subject and Number: so in 12 of 24 records"

"""Every way to plant an error, on files of a few lines."""

from __future__ import annotations

import csv

import pytest

from trialkit.corrupt import Planted, corrupt
from trialkit.corrupt.cells import CELLS, VALUES
from trialkit.corrupt.plan import plan_of
from trialkit.corrupt.ways import WAYS
from trialkit.errors import StudyError, UsageError

CELL_CASES = [
    ("letter", "101", "", "1O1"),
    ("letter", "15", "", "l5"),
    ("letter", "5", "", "S"),
    ("letter", "88", "", None),
    ("digits", "12", "", "21"),
    ("digits", "122", "", "212"),
    ("digits", "11", "", None),
    ("swap", "Heroin", "", "Heroni"),
    ("swap", "AA", "", None),
    ("double", "MILD", "", "MIILD"),
    ("double", "12", "", None),
    ("drop", "MILD", "", "MLD"),
    ("drop", "NO", "", None),
    ("beside", "SITTING", "", "SUTTING"),
    ("beside", "Mild", "", "Muld"),
    ("beside", "N", "", None),
    ("lower", "MILD", "", "mild"),
    ("lower", "mild", "", None),
    ("blank", "x", "", ""),
    ("blank", "", "", None),
    ("space", "F", "", "F "),
    ("space", "", "", None),
    ("lead", "F", "", "\u00a0F"),
    ("lead", "", "", None),
    ("append", "70.5", " kg", "70.5 kg"),
    ("append", "", " kg", None),
    ("set", "N", "Y", "Y"),
    ("set", "Y", "Y", None),
    ("set", "", "Y", None),
    ("fill", "", "Y", "Y"),
    ("fill", "N", "Y", None),
    ("zeros", "A-101-0007", "", "A-101-7"),
    ("zeros", "0012", "", "12"),
    ("zeros", "A-101", "", None),
    ("orphan", "A-101-0007", "", "A-101-9999"),
    ("orphan", "A", "", None),
    ("comma", "70.5", "", "70,5"),
    ("comma", "70", "", None),
    ("thousands", "1034", "", "1,034"),
    ("thousands", "834", "", None),
    ("point", "36.8", "", "368"),
    ("point", "0.8", "", None),
    ("minus", "12", "", "-12"),
    ("minus", "0", "", None),
    ("add", "12", "-3", "9"),
    ("add", "1.5", "0.25", "1.75"),
    ("add", "x", "1", None),
    ("convert", "100.0", "2.204623", "220.5"),
    ("convert", "37.0", "1.8, 32", "98.6"),
    ("convert", "47", "0.1", "4.7"),
    ("convert", "180", "0.393701", "70.9"),
    ("convert", "0", "0.1", None),
    ("as_number", "1.0", "", "1"),
    ("as_number", "1.10", "", "1.1"),
    ("as_number", "1.1", "", None),
    ("impossible_date", "2026-03-04", "", "2026-02-30"),
    ("impossible_date", "2026-03", "", None),
    ("day_first", "2026-03-04", "", "04/03/2026"),
    ("day_first", "2026-03-04T09:05", "", "04/03/2026 09:05"),
    ("day_first", "", "", None),
    ("day_month", "2026-03-04", "", "2026-04-03"),
    ("day_month", "2026-03-13", "", None),
    ("day_month", "2026-03-03", "", None),
    ("serial_date", "1900-03-01", "", "61"),  # where the spreadsheets agree, after the leap day that never was
    ("serial_date", "2026-03-04T12:00", "", "46085.5"),
    ("serial_date", "2026", "", None),
    ("month_year", "2024-03", "", "Mar-24"),
    ("month_year", "2024-03-05", "", None),
    ("shift", "2026-02-27", "2", "2026-03-01"),
    ("shift", "2026-03-01T09:05", "-1", "2026-02-28T09:05"),
    ("shift", "2026", "1", None),
    ("hours", "2026-03-01T09:05", "-20", "2026-02-28T13:05"),
    ("hours", "2026-03-01", "-20", None),
    ("year", "2026-03-04", "10", "2036-03-04"),
    ("year", "2024-02-29", "1", None),
    ("year", "2024", "1", None),
    ("untimed", "2026-03-04T09:05", "", "2026-03-04"),
    ("untimed", "2026-03-04", "", None),
]


@pytest.mark.parametrize(("name", "cell", "value", "wanted"), CELL_CASES)
def test_a_cell_is_spoiled(name: str, cell: str, value: str, wanted: str | None) -> None:
    assert CELLS[name](cell, value) == wanted


def test_every_spoiler_is_tested_both_ways() -> None:
    assert {case[0] for case in CELL_CASES if case[3] is not None} == set(CELLS)
    assert {case[0] for case in CELL_CASES if case[3] is None} == set(CELLS)


UPLOADS = {
    "who.csv": b"ID,SEX,NUM,LOT\nA-1,M,R1,L1\nA-2,F,R2,L1\n",
    "lots.csv": b"LOT,EXP\nL1,2027-01-01\nL2,2027-02-01\n",
    "score.csv": b"ID,VISIT,DAY,A,B,SUM\nA-1,V1,2026-01-01,1,2,3\nA-1,V2,2026-01-02,0,4,4\nA-1,V3,2026-01-03,2,2,4\n"
    b"A-2,V1,2026-01-05,0,0,0\n",
    "notes.txt": b"left alone\n",
}
"""Subject A-1 has three scores, A-2 has one."""


def planted(error: str, uploads: dict[str, bytes] = UPLOADS) -> tuple[dict[str, list[list[str]]], list[Planted]]:
    """The files that changed, as cells, and the key."""
    files, key = corrupt(uploads, plan_of(f"seed: 1\nsubject: ID\nerrors:\n  - {{kind: k, {error}}}\n", "plan.yaml"))
    changed = {name: data for name, data in files.items() if data != uploads[name]}
    return {name: list(csv.reader(data.decode().splitlines())) for name, data in changed.items()}, key


def changes(key: list[Planted]) -> list[tuple[str, int, str, str, str]]:
    return [(p.changed_file, p.changed_line, p.changed_field, p.old, p.new) for p in key]


RECORD_CASES = {
    "set_cells": (
        "by: set_cells, file: score.csv, cells: {A: '4', B: '2', SUM: '6'}, where: {VISIT: V1}, unless: {A: '0'}",
        [("score.csv", 2, "A", "1", "4"), ("score.csv", 2, "SUM", "3", "6")],
    ),
    "date_of": (
        "by: date_of, value: '-1', file: score.csv, field: DAY, where: {VISIT: V3}, "
        "of: {field: DAY, where: {VISIT: V1}}",
        [("score.csv", 4, "DAY", "2026-01-03", "2025-12-31")],
    ),
    "copy_down": (
        "by: copy_down, file: score.csv, field: B, where: {VISIT: V3}",
        [("score.csv", 4, "B", "2", "4")],
    ),
    "exchange_fields": (
        "by: exchange_fields, file: score.csv, fields: [A, B], where: {VISIT: V2}",
        [("score.csv", 3, "A", "0", "4"), ("score.csv", 3, "B", "4", "0")],
    ),
    "exchange_records": (
        "by: exchange_records, file: score.csv, fields: [VISIT, SUM], where: {VISIT: V2}, of: {where: {VISIT: V3}}",
        [("score.csv", 3, "VISIT", "V2", "V3"), ("score.csv", 4, "VISIT", "V3", "V2")],
    ),
    "copy_all": (
        "by: copy_all, file: score.csv, fields: [A, B]",
        [
            ("score.csv", 3, "A", "0", "1"),
            ("score.csv", 3, "B", "4", "2"),
            ("score.csv", 4, "A", "2", "1"),
        ],
    ),
    "alike": (
        "by: alike, value: '2', file: score.csv, fields: [A, B], where: {VISIT: V2}",
        [("score.csv", 3, "A", "0", "2"), ("score.csv", 3, "B", "4", "2")],
    ),
    "right": (
        "by: right, file: score.csv, field: A, where: {VISIT: V2}",
        [("score.csv", 3, "A", "0", ""), ("score.csv", 3, "B", "4", "0")],  # the last cell is 4 and takes 4
    ),
    "left": (
        "by: left, file: score.csv, field: A, where: {VISIT: V2}",
        [("score.csv", 3, "A", "0", "4"), ("score.csv", 3, "SUM", "4", "")],
    ),
    "cut": (
        "by: cut, file: score.csv, field: B, where: {VISIT: V2}",
        [("score.csv", 3, "B", "4", "(cut off)"), ("score.csv", 3, "SUM", "4", "(cut off)")],
    ),
    "unquoted": (
        "by: unquoted, value: x, file: score.csv, field: B, where: {VISIT: V2}",
        [("score.csv", 3, "SUM", "4", "x"), ("score.csv", 3, "(column 7)", "(no such cell)", "4")],
    ),
    "duplicate": (
        "by: duplicate, file: score.csv, where: {VISIT: V2}",
        [("score.csv", 6, "", "", "A-1,V2,2026-01-02,0,4,4")],
    ),
    "again": (
        "by: again, cells: {SUM: '9'}, file: score.csv, where: {VISIT: V2}",
        [("score.csv", 6, "", "", "A-1,V2,2026-01-02,0,4,9")],
    ),
    "variant": (
        "by: variant, value: L9, file: who.csv, field: LOT, where: {NUM: R2}, of: {file: lots.csv, field: LOT}, "
        "cells: {EXP: 2020-01-01}",
        [("who.csv", 3, "LOT", "L1", "L9"), ("lots.csv", 4, "", "", "L9,2020-01-01")],
    ),
    "remove": (
        "by: remove, file: score.csv, where: {VISIT: V2}, told: {file: who.csv, field: NUM}",
        [("score.csv", 3, "", "A-1,V2,2026-01-02,0,4,4", "")],
    ),
    "exchange_subjects": (
        "by: exchange_subjects, file: score.csv, where: {VISIT: V1, A: '1'}, of: {where: {A: '0'}}",
        [("score.csv", 2, "ID", "A-1", "A-2"), ("score.csv", 5, "ID", "A-2", "A-1")],
    ),
    "borrow": (
        "by: borrow, file: who.csv, field: NUM, where: {SEX: M}, of: {field: NUM}",
        [("who.csv", 2, "NUM", "R1", "R2")],
    ),
    "adopt": (
        "by: adopt, file: who.csv, where: {SEX: F}, of: {file: score.csv, where: {VISIT: V2}}",
        [("score.csv", 6, "", "", "A-2,V2,2026-01-02,0,4,4")],
    ),
    "give": (
        "by: give, file: score.csv, where: {VISIT: V3}, of: {file: who.csv}",
        [("score.csv", 4, "ID", "A-1", "A-2")],
    ),
}


@pytest.mark.parametrize("name", RECORD_CASES)
def test_records_are_spoiled(name: str) -> None:
    error, wanted = RECORD_CASES[name]
    files, key = planted(error)
    assert changes(key) == wanted
    assert set(files) == {change[0] for change in wanted}
    assert {p.error for p in key} == {1}


def test_every_way_is_tested() -> None:
    assert set(RECORD_CASES) | set(CELLS) == set(WAYS)
    assert all(way.says for way in WAYS.values())


@pytest.mark.parametrize(
    "error",
    [
        "by: date_of, value: '1', file: score.csv, field: DAY, where: {VISIT: V1}, of: {field: A}",  # not a date
        "by: copy_down, file: score.csv, field: VISIT, where: {VISIT: V1}",  # nothing above
        "by: copy_down, file: score.csv, field: SUM, where: {VISIT: V3}",  # the same text above
        "by: exchange_fields, file: score.csv, fields: [A, B], where: {VISIT: V3}",  # both 2
        "by: exchange_records, file: score.csv, fields: A, where: {VISIT: V3}, of: {where: {VISIT: V3}}",
        "by: copy_all, file: score.csv, fields: SUM, where: {VISIT: [V1, V2]}",  # one record only would change
        "by: alike, value: '2', file: score.csv, fields: [A, B], where: {VISIT: V3}",
        "by: again, cells: {VISIT: V3}, file: score.csv, where: {VISIT: V3}",
        "by: variant, value: L9, file: who.csv, field: NUM, of: {file: lots.csv, field: LOT}, cells: {EXP: x}",
        "by: borrow, file: who.csv, field: LOT",  # the same lot
        "by: exchange_subjects, file: score.csv, fields: VISIT, where: {VISIT: V1}",  # the same visit
        "by: set, value: x, file: score.csv, field: A, needs: [{file: who.csv, where: {SEX: F}}], where: {VISIT: V2}",
        "by: set, value: x, file: score.csv, field: A, lacks: [{where: {VISIT: V2}}], where: {VISIT: V3}",
        "by: set, value: x, file: score.csv, field: A, told: {where: {VISIT: V9}, field: A}",
        "by: remove, every: true, file: score.csv, told: {file: score.csv, field: A}",  # none left to tell of it
    ],
)
def test_an_error_that_finds_no_place(error: str) -> None:
    with pytest.raises(UsageError, match="is left for"):
        planted(error)


def test_every_record_of_the_subject() -> None:
    _, key = planted(
        "by: add, value: '1', every: true, file: score.csv, field: A, unless: {VISIT: V2}, "
        "lacks: [{where: {A: '5'}}], needs: [{where: {VISIT: V3}}]"
    )
    assert changes(key) == [("score.csv", 2, "A", "1", "2"), ("score.csv", 4, "A", "2", "3")]
    _, key = planted(
        "by: remove, every: true, file: score.csv, needs: [{where: {VISIT: V3}}], told: {file: who.csv, field: ID}"
    )
    assert [(p.file, p.line, p.changed_line) for p in key] == [("who.csv", 2, n) for n in (2, 3, 4)]


def test_where_it_is_told() -> None:
    _, key = planted("by: set, value: x, file: score.csv, field: A, where: {VISIT: V2}")
    assert [(p.file, p.line, p.field) for p in key] == [("score.csv", 3, "A")]
    _, key = planted(
        "by: set, value: x, file: score.csv, field: A, where: {VISIT: V2}, told: {field: SUM}, "
        "also: [{where: {VISIT: V3}, field: B}, {file: who.csv, field: SEX}]"
    )
    assert [(p.file, p.line, p.field, p.changed_file) for p in key] == [
        ("score.csv", 3, "SUM", "score.csv"),
        ("score.csv", 4, "B", ""),
        ("who.csv", 2, "SEX", ""),
    ]
    _, key = planted(
        "by: exchange_subjects, file: score.csv, where: {VISIT: V1, A: '1'}, of: {where: {A: '0'}}, "
        "told: {field: DAY}, also: [{at: partner, field: DAY}]"
    )
    assert sorted({(p.line, p.field) for p in key}) == [(2, "DAY"), (5, "DAY")]
    for sex in "MF":
        _, key = planted(
            f"by: borrow, file: who.csv, field: NUM, where: {{SEX: {sex}}}, of: {{field: NUM}}, told: {{at: later}}"
        )
        assert [(p.line, p.field) for p in key] == [(3, "")]


def test_lines_are_those_of_the_spoiled_file() -> None:
    plan = plan_of(
        "seed: 1\nsubject: ID\nerrors:\n"
        "  - {kind: gone, by: remove, file: score.csv, where: {VISIT: V2}, told: {file: who.csv, field: ID}}\n"
        "  - {kind: typed, by: set, value: x, file: score.csv, field: A, where: {SUM: '0'}}\n",
        "plan.yaml",
    )
    files, key = corrupt(UPLOADS, plan)
    assert files["score.csv"].splitlines()[3] == b"A-2,V1,2026-01-05,x,0,0"
    assert [(p.kind, p.error, p.line, p.changed_line) for p in key] == [("typed", 2, 4, 4), ("gone", 1, 2, 3)]


def test_each_error_has_a_subject_of_its_own() -> None:
    """The first error could be on either subject, the second on one only: it is moved out of the way."""
    for seed in range(6):
        plan = plan_of(
            f"seed: {seed}\nsubject: ID\nerrors:\n  - {{kind: a, by: blank, file: who.csv, field: NUM}}\n"
            "  - {kind: b, by: set, value: F, file: who.csv, field: SEX, where: {SEX: M}}\n",
            "plan.yaml",
        )
        assert [(p.line, p.kind) for p in corrupt(UPLOADS, plan)[1]] == [(2, "b"), (3, "a")]


def test_a_cell_with_a_comma_is_quoted() -> None:
    files, _ = planted("by: set, value: 'a, \"b\"', file: who.csv, field: NUM, where: {SEX: M}")
    assert files["who.csv"] == [["ID", "SEX", "NUM", "LOT"], ["A-1", "M", 'a, "b"', "L1"], ["A-2", "F", "R2", "L1"]]


def test_an_error_that_stands_alone() -> None:
    text = "seed: 1\nsubject: ID\nerrors:\n  - {kind: short, by: cut, alone: true, file: who.csv, field: SEX}\n"
    plan = plan_of(text, "plan.yaml")
    assert corrupt(UPLOADS, plan) == (UPLOADS, [])
    files, key = corrupt(UPLOADS, plan, only="short")
    assert len(key) == 3 and files != UPLOADS
    with pytest.raises(UsageError, match="Did you mean 'short'"):
        corrupt(UPLOADS, plan, only="shrt")


MISTAKES = [
    ("by: leter, file: who.csv, field: NUM", "Did you mean 'letter'"),
    ("by: letter, file: who.csv", "needs 'field'"),
    ("by: shift, file: who.csv, field: NUM", "needs 'value'"),
    ("by: shift, value: soon, file: who.csv, field: NUM", "'soon' is no value"),
    ("by: date_of, value: soon, file: score.csv, field: DAY, of: {field: DAY}", "'soon' is no value"),
    ("by: date_of, value: '1', file: score.csv, field: DAY, of: {file: score.csv}", "needs 'of.field'"),
    ("by: exchange_fields, file: score.csv, fields: [A, B, SUM]", "two fields"),
    ("by: blank, file: who.csv, field: NUM, why: no rule", "'why' belongs"),
    ("by: blank, file: who.csv, field: NUM, claimed: false", "'why' belongs"),
    ("by: remove, file: who.csv", "removed record"),
    ("by: blank, file: who.csv, field: NUM, told: {at: partner}", "no partner"),
    ("by: blank, file: who.csv, field: NUM, colour: red", "unknown key 'colour'"),
    ("by: blank, file: whom.csv, field: NUM", "Did you mean 'who.csv'"),
    ("by: blank, file: who.csv, field: NUMB", "Did you mean 'NUM'"),
    ("by: blank, file: who.csv, field: NUM, where: {SEXX: M}", "Did you mean 'SEX'"),
    ("by: blank, file: who.csv, field: NUM, needs: [{where: {SEXX: M}}]", "Did you mean 'SEX'"),
    ("by: blank, file: who.csv, field: NUM, told: {file: score.csv, field: DAYS}", "Did you mean 'DAY'"),
    ("by: borrow, file: who.csv, field: NUM, of: {file: score.csv, field: SUMM}", "Did you mean 'SUM'"),
    ("by: blank, file: lots.csv, field: EXP", "does not name a subject"),
]


@pytest.mark.parametrize(("error", "said"), MISTAKES)
def test_a_plan_that_does_not_fit(error: str, said: str) -> None:
    with pytest.raises(StudyError, match=said) as caught:
        planted(error)
    assert caught.value.place == "plan.yaml:4"


def test_a_kind_that_stands_twice() -> None:
    one = "  - {kind: k, by: blank, file: who.csv, field: NUM}\n"
    with pytest.raises(StudyError, match="stands twice"):
        plan_of("seed: 1\nsubject: ID\nerrors:\n" + one + one, "plan.yaml")


def test_a_record_over_several_lines_is_refused() -> None:
    with pytest.raises(UsageError, match="several lines"):
        planted("by: blank, file: who.csv, field: NUM", UPLOADS | {"who.csv": b'ID,NUM\nA-1,"a\nb"\n'})


def test_values_belong_to_ways() -> None:
    assert set(VALUES) <= set(WAYS)

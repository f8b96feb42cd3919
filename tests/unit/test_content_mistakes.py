"""Mistakes in study content are told when it is loaded, each at the line it stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_content import edit, small_study, small_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import StudyError, StudyErrors
from trialkit.intake import FORMATS
from trialkit.spec import load_study
from trialkit.spec.file_names import ENDINGS, overlap

PEOPLE = "schemas/forms/people.yaml"
VITALS = "schemas/forms/vitals.yaml"
PROTOCOL = "schemas/protocols/v1.yaml"
SUBJ = "analysis/datasets/subj.yaml"
AGES = "analysis/analyses/ages.yaml"
MAIN = "analysis/reports/main.yaml"
DISPLAY = "analysis/displays/ages.yaml"


def mistakes(folder: Path, file: str, old: str, new: str) -> tuple[StudyError, ...]:
    """All that loading tells after one change."""
    edit(small_study(folder) / file, old, new)
    with pytest.raises(StudyErrors) as caught:
        load_study(folder)
    return tuple(caught.value.errors)  # type: ignore[arg-type]


def line_of(path: Path, words: str) -> int:
    """The line that holds these words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_the_small_study_has_no_mistake(tmp_path: Path) -> None:
    assert len(pipeline.check(load_study(small_study(tmp_path))).counts) == 7


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        # layouts and formats
        (PEOPLE, "rules:", "layout:\n  encoding: rot13\nrules:", "there is no text encoding 'rot13'"),
        (PEOPLE, "rules:", "layout:\n  encoding: base64\nrules:", "there is no text encoding 'base64'"),
        (PEOPLE, "rules:", "layout:\n  encoding: utf8000\nrules:", "there is no text encoding 'utf8000'"),
        (PEOPLE, "rules:", "layout:\n  delimiter: '::'\nrules:", "'::' cannot separate cells"),
        (PEOPLE, "rules:", "layout:\n  delimiter: ''\nrules:", "'' cannot separate cells"),
        (PEOPLE, "rules:", "layout:\n  delimiter: x\nrules:", "'x' cannot separate cells"),
        (PEOPLE, "rules:", "layout:\n  delimiter: '\"'\nrules:", "'\"' cannot separate cells"),
        (PEOPLE, "rules:", "layout:\n  decimal: ''\nrules:", "'' is no decimal mark"),
        (PEOPLE, "rules:", "layout:\n  decimal: ';'\nrules:", "';' is no decimal mark"),
        (PEOPLE, "type: date}", "type: date, format: '%Q'}", "'%Q' is not a format that can be read"),
        (PEOPLE, "type: date}", "type: date, format: '%d.%m.'}", "does not tell the day, month and year"),
        (PEOPLE, "type: date}", "type: date, format: '%d.%m.%Y %H'}", "has a time of day"),
        (PEOPLE, "type: date}", "type: datetime, format: '%d.%m.%Y'}", "has no time of day"),
        (PEOPLE, "type: date}", "type: datetime, format: sasdate}", "does not tell the day, month and year"),
        (PEOPLE, "type: integer, min", "type: integer, format: '%Y', min", "a field of type integer has no format"),
        # ids
        (MAIN, "id: main", "id: ../evil", "'../evil' cannot be the id of the report"),
        (MAIN, "id: main", "id: /evil", "'/evil' cannot be the id of the report"),
        (MAIN, "id: main", "id: .evil", "'.evil' cannot be the id of the report"),
        (MAIN, "id: main", "id: ''", "the id of the report is empty"),
        (DISPLAY, "id: ages", "id: a\\b", "cannot be the id of the display"),
        (SUBJ, "id: subj", "id: a/b", "'a/b' cannot be the id of the data set"),
        (AGES, "id: ages", "id: two words", "'two words' cannot be the id of the analysis"),
        ("analysis/populations.yaml", "all:", "a/b:", "'a/b' cannot be the id of the population"),
        (PEOPLE, "  NOTE:", "  A NOTE:", "'A NOTE' cannot be the id of the field"),
        (PEOPLE, "  NOTE:", "  _src:", "'_src' cannot be the id of the field"),
        (PEOPLE, "people.old:", "people/old:", "'people/old' cannot be the id of the rule"),
        (PEOPLE, "id: people", "id: ..", "'..' cannot be the id of the form"),
        (PROTOCOL, 'version: "1"', 'version: "1/2"', "'1/2' cannot be the id of the protocol"),
        (PROTOCOL, "  Week 1:", "  Week/1:", "'Week/1' cannot be the id of the visit"),
        (PROTOCOL, "  A: {label: Active}", '  "": {label: Active}', "the id of the arm is empty"),
        # numbers
        (PEOPLE, "min: 18", "min: 1e999", "'1e999' is too large a number"),
        # references, at their entry
        (PROTOCOL, "forms: [vitals]", "forms: [vitls]", "lists form 'vitls', which does not exist"),
        (PEOPLE, "subject: ID", "subject: IDD", "there is no field of form 'people': 'IDD'"),
        (PEOPLE, "key: [ID]", "key: [IDD]", "there is no field of form 'people': 'IDD'"),
        (PEOPLE, "field: AGE", "field: AGGE", "there is no field of form 'people': 'AGGE'"),
        (PEOPLE, "    severity", "    when: {AGGE: 1}\n    severity", "there is no field of form 'people': 'AGGE'"),
        (PEOPLE, "    severity", "    when: {NOTE: {above: 5}}\n    severity", "'NOTE' is a text field of form"),
        (PEOPLE, "codes: [A, P]", "codelist: ARMS", "there is no code list 'ARMS'"),
        (SUBJ, "from: people", "from: peple", "there is no form or data set 'peple'"),
        (AGES, "dataset: subj", "dataset: subjj", "there is no data set 'subjj'"),
        (AGES, "population: all", "population: al", "there is no population 'al'"),
        (AGES, "method: summary", "method: sumary", "there is no method 'sumary'"),
        (MAIN, "People: [ages]", "People: [agess]", "there is no display 'agess'"),
        (MAIN, "{People: [ages]}", "{People: [ages], Them: [ages]}", "stands under 'People' and under 'Them'"),
        (MAIN, "{People: [ages]}", "{}", "report 'main' has no display"),
        (DISPLAY, "analyses: [ages]", "analyses: [agess]", "there is no analysis 'agess'"),
        ("schemas/study.yaml", '{"1": 2026-01-01}', '{"2": 2026-01-01}', "there is no protocol version '2'"),
        ("analysis/populations.yaml", "dataset: subj", "dataset: sub", "there is no data set 'sub'"),
        # files
        (VITALS, "key: [ID, DAY]", "files: ['PEOPLE.csv']\nkey: [ID, DAY]", "a file could belong to form 'people'"),
        (VITALS, "key: [ID, DAY]", "files: ['p*.csv']\nkey: [ID, DAY]", "a file could belong to form 'people'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    found = mistakes(tmp_path, file, old, new)
    assert [words in error.message for error in found].count(True) == 1, [error.text for error in found]
    (error,) = (error for error in found if words in error.message)
    changed = new.splitlines()
    line = max(changed, key=lambda text: text not in old) if len(changed) > 1 else changed[0]
    line = next((text for text in changed if text.strip() not in ("layout:", "rules:") and text not in old), line)
    assert error.place == f"{file}:{line_of(tmp_path / file, line)}", error.text


def test_a_line_that_is_not_utf_8(tmp_path: Path) -> None:
    path = small_study(tmp_path) / PEOPLE
    path.write_bytes(path.read_bytes().replace(b"  NOTE: Note", b"  NOTE: N\xe4te"))
    with pytest.raises(StudyErrors) as caught:
        load_study(tmp_path)
    (error,) = caught.value.errors
    assert (error.place, error.message) == (f"{PEOPLE}:{line_of_bytes(path)}", "byte 0xE4 is not UTF-8 text")


def line_of_bytes(path: Path) -> int:
    return path.read_bytes().split(b"\xe4")[0].count(b"\n") + 1


def test_visits_arms_and_sites_are_named_as_the_data_name_them(tmp_path: Path) -> None:
    path = small_study(tmp_path) / PROTOCOL
    edit(path, "  A: {label: Active}", "  Drug A + B (10 mg): {label: Active}")
    edit(path, "  Week 1:", "  'Early termination: day > 3':")
    assert "Drug A + B (10 mg)" in load_study(tmp_path).arms


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a.csv", "A.csv", True), ("a.csv", "b.csv", False), ("a*.csv", "*b.csv", True), ("a*.csv", "b*.csv", False),
        ("lab_*.csv", "lab_2026*.csv", True), ("?.csv", "ab.csv", False), ("?b.csv", "a*.csv", True),
        ("*", "x.xpt", True), ("*.csv", "*.xpt", False), ("a*b*c", "*a*c", True), ("a*a", "a", False),
        ("[ab].csv", "a.csv", True), ("**", "", True),
    ],
)  # fmt: skip
def test_patterns_that_meet(one: str, other: str, both: bool) -> None:
    assert overlap(one, other) is both
    assert overlap(other, one) is both


def test_the_endings_of_forms_are_those_that_can_be_read() -> None:
    assert tuple(FORMATS) == ENDINGS


# ---- wrong rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{kind: compare, field: AGE, args: {op: less, field: DAY, form: vitls}}", "there is no form 'vitls'"),
        ("{kind: compare, field: BORN, args: {op: before, field: AGE}}", "they cannot be compared"),
        ("{kind: range, field: AGE, args: {min: 1e999}}", "'1e999' is not a value of the integer field 'AGE'"),
        ("{kind: range, field: AGE, args: {max: nan}}", "'nan' is not a value of the integer field 'AGE'"),
        ("{kind: range, field: BORN}", "has neither min nor max"),
        ("{kind: range, field: NOTE, args: {max: 5}}", "a range cannot be checked on the text field 'NOTE'"),
        ("{kind: unique, args: {fields: [IDD]}}", "there is no field 'IDD'"),
        ("{kind: range, field: AGE, args: {maxx: 5}}", "unknown key 'maxx'"),
    ],
)
def test_a_wrong_rule_is_never_switched_off(
    tmp_path: Path, rule: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(small_study(tmp_path / "study") / PEOPLE, "rules:\n", f"rules:\n  people.wrong: {rule}\n")
    small_uploads(tmp_path / "up")
    for command in ("validate", "submit"):
        assert run([command, str(tmp_path / "up"), "--study", str(tmp_path / "study")]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert f"{PEOPLE}:{line_of(tmp_path / 'study' / PEOPLE, 'people.wrong')}" in said
    assert not (tmp_path / "study" / "store").exists()

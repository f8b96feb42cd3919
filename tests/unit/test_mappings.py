"""A site's own column names and layout: checked as content, applied to its files, told in findings beside ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_study import write_study
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import StudyErrors
from trialkit.spec import load_study

MAPPING = """\
id: clinic
form: diary
files: ["clinic_*.csv"]
columns:
  Tag: DAY
  Schmerz: PAIN
constants: {WHO: P1}
layout: {delimiter: ";"}
"""
WHERE = "schemas/mappings/clinic.yaml"


def study_with(folder: Path, mapping: str = MAPPING) -> Path:
    root = write_study(folder)
    (root / "schemas" / "mappings").mkdir()
    (root / WHERE).write_text(mapping, encoding="utf-8")
    return root


def checked(tmp_path: Path, text: str, name: str = "clinic_may.csv", mapping: str = MAPPING) -> pipeline.Checked:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return pipeline.validate(load_study(study_with(tmp_path / "study", mapping)), [tmp_path / name])


def test_columns_constants_and_layout(tmp_path: Path) -> None:
    found = checked(tmp_path, "Tag;Schmerz\n2026-01-01;3\n")
    assert [f.say for f in found.findings] == []
    assert found.tables["diary"].frame.iloc[0].tolist()[0] == "P1"
    assert found.tables["diary"].frame["PAIN"].tolist() == [3.0]


def test_findings_name_both_columns(tmp_path: Path) -> None:
    found = checked(tmp_path, "Tag;Schmerz\n2026-01-01;30\n2026-01-02;x\n")
    assert [(f.field, f.line, "(column 'Schmerz' of the file)" in f.say) for f in found.findings] == [
        ("PAIN", 2, True), ("PAIN", 3, True),
    ]  # fmt: skip


def test_a_finding_keeps_its_key(tmp_path: Path) -> None:
    plain = tmp_path / "diary.csv"
    plain.write_text("WHO,DAY,PAIN\nP1,2026-01-01,30\n", encoding="utf-8")
    mapped = checked(tmp_path, "Tag;Schmerz\n2026-01-01;30\n").findings
    assert [f.key for f in mapped] == [
        f.key for f in pipeline.validate(load_study(tmp_path / "study"), [plain]).findings
    ]


def test_a_missing_column_is_told_by_both_names(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, "Tag\n2026-01-01\n").findings
    assert found.say == "column 'PAIN' is missing (column 'Schmerz' of the file)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tag;Schmerz;PAIN\n2026-01-01;3;3\n", "'Schmerz' is 'PAIN' by mapping 'clinic', and so is another column"),
        ("Tag;Schmerz;WHO\n2026-01-01;3;P2\n", "column 'WHO' is 'WHO' by mapping 'clinic', and so is the constant"),
    ],
)  # fmt: skip
def test_a_field_filled_twice_is_refused(tmp_path: Path, text: str, words: str) -> None:
    found = checked(tmp_path, text)
    assert (found.refused, words in found.findings[0].say) == (True, True)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("form: diary", "form: dairy", 2, "Did you mean 'diary'?"),
        ("Schmerz: PAIN", "Schmerz: PIAN", 6, "Did you mean 'PAIN'?"),
        ("Schmerz: PAIN", "Schmerz: DAY", 4, "field 'DAY' is filled twice"),
        ("{WHO: P1}", "{WOH: P1}", 7, "Did you mean 'WHO'?"),
        ("{WHO: P1}", "{PAIN: 1}", 7, "'PAIN' is no text field"),
        ("clinic_*", "people*", 3, "to mapping 'clinic' and to form 'people'"),
        ('["clinic_*.csv"]', "[]", 3, "names no file"),
        ('";"', '"ab"', 8, "cannot separate cells"),
        ("columns:", "column:", 4, "unknown key 'column'"),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    root = study_with(tmp_path, MAPPING.replace(old, new))
    with pytest.raises(StudyErrors) as refused:
        load_study(root)
    assert f"{WHERE}:{line}" in refused.value.text
    assert words in refused.value.text


def test_two_mappings_of_one_file(tmp_path: Path) -> None:
    root = study_with(tmp_path)
    (root / "schemas/mappings/other.yaml").write_text(MAPPING.replace("id: clinic", "id: other"), encoding="utf-8")
    with pytest.raises(StudyErrors, match="to mapping 'clinic' and to mapping 'other'"):
        load_study(root)


def test_what_was_detected_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = study_with(tmp_path / "study", MAPPING.replace('{delimiter: ";"}', "{delimiter: detect, encoding: detect}"))
    (tmp_path / "clinic_1.csv").write_text("Tag;Schmerz\n2026-01-01;3\n", encoding="utf-8")
    assert run(["validate", str(tmp_path / "clinic_1.csv"), "--study", str(root)]) == 0
    said = capsys.readouterr().err
    assert "note: clinic_1.csv: the encoding was found to be utf-8" in said
    assert "note: clinic_1.csv: the cells were found to be separated by a semicolon" in said

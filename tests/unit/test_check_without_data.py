"""check follows every name it can without data: forms, data sets and columns, through the steps that make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PILOT
from tests.small_content import edit, small_study, small_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import StudyErrors
from trialkit.locate import shipped_study
from trialkit.pipeline.dry_run import dry_run
from trialkit.spec import load_study

SUBJ = "analysis/datasets/subj.yaml"
AGES = "analysis/analyses/ages.yaml"
ALL = "analysis/populations.yaml"


@pytest.mark.parametrize("study", [shipped_study(), PILOT], ids=["shipped", "pilot"])
def test_a_study_that_works_has_no_mistake(study: Path) -> None:
    assert dry_run(load_study(study)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words", "line"),
    [
        (SUBJ, "AGE: AGE}", "AGE: AGGE}", "the data set at this step has no column 'AGGE'", "AGGE"),
        (SUBJ, "from: vitals", "from: vitls", "there is no form or data set 'vitls'", "vitls"),
        (SUBJ, "column: PULSE", "column: PULZE", "'vitals' has no column 'PULZE'", "PULZE"),
        (SUBJ, "key: [ID]", "key: [IDD]", "no step of 'subj' makes column 'IDD'", "id: subj"),
        (SUBJ, "subject: ID", "subject: IDD", "IDD", ""),
        (SUBJ, "from: people", "from: subj", "data set 'subj' needs itself: subj -> subj", "id: subj"),
        (SUBJ, "steps:", "columns: {ID: Id, SEX: Sex}\nsteps:", "no step of 'subj' makes column 'SEX'", "id: subj"),
        (SUBJ, "  - agg", "  - filter: {where: {AGE: {above: x}}}\n  - agg", "the value 'x', which", "above"),
        (SUBJ, "  - agg", "  - flag: {into: F, where: {SEX: M}}\n  - agg", "has no column 'SEX'", "SEX"),
        (ALL, "arm: TRT", "arm: TRTT", "data set 'subj' has no column 'TRTT'", "TRTT"),
        (ALL, "arm: TRT", "arm: TRT\n  where: {AGGE: 1}", "data set 'subj' has no column 'AGGE'", "AGGE"),
        (ALL, "arm: TRT", "arm: TRT\n  where: {AGE: old}", "the value 'old', which is not a number", "old"),
        (AGES, "params:", "where: {SEX: M}\nparams:", "data set 'subj' has no column 'SEX'", "SEX"),
        (AGES, "params:", "by: [SEX]\nparams:", "data set 'subj' has no column 'SEX'", "SEX"),
        (AGES, "params:", "arm: ARM\nparams:", "data set 'subj' has no column 'ARM'", "ARM"),
        (AGES, "variables: [AGE]", "variables: [AGE, SEX]", "data set 'subj' has no column 'SEX'", "SEX"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there(tmp_path: Path, file: str, old: str, new: str, words: str, line: str) -> None:
    edit(small_study(tmp_path) / file, old, new)
    with pytest.raises(StudyErrors) as caught:
        pipeline.check(load_study(tmp_path))
    (error,) = caught.value.errors
    assert words in error.message
    found, _, number = error.place.rpartition(":")
    assert found == file
    assert line in (tmp_path / file).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_flags_made_without_rows_are_text(tmp_path: Path) -> None:
    steps = "  - flag: {into: OLD, where: {AGE: {above: 40}}}\n  - filter: {where: {OLD: Y}}\n"
    edit(small_study(tmp_path) / SUBJ, "  - agg", steps + "  - agg")
    assert dry_run(load_study(tmp_path)) == []


def test_a_step_from_nowhere_is_no_internal_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = small_study(tmp_path / "study")
    edit(study / SUBJ, "from: vitals", "from: vitls")
    uploads = small_uploads(tmp_path / "up")
    assert run(["submit", str(uploads), "--study", str(study), "--by", "me"]) == 0
    assert run(["freeze", "one", "--study", str(study), "--by", "me"]) == 0
    assert run(["analyze", "--study", str(study), "--out", str(tmp_path / "r")]) == 2
    assert "there is no form or data set 'vitls'" in capsys.readouterr().err


def test_explain_nothing_known_outside_a_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["explain", "nope"]) == 2
    assert "there is no topic 'nope'" in capsys.readouterr().err


def test_one_file_is_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, uploads = small_study(tmp_path / "study"), small_uploads(tmp_path / "up")
    assert run(["submit", str(uploads / "vitals.csv"), "--study", str(study), "--by", "me"]) == 0
    assert "stored 1 file as submission 1" in capsys.readouterr().out

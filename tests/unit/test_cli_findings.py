"""How the commands tell findings: formats, files, the day, the exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.small_study import write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.common import FORMATS
from trialkit.cli.main import run
from trialkit.store import Store

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_study(tmp_path / "study")
    path = tmp_path / "study" / "schemas" / "forms" / "diary.yaml"
    rule = "rules:\n  diary.day.future: {kind: range, field: DAY, args: {max: today}}\n"
    path.write_text(path.read_text() + rule)
    write_uploads(tmp_path / "all")
    return tmp_path


def call(folder: Path, command: str, *options: object) -> int:
    return run([command, str(folder / "all"), "--study", str(folder / "study"), *map(str, options)])


def test_the_command_line_offers_every_format() -> None:
    assert tuple(pipeline.FINDING_FORMATS) == FORMATS


def test_a_date_after_the_day_is_a_finding(folder: Path, capsys: Capture) -> None:
    assert call(folder, "validate", "--as-of", "2026-01-01") == 0
    assert "checked as of 2026-01-01" in capsys.readouterr().out
    assert call(folder, "validate", "--as-of", "2025-12-31") == 1
    said = capsys.readouterr().out
    assert "Day 2026-01-01 is after the day the data were checked" in said
    assert "2025-12-31" in said


def test_the_day_is_that_of_the_command(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767139200")  # 2025-12-31
    assert call(folder, "validate") == 1
    assert "as of 2025-12-31" in capsys.readouterr().out


def test_the_log_of_a_submission_holds_the_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")  # 2026-01-01
    assert call(folder, "submit", "--as-of", "2026-02-03") == 0
    store = folder / "study" / "store"
    (event,) = Store.open(store).events()
    assert json.loads(event.detail)["as_of"] == "2026-02-03"
    assert event.at == "2026-01-01T00:00:00Z"
    assert pipeline.verify(store).submissions == 1


def test_the_log_holds_the_day_of_the_submission_if_none_was_named(folder: Path) -> None:
    study = pipeline.load(folder / "study")
    pipeline.submit(study, [folder / "all"], folder / "store", "me", at="2026-05-06T23:00:00Z")
    (event,) = Store.open(folder / "store").events()
    assert json.loads(event.detail)["as_of"] == "2026-05-06"


def test_a_day_that_is_none(folder: Path, capsys: Capture) -> None:
    assert call(folder, "validate", "--as-of", "2026-02-30") == 2
    assert "2026-02-30" in capsys.readouterr().err


@pytest.mark.parametrize("form", FORMATS)
def test_findings_into_a_file_or_a_pipe(folder: Path, form: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    out = folder / "made" / f"findings.{form}"
    assert call(folder, "validate", "--as-of", "2025-12-31", "--format", form, "--out", out) == 1
    assert f"wrote {out}" in capsysbinary.readouterr().out.decode()
    assert out.stat().st_size > 300
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert call(folder, "validate", "--as-of", "2025-12-31", "--format", form) == 1
    assert capsysbinary.readouterr().out == out.read_bytes()


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_a_file_is_not_written_to_a_terminal(
    folder: Path, form: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert call(folder, "submit", "--format", form) == 2
    said = capsys.readouterr()
    assert f"Add '--out findings.{form}'" in said.err
    assert said.out == ""
    assert not (folder / "study" / "store").exists()


def test_a_file_that_cannot_be_written_is_told_before_anything_is_stored(folder: Path, capsys: Capture) -> None:
    (folder / "taken").write_text("")
    assert call(folder, "submit", "--out", folder / "taken" / "x.txt") == 2
    assert "cannot be written to" in capsys.readouterr().err
    assert call(folder, "submit", "--out", folder / "all") == 2
    assert "is a directory" in capsys.readouterr().err
    assert not (folder / "study" / "store").exists()


def test_redacted_findings_have_no_value_and_the_same_exit_code(folder: Path, capsys: Capture) -> None:
    assert call(folder, "validate", "--as-of", "2025-12-31", "--redact") == 1
    said = capsys.readouterr().out
    assert "values left out" in said
    assert "subject 1" in said
    assert "P1" not in said
    assert "2026-01-01" not in said

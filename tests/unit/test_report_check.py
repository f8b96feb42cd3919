"""Mistakes in a report's content are told with their place and the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trialkit.errors import StudyError
from trialkit.locate import shipped_study
from trialkit.report import check_report
from trialkit.spec import load_study

REPORT = "analysis/reports/main.yaml"


def errors(tmp_path: Path, old: str, new: str) -> list[StudyError]:
    """What ``check_report`` says of the shipped study after a change to its report."""
    for name in ("schemas", "analysis"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    path = tmp_path / REPORT
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_report(load_study(tmp_path))


def test_the_shipped_report_has_no_mistake() -> None:
    study = load_study(shipped_study())
    assert check_report(study) == []
    assert [d.number for d in study.reports["main"].displays.values()] == [
        "14.1.1", "14.1.2", "14.1.3", "14.1.4", "14.2.1", "14.2.2", "14.2.3", "14.2.4", "14.2.5", "14.2.6",
        "14.2.7", "14.2.8", "14.2.9", "14.2.10", "14.3.1", "14.3.2", "14.3.3",
    ]  # fmt: skip
    assert all(len(d.reading) > 150 for d in study.reports["main"].displays.values())


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("kind: kaplan_meier", "kind: kaplan_maier", "no kind of display 'kaplan_maier'", "'kaplan_meier'"),
        ("y: Still in", "yy: Still in", "unknown key 'yy'", "'y'"),
        ("preset: csr", "preset: csv", "no preset 'csv'", "'csr'"),
        ("analyses: [ae_serious]", "analyses: [cows_by_day]", "cannot show analyses by summary", "incidence"),
        ("analyses: [retention_km, ", "analyses: [cows_day5, retention_km, ", "shows nothing of an analysis by ancova",
         "display of its own"),
        ("analyses: [ae_serious]", "analyses: []", "names no analysis", "analyses:"),
        ("number: 14.3.2", "number: 14.3.1", "number '14.3.1' is already that of 'adverse_events'", ""),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, old: str, new: str, message: str, hint: str) -> None:
    found = errors(tmp_path, old, new)
    assert len(found) == 1, [e.text for e in found]
    assert message in found[0].message
    assert hint in found[0].hint
    file, _, line = found[0].place.rpartition(":")
    assert file == REPORT
    assert int(line) > 0


def test_the_place_of_an_unknown_parameter_is_its_line(tmp_path: Path) -> None:
    (error,) = errors(tmp_path, "y: Still in", "yy: Still in")
    line = int(error.place.rpartition(":")[2])
    assert "yy: Still in" in (tmp_path / REPORT).read_text(encoding="utf-8").splitlines()[line - 1]

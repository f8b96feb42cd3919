"""Mistakes in a report's content are told with their place and the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.shipped import shipped
from trialkit.errors import StudyError
from trialkit.locate import shipped_study
from trialkit.report import check_report
from trialkit.spec import load_study

FOLDER = "analysis/displays"


def errors(tmp_path: Path, display: str, old: str, new: str) -> list[StudyError]:
    """What ``check_report`` says of the shipped study after a change to a display, or to the report."""
    for name in ("schemas", "analysis"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    path = tmp_path / FOLDER / f"{display}.yaml" if display else tmp_path / "analysis/reports/main.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_report(load_study(tmp_path))


def in_order(number: str) -> list[tuple[int, str]]:
    """14.2.10 comes after 14.2.9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in number.split(".")]


def test_the_shipped_report_has_no_mistake() -> None:
    study = shipped()
    assert check_report(study) == []
    for ids in study.reports["main"].sections.values():
        numbers = [study.displays[name].number for name in ids]
        assert numbers == sorted(numbers, key=in_order)
    assert set(study.displays) == {name for report in study.reports.values() for name in report.displays}
    assert all(len(d.reading) > 150 for d in study.reports["main"].displays.values())


@pytest.mark.parametrize(
    ("display", "old", "new", "message", "hint"),
    [
        ("retention", "kind: kaplan_meier", "kind: kaplan_maier", "no kind of display 'kaplan_maier'",
         "'kaplan_meier'"),
        ("retention", "y: Still in", "yy: Still in", "unknown key 'yy'", "'y'"),
        ("", "preset: csr", "preset: csv", "no preset 'csv'", "'csr'"),
        ("serious_events", "[ae_serious]", "[cows_by_day]", "cannot show analyses by summary", "incidence"),
        ("retention", "[retention_km, ", "[cows_day5, retention_km, ", "shows nothing of an analysis by ancova",
         "display of its own"),
        ("serious_events", "[ae_serious]", "[]", "names no analysis", "analyses:"),
        ("serious_events", "number: 14.3.2.1", "number: 14.3.1.2", "is already that of 'adverse_events'", ""),
        ("cows_day5", "kind: estimates_table", "kind: listing_table", "names no listing", "listings:"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, display: str, old: str, new: str, message: str, hint: str) -> None:
    found = errors(tmp_path, display, old, new)
    assert len(found) == 1, [e.text for e in found]
    assert message in found[0].message
    assert hint in found[0].hint
    file, _, line = found[0].place.rpartition(":")
    assert file == (f"{FOLDER}/{display}.yaml" if display else "analysis/reports/main.yaml")
    assert int(line) > 0


def test_the_place_of_an_unknown_parameter_is_its_line(tmp_path: Path) -> None:
    (error,) = errors(tmp_path, "retention", "y: Still in", "yy: Still in")
    file, _, line = error.place.rpartition(":")
    assert "yy: Still in" in (tmp_path / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]

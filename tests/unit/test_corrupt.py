"""Planted errors: what the key says was changed and nothing else; and each is told once, exactly where it says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from trialkit import pipeline
from trialkit.corrupt import Planted, corrupt, load_plan
from trialkit.corrupt.cells import CORRUPTORS
from trialkit.errors import StudyError, UsageError
from trialkit.locate import shipped_study
from trialkit.pipeline.synthetic import newest_uploads
from trialkit.simulate import simulate
from trialkit.spec import load_study

SYNTHETIC = shipped_study() / "synthetic_data"
PLAN = SYNTHETIC / "messy" / "plan.yaml"


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(data.decode("utf-8").splitlines()))


def planted(seed: int, subjects: int = 42) -> tuple[dict[str, bytes], dict[str, bytes], list[Planted]]:
    clean = simulate(load_study(shipped_study()), "null", subjects, seed).uploads
    files, key = corrupt(clean, load_plan(PLAN), seed)
    return clean, files, key


def test_the_plan_has_many_kinds() -> None:
    plan = load_plan(PLAN)
    assert len({error.kind for error in plan.errors}) == len(plan.errors) >= 25
    assert {error.by for error in plan.errors} >= set(CORRUPTORS)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_else_is_changed(seed: int) -> None:
    """Cell by cell: records removed and added as the key says, every other difference is a cell of the key."""
    clean, files, key = planted(seed)
    assert clean.keys() == files.keys()
    different = []
    for name in clean:
        before, after = cells(clean[name]), cells(files[name])
        removed = [p for p in key if p.changed_file == name and p.new == "(record removed)"]
        added = [p for p in key if p.changed_file == name and p.new == "(record again at the end)"]
        for p in removed:
            at = next(i for i, row in enumerate(before) if p.old in row)
            del before[at]
        for _ in added:
            assert after.pop() in before
        assert len(before) == len(after)
        header = before[0]
        for a, b in zip(before, after, strict=True):
            different += [(name, header[i], x, y) for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    by_cell = [(p.changed_file, p.changed_field, p.old, p.new) for p in key if not p.new.startswith("(record")]
    assert sorted(different) == sorted(by_cell)


def found(folder: Path) -> list[tuple[str, int, str]]:
    checked = pipeline.validate(load_study(shipped_study()), [folder])
    return sorted((f.file, f.line, f.field) for f in checked.findings)


def test_the_committed_messy_upload_gives_exactly_its_key() -> None:
    with (SYNTHETIC / "messy" / "key.csv").open(encoding="utf-8", newline="") as file:
        key = sorted((row["file"], int(row["line"]), row["field"]) for row in csv.DictReader(file))
    assert len(key) >= 15
    assert found(SYNTHETIC / "messy" / "uploads") == key


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_other_trials_give_exactly_their_key(seed: int, tmp_path: Path) -> None:
    _, files, key = planted(seed, 80)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert found(tmp_path) == sorted((p.file, p.line, p.field) for p in key)


def test_the_clean_upload_gives_nothing() -> None:
    assert found(newest_uploads(shipped_study())) == []


@pytest.mark.parametrize("cell", ["?", "1O", "12 kg", "--", "NaN", "1,5", "٣"])
def test_one_garbled_cell_gives_one_finding(cell: str, tmp_path: Path) -> None:
    """A score the total and the pulse rule read: neither is reported again."""
    for path in newest_uploads(shipped_study()).glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rows = cells((tmp_path / "cows.csv").read_bytes())
    rows[7][rows[0].index("COWS101")] = cell
    with (tmp_path / "cows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    assert found(tmp_path) == [("cows.csv", 8, "COWS101")]


def test_a_plan_that_does_not_fit(tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(text.replace("by: letter", "by: leter"), encoding="utf-8")
    with pytest.raises(StudyError, match="Did you mean 'letter'"):
        load_plan(tmp_path / "plan.yaml")


def test_too_few_subjects() -> None:
    with pytest.raises(UsageError, match="is left for"):
        planted(1, 9)

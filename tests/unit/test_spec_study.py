"""A study folder: every mistake told at once; references; the lock."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from trialkit.errors import SnapshotError, StudyErrors, UsageError
from trialkit.locate import shipped_study
from trialkit.spec import load_study
from trialkit.spec.heap import collector_paused
from trialkit.spec.lock import LOCK, lock, locked, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("schemas", "analysis", "synthetic_data/scenarios"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_study_loads() -> None:
    study = load_study(shipped_study())
    assert study.control in study.arms
    assert len(study.digest) == 64


def test_no_study() -> None:
    with pytest.raises(UsageError, match=r"no schemas/study\.yaml"):
        load_study(Path(__file__).parent)


def test_all_mistakes_are_told_together(folder: Path) -> None:
    edit(folder / "schemas/forms/study_drug.yaml", "type: decimal", "type: decimel")
    edit(folder / "schemas/forms/informed_consent.yaml", "key: [", "keys: [")
    edit(folder / "analysis/populations.yaml", "label: All", "lable: All")
    with pytest.raises(StudyErrors) as caught:
        load_study(folder)
    assert [e.place.split(":")[0] for e in caught.value.errors] == [
        "analysis/populations.yaml",
        "schemas/forms/informed_consent.yaml",
        "schemas/forms/study_drug.yaml",
    ]
    assert "Did you mean 'decimal'?" in caught.value.text


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "schemas/protocols/v1.0.yaml",
            "sows_handelsman, oows,",
            "sows_handelsman, oow,",
            "lists form 'oow', which does not exist",
        ),
        ("schemas/forms/study_drug.yaml", "subject: USUBJID", "subject: USUBJD", "Did you mean 'USUBJID'"),
        ("schemas/forms/study_drug.yaml", "codelist: ROUTE", "codelist: ROUT", "there is no code list 'ROUT'"),
        ("schemas/checks/across.yaml", "cows:\n", "cowz:\n", "there is no form 'cowz'"),
        ("analysis/analyses/retention_km.yaml", "method: kaplan_meier", "method: kaplan_meyer", "'kaplan_meier'"),
        ("analysis/analyses/retention_km.yaml", "estimand: retention\n", "", "names no estimand"),
        ("analysis/analyses/retention_km.yaml", "dataset: adtte", "dataset: adtt", "Did you mean 'adtte'"),
        ("analysis/populations.yaml", "dataset: adsl", "dataset: adls", "there is no data set 'adls'"),
        ("schemas/study.yaml", '"1.0": 2026-01-12', '"1.1": 2026-01-12', "there is no protocol version '1.1'"),
    ],
)
def test_references_that_lead_nowhere(folder: Path, file: str, old: str, new: str, words: str) -> None:
    edit(folder / file, old, new)
    with pytest.raises(StudyErrors) as caught:
        load_study(folder)
    assert words in caught.value.text
    assert caught.value.errors[0].place.startswith(file)


def test_two_forms_of_one_id(folder: Path) -> None:
    shutil.copy(folder / "schemas/forms/study_drug.yaml", folder / "schemas/forms/study_drug2.yaml")
    with pytest.raises(StudyErrors, match="'study_drug' is already used"):
        load_study(folder)


def test_the_digest_is_that_of_the_content(folder: Path) -> None:
    before = load_study(folder).digest
    assert load_study(folder).digest == before
    edit(folder / "analysis/populations.yaml", "All randomized", "all randomized")
    assert load_study(folder).digest != before


def test_lock_is_written_once_and_never_rewritten(folder: Path) -> None:
    (folder / LOCK).unlink()
    assert lock(load_study(folder)) == ("schemas/protocols/v1.0.yaml", "schemas/protocols/v2.0.yaml")
    first = locked(folder)
    assert lock(load_study(folder)) == ()
    edit(folder / "schemas/protocols/v1.0.yaml", "late: 5", "late: 6")
    for attempt in (verify, lock):
        with pytest.raises(SnapshotError, match="changed after it was locked"):
            attempt(load_study(folder))
    assert locked(folder) == first


def test_a_locked_protocol_that_is_gone(folder: Path) -> None:
    text = (folder / LOCK).read_text(encoding="utf-8")
    (folder / LOCK).write_text(text + "schemas/protocols/v0.9.yaml: abc\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match="is gone"):
        verify(load_study(folder))


def test_the_collector_runs_again_after_reading(folder: Path) -> None:
    edit(folder / "analysis/populations.yaml", "label: All", "lable: All")
    with pytest.raises(StudyErrors):
        load_study(folder)
    assert gc.isenabled()


def test_what_is_made_while_the_collector_stands_still_is_not_looked_through_at_once() -> None:
    seen: list[int] = []

    def note(phase: str, told: dict[str, int]) -> None:
        seen.append(told["generation"])

    gc.collect()
    gc.callbacks.append(note)
    try:
        with collector_paused():
            made = [[number] for number in range(10 * gc.get_threshold()[0])]
        assert not seen
    finally:
        gc.callbacks.remove(note)
    assert made
    assert not gc.get_freeze_count()

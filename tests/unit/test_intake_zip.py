"""Zip archives of uploads: every member is an upload of its own; an archive that could do harm is refused whole."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from tests.small_study import DIARY, PEOPLE, write_study
from tests.xlsx_parts import packed
from trialkit import pipeline
from trialkit.errors import UsageError
from trialkit.spec import load_study
from trialkit.store import Store

AT = "2026-01-01T00:00:00Z"


@pytest.fixture
def study(tmp_path: Path) -> pipeline.Study:
    return load_study(write_study(tmp_path / "study"))


def zipped(folder: Path, data: bytes, name: str = "week.zip") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_members_are_uploads(tmp_path: Path, study: pipeline.Study) -> None:
    members = {
        "people.csv": PEOPLE,
        "sub/diary.csv": DIARY.replace(",4", ",40"),
        "read.me": "",
        "__MACOSX/._people.csv": "x",
    }
    path = zipped(tmp_path, packed(members))
    checked, done = pipeline.submit(study, [path], tmp_path / "store", "me", at=AT)
    assert [(f.file, f.line) for f in checked.findings] == [("week.zip/sub/diary.csv", 3)]
    assert checked.ignored == ("week.zip/__MACOSX/._people.csv", "week.zip/read.me")
    assert done is not None
    assert {u.file: u.sha256 for u in done.stored} == {
        f"week.zip/{name}": hashlib.sha256(members[name].encode()).hexdigest()
        for name in ("people.csv", "sub/diary.csv")
    }
    assert Store.open(tmp_path / "store").current()["people"]["_file"].unique().tolist() == ["week.zip/people.csv"]


def test_in_a_folder(tmp_path: Path, study: pipeline.Study) -> None:
    (tmp_path / "up").mkdir()
    zipped(tmp_path / "up", packed({"people.csv": PEOPLE}))
    assert pipeline.validate(study, [tmp_path / "up"]).forms == ("people",)


def test_a_refused_member_is_kept_with_its_own_bytes(tmp_path: Path, study: pipeline.Study) -> None:
    bad = b"WHO,AGE\nP1,30,\n"
    path = zipped(tmp_path, packed({"people.csv": bad}))
    checked, done = pipeline.submit(study, [path], tmp_path / "store", "me", at=AT)
    assert (done, checked.refused, checked.findings[0].line) == (None, True, 2)
    kept = [p.read_bytes() for p in (tmp_path / "store").rglob("*") if p.name == hashlib.sha256(bad).hexdigest()]
    assert kept == [bad]


def encrypted() -> bytes:
    data = bytearray(packed({"people.csv": PEOPLE}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def twice() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("people.csv", PEOPLE)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("people.csv", PEOPLE)
    return stream.getvalue()


def shrunk() -> bytes:
    """The listing says fewer bytes than there are."""
    data = bytearray(packed({"people.csv": PEOPLE}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (5).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encrypted(), "'people.csv' is encrypted"),
        (packed({"../people.csv": PEOPLE}), "has a path that leads out of the archive"),
        (packed({"/etc/people.csv": PEOPLE}), "has a path that leads out of the archive"),
        (packed({"C:\\people.csv": PEOPLE}), "has a path that leads out of the archive"),
        (packed({"a.zip": packed({"people.csv": PEOPLE})}), "'a.zip' is an archive inside the archive"),
        (packed({"people.csv": "WHO,AGE\n" + "P1,30\n" * 1_000_000}), "as a zip bomb does"),
        (packed({"people.csv": PEOPLE}, zipfile.ZIP_BZIP2), "is packed by a method that is not read"),
        (packed({"people.csv": PEOPLE})[:-30], "not a whole zip archive"),
        (packed({"people.csv": PEOPLE}).replace(b"PK\x03\x04", b"PK\x03\x05"), "not a whole zip archive"),
        (packed({}), "holds no file to read"),
        (shrunk(), "not a whole zip archive"),
    ],
)
def test_an_archive_that_is_refused(tmp_path: Path, study: pipeline.Study, data: bytes, words: str) -> None:
    checked = pipeline.validate(study, [zipped(tmp_path, data)])
    assert checked.refused
    assert [words in finding.say for finding in checked.findings] == [True]


def test_names_that_stand_twice(tmp_path: Path, study: pipeline.Study) -> None:
    (found,) = pipeline.validate(study, [zipped(tmp_path, twice())]).findings
    assert "'people.csv' stands twice in the archive" in found.say


@pytest.mark.parametrize(
    ("limit", "words"), [("LARGEST_WHOLE", "would unpack to"), ("MOST_MEMBERS", "the archive holds")]
)
def test_too_much(
    tmp_path: Path, study: pipeline.Study, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    monkeypatch.setattr(f"trialkit.intake.archive.{limit}", 0)
    (found,) = pipeline.validate(study, [zipped(tmp_path, packed({"people.csv": PEOPLE}))]).findings
    assert words in found.say


def test_a_refused_archive_is_kept_in_quarantine(tmp_path: Path, study: pipeline.Study) -> None:
    data = encrypted()
    pipeline.submit(study, [zipped(tmp_path, data)], tmp_path / "store", "me", at=AT)
    assert [p for p in (tmp_path / "store").rglob("*") if p.name == hashlib.sha256(data).hexdigest()]


def test_a_refused_archive_that_may_identify_is_not_kept(tmp_path: Path, study: pipeline.Study) -> None:
    data = packed({"people.csv": PEOPLE + "P4,someone@example.org\n", "../a.csv": ""})
    good = packed({"a.csv": "someone@example.org\n" + PEOPLE})
    pipeline.submit(study, [zipped(tmp_path, good, "people.xlsx")], tmp_path / "store", "me", at=AT)
    pipeline.submit(study, [zipped(tmp_path, data)], tmp_path / "store", "me", at=AT)
    kept = {p.name for p in (tmp_path / "store").rglob("*")}
    assert hashlib.sha256(good).hexdigest() not in kept


def test_an_empty_folder_is_told(tmp_path: Path, study: pipeline.Study) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="no file to read"):
        pipeline.validate(study, [tmp_path / "none"])

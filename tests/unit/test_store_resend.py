"""Files sent again: nothing is recorded, nothing is closed, and what is open is told again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_study import AT, DOSES, GROWING, PEOPLE, WHOLE, finding, item, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.queries import open_keys, state
from trialkit.store import Item, Store

CUT = "WHO,AGE\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study with all its files submitted."""
    write_study(tmp_path / "study")
    write_uploads(tmp_path / "all")
    write_uploads(tmp_path / "cut", CUT, "", "")
    assert submit(tmp_path, "all") == 0
    return tmp_path


def submit(folder: Path, *names: str) -> int:
    """The exit code of submitting these files or folders."""
    return run(["submit", *(str(folder / name) for name in names), "--study", str(folder / "study")])


def store(folder: Path) -> Store:
    return Store.open(folder / "study" / "store")


def kept(folder: Path) -> tuple[object, ...]:
    """All that a submission could change."""
    opened = store(folder)
    return opened.events(), opened.submissions(), open_keys(opened)


def test_the_same_cut_file_twice_closes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert submit(folder, "cut") == 1
    first = capsys.readouterr().out
    before = kept(folder)
    assert len(before[2]) == 6  # type: ignore[arg-type]
    for _ in range(2):
        assert submit(folder, "cut") == 1
        again = capsys.readouterr().out
        assert again.split("\n6 findings")[0] == first.split("\n6 findings")[0]
        assert "nothing new to store" in again
        assert kept(folder) == before


def test_a_dry_run_of_it_tells_the_same(folder: Path) -> None:
    assert submit(folder, "cut") == 1
    study = pipeline.load(folder / "study")
    told = pipeline.validate(study, [folder / "cut"], folder / "study" / "store").findings
    assert {f.key for f in told} == set(open_keys(store(folder)))


def test_beside_a_new_file_it_closes_nothing_either(folder: Path) -> None:
    assert submit(folder, "cut") == 1
    before = open_keys(store(folder))
    write_uploads(folder / "next", CUT, "", "WHO,DAY,PAIN\nP1,2026-01-02,3\n")
    assert submit(folder, "next") == 1
    assert [s.number for s in store(folder).submissions()] == [1, 2, 3]
    assert open_keys(store(folder)) == before


@pytest.mark.parametrize("then", [CUT + "\n", "WHO,AGE\nP4,20\n", "WHO,AGE\nP2,40\n", "WHO,AGE\nP4,20\nP5,21\n"])
def test_a_record_that_is_gone_stays_missed_until_it_is_back(folder: Path, then: str) -> None:
    """Also by files with other bytes, one after the other, each of which still lacks it."""
    assert submit(folder, "cut") == 1
    gone = {row.finding.say for row in state(store(folder).history()) if row.finding.rule == "people.records.kept"}
    assert len(gone) == 3
    for text in (then, then + "P6,33\n"):
        write_uploads(folder / "next", text, "", "")
        assert submit(folder, "next") == 1
        still = [row for row in state(store(folder).history()) if row.status == "open"]
        back = {"P2"} if "P2" in then else set()
        missed = {"P1", "P2", "P3"} - back
        assert {row.finding.say[-2:] for row in still if row.finding.form == "people"} == missed
        assert {row.finding.subject for row in still if row.finding.form == "doses"} >= missed
    assert submit(folder, "all/people.csv", "all/doses.csv") in (0, 1)
    open_now = [row.finding.say[-2:] for row in state(store(folder).history()) if row.status == "open"]
    assert set(open_now) <= {"P4", "P5", "P6"}


def test_a_key_that_cannot_be_read_hides_a_missing_record_only_for_its_own_file(folder: Path) -> None:
    """While a row's key is unreadable it may be the missing record; the next file that can be read misses it again."""
    less = DOSES.replace("P3,1\n", "")
    for text, missed in ((less, True), (less + "P1,x\n", False), (less + "P1,2\n", True), (DOSES, False)):
        write_uploads(folder / "next", "", text, "")
        submit(folder, "next")
        rules = {
            row.finding.rule
            for row in state(store(folder).history())
            if row.finding.subject == "P3" and row.status == "open"
        }
        assert ("doses.records.kept" in rules) == missed, text


def test_a_record_that_comes_back_closes_its_query(folder: Path) -> None:
    assert submit(folder, "cut") == 1
    assert submit(folder, "all/people.csv", "all/doses.csv") == 0
    assert open_keys(store(folder)) == ()


def test_an_earlier_file_sent_again_is_new(folder: Path) -> None:
    """The cut file is the last one; the full file after it is the form's content again, and so is the cut one."""
    assert submit(folder, "cut") == 1
    assert submit(folder, "all/people.csv") == 0
    assert len(store(folder).current()["people"]) == 3
    assert submit(folder, "cut") == 1
    assert len(store(folder).submissions()) == 4
    assert len(store(folder).current()["people"]) == 0


def test_the_name_of_the_file_does_not_matter(folder: Path) -> None:
    assert submit(folder, "cut") == 1
    before = kept(folder)
    (folder / "cut" / "people.csv").rename(folder / "cut" / "PEOPLE.csv")
    assert submit(folder, "cut") == 1
    assert kept(folder) == before


def test_unchanged_files_are_judged_by_what_changed_around_them(folder: Path) -> None:
    """The orphans of one form are mended by another form's file; the unchanged file then closes them, in words."""
    write_uploads(folder / "less", PEOPLE.replace("P3,50\n", ""), "", "")
    assert submit(folder, "less") == 1
    assert submit(folder, "all/people.csv") == 0
    assert len(open_keys(store(folder))) == 1
    assert submit(folder, "all/doses.csv") == 0
    assert open_keys(store(folder)) == ()
    assert store(folder).submissions()[-1].stored == ()


def test_open_queries_of_an_unchanged_file_are_known_already(folder: Path) -> None:
    """The doses are orphans since the people's file was cut; sending the doses again is no news."""
    assert submit(folder, "cut") == 1
    before = kept(folder)
    assert submit(folder, "all/doses.csv") == 1
    assert kept(folder) == before


def test_changed_bytes_are_recorded(folder: Path) -> None:
    write_uploads(folder / "next", "", DOSES + "P1,2\n", "")
    assert submit(folder, "next") == 0
    assert len(store(folder).submissions()) == 2
    assert len(store(folder).current()["doses"]) == 4


# ---- the store itself ----------------------------------------------------------------------------------------------


def sent(opened: Store, *items: Item, found: tuple = ()) -> bool:
    """Whether a submission was recorded."""
    return opened.submit(items, found, study_of(), "me", "", AT).recorded


def test_part_of_what_was_sent_is_nothing_new(tmp_path: Path) -> None:
    opened = Store.open(tmp_path / "s", create=True)
    whole, growing = item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1)])
    assert sent(opened, whole, growing)
    head = opened.head
    assert not sent(opened, whole)
    assert not sent(opened, growing)
    assert not sent(opened, growing, whole)
    assert opened.head == head
    assert len(opened.uploads()) == 2


def test_a_finding_more_or_less_is_recorded(tmp_path: Path) -> None:
    opened = Store.open(tmp_path / "s", create=True)
    whole = item(WHOLE, [("a", 1)])
    one, two = finding("whole", "k1"), finding("whole", "k2")
    assert sent(opened, whole, found=(one,))
    assert not sent(opened, whole, found=(one,))
    assert sent(opened, whole, found=(one, two))
    assert not sent(opened, whole, found=(two, one))
    assert sent(opened, whole)
    assert open_keys(opened) == ()
    assert not sent(opened, whole)


def test_the_result_names_what_was_there_already(tmp_path: Path) -> None:
    opened = Store.open(tmp_path / "s", create=True)
    first, second = item(GROWING, [("a", 1)]), item(GROWING, [("b", 1)])
    sent(opened, first)
    done = opened.submit([first, second], (), study_of(), "me", "why", AT)
    assert [u.sha256 for u in done.stored] == [second.table.sha256]
    assert [u.sha256 for u in done.unchanged] == [first.table.sha256]
    again = opened.submit([second], (), study_of(), "you", "", AT)
    assert (again.recorded, again.number, again.stored) == (False, 2, ())
    assert [u.sha256 for u in again.unchanged] == [second.table.sha256]
    assert again.forms == ("growing",)

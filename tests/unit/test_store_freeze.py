"""Snapshots: named by content, one label each, every file checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.small_study import AT, GROWING, WHOLE, finding, item, pairs, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import SnapshotError
from trialkit.store import Overtaken, Store

LATER = "2026-02-01T00:00:00Z"


@pytest.fixture
def opened(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "s", create=True)
    made.submit(
        [item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1), ("b", 2)])],
        (finding("whole", "k1"),),
        study_of(),
        "me",
        "",
        AT,
    )
    return made


def more(opened: Store, value: float = 9) -> None:
    opened.submit([item(GROWING, [("c", value)])], (), study_of(), "me", "", AT)


def files_of(opened: Store, kind: str) -> list[Path]:
    return sorted(path for path in (opened.path / kind).rglob("*") if path.is_file())


def test_a_snapshot_holds_the_rows_of_its_moment(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    more(opened)
    two = opened.freeze("two", study_of(), "me", LATER)
    assert [pairs(opened.load(s).frames["growing"]) for s in (one, two)] == [
        [("a", 1.0), ("b", 2.0)],
        [("a", 1.0), ("b", 2.0), ("c", 9.0)],
    ]
    assert (one.counts, two.counts) == ({"growing": 2, "whole": 1}, {"growing": 3, "whole": 1})
    assert (one.parent, two.parent) == ("", one.id)
    assert [s.label for s in opened.snapshots()] == ["one", "two"]
    assert opened.snapshot() == two
    assert two.head == opened.head == opened.events()[-1].hash


def test_rows_know_where_they_come_from(opened: Store) -> None:
    tables = opened.load(opened.freeze("one", study_of(), "me", AT))
    assert tables.frames["growing"]["_src"].tolist() == [0, 1]
    assert tables.frames["whole"]["_src"].tolist() == [2]
    assert tables.sources["form"].tolist() == ["growing", "growing", "whole"]
    assert tables.sources["row"].tolist() == [2, 3, 2]
    assert tables.sources["file"].tolist() == ["growing.csv", "growing.csv", "whole.csv"]
    assert tables.sources["upload"].iloc[2] == item(WHOLE, [("a", 1)]).table.sha256


def test_the_id_is_the_content(opened: Store, tmp_path: Path) -> None:
    """Not the label, the time or the person; but the data, the study's content, the open queries and the cut-off."""
    base = opened.freeze("one", study_of(), "me", AT, open_findings=("k1",))
    other = Store.open(tmp_path / "t", create=True)
    other.submit([item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1), ("b", 2)])], (), study_of(), "you", "again", LATER)
    assert other.freeze("otherwise", study_of(), "you", LATER, open_findings=("k1",)).id == base.id
    ids = {
        base.id,
        opened.freeze("two", study_of("e" * 64), "me", AT, open_findings=("k1",)).id,
        opened.freeze("three", study_of(), "me", AT).id,
        opened.freeze("four", study_of(), "me", AT, cutoff="2026-01-01", open_findings=("k1",)).id,
    }
    more(opened)
    ids.add(opened.freeze("five", study_of(), "me", AT, open_findings=("k1",)).id)
    assert len(ids) == 5


def test_the_same_again_writes_nothing(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    log = opened.events()
    assert opened.freeze("one", study_of(), "you", LATER) == one
    assert opened.events() == log
    assert opened.snapshots() == [one]


def test_a_second_label_for_the_same_data_is_refused_in_words(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    with pytest.raises(
        SnapshotError, match=rf"already, as snapshot {one.id[:16]} labeled 'one'; 'two' is not"
    ) as caught:
        opened.freeze("two", study_of(), "me", LATER)
    assert caught.value.exit_code == 5
    assert opened.snapshots() == [one]


def test_a_label_names_one_snapshot(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    more(opened)
    for label in ("one", one.id):
        with pytest.raises(SnapshotError, match=f"already names snapshot {one.id[:16]}"):
            opened.freeze(label, study_of(), "me", LATER)
    assert opened.snapshots() == [one]


@pytest.mark.parametrize("label", ["", " ", "latest", " one", "one ", "a\nb", "a\tb"])
def test_what_is_no_label(opened: Store, label: str) -> None:
    opened.freeze("one", study_of(), "me", AT)
    with pytest.raises(SnapshotError, match=r"is no label|cannot be labeled"):
        opened.freeze(label, study_of(), "me", AT)
    assert len(opened.snapshots()) == 1


def test_nothing_to_freeze(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no data were accepted yet"):
        Store.open(tmp_path / "s", create=True).freeze("one", study_of(), "me", AT)


@pytest.mark.parametrize("harm", ["missing", "changed"])
@pytest.mark.parametrize("before", [False, True])
def test_a_spoiled_table_is_not_frozen_nor_called_frozen(opened: Store, harm: str, before: bool) -> None:
    if before:
        opened.freeze("one", study_of(), "me", AT)
    log = opened.events()
    table = files_of(opened, "tables")[0]
    table.unlink() if harm == "missing" else table.write_bytes(table.read_bytes() + b"x")
    with pytest.raises(SnapshotError, match=f"{harm}") as caught:
        opened.freeze("one", study_of(), "me", AT)
    assert table.name in caught.value.place
    assert opened.events() == log


def test_a_spoiled_table_is_not_loaded(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    table = files_of(opened, "tables")[0]
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match="do not have the SHA-256 of its name"):
        opened.load(one)


def test_open_queries_of_another_state_are_not_frozen(opened: Store) -> None:
    more(opened)
    with pytest.raises(Overtaken, match="submission 2 was recorded"):
        opened.freeze("one", study_of(), "me", AT, seen=1)
    assert opened.snapshots() == []
    opened.freeze("one", study_of(), "me", AT, seen=2)


# ---- finding one ---------------------------------------------------------------------------------------------------


def test_finding_by_id_label_and_start(opened: Store) -> None:
    with pytest.raises(SnapshotError, match="nothing is frozen yet"):
        opened.snapshot()
    one = opened.freeze("one", study_of(), "me", AT)
    more(opened)
    two = opened.freeze("two", study_of(), "me", AT)
    assert opened.snapshot("one") == opened.snapshot(one.id) == opened.snapshot(one.id[:10].upper()) == one
    assert opened.snapshot("latest") == opened.snapshot() == two
    with pytest.raises(SnapshotError, match="there is no snapshot 'onne'") as caught:
        opened.snapshot("onne")
    assert "Did you mean 'one'?" in caught.value.hint
    with pytest.raises(SnapshotError, match="there is no snapshot"):
        opened.snapshot(one.id[:3])


def test_a_snapshot_that_is_not_in_this_store_is_not_loaded(opened: Store) -> None:
    one = opened.freeze("one", study_of(), "me", AT)
    with pytest.raises(SnapshotError, match="there is no snapshot"):
        opened.load(replace(one, id="0" * 64))


# ---- from the command line ----------------------------------------------------------------------------------------


def test_labels_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path / "study")
    where = ("--study", str(study))
    assert run(["submit", str(write_uploads(tmp_path / "up")), *where]) == 0
    assert run(["freeze", "", *where]) == 5
    assert run(["freeze", "latest", *where]) == 5
    assert run(["freeze", "one", *where]) == 0
    capsys.readouterr()
    assert run(["freeze", "two", *where]) == 5
    assert "labeled 'one'; 'two' is not recorded" in capsys.readouterr().err
    assert run(["freeze", "one", *where]) == 0
    said = capsys.readouterr()
    (only,) = Store.open(study / "store").snapshots()
    assert said.out == only.id + "\n"
    assert only.head in said.err
    files_of(Store.open(study / "store"), "tables")[0].unlink()
    assert run(["freeze", "one", *where]) == 5


def test_the_open_queries_are_frozen_with_the_data(tmp_path: Path) -> None:
    study = pipeline.load(write_study(tmp_path / "study"))
    up = write_uploads(tmp_path / "up", people="WHO,AGE\nP1,3\n", doses="WHO,NR\nP1,1\n")
    pipeline.submit(study, [up], tmp_path / "s", "me", at=AT)
    frozen = pipeline.freeze(study, tmp_path / "s", "one", "me", at=AT)
    assert len(frozen.open_findings) == 1
    assert frozen.study_digest == study.digest

"""Verify: a store that was touched behind trialkit's back says so."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.small_study import AT, GROWING, WHOLE, finding, item, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import SnapshotError, TrialkitError, UsageError
from trialkit.store import Store
from trialkit.store.events import chained
from trialkit.store.schema import METADATA, triggers

TABLES = ("meta", "events", "submissions", "uploads", "covered", "findings", "snapshots", "snapshot_uploads")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "s"
    made = Store.open(path, create=True)
    study = study_of()
    made.submit([item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1)])], (finding("whole", "k"),), study, "me", "", AT)
    made.reject(b"no table", "x.csv", "not a table", "me", AT)
    made.submit([item(GROWING, [("b", 2)])], (), study, "me", "more", AT)
    made.freeze("one", study, "me", AT)
    return path


@pytest.fixture
def store(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "s"))


@contextmanager
def tampered(store: Path, guards: bool = False) -> Iterator[sqlite3.Connection]:
    """The catalogue in the hands of somebody who knows SQLite; with ``guards`` the triggers are put back."""
    with closing(sqlite3.connect(store / "catalog.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for name in triggers():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for statement in triggers().values() if guards else ():
            connection.execute(statement)
        connection.execute("COMMIT")


def test_an_untouched_store(original: Path) -> None:
    store = Store.open(original)
    log = store.events()
    done = store.verify()
    assert (done.events, done.submissions, done.uploads, done.findings, done.snapshots) == (4, 2, 3, 1, 1)
    files = [p for kind in ("objects", "tables", "quarantine") for p in (original / kind).rglob("*") if p.is_file()]
    assert len(files) == 7
    assert (done.files, done.bytes) == (len(files), sum(p.stat().st_size for p in files))
    assert (done.head, done.noted) == (log[-1].hash, 0)
    assert store.verify(log[1].hash).noted == 2
    assert store.verify(log[3].hash[:16].upper()).noted == 4


def test_an_empty_store(tmp_path: Path) -> None:
    done = Store.open(tmp_path / "s", create=True).verify()
    assert (done.events, done.files, done.head) == (0, 0, "0" * 64)


def test_every_table_is_guarded() -> None:
    assert {name.rsplit("_no_", 1)[0] for name in triggers()} == set(TABLES) == set(METADATA.tables)


EDITS = {
    "an event's person": "UPDATE events SET by = 'you' WHERE number = 1",
    "an event's time": "UPDATE events SET at = '2020-01-01T00:00:00Z' WHERE number = 2",
    "an event's kind": "UPDATE events SET kind = 'frozen' WHERE number = 2",
    "an event's words": "UPDATE events SET detail = replace(detail, 'x.csv', 'y.csv')",
    "an event's hash": "UPDATE events SET hash = '" + "1" * 64 + "' WHERE number = 4",
    "an event's number": "UPDATE events SET number = 5 WHERE number = 4",
    "the first event": "DELETE FROM events WHERE number = 1",
    "an event in the middle": "DELETE FROM events WHERE number = 2",
    "the last event": "DELETE FROM events WHERE number = 4",
    "an event more": "INSERT INTO events SELECT 5, kind, at, by, detail, hash FROM events WHERE number = 4",
    "an upload's rows": "UPDATE uploads SET rows = 99 WHERE number = 1",
    "an upload's file": "UPDATE uploads SET file = 'other.csv' WHERE number = 2",
    "an upload's table": "UPDATE uploads SET table_sha256 = (SELECT table_sha256 FROM uploads WHERE number = 3)",
    "an upload's mode": "UPDATE uploads SET mode = 'cumulative'",
    "an upload's key": "UPDATE uploads SET key = '[]' WHERE number = 3",
    "an upload gone": "DELETE FROM uploads WHERE number = 3",
    "an upload of nothing": "INSERT INTO uploads SELECT 4, 9, form, form_version, file, sha256, table_sha256, mode, "
    "key, numbering, rows FROM uploads WHERE number = 3",
    "a submission's reason": "UPDATE submissions SET reason = 'none' WHERE number = 2",
    "a submission's person": "UPDATE submissions SET by = 'you' WHERE number = 2",
    "a submission's content": "UPDATE submissions SET study_digest = '" + "e" * 64 + "'",
    "a submission gone": "DELETE FROM submissions WHERE number = 2",
    "a submission more": "INSERT INTO submissions SELECT 3, at, by, reason, study_digest, protocol_version "
    "FROM submissions WHERE number = 2",
    "a finding's words": "UPDATE findings SET body = replace(body, 'major', 'minor')",
    "a finding's form": "UPDATE findings SET form = 'growing'",
    "a finding gone": "DELETE FROM findings",
    "a finding more": "INSERT INTO findings SELECT 2, 0, form, key, body FROM findings",
    "a finding of nothing": "INSERT INTO findings SELECT 9, 0, form, key, body FROM findings",
    "what was covered": "DELETE FROM covered WHERE upload = 2",
    "covered by nothing": "INSERT INTO covered VALUES (9, 1)",
    "a snapshot's rows": "UPDATE snapshots SET body = replace(body, '\"whole\":1', '\"whole\":2')",
    "a snapshot's label": "UPDATE snapshots SET label = 'two'",
    "a snapshot's label in its body": "UPDATE snapshots SET body = replace(body, '\"one\"', '\"two\"')",
    "a snapshot's number": "UPDATE snapshots SET number = 2",
    "a snapshot's id": "UPDATE snapshots SET id = '" + "a" * 64 + "'",
    "a snapshot gone": "DELETE FROM snapshots",
    "a snapshot's table": "DELETE FROM snapshot_uploads WHERE upload = 1",
    "tables of no snapshot": "INSERT INTO snapshot_uploads VALUES ('x', 1)",
    "no JSON": "UPDATE snapshots SET body = '{'",
    "other JSON": "UPDATE snapshots SET body = '[]'",
    "JSON of something else": "UPDATE snapshots SET body = '{\"a\": 1}'",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_row_is_told(store: Path, edit: str) -> None:
    with tampered(store, guards=True) as connection:
        assert connection.execute(edit).rowcount > 0
    with pytest.raises(SnapshotError) as caught:
        Store.open(store).verify()
    assert caught.value.exit_code == 5
    assert caught.value.place == "catalog.sqlite"


def test_a_snapshot_gone_with_its_tables_is_told(store: Path) -> None:
    with tampered(store, guards=True) as connection:
        connection.execute("DELETE FROM snapshot_uploads")
        connection.execute("DELETE FROM snapshots")
    with pytest.raises(SnapshotError, match="the list of snapshots"):
        Store.open(store).verify()


def test_a_snapshot_with_other_tables_is_not_loaded(store: Path) -> None:
    with tampered(store, guards=True) as connection:
        assert connection.execute("DELETE FROM snapshot_uploads WHERE upload = 3").rowcount == 1
    opened = Store.open(store)
    with pytest.raises(SnapshotError, match="lists other tables"):
        opened.load(opened.snapshot("one"))


def test_a_lost_guard_is_told(store: Path) -> None:
    with closing(sqlite3.connect(store / "catalog.sqlite")) as connection:
        connection.execute("DROP TRIGGER findings_no_delete")
    with pytest.raises(SnapshotError, match="the guard 'findings_no_delete'"):
        Store.open(store).verify()


def test_a_guard_that_guards_nothing_is_told(store: Path) -> None:
    with closing(sqlite3.connect(store / "catalog.sqlite")) as connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute("CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT 1; END")
    with pytest.raises(SnapshotError, match="the guard 'events_no_update'"):
        Store.open(store).verify()


@pytest.mark.parametrize("kind", ["objects", "tables", "quarantine"])
@pytest.mark.parametrize("harm", ["missing", "changed", "shorter"])
def test_a_spoiled_file_is_told(store: Path, kind: str, harm: str) -> None:
    path = next(p for p in sorted((store / kind).rglob("*")) if p.is_file())
    content = path.read_bytes()
    path.unlink()
    if harm != "missing":
        path.write_bytes(content[:-1] if harm == "shorter" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(SnapshotError) as caught:
        Store.open(store).verify()
    assert caught.value.place == path.relative_to(store).as_posix()


def test_a_damaged_database_is_told(store: Path) -> None:
    path = store / "catalog.sqlite"
    content = bytearray(path.read_bytes())
    for page in range(8192, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(TrialkitError) as caught:
        Store.open(store).verify()
    assert caught.value.exit_code in (5, 6)


# ---- the head noted outside ----------------------------------------------------------------------------------------


def rewrite(store: Path) -> None:
    """Another past with a chain of its own: what only the head can tell."""
    with tampered(store, guards=True) as connection:
        connection.execute("UPDATE submissions SET by = 'you'")
        rows = connection.execute("SELECT number, kind, at, by, detail FROM events ORDER BY number").fetchall()
        previous, old = "0" * 64, [row[0] for row in connection.execute("SELECT hash FROM events ORDER BY number")]
        for number, kind, at, by, detail in rows:
            by = "you" if kind == "submitted" else by
            previous = chained(previous, number, kind, at, by, detail)
            connection.execute("UPDATE events SET by = ?, hash = ? WHERE number = ?", (by, previous, number))
        connection.execute("UPDATE snapshots SET body = replace(body, ?, ?)", (old[-1], previous))


def test_a_rewritten_past_is_told_by_the_head_alone(store: Path) -> None:
    head = Store.open(store).head
    rewrite(store)
    opened = Store.open(store)
    assert {s.by for s in opened.submissions()} == {"you"}
    opened.verify()
    for noted in (head, head[:16]):
        with pytest.raises(SnapshotError, match="noted outside"):
            opened.verify(noted)


def test_a_log_cut_off_is_told_by_the_head_alone(store: Path) -> None:
    head = Store.open(store).head
    with tampered(store, guards=True) as connection:
        connection.execute("DELETE FROM events WHERE number = 4")
        connection.execute("DELETE FROM snapshots")
        connection.execute("DELETE FROM snapshot_uploads")
    Store.open(store).verify()
    with pytest.raises(SnapshotError, match="is not in the log of 3 events"):
        Store.open(store).verify(head)


@pytest.mark.parametrize("head", ["abc", "g" * 64, "a" * 65, "a" * 15])
def test_what_is_no_head(original: Path, head: str) -> None:
    with pytest.raises(UsageError, match="is not the hash of an event"):
        Store.open(original).verify(head)


def test_each_event_hangs_on_the_one_before(original: Path) -> None:
    log = Store.open(original).events()
    assert [event.number for event in log] == [1, 2, 3, 4]
    assert [event.kind for event in log] == ["submitted", "rejected", "submitted", "frozen"]
    hashes = {chained("1" * 64, e.number, e.kind, e.at, e.by, e.detail) for e in log}
    assert hashes & {e.hash for e in log} == set()


# ---- from the command line ----------------------------------------------------------------------------------------


def test_verify_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path / "study")
    where = ("--study", str(study))
    assert run(["verify", *where]) == 6
    assert run(["submit", str(write_uploads(tmp_path / "up")), *where]) == 0
    assert run(["freeze", "one", *where]) == 0
    head = pipeline.verify(study / "store").head
    capsys.readouterr()
    assert run(["verify", *where]) == 0
    said = capsys.readouterr()
    assert "2 events in an unbroken chain; 1 submission, 3 uploads, 0 findings and 1 snapshot" in said.out
    assert "6 files (" in said.out
    assert f"head of the log {head}" in said.out
    assert "no --head was given" in said.err
    assert run(["verify", *where, "--head", head]) == 0
    assert "that of event 2; the log goes on for 0 more" in capsys.readouterr().out
    assert run(["verify", *where, "--head", "f" * 64]) == 5
    assert "noted outside" in capsys.readouterr().err
    assert run(["verify", *where, "--head", "f"]) == 2
    table = next(p for p in (study / "store" / "tables").rglob("*.parquet"))
    table.write_bytes(b"")
    assert run(["verify", "--store", str(study / "store")]) == 5
    assert table.name in capsys.readouterr().err

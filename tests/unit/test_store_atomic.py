"""One transaction or nothing: faults between the steps, killed writers, writers beside each other."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.small_study import AT, GROWING, PEOPLE, WHOLE, finding, item, pairs, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import IntakeError, StoreError
from trialkit.pipeline import uploads as flow
from trialkit.queries import open_keys
from trialkit.store import Item, Overtaken, Store
from trialkit.store.schema import METADATA


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "s", create=True)
    made.submit([item(WHOLE, [("a", 1)])], (finding("whole", "k"),), study_of(), "me", "", AT)
    made.freeze("first", study_of(), "me", AT)
    return made


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the catalogue."""
    with closing(sqlite3.connect(store.path / "catalog.sqlite")) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in METADATA.tables}


def send(store: Store, *items: Item) -> None:
    store.submit(items, (finding("growing", "g"),), study_of(), "me", "", AT)


# ---- faults --------------------------------------------------------------------------------------------------------

STEPS = (
    "trialkit.store.files.put",
    "trialkit.store.submit.encode",
    "trialkit.store.submit._insert_uploads",
    "trialkit.store.submit._insert_findings",
    "trialkit.store.submit.events.append",
    "trialkit.store.events.chained",
    "trialkit.store.uploads.detail_of",
    "trialkit.store.uploads.submission",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_fault_at_any_step_of_a_submission_leaves_no_row(
    store: Store, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(store)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power is out")

    with monkeypatch.context() as patched:
        patched.setattr(step, fail)
        with pytest.raises(RuntimeError, match="power"):
            send(store, item(GROWING, [("a", 1)]), item(WHOLE, [("b", 2)]))
    assert rows(store) == before
    send(store, item(GROWING, [("a", 1)]), item(WHOLE, [("b", 2)]))
    assert store.verify().uploads == 3


@pytest.mark.parametrize("step", ["trialkit.store.freeze.replace", "trialkit.store.freeze.asdict"])
def test_a_fault_while_freezing_leaves_no_row(store: Store, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send(store, item(WHOLE, [("b", 2)]))
    before = rows(store)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power is out")

    with monkeypatch.context() as patched:
        patched.setattr(step, fail)
        with pytest.raises(RuntimeError, match="power"):
            store.freeze("second", study_of(), "me", AT)
    assert rows(store) == before
    assert store.freeze("second", study_of(), "me", AT).label == "second"


def test_a_refused_submission_leaves_no_file(store: Store) -> None:
    files = sorted(store.path.rglob("*"))
    before = rows(store)
    good = item(GROWING, [("a", 1)])
    stop = finding("growing", "s", kind="stop")
    for items, found, words in (
        ([], (), "nothing to submit"),
        ([good], (stop,), "1 finding of class stop"),
        ([good, Item(good.table, b"other bytes")], (), "changed while it was read"),
        ([good, item(WHOLE, [("a", 1)]), item(WHOLE, [("b", 1)])], (), "2 files for form 'whole'"),
    ):
        with pytest.raises(IntakeError, match=words):
            store.submit(items, found, study_of(), "me", "", AT)
    assert rows(store) == before
    assert sorted(store.path.rglob("*")) == files


@pytest.mark.parametrize("table", METADATA.tables)
def test_a_row_once_written_stays(store: Store, table: str) -> None:
    before = rows(store)
    with closing(sqlite3.connect(store.path / "catalog.sqlite", isolation_level=None)) as connection:
        column = connection.execute(f"SELECT * FROM {table}").description[-1][0]
        for change in (
            f"UPDATE {table} SET {column} = 'x'",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
                connection.execute(change)
    assert rows(store) == before


# ---- others beside us ----------------------------------------------------------------------------------------------


def test_findings_of_an_overtaken_state_are_not_recorded(store: Store) -> None:
    seen = store.standing().number
    send(store, item(GROWING, [("a", 1)]))
    before = rows(store)
    with pytest.raises(Overtaken, match="submission 2 was recorded by somebody else"):
        store.submit([item(WHOLE, [("c", 3)])], (), study_of(), "me", "", AT, seen=seen)
    assert rows(store) == before
    store.submit([item(WHOLE, [("c", 3)])], (), study_of(), "me", "", AT, seen=2)


def between(monkeypatch: pytest.MonkeyPatch, times: int, act: object) -> list[int]:
    """Do something after files were checked and before they are stored, the first ``times`` times."""
    real, calls = flow._validated, []

    def checked(*arguments: object) -> object:
        answer = real(*arguments)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) <= times:
            act(len(calls))  # type: ignore[operator]
        return answer

    monkeypatch.setattr(flow, "_validated", checked)
    return calls


def test_a_submission_overtaken_by_another_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the doses are checked, the person they were given to is taken away."""
    study, store = pipeline.load(write_study(tmp_path / "study")), tmp_path / "s"
    pipeline.submit(study, [write_uploads(tmp_path / "up", PEOPLE, "", "")], store, "me")
    fewer = write_uploads(tmp_path / "fewer", PEOPLE.replace("P3,50\n", ""), "", "")
    doses = write_uploads(tmp_path / "doses", "", "WHO,NR\nP1,1\nP3,1\n", "")
    with monkeypatch.context() as patched:
        calls = between(patched, 1, lambda _: flow._submitted(study, [fewer], store, "you", "", AT))
        checked, done = pipeline.submit(study, [doses], store, "me")
    assert len(calls) == 3
    assert [f.rule for f in checked.findings] == ["doses.people.exists"]
    assert done is not None and done.number == 3
    assert [f.rule for f in Store.open(store).findings()] == ["doses.people.exists"]
    assert len(open_keys(Store.open(store))) == 2


def test_a_submission_that_is_always_overtaken_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_study(tmp_path / "study")
    store = folder / "store"
    assert run(["submit", str(write_uploads(tmp_path / "up")), "--study", str(folder)]) == 0
    writer = Store.open(store, write=True)
    calls = between(
        monkeypatch,
        99,
        lambda n: writer.submit([item(GROWING, [("a", n)])], (), study_of(), "you", "", AT),
    )
    uploads = write_uploads(tmp_path / "next", "", "", "WHO,DAY,PAIN\nP1,2026-01-02,3\n")
    capsys.readouterr()
    assert run(["submit", str(uploads), "--study", str(folder)]) == 6
    said = capsys.readouterr().err
    assert "was recorded by somebody else while this one was checked" in said
    assert "Try again" in said
    assert len(calls) == flow.TRIES
    assert [u.form for u in Store.open(store).uploads()].count("diary") == 1
    assert len(Store.open(store).submissions()) == 1 + flow.TRIES


def test_a_freeze_takes_the_open_queries_of_the_data_it_freezes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the open queries and freezing, a file with a query comes in."""
    import trialkit.queries

    study, store = pipeline.load(write_study(tmp_path / "study")), tmp_path / "s"
    pipeline.submit(study, [write_uploads(tmp_path / "up")], store, "me")
    late = write_uploads(tmp_path / "late", "", "", "WHO,DAY,PAIN\nP1,2026-01-02,11\n")
    real, calls = trialkit.queries.open_after, []

    def overtaken(opened: Store) -> object:
        answer = real(opened)
        calls.append(1)
        if len(calls) == 1:
            pipeline.submit(study, [late], store, "you")
        return answer

    monkeypatch.setattr(trialkit.queries, "open_after", overtaken)
    frozen = pipeline.freeze(study, store, "one", "me")
    assert len(frozen.open_findings) == 1
    assert frozen.counts["diary"] == 3


# ---- real processes ------------------------------------------------------------------------------------------------

PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
from tests.small_study import AT, GROWING, WHOLE, finding, item, study_of
from trialkit.errors import StoreError
from trialkit.store import Store

path = Path(sys.argv[1])
Store.open(path, create=True)
warm = Store.open(path.with_name("warm"), create=True)
warm.submit([item(WHOLE, [("a", 1)])], (), study_of(), "me", "", AT)


def write(name, count, pipe):
    store = Store.open(path, write=True)
    for n in range(count):
        both = [item(GROWING, [(f"{name}-{n}", n)]), item(WHOLE, [(f"{name}-{n}", n)])]
        store.submit(both, (finding("whole", f"{name}-{n}"),), study_of(), name, str(n), AT)
        os.write(pipe, f"{name}-{n}\\n".encode())


def started(name, count):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            write(name, count, into)
            code = 0
        finally:
            os._exit(code)
    os.close(into)
    return child, out


acknowledged = []
for round in range(5):
    child, out = started(f"killed{round}", 1000)
    with os.fdopen(out) as said:
        for _ in range(2):
            acknowledged.append(said.readline().strip())
        time.sleep(0.003 * round)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        acknowledged += said.read().split()
together = [started(f"writer{n}", 4) for n in range(3)]
codes = []
for child, out in together:
    with os.fdopen(out) as said:
        acknowledged += said.read().split()
    codes.append(os.waitpid(child, 0)[1])
print(json.dumps({"acknowledged": acknowledged, "codes": codes}))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_writers_and_writers_together(tmp_path: Path) -> None:
    """Five writers are killed at any moment, three write at the same time: whole submissions, none lost."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    program = [sys.executable, "-c", PROGRAM, str(tmp_path / "s")]
    done = subprocess.run(program, capture_output=True, text=True, env=environment, cwd=root, timeout=300)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["codes"] == [0, 0, 0]
    store = Store.open(tmp_path / "s")
    verified = store.verify()
    recorded = [f"{s.by}-{s.reason}" for s in store.submissions()]
    assert len(set(recorded)) == len(recorded) == verified.events
    assert set(answer["acknowledged"]) <= set(recorded)
    assert len(answer["acknowledged"]) >= 5 * 2 + 3 * 4
    for submission, found in store.history():
        assert submission.forms == ("growing", "whole")
        assert [f.key for f in found] == [f"{submission.by}-{submission.reason}"]
    assert {key for key, _ in pairs(store.current()["growing"])} == set(recorded)
    assert Store.open(tmp_path / "s", write=True).freeze("after", study_of(), "me", AT).counts["whole"] == 1


def test_a_busy_store_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialkit.store.engine.BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(store.path / "catalog.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process is writing"):
            send(store, item(GROWING, [("a", 1)]))
        assert len(Store.open(store.path).uploads()) == 1
        other.execute("ROLLBACK")
    send(store, item(GROWING, [("a", 1)]))


def test_a_writer_has_the_lock_before_it_reads_and_waits_for_the_disk(store: Store) -> None:
    """What it reads is then still true when it writes; FULL (2) flushes every commit; references must exist."""
    from trialkit.store import engine

    catalog = store.path / "catalog.sqlite"
    with (
        engine.writing(engine.connect(catalog), store.path) as connection,
        closing(sqlite3.connect(catalog, timeout=0, isolation_level=None)) as other,
    ):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        asked = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 2, 1]

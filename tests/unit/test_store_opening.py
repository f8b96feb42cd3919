"""Opening and making a store: where it may be made, how it is refused, and that reading writes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.small_study import AT, GROWING, item, pairs, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import StoreError
from trialkit.store import Store

UNPRIVILEGED = (
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
)


def made(path: Path) -> Store:
    """A store with one upload in it."""
    store = Store.open(path, create=True)
    store.submit([item(GROWING, [("a", 1)])], (), study_of(), "me", "", AT)
    return store


def seen(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every entry of a folder, side files too: mode, time of change, bytes."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        stat = path.stat()
        content = path.read_bytes() if path.is_file() else b""
        found[path.relative_to(folder).as_posix()] = (stat.st_mode, stat.st_mtime_ns, content)
    return found


# ---- where a store may be made -------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [False, True])
def test_the_first_submission_makes_the_store(tmp_path: Path, there: bool) -> None:
    study = write_study(tmp_path / "study")
    uploads = write_uploads(tmp_path / "up")
    if there:
        (study / "store").mkdir()
    assert run(["validate", str(uploads), "--study", str(study)]) == 0
    assert (study / "store").exists() == there
    assert run(["submit", str(uploads), "--study", str(study)]) == 0
    assert len(Store.open(study / "store").uploads()) == 3


def test_what_a_killed_maker_left_is_no_hindrance(tmp_path: Path) -> None:
    for name in ("objects", "tables"):
        (tmp_path / "s" / name).mkdir(parents=True)
    (tmp_path / "s" / ".catalog.sqlite.0123.tmp").write_bytes(b"half")
    assert Store.is_absent(tmp_path / "s")
    assert made(tmp_path / "s").verify().events == 1
    assert not Store.is_absent(tmp_path / "s")


def test_a_folder_with_other_files_is_no_store_and_becomes_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    study = write_study(tmp_path / "study")
    uploads = write_uploads(tmp_path / "up")
    assert not Store.is_absent(tmp_path)
    for command in ("validate", "submit"):
        assert run([command, str(uploads), "--study", str(study), "--store", str(tmp_path)]) == 6
    with pytest.raises(StoreError, match="holds other files"):
        Store.open(tmp_path, create=True)
    assert not (tmp_path / "catalog.sqlite").exists()


@pytest.mark.parametrize("kind", ["nothing", "empty folder", "file", "empty catalogue", "text catalogue", "other base"])
def test_what_is_no_store(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s"
    if kind == "file":
        path.write_text("x")
    elif kind != "nothing":
        path.mkdir()
    if kind == "other base":
        with closing(sqlite3.connect(path / "catalog.sqlite")) as connection:
            connection.execute("CREATE TABLE t (x)")
    elif kind.endswith("catalogue"):
        (path / "catalog.sqlite").write_bytes(b"" if kind == "empty catalogue" else b"not a database " * 400)
    before = seen(path) if path.is_dir() else None
    for create in (False, True) if before is not None and "catalog.sqlite" in before else (False,):
        with pytest.raises(StoreError):
            Store.open(path, create=create)
    assert (seen(path) if path.is_dir() else None) == before


def test_a_store_of_a_newer_trialkit(tmp_path: Path) -> None:
    made(tmp_path / "s")
    with closing(sqlite3.connect(tmp_path / "s" / "catalog.sqlite")) as connection, connection:
        connection.execute("DROP TRIGGER meta_no_update")
        connection.execute("UPDATE meta SET value = '99'")
    with pytest.raises(StoreError, match="made by a newer trialkit"):
        Store.open(tmp_path / "s")


# ---- reading writes nothing ----------------------------------------------------------------------------------------


def test_reading_commands_leave_every_byte(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study")
    uploads = write_uploads(tmp_path / "up")
    where = ("--study", str(study))
    assert run(["submit", str(uploads), *where]) == 0
    assert run(["freeze", "one", *where]) == 0
    before = seen(study / "store")
    assert run(["validate", str(uploads), *where]) == 0
    assert run(["analyze", *where, "--out", str(tmp_path / "out")]) == 0
    assert run(["verify", *where]) == 0
    store = Store.open(study / "store")
    assert len(store.load(store.snapshot()).sources) == 8
    assert (len(store.history()), len(store.uploads()), len(store.previous())) == (1, 3, 0)
    assert seen(study / "store") == before


def test_a_store_opened_for_reading_refuses_to_write(tmp_path: Path) -> None:
    made(tmp_path / "s")
    store = Store.open(tmp_path / "s")
    before = seen(tmp_path / "s")
    for write in (
        lambda: store.submit([item(GROWING, [("b", 1)])], (), study_of(), "me", "", AT),
        lambda: store.reject(b"x", "x.csv", "why", "me", AT),
        lambda: store.freeze("one", study_of(), "me", AT),
    ):
        with pytest.raises(StoreError, match="opened for reading"):
            write()
    assert seen(tmp_path / "s") == before


def test_a_reader_sees_what_a_writer_committed_but_did_not_fold_in(tmp_path: Path) -> None:
    """A second connection keeps the log of the last submission beside the catalogue."""
    store = made(tmp_path / "s")
    with closing(sqlite3.connect(tmp_path / "s" / "catalog.sqlite")) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM events").fetchall()
        store.submit([item(GROWING, [("b", 2)])], (), study_of(), "me", "", AT)
        assert (tmp_path / "s" / "catalog.sqlite-wal").stat().st_size > 0
        assert pairs(Store.open(tmp_path / "s").current()["growing"]) == [("a", 1.0), ("b", 2.0)]


def test_a_reader_asks_again_when_the_catalogue_changes_under_it(tmp_path: Path) -> None:
    from trialkit.store import engine

    store = made(tmp_path / "s")
    reader = Store.open(tmp_path / "s")
    answers = []

    def ask(connection: object) -> int:
        if len(answers) < 2:
            store.submit([item(GROWING, [("b", len(answers))])], (), study_of(), "me", "", AT)
        answers.append(connection.exec_driver_sql("SELECT count(*) FROM events").scalar())  # type: ignore[attr-defined]
        return answers[-1]

    assert engine.read(reader._engine, tmp_path / "s", ask) == 3
    assert len(answers) == 3


def test_a_reader_that_is_never_left_in_peace_says_so(tmp_path: Path) -> None:
    from trialkit.store import engine

    made(tmp_path / "s")
    reader = Store.open(tmp_path / "s")
    catalog = tmp_path / "s" / "catalog.sqlite"
    times = iter(range(10**9, 2 * 10**9))

    with pytest.raises(StoreError, match="the store is busy"):
        engine.read(reader._engine, tmp_path / "s", lambda _: os.utime(catalog, ns=(0, next(times))))


# ---- permissions: one process whom file modes bind tries all of it ---------------------------------------------------

PROGRAM = """
import contextlib, io, json, os, sys
from pathlib import Path
from trialkit.cli.main import run

root = Path(sys.argv[1])
store, answers = root / "study" / "store", {}


def call(case, *arguments):
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        code = run([*(str(root / a) if a in ("up", "next") else a for a in arguments), "--study", str(root / "study")])
    answers[f"{case}: {' '.join(arguments)}"] = (code, err.getvalue())


def modes(folders, files):
    for path in [*sorted(store.rglob("*"), reverse=True), store]:
        path.chmod(folders if path.is_dir() else files)


modes(0o555, 0o444)
for words in ("validate up", "validate next", "verify", "freeze two", "submit up", "submit next"):
    call("read-only", *words.split())
call("read-only", "analyze", "--out", str(root / "out"))
modes(0o755, 0o644)
for part in ("", "catalog.sqlite", "tables"):
    mode = (store / part).stat().st_mode
    (store / part).chmod(0)
    for words in ("validate up", "verify", "submit up"):
        call(f"closed {part}", *words.split())
    (store / part).chmod(mode)
print(json.dumps(answers))
"""


def _can_drop() -> bool:
    """Whether setpriv is there and may take from root what lets it pass file modes by."""
    return (
        bool(shutil.which("setpriv")) and subprocess.run([*UNPRIVILEGED, "true"], capture_output=True).returncode == 0
    )


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and standard error of each command; root is bound by modes too once its capabilities are dropped."""
    if os.name == "nt" or (os.geteuid() == 0 and not _can_drop()):
        pytest.skip("root, and no setpriv that may drop capabilities")
    root = tmp_path_factory.mktemp("bound")
    where = ("--study", str(write_study(root / "study")))
    assert run(["submit", str(write_uploads(root / "up")), *where]) == 0
    assert run(["freeze", "one", *where]) == 0
    write_uploads(root / "next", "", "", "WHO,DAY,PAIN\nP1,2026-01-05,1\n")
    before = {name: content for name, (_, _, content) in seen(root / "study" / "store").items()}
    drop = UNPRIVILEGED if os.geteuid() == 0 else ()
    done = subprocess.run([*drop, sys.executable, "-c", PROGRAM, str(root)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {name: content for name, (_, _, content) in seen(root / "study" / "store").items()} == before
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("command", ["validate up", "validate next", "verify", "analyze"])
def test_a_read_only_store_can_be_read(answers: dict[str, tuple[int, str]], command: str) -> None:
    (found,) = [answer for name, answer in answers.items() if name.startswith(f"read-only: {command}")]
    assert found[0] == 0, found[1]
    assert "error" not in found[1]


@pytest.mark.parametrize("command", ["freeze two", "submit up", "submit next"])
def test_a_read_only_store_is_not_written(answers: dict[str, tuple[int, str]], command: str) -> None:
    code, said = answers[f"read-only: {command}"]
    assert code == 6
    assert "the store is read-only" in said


@pytest.mark.parametrize("part", ["", "catalog.sqlite", "tables"])
@pytest.mark.parametrize("command", ["validate up", "submit up", "verify"])
def test_a_store_that_may_not_be_looked_into(answers: dict[str, tuple[int, str]], part: str, command: str) -> None:
    code, said = answers[f"closed {part}: {command}"]
    assert code == 6, said
    assert "internal error" not in said
    assert "read" in said


def test_a_disk_that_refuses_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(tmp_path / "s")
    before = seen(tmp_path / "s")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trialkit.store.files._write", refuse)
    with pytest.raises(StoreError, match="No space left on device"):
        store.submit([item(GROWING, [("b", 2)])], (), study_of(), "me", "", AT)
    assert seen(tmp_path / "s") == before


def test_the_content_may_have_changed_since_the_freeze(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_study(tmp_path / "study")
    where = ("--study", str(folder))
    assert run(["submit", str(write_uploads(tmp_path / "up")), *where]) == 0
    assert run(["freeze", "one", *where]) == 0
    old = pipeline.load(folder)
    assert pipeline.content_note(old, folder / "store") == ""
    capsys.readouterr()
    assert run(["analyze", *where, "--out", str(tmp_path / "out")]) == 0
    assert "note:" not in capsys.readouterr().err
    path = folder / "schemas" / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "notice: changed\n", encoding="utf-8")
    new = pipeline.load(folder)
    assert run(["analyze", *where, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().err
    assert "content changed after snapshot 'one'" in said
    assert f"{old.digest[:16]} then and is {new.digest[:16]} now" in said
    assert pipeline.content_note(new, folder / "store", "one") in said

"""The fuzzer itself sees what is wrong, and a few files of each reader and all seeds are tried with every change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import run
from tests.fuzz.readers import READERS

SEEDS = sorted((Path(run.__file__).parent / "seeds").iterdir())


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_a_file_that_taught_something(path: Path) -> None:
    assert run.outcome(path.suffix[1:], path.read_bytes()) == ""


@pytest.mark.parametrize("name", READERS)
def test_what_it_starts_from_is_read(name: str) -> None:
    for data in READERS[name].starts():
        assert run._is_read(name, data)
        assert run.outcome(name, data) == ""


@pytest.mark.parametrize("name", READERS)
def test_some_mutated_files(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "HERE", tmp_path)
    tried, read, wrong = run.fuzz(name, 20, seed=1, files=120)
    assert wrong == []
    assert tried == 120
    assert read > 0


def test_a_traceback_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "cells_of", lambda data, name: 1 / 0)
    assert "ZeroDivisionError" in run.outcome("csv", b"A\n")


def test_a_hang_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(data: bytes, name: str) -> None:
        while True:
            pass

    monkeypatch.setattr(run, "cells_of", forever)
    assert "TooLong" in run.outcome("csv", b"A\n", longest=1)


@pytest.mark.parametrize("name", [name for name, reader in READERS.items() if reader.reference])
def test_a_wrong_acceptance_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_rows", lambda reader, data: [["x"] * 3])
    assert "wrong acceptance" in run.outcome(name, READERS[name].starts()[0])


def test_without_a_name_every_reader_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.options_of([]).readers == list(READERS)
    assert run.options_of(["zip"]).readers == ["zip"]
    with pytest.raises(SystemExit):
        run.options_of(["zap"])
    assert "there is no reader 'zap'; there are: csv, " in capsys.readouterr().err

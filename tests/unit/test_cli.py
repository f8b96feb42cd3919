"""The command line as its user meets it: help, mistakes, exit codes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from trialkit.cli.common import load
from trialkit.cli.group import COMMANDS
from trialkit.cli.main import run
from trialkit.cli.reference import reference
from trialkit.locate import shipped_study
from trialkit.pipeline.synthetic import newest_uploads
from trialkit.pipeline.topics import EXIT_CODES, TOPICS
from trialkit.spec import load_study

DOCS = Path(__file__).resolve().parents[2] / "docs"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    for name in ("schemas", "analysis", "synthetic_data"):
        shutil.copytree(shipped_study() / name, tmp_path / "study" / name)
    return tmp_path / "study"


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return Path(shutil.copytree(newest_uploads(shipped_study()), tmp_path / "uploads"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demographics and the visits of the newest uploads, frozen as "before"."""
    folder = tmp_path_factory.mktemp("filled")
    files = [newest_uploads(shipped_study()) / name for name in ("dm.csv", "sv.csv")]
    place = ("--study", shipped_study(), "--store", folder / "store")
    assert call("submit", *files, *place, "--by", "me") == 0
    assert call("freeze", "before", *place, "--by", "me") == 0
    return folder / "store"


def call(*arguments: object) -> int:
    return run([str(a) for a in arguments])


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, but for SQLite's own side files."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_help_names_every_command(capsys: Capture) -> None:
    assert call("--help") == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: Capture) -> None:
    assert call(name, "--help") == 0
    assert len(capsys.readouterr().out) > 150


def test_the_reference_is_the_generated_one() -> None:
    assert (DOCS / "reference" / "cli.md").read_text(encoding="utf-8") == reference()


def test_a_mistyped_command(capsys: Capture) -> None:
    assert call("vlidate") == 2
    assert "Did you mean 'validate'?" in capsys.readouterr().err


def test_no_study_here(tmp_path: Path, capsys: Capture) -> None:
    assert call("check", "--study", tmp_path) == 2
    assert "is not a study folder" in capsys.readouterr().err


def test_check(study: Path, capsys: Capture) -> None:
    assert call("check", "--study", study) == 0
    said = capsys.readouterr().out
    assert "no mistake found" in said
    assert " 1 report:" in said and " 1 mapping," in said and " analyses," in said


def test_a_subject_that_is_not_named_is_asked_for(study: Path, capsys: Capture) -> None:
    assert call("explain", "subject", "--study", study) == 2
    assert "the subject is missing" in capsys.readouterr().err


def test_broken_yaml(study: Path, uploads: Path, capsys: Capture) -> None:
    path = study / "schemas" / "forms" / "study_drug.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "rules: [unclosed\n", encoding="utf-8")
    assert call("validate", uploads, "--study", study) == 2
    said = capsys.readouterr().err
    assert "schemas/forms/study_drug.yaml:" in said
    assert "not YAML" in said
    assert "Traceback" not in said


def test_a_changed_protocol(study: Path, capsys: Capture) -> None:
    path = study / "schemas" / "protocols" / "v1.0.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("late: 5", "late: 6"), encoding="utf-8")
    assert call("check", "--study", study) == 5
    assert "changed after it was locked" in capsys.readouterr().err


def test_validate_clean_and_wrong(study: Path, uploads: Path, capsys: Capture) -> None:
    path = uploads / "dm.csv"
    assert call("validate", path, "--study", study) == 0
    assert "0 findings" in capsys.readouterr().out
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[lines[0].split(",").index("AGE")] = "3O"
    lines[1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert call("validate", path, "--study", study) == 1
    said = capsys.readouterr().out
    assert "dm.csv:2" in said
    assert "'3O' is not a whole number" in said
    assert "1 finding (0 stop, 1 query)" in said
    assert call("validate", path, "--study", study, "--fail-on", "critical") == 0
    assert not (study / "store").exists()


def damaged(path: Path, kind: str) -> Path:
    """A file spoiled in one way; its new path."""
    data = path.read_bytes()
    if kind == "zero bytes":
        path.write_bytes(b"")
    elif kind == "not UTF-8":
        path.write_bytes(data.replace(b"Fentanyl", b"Fentan\xfcl", 1))
    elif kind == "unknown column":
        path.write_bytes(data.replace(b"SEX", b"SEXX", 1))
    elif kind == "wrong file":
        return path.rename(path.with_name("holiday.csv"))
    elif kind == "wrong kind":
        return path.rename(path.with_suffix(".docx"))
    elif kind == "truncated XPT":
        import pandas as pd
        import pyreadstat

        made = path.with_suffix(".xpt")
        pyreadstat.write_xport(pd.read_csv(path, dtype=str), str(made), file_format_version=5)
        made.write_bytes(made.read_bytes()[:-200])
        path.unlink()
        return made
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("zero bytes", "the file is empty"),
        ("not UTF-8", "0xFC is not utf-8 text"),
        ("unknown column", "column 'SEXX' is not a field"),
        ("wrong file", "belongs to no form"),
        ("wrong kind", "'.docx'"),
        ("truncated XPT", "truncated"),
    ],
)
def test_a_file_that_cannot_be_taken(filled: Path, uploads: Path, kind: str, words: str, capsys: Capture) -> None:
    """One clear error, exit 3, no traceback; no upload, row or snapshot of the store changes."""
    from trialkit.store import Store

    def kept() -> tuple[object, ...]:
        store = Store.open(filled)
        return store.uploads(), store.snapshots(), {k: v.to_csv() for k, v in store.current().items()}

    before, path = kept(), damaged(uploads / "dm.csv", kind)
    for command in ("validate", "submit"):
        assert call(command, path, "--study", shipped_study(), "--store", filled) == 3
        said = capsys.readouterr()
        assert words in said.out + said.err
        assert path.name in said.out + said.err
        assert "Traceback" not in said.out + said.err
    assert kept() == before


def test_a_path_that_does_not_exist(study: Path, capsys: Capture) -> None:
    assert call("validate", study / "nothing", "--study", study) == 2
    assert "does not exist" in capsys.readouterr().err


def test_the_road_by_hand(study: Path, uploads: Path, tmp_path: Path, capsys: Capture) -> None:
    assert call("analyze", "--study", study) == 6
    assert call("submit", uploads, "--study", study, "--by", "me") == 0
    assert call("submit", uploads, "--study", study, "--by", "me") == 0
    assert "nothing new to store" in capsys.readouterr().out
    assert call("analyze", "--study", study, "--out", tmp_path / "r") == 5
    assert "freeze" in capsys.readouterr().err
    assert call("freeze", "one", "--study", study, "--by", "me") == 0
    assert len(capsys.readouterr().out.strip()) == 64
    assert call("analyze", "retention_kn", "--study", study, "--out", tmp_path / "r") == 2
    assert "Did you mean 'retention_km'?" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()
    assert call("analyze", "retention_km", "--study", study, "--out", tmp_path / "r") == 0
    assert (tmp_path / "r" / "results.csv").stat().st_size > 1000
    capsys.readouterr()
    told = ("report", "--study", study, "--out", tmp_path / "pages", "--snapshot", "one")
    assert call(*told, "--format", "html,dpf") == 2
    assert "there is no format 'dpf' of a report" in (said := capsys.readouterr()).err and "'pdf'" in said.err
    assert not (tmp_path / "pages").exists()
    assert call(*told, "--format", "html, csv", "--format", "ars-json") == 0
    made = [Path(line).name for line in capsys.readouterr().out.split()]
    assert made == ["main.html", "main.csv", "main.ars.json"]
    assert made == [path.name for path in map(Path, made) if (tmp_path / "pages" / path).stat().st_size > 10_000]
    assert call("report", "mian", "--study", study) == 2
    assert call("report", "--study", study, "--snapshot", "two") == 5


def test_a_store_that_is_no_store(study: Path, uploads: Path, capsys: Capture) -> None:
    (study / "store").mkdir()
    (study / "store" / "catalog.sqlite").write_bytes(b"not a database, but long enough to look like a file" * 40)
    before = content(study / "store")
    assert call("submit", uploads, "--study", study) == 6
    assert "Traceback" not in capsys.readouterr().err
    assert content(study / "store") == before


def test_a_read_only_store(filled: Path, uploads: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write anywhere, so the disk's refusal is played."""
    before = content(filled)
    path = uploads / "dm.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("trialkit.store.files._write", refuse)
    assert call("submit", path, "--study", shipped_study(), "--store", filled) == 6
    said = capsys.readouterr().err
    assert "Read-only file system" in said
    assert "Traceback" not in said
    assert content(filled) == before


def test_explain(study: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialkit.cli.explain.load", cache(load))  # the study does not change: it is read once
    assert call("explain", "exit-codes") == 0
    said = capsys.readouterr().out
    assert all(words in said for words in EXIT_CODES.values())
    for topic in TOPICS:
        assert call("explain", topic, "--study", study) == 0
        names = capsys.readouterr().out.split("\n")[:2]
        for name in filter(None, names):
            assert call("explain", topic, name, "--study", study) == 0
            assert len(capsys.readouterr().out) > len(name)
    assert call("explain", "metod") == 2


def test_init_refuses_a_folder_in_use(tmp_path: Path, capsys: Capture) -> None:
    assert call("init", tmp_path / "new") == 0
    assert load_study(tmp_path / "new").digest == load_study(shipped_study()).digest
    assert call("init", tmp_path / "new") == 2
    assert "not empty" in capsys.readouterr().err


def test_an_internal_error_has_its_own_code(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("TRIALKIT_DEBUG", raising=False)
    monkeypatch.setattr("trialkit.pipeline.explain", lambda *_: 1 / 0)
    assert call("explain", "exit-codes") == 70
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said


def test_the_module_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "trialkit", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("trialkit 0.")


def test_demo_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two processes with different hash seeds; every file of the demonstration but the database's own."""
    made = []
    for seed in ("1", "2"):
        out = tmp_path / "demo"
        program = [sys.executable, "-m", "trialkit", "demo", "--out", str(out)]
        done = subprocess.run(program, capture_output=True, text=True, env={"PYTHONHASHSEED": seed, "PATH": ""})
        assert done.returncode == 0, done.stderr
        assert Path(done.stdout.strip()).is_file()
        made.append({k: v for k, v in content(out).items() if not k.endswith(".sqlite")})
    assert len(made[0]) > 10
    assert made[0] == made[1]

"""What the disk refuses is told in words and by its exit code, never as a fault of the program.

Each refusal is played (always), and made for real in one process without root's rights where that can be had.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_content import small_study, small_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import UsageError
from trialkit.model import tree_of

Capture = pytest.CaptureFixture[str]
REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """study/ with a store and a snapshot, and up/; copied by each test."""
    folder = tmp_path_factory.mktemp("ready")
    study = small_study(folder / "study")
    small_uploads(folder / "up")
    pipeline.submit(pipeline.load(study), [folder / "up"], study / "store", "me", at="2026-02-01T00:00:00Z")
    pipeline.freeze(pipeline.load(study), study / "store", "one", "me", at="2026-02-01T00:00:00Z")
    return folder


@pytest.fixture
def place(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "place"))


def call(*arguments: object) -> int:
    return run([str(a) for a in arguments])


# ---- what is in the way -------------------------------------------------------------------------------------------


def a_file(place: Path) -> Path:
    (place / "out").write_text("mine", encoding="utf-8")
    return place / "out"


def below_a_file(place: Path) -> Path:
    return a_file(place) / "inside"


def a_folder_named_as_a_file(place: Path) -> Path:
    for name in ("results.csv", "main.html"):
        (place / "out" / name).mkdir(parents=True)
    return place / "out"


@pytest.mark.parametrize("command", ["analyze", "report"])
@pytest.mark.parametrize("out", [a_file, below_a_file, a_folder_named_as_a_file])
def test_results_where_something_is_in_the_way(
    place: Path, command: str, out: Callable[[Path], Path], capsys: Capture
) -> None:
    assert call(command, "ages" if command == "analyze" else "", "--study", place / "study", "--out", out(place)) == 2
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert str(place / "out") in said


@pytest.mark.parametrize("command", [("init",), ("demo", "--out")])
@pytest.mark.parametrize("out", [a_file, below_a_file])
def test_a_new_folder_where_a_file_is(
    place: Path, command: tuple[str, ...], out: Callable[[Path], Path], capsys: Capture
) -> None:
    assert call(*command, out(place)) == 2
    assert str(place / "out") in capsys.readouterr().err
    assert (place / "out").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("out", [a_file, below_a_file])
def test_simulate_where_a_file_is(place: Path, out: Callable[[Path], Path]) -> None:
    from dataclasses import replace

    study = replace(pipeline.load(place / "study"), scenarios={"null": tree_of({})})
    with pytest.raises(UsageError, match="cannot be written"):
        pipeline.simulate(study, out(place))


# ---- what the disk refuses ----------------------------------------------------------------------------------------

Case = tuple[str, int, tuple[str, ...], int, str]
"""Path whose mode is changed, the mode, the command, its exit code, words."""
CASES: dict[str, Case] = {
    "a file that cannot be read": ("up/people.csv", 0, ("validate", "up"), 3, "cannot be opened: Permission denied"),
    "and is submitted": ("up/people.csv", 0, ("submit", "up"), 3, "cannot be opened: Permission denied"),
    "a file in a closed folder": ("up", 0, ("validate", "up/people.csv"), 3, "cannot be opened: Permission denied"),
    "a closed folder": ("up", 0, ("validate", "up"), 3, "cannot be opened: Permission denied"),
    "a closed folder inside": ("up", 0, ("validate", "."), 3, "cannot be opened: Permission denied"),
    "a content file": (
        "study/schemas/forms/people.yaml",
        0,
        ("check",),
        2,
        "schemas/forms/people.yaml  cannot be read",
    ),
    "the header": ("study/schemas/study.yaml", 0, ("check",), 2, "schemas/study.yaml  cannot be read"),
    "a content folder": ("study/schemas/forms", 0, ("check",), 2, "schemas/forms  cannot be read"),
    "all content": ("study/schemas", 0, ("check",), 2, "cannot be read"),
    "the populations' folder": ("study/analysis", 0, ("check",), 2, "cannot be read"),
    "the lock": ("study/schemas", 0o555, ("check", "--lock"), 2, "the lock cannot be written: Permission denied"),
    "results": ("out", 0o555, ("analyze", "ages", "--out", "out"), 2, "cannot be written to: Permission denied"),
    "below": ("out", 0o555, ("analyze", "ages", "--out", "out/x"), 2, "cannot be written to: Permission denied"),
    "a report": ("out", 0o555, ("report", "--out", "out"), 2, "cannot be written to: Permission denied"),
    "a new study": ("out", 0o555, ("init", "out/x"), 2, "cannot be written to: Permission denied"),
    "a demonstration": ("out", 0o555, ("demo", "--out", "out/x"), 2, "cannot be written to: Permission denied"),
}


def command_of(case: Case, place: Path) -> list[str]:
    arguments = [str(place / a) if a in ("up", "up/people.csv", "out", "out/x", ".") else a for a in case[2]]
    own = [] if arguments[0] in ("init", "demo") else ["--study", str(place / "study")]
    return arguments + own


def played(monkeypatch: pytest.MonkeyPatch, path: Path, mode: int) -> None:
    """Let Python's own file functions refuse a path, as the disk would for somebody without rights."""

    def refuses(target: object, inside: bool, writes: bool) -> bool:
        found = Path(os.fspath(target))  # type: ignore[call-overload]
        hit = found == path if not inside else path in found.parents
        return hit and (mode == 0 or writes)

    def guard(module: object, name: str, inside: bool, writes: bool) -> None:
        real = getattr(module, name)

        def guarded(target: object = ".", *more: object, **named: object) -> object:
            writing = writes or (name == "open" and set(str(more[0] if more else named.get("mode", "r"))) & set("wax+"))
            if isinstance(target, (str, os.PathLike)) and (
                refuses(target, True, bool(writing)) or (not inside and refuses(target, False, bool(writing)))
            ):
                raise PermissionError(13, "Permission denied", os.fspath(target))
            return real(target, *more, **named)

        monkeypatch.setattr(module, name, guarded)

    guard(os, "scandir", False, False)
    guard(os, "mkdir", True, True)
    guard(Path, "open", False, False)
    guard(Path, "touch", True, True)
    guard(Path, "stat", True, False)


@pytest.mark.parametrize("name", CASES)
def test_a_played_refusal(place: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    case = CASES[name]
    (place / "out").mkdir()
    with monkeypatch.context() as patched:
        played(patched, place / case[0], case[1])
        code = run(command_of(case, place))
    said = capsys.readouterr()
    assert code == case[3], said.out + said.err
    assert case[4] in said.out + said.err


PROGRAM = """
import contextlib, io, json, os, sys
from trialkit.cli.main import run
answers = []
for path, mode, command in json.load(sys.stdin):
    before = os.stat(path).st_mode
    os.chmod(path, mode)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run(command)
    os.chmod(path, before)
    answers.append((code, said.getvalue()))
json.dump(answers, sys.stdout)
"""
SETPRIV = [
    "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search",
]  # fmt: skip


def without_rights() -> list[str] | None:
    """What to put before a command so that file modes bind it; None if nothing does (root without setpriv)."""
    if os.geteuid():
        return []
    done = subprocess.run([*SETPRIV, "true"], capture_output=True) if shutil.which("setpriv") else None
    return SETPRIV if done is not None and done.returncode == 0 else None


def test_real_refusals(ready: Path, tmp_path: Path) -> None:
    """As test_a_played_refusal, which stands in for this where nothing can take root's rights away."""
    prefix = without_rights()
    if prefix is None:
        return
    asked = []
    for number, case in enumerate(CASES.values()):
        place = Path(shutil.copytree(ready, tmp_path / str(number)))
        (place / "out").mkdir()
        asked.append((str(place / case[0]), case[1], command_of(case, place)))
    done = subprocess.run(
        [*prefix, sys.executable, "-c", PROGRAM],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )  # fmt: skip
    for (name, case), (code, said) in zip(CASES.items(), json.loads(done.stdout), strict=True):
        assert (name, code) == (name, case[3]), said
        assert case[4] in said, name


def test_an_unreadable_upload_is_refused_whole(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """The readable file beside it is not stored either; nothing is put in quarantine for what has no bytes."""
    from trialkit.store import Store

    before = Store.open(place / "study" / "store").uploads()
    with monkeypatch.context() as patched:
        played(patched, place / "up" / "people.csv", 0)
        assert call("submit", place / "up", "--study", place / "study", "--by", "me") == 3
    assert "people.csv" in capsys.readouterr().out
    assert Store.open(place / "study" / "store").uploads() == before


# ---- what a method refuses ----------------------------------------------------------------------------------------


def test_a_report_with_a_refused_analysis_exits_4_and_names_it(place: Path, capsys: Capture) -> None:
    folder = place / "study" / "analysis"
    more = 'id: pulses\nkind: estimates_table\nnumber: "2"\ntitle: Pulse\nanalyses: [pulses]\n'
    (folder / "displays" / "pulses.yaml").write_text(more, encoding="utf-8")
    path = folder / "reports" / "main.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[ages]", "[ages, pulses]"), encoding="utf-8")
    assert call("report", "--study", place / "study", "--out", place / "pages") == 4
    said = capsys.readouterr()
    assert "analysis pulses could not be run: 3 usable rows for 3 parameters" in said.err
    page = place / "pages" / "main.html"
    assert str(page) in said.out
    assert "3 usable rows for 3 parameters" in page.read_text(encoding="utf-8")
    assert pipeline.report(pipeline.load(place / "study"), place / "study" / "store", place / "pages") == [page]


def test_a_report_without_one_exits_0(place: Path, capsys: Capture) -> None:
    assert call("report", "--study", place / "study", "--out", place / "pages") == 0
    assert capsys.readouterr().err == ""


def test_a_report_refuses_what_check_refuses(place: Path, capsys: Capture) -> None:
    path = place / "study" / "analysis" / "displays" / "ages.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("_table", "_tabel"), encoding="utf-8")
    said = []
    for command in (("check",), ("report", "--out", place / "pages")):
        assert call(*command, "--study", place / "study") == 2
        said.append(capsys.readouterr().err)
    assert said[0] == said[1]
    assert "no kind of display 'characteristics_tabel'" in said[0]
    assert not (place / "pages").exists()

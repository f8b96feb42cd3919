"""Planted errors: what the key says was changed and nothing else; and each is told once, exactly where it says."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shipped import shipped as study
from trialkit import pipeline
from trialkit.corrupt import Planted, corrupt, load_plan, write_corrupted
from trialkit.corrupt.reference import reference
from trialkit.errors import StudyError, UsageError
from trialkit.locate import shipped_study
from trialkit.model.finding import Finding
from trialkit.pipeline.synthetic import newest_uploads
from trialkit.simulate import simulate

SYNTHETIC = shipped_study() / "synthetic_data"
PLAN = SYNTHETIC / "messy" / "plan.yaml"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "planted-errors.md"
UNCLAIMED = {
    "same answer to everything",
    "pregnancy test of a man",
}
"""The kinds that the study's rules do not find, or not exactly where a person should be told."""


@cache
def clean(seed: int, subjects: int) -> dict[str, bytes]:
    return simulate(study(), "null", subjects, seed).uploads


# ---- the plan ------------------------------------------------------------------------------------------------------


def test_the_plan_has_many_kinds() -> None:
    errors = load_plan(PLAN).errors
    assert len({error.kind for error in errors}) == len(errors) >= 45
    assert len({error.by for error in errors}) >= 30


def test_every_kind_that_is_not_claimed_is_named_here() -> None:
    assert {error.kind for error in load_plan(PLAN).errors if not error.claimed} == UNCLAIMED


def test_the_page_tells_the_plan() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(load_plan(PLAN))


def test_a_plan_that_does_not_fit(tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    line = next(n for n, line in enumerate(text.splitlines(), start=1) if "by: letter," in line)
    (tmp_path / "plan.yaml").write_text(text.replace("by: letter,", "by: leter,"), encoding="utf-8")
    with pytest.raises(StudyError, match="Did you mean 'letter'") as caught:
        load_plan(tmp_path / "plan.yaml")
    assert caught.value.place == f"plan.yaml:{line}"


def test_too_few_subjects() -> None:
    with pytest.raises(UsageError, match="is left for"):
        corrupt(clean(1, 9), load_plan(PLAN), 1)


# ---- cell by cell --------------------------------------------------------------------------------------------------


def lines(data: bytes) -> list[str]:
    return data.decode("utf-8").splitlines()


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(lines(data)))


def changed_as_the_key_says(name: str, before: list[list[str]], key: list[Planted]) -> list[list[str]]:
    """The rows of a file after what the key says was done to it, and checks of what it says was there."""
    rows = [row[:] for row in before]
    own = [p for p in key if p.changed_file == name]
    removed = {p.changed_line for p in own if not p.changed_field and not p.new}
    for p in own:
        if p.changed_line in removed and not p.changed_field and not p.new:
            assert rows[p.changed_line - 1] == next(csv.reader([p.old]))
    rows = [row for line, row in enumerate(rows, start=1) if line not in removed]
    for p in sorted((p for p in own if not p.changed_field and not p.old), key=lambda p: p.changed_line):
        rows.append(next(csv.reader([p.new])))
        assert p.changed_line == len(rows)
    for p in own:
        if p.changed_field:
            put(rows[p.changed_line - 1], before[0], p)
    return [[cell for cell in row if cell != "(cut off)"] for row in rows]


def put(row: list[str], header: list[str], p: Planted) -> None:
    assert p.old != p.new
    if p.changed_field.startswith("(column "):
        assert (p.changed_field, p.old) == (f"(column {len(row) + 1})", "(no such cell)")
        row.append(p.new)
        return
    at = header.index(p.changed_field)
    assert row[at] == p.old
    row[at] = p.new


def assert_nothing_else_is_changed(
    before: dict[str, bytes], after: dict[str, bytes], key: list[Planted], expected: Iterable[str]
) -> None:
    assert before.keys() == after.keys()
    assert {p.kind for p in key} == set(expected)
    assert {p.changed_file for p in key} - {""} == {name for name in before if before[name] != after[name]}
    for name in {p.changed_file for p in key} - {""}:
        assert cells(after[name]) == changed_as_the_key_says(name, cells(before[name]), key)
        touched = {p.changed_line for p in key if p.changed_file == name and p.changed_field}
        kept = {line for n, line in enumerate(lines(after[name]), start=1) if n not in touched}
        added = {p.new for p in key if p.changed_file == name and not p.changed_field}
        assert kept - added <= set(lines(before[name]))  # an untouched line keeps every byte


@pytest.mark.parametrize(("seed", "subjects"), [(1, 300), (2, 300), (3, 300), (4, 140)])
def test_nothing_else_is_changed(seed: int, subjects: int) -> None:
    plan = load_plan(PLAN)
    before = clean(seed, subjects)
    after, key = corrupt(before, plan, seed)
    assert_nothing_else_is_changed(before, after, key, [error.kind for error in plan.errors if not error.alone])


def test_a_change_that_is_not_in_the_key_is_seen() -> None:
    before = clean(4, 140)
    after, key = corrupt(before, load_plan(PLAN), 4)
    at = next(n for n, p in enumerate(key) if p.changed_field)
    with pytest.raises(AssertionError):
        assert_nothing_else_is_changed(before, after, key[:at] + key[at + 1 :], {p.kind for p in key})


def subjects_of(files: dict[str, bytes], p: Planted) -> Iterator[str]:
    """The subjects whose records a row of the key changed or is told at."""
    if p.changed_file and not p.changed_field:
        yield from named(files[p.changed_file], next(csv.reader([p.old or p.new])))
    if p.changed_field == "USUBJID":
        yield p.old
    for file, line in ((p.file, p.line), *([(p.changed_file, p.changed_line)] if p.changed_field else [])):
        yield from named(files[file], cells(files[file])[line - 1])


def named(data: bytes, row: list[str]) -> list[str]:
    header = cells(data)[0]
    return [row[header.index("USUBJID")]] if "USUBJID" in header else []


def test_no_two_errors_share_a_subject() -> None:
    files, key = corrupt(clean(4, 140), load_plan(PLAN), 4)
    owner: dict[str, int] = {}
    for p in key:
        for subject in subjects_of(files, p):
            assert owner.setdefault(subject, p.error) == p.error
    assert len(owner) >= len({p.error for p in key}) >= 45


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_corrupted(clean(4, 140), load_plan(PLAN), seed, tmp_path / name)
    first, again, other = (
        {
            path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*.csv"))
        }
        for name in "abc"
    )
    assert first == again
    assert first["key.csv"] != other["key.csv"]


# ---- what the rules find -------------------------------------------------------------------------------------------

Place = tuple[str, int, str]


def findings(folder: Path) -> list[Finding]:
    return list(pipeline.validate(study(), [folder]).findings)


def places(found: Iterable[Finding]) -> list[Place]:
    return sorted((f.file, f.line, f.field) for f in found)


def put_into(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def key_places(key: Iterable[Planted]) -> list[Place]:
    """Where the key says that something is told: each error once, and once more for each second place."""
    key = list(key)
    first = {(p.error, p.file, p.line, p.field) for p in key if p.changed_file}
    assert len(first) == len({p.error for p in key})
    return sorted([place[1:] for place in first] + [(p.file, p.line, p.field) for p in key if not p.changed_file])


@pytest.mark.parametrize(("seed", "subjects"), [(3, 170), (4, 140)])
def test_claimed_errors_give_exactly_their_key(seed: int, subjects: int, tmp_path: Path) -> None:
    plan = load_plan(PLAN)
    claimed = replace(plan, errors=tuple(error for error in plan.errors if error.claimed))
    files, key = corrupt(clean(seed, subjects), claimed, seed)
    assert places(findings(put_into(tmp_path, files))) == key_places(key)


def committed_key() -> Iterator[Planted]:
    with (SYNTHETIC / "messy" / "key.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = {name: int(row[name] or 0) for name in ("line", "error", "changed_line")}
            yield Planted(**{**row, **numbers})  # type: ignore[arg-type]


def test_the_committed_messy_upload_gives_its_key() -> None:
    """Every claimed error once, where it is told; what else is found is of subjects with an error not claimed."""
    key = list(committed_key())
    claimed = key_places(p for p in key if p.kind not in UNCLAIMED)
    assert len({p.kind for p in key}) >= 45 and len(claimed) >= 30
    folder = SYNTHETIC / "messy" / "uploads"
    found, files = findings(folder), {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    assert [place for place in places(found) if place in claimed] == claimed
    rest = {f.subject for f in found if (f.file, f.line, f.field) not in claimed}
    assert rest <= {subject for p in key if p.kind in UNCLAIMED for subject in subjects_of(files, p)}


def test_the_clean_upload_gives_nothing() -> None:
    assert findings(newest_uploads(shipped_study())) == []


CLAIMED = [error.kind for error in load_plan(PLAN).errors if error.claimed and not error.alone]


@cache
def silent(trial: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return not findings(put_into(Path(folder), clean(trial, 80)))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), trial=st.integers(3, 4), kind=st.sampled_from(CLAIMED))
def test_one_error_gives_its_findings_and_its_removal_restores_silence(seed: int, trial: int, kind: str) -> None:
    """Any claimed error in any clean trial: what the key names, once, and nothing else."""
    before = clean(trial, 80)
    after, key = corrupt(before, load_plan(PLAN), seed, kind)
    with tempfile.TemporaryDirectory() as folder:
        assert places(findings(put_into(Path(folder), after))) == key_places(key)
    assert silent(trial)


@pytest.mark.parametrize("kind", [error.kind for error in load_plan(PLAN).errors if error.alone])
def test_an_error_that_makes_the_file_unreadable_is_told_at_its_line(kind: str, tmp_path: Path) -> None:
    before = clean(4, 140)
    after, key = corrupt(before, load_plan(PLAN), 4, kind)
    assert_nothing_else_is_changed(before, after, key, [kind])
    found = findings(put_into(tmp_path, {key[0].file: after[key[0].file]}))
    assert places(found) == key_places(key)
    assert found[0].finding_class == "stop"


def test_one_garbled_cell_gives_one_finding(tmp_path: Path) -> None:
    """A score the total and the pulse rule read: neither is reported again."""
    put_into(tmp_path, {path.name: path.read_bytes() for path in newest_uploads(shipped_study()).glob("*.csv")})
    rows = cells((tmp_path / "cows.csv").read_bytes())
    garbled = dict(zip(range(8, 78, 10), ["?", "1O", "12 kg", "--", "NaN", "1,5", "\u0663"], strict=True))
    for line, cell in garbled.items():
        rows[line - 1][rows[0].index("COWS101")] = cell
    with (tmp_path / "cows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    assert places(findings(tmp_path)) == [("cows.csv", line, "COWS101") for line in garbled]


@pytest.mark.parametrize(("scenario", "subjects"), [("null", 300), ("effect", 150), ("informative_dropout", 150)])
def test_every_clean_scenario_gives_nothing(scenario: str, subjects: int, tmp_path: Path) -> None:
    """Hundreds of subjects whom nobody has spoiled: all rules, both protocol versions, and not one finding."""
    put_into(tmp_path, simulate(study(), scenario, subjects, 17).uploads)
    assert findings(tmp_path) == []

"""A file checked some subjects at a time gives the findings of the file in one piece."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.validate_tables import form, study
from trialkit import pipeline
from trialkit.intake import parts
from trialkit.model import Form, Study
from trialkit.pipeline import shards
from trialkit.validate import within_subject

RULES = """
f.N.range: {kind: range, field: N, args: {min: 0, max: 10}}
f.T.codes: {kind: codes, field: T, args: {codes: [x, y]}}
f.days: {kind: gap, field: D, args: {min: 2, unit: days}}
f.twice: {kind: unique, args: {fields: [S, T]}}
f.same: {kind: compare, field: N, args: {op: at_most, field: M}}
"""
ROW = st.tuples(
    st.sampled_from(["", "s1", "s2", "s3", "s4"]),
    st.sampled_from(["", "2026-03-01", "2026-03-02", "2026-03-04", "soon"]),
    st.sampled_from(["", "1", "5", "11", "many"]),
    st.sampled_from(["", "x", "y", "z"]),
)


def a_study() -> Study:
    return study(form("f", RULES, key=("S", "D")))


def written(folder: Path, rows: list[tuple[str, str, str, str]], ending: str) -> Path:
    names = list(a_study().forms["f"].fields)
    frame = pd.DataFrame([dict(zip("SDNT", row, strict=True)) for row in rows], columns=names).fillna("")
    frame["M"] = "3"
    path = folder / f"f{ending}"
    if ending == ".csv":
        frame.to_csv(path, index=False, lineterminator="\n")
    else:
        for name in ("N", "M", "L"):
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        frame = frame.replace("", None)
        frame[["H", "J", "D", "E"]] = frame[["H", "J", "D", "E"]].apply(
            pd.to_datetime, errors="coerce", format="%Y-%m-%d"
        )
        frame.to_parquet(path, index=False)
    return path


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every file is large, parts and shards hold a few rows; the list tells which files were read in shards."""
    monkeypatch.setattr(parts, "LARGE", {".csv": 0, ".parquet": 0})
    monkeypatch.setattr(parts, "BLOCK", 40)
    monkeypatch.setattr(parts, "ROWS", 3)
    monkeypatch.setattr(shards, "SHARD", 2)
    whole, used = shards.in_shards, []

    def in_shards(of: Study, path: Path, its: Form, blinded: bool) -> object:
        used.append((made := whole(of, path, its, blinded)) is not None)
        return made

    monkeypatch.setattr(shards, "in_shards", in_shards)
    return used


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=14))
def test_the_findings_are_those_of_one_piece(
    tmp_path: Path, tiny: list[bool], ending: str, rows: list[tuple[str, str, str, str]]
) -> None:
    path = written(tmp_path, rows, ending)
    tiny.clear()
    found = pipeline.validate(a_study(), [path])
    assert tiny == [True]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "LARGE", {})
        whole = pipeline.validate(a_study(), [path])
    assert found.findings == whole.findings
    assert (found.rows, found.forms, found.refused) == (whole.rows, whole.forms, whole.refused)


@pytest.mark.parametrize(
    ("ending", "edit"),
    [
        (".csv", lambda data: data.replace(b"s2,", b's2"x",')),
        (".csv", lambda data: data.replace(b"s2", b"s\xff")),
        (".csv", lambda data: data.replace(b"s2,", b"s2,,")),
        (".csv", lambda data: data.replace(b"N", b"n", 1)),
        (".parquet", lambda data: data[:-9]),
    ],
)
def test_a_file_with_something_wrong_is_told_of_as_a_whole(
    tmp_path: Path, tiny: list[bool], ending: str, edit: object
) -> None:
    path = written(tmp_path, [("s1", "2026-03-01", "1", "x"), ("s2", "2026-03-01", "1", "x")] * 3, ending)
    path.write_bytes(edit(path.read_bytes()))  # type: ignore[operator]
    found = pipeline.validate(a_study(), [path])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "LARGE", {})
        assert found.findings == pipeline.validate(a_study(), [path]).findings
    assert tiny == [False]


@pytest.mark.parametrize(
    ("rules", "key", "wanted"),
    [
        (RULES, ("S", "D"), True),
        (RULES, ("K",), False),
        ("f.u: {kind: unique, args: {fields: [T]}}", ("S",), False),
        ("f.g: {kind: gap, field: D, args: {min: 2, unit: days, by: [Q]}}", ("S",), False),
        ("f.g: {kind: gap, field: D, args: {min: 2, unit: days, by: [Q, S]}}", ("S",), True),
        ("f.e: {kind: exists, args: {form: g}}", ("S",), False),
    ],
)
def test_which_forms_can_be_checked_by_subject(rules: str, key: tuple[str, ...], wanted: bool) -> None:
    assert within_subject(form("f", rules, key=key)) is wanted


def test_a_form_that_another_looks_at_is_read_whole(tmp_path: Path, tiny: list[bool]) -> None:
    path = written(tmp_path, [("s1", "2026-03-01", "1", "x")], ".csv")
    other = form("g", "g.e: {kind: exists, args: {form: f}}")
    pipeline.validate(study(form("f", RULES, key=("S", "D")), other), [path])
    assert tiny == []

"""Rows to be shown: chosen, sorted, accounted for, and printed as they are."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from tests.small_content import PEOPLE, VITALS, edit, small_study
from trialkit.errors import StudyErrors
from trialkit.export.results import write_results
from trialkit.model.record import Snapshot
from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.pipeline.numbers import compute
from trialkit.pipeline.study import check
from trialkit.report.page import Shown, compose
from trialkit.report.table import TableModel
from trialkit.spec import load_study

LISTING = """\
id: old
title: People over 35
dataset: subj
population: all
where: {AGE: {above: 35}}
columns: [ID, TRT, AGE]
sort: [AGE]
"""
DISPLAY = """\
id: old
kind: listing_table
number: 16.2.1
title: People over 35
listings: [old]
"""

SNAPSHOT = Snapshot("f" * 64, "", "2026-01-01", "d", "1", {}, software="trialkit x")


def written(folder: Path) -> Path:
    """The small study with a listing and its display."""
    root = small_study(folder)
    for name, text in (("listings", LISTING), ("displays", DISPLAY)):
        path = root / "analysis" / name / "old.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    edit(root / "analysis/reports/main.yaml", "[ages]", "[ages, old]")
    return root


def computed(study: Study, people: str = PEOPLE) -> Results:
    frames = {"people": pd.read_csv(StringIO(people)), "vitals": pd.read_csv(StringIO(VITALS))}
    frames["people"]["AGE"] = frames["people"]["AGE"].astype(float)
    at = 0
    for frame in frames.values():
        frame[SRC] = range(at, at + len(frame))
        at += len(frame)
    sources = pd.DataFrame({"form": "f", "file": "f.csv", "row": range(at), "numbering": "line", "upload": "0" * 64})
    return compute(study, Tables(frames, sources), SNAPSHOT.id)


def shown(study: Study, results: Results) -> Shown:
    return compose(results, study, study.reports["main"], SNAPSHOT, "trialkit x").shown[1]


def test_rows_are_chosen_sorted_and_keep_their_source(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    assert check(study).counts["listings"] == 1
    frame = computed(study).listings["old"].frame
    assert frame.columns.tolist() == ["ID", "TRT", "AGE", SRC]
    assert frame["ID"].tolist() == ["s2", "s3", "s4"]
    assert frame[SRC].tolist() == [1, 2, 3]


def test_rows_that_are_not_listed_are_in_the_ledger(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    ledger = computed(study).ledger
    mine = ledger[ledger["of"] == "listing old"]
    assert mine[["order", "rows_in", "rows_out", "lost"]].to_numpy().tolist() == [[1, 4, 3, 1], [2, 3, 3, 0]]


def test_it_is_printed_as_it_is(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    one = shown(study, computed(study))
    assert one.name == "Listing 16.2.1"
    assert one.population == "All"
    (table,) = one.parts
    assert isinstance(table, TableModel)
    assert [(line.stub, *(cell.text for cell in line.cells)) for line in table.lines] == [
        ("s2", "Placebo", "40"), ("s3", "Active", "50"), ("s4", "Placebo", "60"),
    ]  # fmt: skip
    assert [(line.opens.sources, line.opens.of, line.opens.analysis) for line in table.lines] == [
        ((at,), "shown", "old") for at in (1, 2, 3)
    ]
    assert one.lost_rows == 1


def test_a_listing_of_nothing_prints_its_shell(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    (table,) = shown(
        study, computed(study, PEOPLE.replace("40,", "20,").replace("50,", "20,").replace("60,", "20,"))
    ).parts
    assert isinstance(table, TableModel)
    assert [line.stub for line in table.lines] == ["No participants met the criteria"]


def test_the_rest_is_counted(tmp_path: Path) -> None:
    root = written(tmp_path)
    edit(root / "analysis/displays/old.yaml", "listings:", "params: {at_most: 2}\nlistings:")
    study = load_study(root)
    one = shown(study, computed(study))
    assert "People over 35: the first 2 of 3 rows are shown." in one.footnotes


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    root = written(tmp_path)
    edit(root / "analysis/listings/old.yaml", "TRT, AGE", "TRT, AGEE")
    with pytest.raises(StudyErrors, match="data set 'subj' has no column 'AGEE'"):
        check(load_study(root))


def test_it_is_written_as_a_file(tmp_path: Path) -> None:
    results = computed(load_study(written(tmp_path / "study")))
    (tmp_path / "out").mkdir()
    assert tmp_path / "out/listings/old.csv" in write_results(results, tmp_path / "out")
    assert (tmp_path / "out/listings/old.csv").read_text(encoding="utf-8").splitlines()[:2] == [
        "ID,TRT,AGE,_src",
        "s2,P,40.0,1",
    ]

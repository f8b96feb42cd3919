"""Scatter plots, stopping rules and courses of subjects: on made-up rows, as tables and marks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.unit.test_report_outcomes import ARMS, study_of, texts
from trialkit.analyze import analyze
from trialkit.derive.run import Derived, Ledger
from trialkit.errors import StudyError
from trialkit.model import AnalysisSpec, Column, Dataset, Display, Results, Study, tree_of
from trialkit.model.analysis import ListingSpec
from trialkit.report.displays import DISPLAYS
from trialkit.report.numbers import PRESETS
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.table import Picture, TableModel
from trialkit.spec.build import build

RULES = [{"level": "death", "at_least": 2}, {"level": "liver", "share": 0.2, "certainty": 0.9, "applies": "arms"}]


def study(arm: str = "arm") -> Study:
    """Pairs of numbers, rules and courses of nine subjects in three arms."""
    base = study_of()
    levels = {"d1": "Day 1", "d2": "Day 2", "d3": "Day 3"}
    columns = {
        "x": Column("x", "Exposure", "mg", 1),
        "y": Column("y", "Change", "points", 0),
        "visit": Column("visit", "Day", levels=levels),
        "rule": Column("rule", "Rule", levels={"death": "Deaths", "liver": "Liver"}),
    }
    everybody = replace(base.populations["all"], arm=arm)
    line = tree_of({"response": "y", "predictor": "x", "line_points": 3})
    rules = tree_of({"variable": "rule", "rules": RULES})
    return replace(
        base,
        populations={"all": everybody, "one": replace(everybody, id="one", arm="")},
        datasets={n: Dataset(n, n, n, "id", ("id",), columns=columns) for n in ("people", "rows", "hits")},
        analyses={
            "line": AnalysisSpec("line", "Line", "people", "one", "regression", params=line),
            "rules": AnalysisSpec("rules", "Rules", "hits", "all", "stopping_bounds", params=rules),
        },
        listings={
            "points": ListingSpec("points", "Points", "people", ("id", "arm", "x", "y")),
            "courses": ListingSpec("courses", "Courses", "rows", ("id", "arm", "visit", "y", "dot", "bar")),
        },
    )


def data(n: int = 9) -> dict[str, pd.DataFrame]:
    """The second subject has no exposure; the fourth misses the second day; deaths of the first two, once twice."""
    people = pd.DataFrame({"id": [f"S{i}" for i in range(n)], "arm": [ARMS[i % 3] for i in range(n)], "_src": range(n)})
    people["x"] = [None if i == 1 else float(i) for i in range(n)]
    people["x"] = people["x"].astype(float)
    people["y"] = [float(i * 3 % 10) for i in range(n)]
    rows = pd.concat([people.assign(visit=v) for v in ("d1", "d2", "d3")], ignore_index=True)
    rows = rows[~((rows["id"] == "S3") & (rows["visit"] == "d2"))]
    rows["dot"] = ["Y" if v == "d2" else "N" for v in rows["visit"]]
    rows["bar"] = ["Y" if v == "d3" and s == "S0" else "N" for v, s in zip(rows["visit"], rows["id"], strict=True)]
    hits = people.iloc[[0, 0, 1, 2]].assign(rule=["death", "death", "death", "liver"][: min(4, 4 if n else 0)])
    return {"people": people, "rows": rows, "hits": hits}


def results_of(made: Study, frames: dict[str, pd.DataFrame]) -> Results:
    sources = pd.DataFrame({"form": "f", "file": "f.csv", "row": range(50), "numbering": "line", "upload": "0" * 64})
    return analyze(made, Derived(frames, Ledger().frame(), {}), sources, "f" * 64, "x")


def shown(kind: str, analyses: tuple[str, ...] = (), listings: tuple[str, ...] = (), **more: Any) -> tuple:
    """The parts of a display; ``arm`` "" has no arms, ``frames`` other rows, the rest are parameters."""
    made = study(more.pop("arm_column", "arm"))
    results = results_of(made, more.pop("frames", data()))
    display = Display("d", kind, "1.1", "Title", analyses, listings)
    scene = Scene(made, display, read_rows(results.rows), results.sets, PRESETS["csr"], results.listings)
    return DISPLAYS[kind].build(scene, build(DISPLAYS[kind].params, tree_of(more))).parts


SCATTER: dict[str, Any] = {"analyses": ("line",), "listings": ("points",), "x": "x", "y": "y", "arm": "arm"}
COURSES: dict[str, Any] = {
    "listings": ("courses",), "subject": "id", "visit": "visit", "value": "y", "arm": "arm", "dot": "dot", "bar": "bar",
    "dot_words": "Second", "bar_words": "Left",
}  # fmt: skip


def test_a_scatter_has_its_points_and_the_numbers_of_its_line() -> None:
    (figure,) = shown("scatter_plot", **SCATTER)
    assert isinstance(figure, Picture) and figure.table is not None
    table = texts(figure.table)
    assert table["Points, n"] == ["8"] and table["Subjects, n"] == ["8"]
    assert re.fullmatch(r"\S+ \(\S+\)", table["Slope (SE)"][0])
    assert all(cell.set_id for line in figure.table.lines for cell in line.cells)
    assert "8 points" in figure.alt and "Arm A" in figure.wide and "fill-opacity" in figure.wide


def test_a_scatter_without_points_is_a_table() -> None:
    empty = {name: frame.iloc[:0] for name, frame in data().items()}
    (table,) = shown("scatter_plot", **SCATTER, frames=empty)
    assert isinstance(table, TableModel) and table.lines[0].stub == "No participants met the criteria"


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(StudyError, match="has no column 'z'"):
        shown("scatter_plot", **SCATTER | {"x": "z"})
    with pytest.raises(StudyError, match="has no column 'z'"):
        shown("subject_courses", **COURSES | {"dot": "z"})


def test_each_rule_says_where_it_stands() -> None:
    (table,) = shown("boundary_table", ("rules",))
    lines = [(line.stub, [cell.full for cell in line.cells]) for line in table.lines]
    assert lines[0] == ("Deaths", ["2", "9", "2", "", "reached"])
    assert lines[1] == ("Arm P", ["1", "3", "", "", ""])
    assert lines[4] == ("Liver", ["1", "9", "", "", ""])
    assert [cells[-1] for _, cells in lines[5:]] == ["not\u00a0reached"] * 3
    assert [cells[3].endswith("%") for _, cells in lines[5:]] == [True] * 3
    assert table.lines[0].cells[0].of == "subjects"


def test_a_rule_of_the_arms_is_silent_while_they_are_hidden() -> None:
    (table,) = shown("boundary_table", ("rules",), arm_column="")
    assert texts(table) == {"Deaths": ["2", "9", "2", "", "reached"], "Liver": ["1", "9", "", "", ""]}


def test_courses_break_where_a_visit_is_missing() -> None:
    (figure,) = shown("subject_courses", **COURSES)
    assert texts(figure.table) == {"Subjects": ["3", "3", "3"], "Second": ["2", "3", "3"], "Left": ["1", "0", "0"]}
    thin = re.findall(r'stroke-width="0.5" d="([^"]*)"', figure.wide)
    assert [path.count("M") for path in thin] == [2, 3, 3], "the fourth subject has two single days: no line"
    assert "Second" in figure.wide and "Left" in figure.narrow


def test_the_first_courses_of_each_arm_are_drawn() -> None:
    (figure,) = shown("subject_courses", **COURSES, at_most=2)
    assert texts(figure.table)["Subjects"] == ["2", "2", "2"] and "of 6 subjects" in figure.alt


def test_courses_without_arms_stand_in_one_panel() -> None:
    frames = data()
    (figure,) = shown("subject_courses", **COURSES, frames=frames | {"rows": frames["rows"].assign(arm=None)})
    assert [head.label for head in figure.table.heads] == ["All subjects"]
    (table,) = shown("subject_courses", **COURSES, frames=frames | {"rows": frames["rows"].iloc[:0]})
    assert table.lines[0].stub == "No participants met the criteria"

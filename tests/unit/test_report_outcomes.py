"""Declared lines, stacked bars, tipping points, differences by subgroup and hypotheses: on made-up rows, as tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trialkit.analyze import analyze, check_analyses
from trialkit.derive.run import Derived, Ledger
from trialkit.model import (
    AnalysisSpec,
    Approval,
    Arm,
    Column,
    Dataset,
    Display,
    Population,
    Protocol,
    Results,
    Study,
    StudyHeader,
    tree_of,
)
from trialkit.report.displays import DISPLAYS
from trialkit.report.figures.forest import ForestFigure, ForestLine
from trialkit.report.numbers import PRESETS
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.table import Picture, TableModel
from trialkit.spec.build import build

ARMS = ("P", "A", "B")


def people(n: int = 30) -> pd.DataFrame:
    """Ten subjects an arm: a yes or no, a score, a half."""
    return pd.DataFrame(
        {
            "id": [f"S{i:02d}" for i in range(n)],
            "arm": [ARMS[i % 3] for i in range(n)],
            "yes": pd.Series(["Y" if i % 4 == 0 else "N" for i in range(n)], dtype=object),
            "base": [float(i % 5) for i in range(n)],
            "score": [float(i * 7 % 11) for i in range(n)],
            "half": pd.Series(["one" if i < n / 2 else "two" for i in range(n)], dtype=object),
            "_src": range(n),
        }
    )


def visits(n: int = 30) -> pd.DataFrame:
    """A row per subject and visit; at the second every fifth has no band and no change."""
    made = pd.concat([people(n).assign(visit=v, nr=k) for k, v in enumerate(("one", "two"))], ignore_index=True)
    made["band"] = pd.Series(["low" if s < 5 else "high" for s in made["score"]], dtype=object)
    made["change"] = [float((i * 5 + i * i) % 7) - k for i, k in zip(made.index, made["nr"], strict=True)]
    gone = (made["nr"] == 1) & (made.index % 5 == 0)
    made.loc[gone, "band"] = None
    made.loc[gone, "change"] = None
    return made.assign(_src=range(len(made)))


SPECS: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "shares": ("people", "proportions", {"variable": "yes", "levels": ["N", "Y"], "difference": "newcombe"}, ()),
    "halves": ("people", "proportions", {"variable": "yes", "levels": ["N", "Y"]}, ("half",)),
    "items": ("people", "summary", {"variables": ["base", "score"], "statistics": ["n", "mean", "sd"]}, ()),
    "bands": ("visits", "counts", {"variables": ["band"], "levels": {"band": ["low", "high"]}}, ("visit",)),
    "imputed": (
        "visits", "reference_imputation",
        {"response": "change", "visit": "visit", "strategies": ["MAR", "JR"], "deltas": [-2, 0, 2],
         "delta_arms": ["A", "B"]}, (),
    ),
    "all": ("people", "ancova", {"response": "score", "covariates": ["base"]}, ()),
    "by_half": ("people", "ancova", {"response": "score", "covariates": ["base"]}, ("half",)),
    "differ": ("people", "interaction", {"response": "score", "subgroups": ["half"], "covariates": ["base"]}, ()),
    "order": (
        "people", "multiplicity",
        {"hypotheses": [{"name": "A first", "analysis": "all", "arm": "A"}, {"name": "then B", "analysis": "all",
                                                                             "arm": "B"}]}, (),
    ),
}  # fmt: skip


def study_of() -> Study:
    arms = {a: Arm(a, f"Arm {a}", a == "P") for a in ARMS}
    protocol = Protocol("1", "t", Approval("b", "r", pd.Timestamp("2026-01-01").date()), arms, {})
    columns = {
        "score": Column("score", "Score", "points", 0),
        "base": Column("base", "Baseline", "points", 0),
        "half": Column("half", "Half", levels={"one": "First", "two": "Second"}),
        "visit": Column("visit", "Visit", levels={"one": "Week 1", "two": "Week 2"}),
        "band": Column("band", "Band", levels={"low": "Low", "high": "High"}),
        "change": Column("change", "Change", "points", 0),
    }
    analyses = {
        name: AnalysisSpec(name, f"Title of {name}", data, "all", method, params=tree_of(params), by=by)
        for name, (data, method, params, by) in SPECS.items()
    }
    return Study(
        root=Path("."), header=StudyHeader("T", "Made up", ""), protocols={"1": protocol}, forms={},
        datasets={n: Dataset(n, n, n, "id", ("id",), columns=columns) for n in ("people", "visits")}, estimands={},
        populations={"all": Population("all", "All", "people", "arm")}, analyses=analyses, reports={}, scenarios={},
        digest="c" * 64,
    )  # fmt: skip


def results_of(study: Study, n: int = 30) -> Results:
    data = {"people": people(n), "visits": visits(n)}
    sources = pd.DataFrame({"form": "f", "file": "f.csv", "row": range(2 * n), "numbering": "line", "upload": "0" * 64})
    return analyze(study, Derived(data, Ledger().frame(), {}), sources, "f" * 64, "x")


@pytest.fixture(scope="module")
def results() -> Results:
    return results_of(study_of())


def made(results: Results, kind: str, analyses: tuple[str, ...], **params: Any) -> tuple:
    display = Display("d", kind, "1.1", "Title", analyses)
    scene = Scene(study_of(), display, read_rows(results.rows), results.sets, PRESETS["csr"])
    return DISPLAYS[kind].build(scene, build(DISPLAYS[kind].params, tree_of(params))).parts


def texts(table: TableModel) -> dict[str, list[str]]:
    return {line.stub: [cell.full for cell in line.cells] for line in table.lines}


DIFFERENCE = {
    "label": "Risk difference", "stat": "risk_difference", "versus": True, "show": "percent",
    "beside": ["risk_difference_ci_low", "risk_difference_ci_high"],
}  # fmt: skip


def test_declared_lines_hold_counts_that_open_and_differences(results: Results) -> None:
    """By hand: every fourth of 30 is yes: 0, 12, 24 are P; 4, 16, 28 are A; 8, 20 are B."""
    count = {"label": "Yes", "stat": "count", "beside": ["proportion"], "show": "count_of"}
    (table,) = made(results, "statistics_table", ("shares",), lines=[count, DIFFERENCE])
    assert texts(table)["Yes"] == ["3 (30.0%)", "3 (30.0%)", "2 (20.0%)"]
    opened = [results.sets[cell.set_id].subjects for cell in table.lines[0].cells]
    assert [list(names) for names in opened] == [["S00", "S12", "S24"], ["S04", "S16", "S28"], ["S08", "S20"]]
    line = texts(table)["Risk difference versus Arm P"]
    assert line[0] == "" and line[1].startswith("0% (") and line[2].startswith("\u221210.0% (\u2212")
    compared = [results.sets[cell.set_id].subjects for cell in table.lines[1].cells if cell.text]
    assert [(len(names), cell.of) for names, cell in zip(compared, table.lines[1].cells[1:], strict=True)] == [
        (20, "basis"), (20, "basis"),
    ]  # fmt: skip


def test_a_block_per_level_and_a_line_per_column(results: Results) -> None:
    count = {"label": "Yes", "stat": "count", "show": "count"}
    (table,) = made(results, "statistics_table", ("halves", "items"), lines=[count, {"stat": "mean", "each": True}])
    assert [line.stub for line in table.lines] == ["Half: First", "Yes", "Half: Second", "Yes", "Baseline", "Score"]
    assert [cell.full for cell in table.lines[1].cells] == ["2", "1", "1"]
    assert [cell.full for cell in table.lines[4].cells] == ["2.0", "2.0", "2.0"]


def test_a_heading_without_numbers_is_left_out(results: Results) -> None:
    lines = [{"label": "Nothing"}, {"label": "x", "stat": "odd"}, {"label": "Shown"}, {"label": "n", "stat": "n"}]
    (table,) = made(results, "statistics_table", ("shares",), lines=lines)
    assert [line.stub for line in table.lines] == ["Shown", "n"]


def test_lines_of_a_strategy_are_told_from_those_with_a_delta(results: Results) -> None:
    line = {"label": "d", "stat": "diff", "versus": True, "within": {"strategy": "JR"}}
    (plain,) = made(results, "statistics_table", ("imputed",), lines=[line])
    (moved,) = made(results, "statistics_table", ("imputed",), lines=[line | {"at": 2}])
    assert texts(plain) != texts(moved)
    rows = results.rows
    (value,) = rows[(rows["analysis"] == "imputed") & (rows["stat"] == "diff") & (rows["arm"] == "B")
                    & (rows["level1"] == "JR") & rows["at"].isna()]["value"]  # fmt: skip
    assert texts(plain)["d versus Arm P"][2] == f"{value:.1f}".replace("-", "\u2212")


def test_stacked_bars_count_those_without_a_value(results: Results) -> None:
    (picture,) = made(results, "stacked_bars", ("bands",))
    assert isinstance(picture, Picture) and picture.table is not None
    lines = [(line.stub, [cell.full for cell in line.cells]) for line in picture.table.lines]
    assert [stub for stub, _ in lines] == ["Week 1", "Low", "High", "Not there or not measured",
                                           "Week 2", "Low", "High", "Not there or not measured"]  # fmt: skip
    assert lines[3][1] == ["", "", ""] and lines[7][1] == ["2 (20.0%)", "2 (20.0%)", "2 (20.0%)"]
    for at in (1, 5):
        assert [sum(int((cells[arm] or "0").split()[0]) for _, cells in lines[at : at + 3]) for arm in range(3)] == [
            10
        ] * 3
    assert "Not there or not measured 20%" in picture.alt
    assert 'stroke-dasharray=".4 4"' in picture.wide and "Not there or not measured" in picture.narrow


def test_tipping_point_figure_holds_its_numbers(results: Results) -> None:
    (picture,) = made(results, "tipping_point", ("imputed",), strategies=["MAR"])
    assert isinstance(picture, Picture) and picture.table is not None
    table = texts(picture.table)
    assert list(table) == ["\u22122", "0", "2", "Tipping point"]
    assert "none: p is above alpha without a delta" in table["Tipping point"][0]
    assert picture.caption == "Strategy: MAR" and "Arm A: tipping point none" in picture.alt


def test_differences_by_subgroup_with_their_interaction(results: Results) -> None:
    one, two = made(results, "difference_forest", ("all", "by_half", "differ"))
    table = texts(one.table)
    assert list(table) == ["All subjects", "Half", "First", "Second"]
    rows = results.rows
    (p,) = rows[rows["stat"] == "interaction_p"]["value"]
    assert table["Half"][-1] == f"{p:.2f}" and table["First"][:2] == ["5", "5"]
    (value,) = rows[(rows["analysis"] == "all") & (rows["stat"] == "diff") & (rows["arm"] == "B")]["value"]
    assert texts(two.table)["All subjects"][2] == f"{value:.1f}".replace("-", "\u2212")
    assert "Arm B minus Arm P" in two.wide


def test_hypotheses_take_the_p_values_of_their_analyses(results: Results) -> None:
    (table,) = made(results, "multiplicity_table", ("order",))
    rows = results.rows
    p = [rows[(rows["analysis"] == "all") & (rows["stat"] == "p") & (rows["arm"] == arm)]["value"].item()
         for arm in ("A", "B")]  # fmt: skip
    mine = rows[(rows["analysis"] == "order") & (rows["stat"] == "p_adjusted")]["value"].tolist()
    assert mine == [p[0], max(p)]
    assert list(texts(table)) == ["1. A first", "2. then B"]
    assert [cells[2] for cells in texts(table).values()] == ["not rejected", "not rejected"]
    of_models = set(rows[(rows["analysis"] == "all") & (rows["stat"] == "p") & rows["arm"].isin(["A", "B"])]["set_id"])
    assert {cell.set_id for line in table.lines for cell in line.cells[:1]} == of_models
    assert all(cell.set_id in results.sets for line in table.lines for cell in line.cells[:2])


def test_only_the_hypotheses_still_run_what_they_draw_on() -> None:
    study, n = study_of(), 30
    data = {"people": people(n), "visits": visits(n)}
    sources = pd.DataFrame({"form": "f", "file": "f.csv", "row": range(n), "numbering": "line", "upload": "0" * 64})
    found = analyze(study, Derived(data, Ledger().frame(), {}), sources, "f" * 64, "x", ["order"]).rows
    assert set(found["analysis"]) == {"all", "order"} and not (found["status"] == "error").any()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"analysis": "al"}, "there is no analysis 'al'"), ({"analysis": "order"}, "is itself made of results"),
     ({"arm": "C"}, "there is no arm 'C'")],
)  # fmt: skip
def test_a_hypothesis_about_nothing_is_refused(change: dict[str, str], message: str) -> None:
    study = study_of()
    asked = {"hypotheses": [{"name": "x", "analysis": "all", "arm": "A"} | change]}
    study.analyses["order"] = replace(study.analyses["order"], params=tree_of(asked))
    (error,) = check_analyses(study)
    assert message in error.message


def test_nobody_in_the_trial_prints_shells() -> None:
    found = results_of(study_of(), 0)
    shown = {
        "statistics_table": made(found, "statistics_table", ("shares",), lines=[DIFFERENCE]),
        "stacked_bars": made(found, "stacked_bars", ("bands",)),
        "tipping_point": made(found, "tipping_point", ("imputed",)),
        "difference_forest": made(found, "difference_forest", ("all", "by_half")),
        "multiplicity_table": made(found, "multiplicity_table", ("order",)),
    }
    for kind, parts in shown.items():
        (table,) = parts
        assert table.lines[0].stub == "No participants met the criteria", kind


def test_the_axis_of_differences_has_whole_steps() -> None:
    lines = (ForestLine("a", "", "x", (-2.0, -13.0, 9.0)), ForestLine("b", "", "y", (1.0, 0.0, 2.0)))
    svg = ForestFigure(lines, "Difference", ("n", "d"), ("lower", "higher"), "alt", log=False).svg(False)
    assert all(f">{tick}<" in svg for tick in ("\u221210", "\u22125", "0", "5")) and ">0.1<" not in svg

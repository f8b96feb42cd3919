"""Displays of who was in the trial and how it was run, on a few numbers and rows made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.shipped import shipped
from trialkit.errors import StudyError
from trialkit.model import SRC, Listing, Study, tree_of
from trialkit.queries.conduct import PREFIX
from trialkit.report.check import bind, check_report, kind_of
from trialkit.report.displays.base import Made
from trialkit.report.displays.subject_marks import day_words
from trialkit.report.figures.shapes import Sheet, wrapped
from trialkit.report.numbers import PRESETS
from trialkit.report.rows import POPULATION, Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import Notice, Picture, TableModel


@pytest.fixture(scope="module")
def study() -> Study:
    return shipped()


def number(analysis: str, stat: str, value: float, arm: str = "", **more: Any) -> Number:
    method = more.pop("method", "counts")
    blank = {"groups": (), "variable": "", "variable_level": "", "at": None} | more
    return Number(analysis, method, "", blank["groups"], arm, "", blank["variable"], blank["variable_level"],
                  blank["at"], stat, value, "", "", "", "", "")  # fmt: skip


def made(
    study: Study, display: str, rows: list[Number], listings: dict[str, Listing] | None = None, **params: Any
) -> Made:
    one = study.displays[display]
    if params:
        one = replace(one, params=tree_of(params))
    scene = Scene(study, one, Rows(tuple(rows)), {}, PRESETS["csr"], listings or {})
    kind = kind_of(one)
    return kind.build(scene, bind(one, kind))


def texts(table: Any) -> dict[str, list[str]]:
    assert isinstance(table, TableModel)
    return {line.stub: [cell.full for cell in line.cells] for line in table.lines}


# ---- the flow of participants ---------------------------------------------------------------------------------------

SCREENED = {"RANDOMIZED": 5, "INCL03": 2}
ARMS = {"Placebo": 3, "Low": 2, "High": 0}


def flow(left: int = 1) -> list[Number]:
    """Seven screened, five randomized: of three on placebo one left early, of two on the low dose none was dosed."""
    rows = [number("screening_results", "N", 7, "Total", method=POPULATION)]
    rows += [number("screening_results", "n", n, "Total", variable="SCRNST", variable_level=level)
             for level, n in SCREENED.items()]  # fmt: skip
    rows += [number("flow_by_arm", "N", n, arm, method=POPULATION) for arm, n in ARMS.items()]
    stages = {
        "DOSEDST": {"DOSED": (3, 0, 0), "NOT DOSED": (0, 2, 0)},
        "ENDST": {"COMPLETED": (2, 0, 0), "OTHER": (left, 0, 0), "NOT DOSED": (0, 2, 0)},
        "MITTRSN": {"IN": (3, 0, 0), "NO DOSE": (0, 2, 0)},
    }
    for variable, levels in stages.items():
        for level, counts in levels.items():
            rows += [number("flow_by_arm", "n", n, arm, variable=variable, variable_level=level)
                     for arm, n in zip(ARMS, counts, strict=True)]  # fmt: skip
    return rows


def test_the_boxes_of_the_flow_hold_the_numbers(study: Study) -> None:
    (picture,) = made(study, "participant_flow", flow()).parts
    assert isinstance(picture, Picture)
    for svg in (picture.wide, picture.narrow):
        assert "Assessed for eligibility (n=7)" in svg
        assert "COWS total below 8" in svg
        assert "Randomized (n=5)" in svg
        assert "Placebo: allocated (n=3)" in svg
        assert "Never dosed (n=2)" in svg
        assert "NaN" not in svg
    assert texts(picture.table)["Never dosed"] == ["", "0", "2", "0"]


def test_a_flow_that_does_not_add_up_is_not_drawn(study: Study) -> None:
    notice, table = made(study, "participant_flow", flow(left=2)).parts
    assert isinstance(notice, Notice)
    assert "Placebo, Follow-up: 4 of 3" in notice.text
    assert isinstance(table, TableModel)
    rows = [n for n in flow() if n.variable_level != "INCL03"]
    assert "7 screened and 5 by category" in made(study, "participant_flow", rows).parts[0].text  # type: ignore[union-attr]
    rows = [n._replace(value=4.0) if n.variable_level == "RANDOMIZED" else n for n in flow()]
    assert "4 went on and 5 are in the arms" in made(study, "participant_flow", rows).parts[0].text  # type: ignore[union-attr]


# ---- analyses side by side, counts over time ------------------------------------------------------------------------


def test_a_group_that_an_analysis_does_not_have_is_zero_or_a_dash(study: Study) -> None:
    site = (("SITEID", "101"),), (("SITEID", "102"),)
    rows = [
        number("site_screened", "n", n, groups=g, method="incidence") for n, g in ((3, ()), (2, site[0]), (1, site[1]))
    ]
    rows += [number("site_randomized", "n", 2, groups=g, method="incidence") for g in ((), site[0])]
    rows += [number("recruitment_rate", "per_month", 4.25, groups=g, method="accrual") for g in ((), site[0])]
    (table,) = made(study, "recruitment", rows).parts
    lines = texts(table)
    assert lines["All"][:3] == ["3", "2", "4.3"]
    assert lines["Site 101"][:3] == ["2", "2", "4.3"]
    assert lines["Site 102"][:3] == ["1", "0", "\u2013"]


def test_cumulative_counts_are_drawn_beside_the_plan(study: Study) -> None:
    rows = [number("recruitment_rate", "n", 3, method="accrual")]
    rows += [number("recruitment_rate", "cumulative", v, at=t, method="accrual") for t, v in ((0.0, 1.0), (4.0, 3.0))]
    rows += [number("recruitment_rate", "planned", 0.6 * (t + 1), at=float(t), method="accrual") for t in range(5)]
    (picture,) = made(study, "recruitment_figure", rows).parts
    assert isinstance(picture, Picture)
    assert "Actual: 3 by day 4; Planned: 3 by day 4" in picture.alt
    assert texts(picture.table) == {"0": ["1", "0.6"], "4": ["3", "3"]}
    (empty,) = made(study, "recruitment_figure", [number("recruitment_rate", "n", 0, method="accrual")]).parts
    assert isinstance(empty, TableModel)


# ---- values against limits ------------------------------------------------------------------------------------------


def lots(**cells: list[Any]) -> dict[str, Listing]:
    frame = pd.DataFrame({"LOT": ["L26A01", "L26A02"], **cells, SRC: [0, 1]})
    return {"lots": Listing("lots", "Lots", frame)}


def test_a_value_outside_its_limit_is_marked_and_one_at_it_as_the_limit_says(study: Study) -> None:
    """Arsenic must lie below 2, 7-hydroxymitragynine at most at 2 %, mitragynine within 5 % of the strength."""
    cells = {
        "AS": [1.99, 2.0],
        "HMITPCT": [2.0, 2.01],
        "MITPCT": [105.0, 94.9],
        "SALMON": ["ABSENT", "PRESENT"],
        "CD": [0.1, None],
    }
    lines = texts(made(study, "lot_release", [], lots(**cells)).parts[0])
    assert lines["Arsenic, ppm"] == ["< 2", "1.99", "2.00 (outside)"]
    assert lines["7-hydroxymitragynine of the alkaloids, %"] == ["\u2264 2", "2.00", "2.01 (outside)"]
    assert lines["Mitragynine of the strength, %"] == ["95 to 105", "105.0", "94.9 (outside)"]
    assert lines["Salmonella"] == ["Absent", "Absent", "Present (outside)"]
    assert lines["Cadmium, ppm"][2] == "\u2013"
    (table,) = made(study, "lot_release", [], lots(**cells)).parts
    assert {line.cells[1:3] and tuple(c.sources for c in line.cells[1:3]) for line in table.lines} == {((0,), (1,))}


def test_a_limit_the_protocol_does_not_have_is_told(study: Study) -> None:
    with pytest.raises(StudyError, match="no parameter 'arsenic_limt'"):
        made(study, "lot_release", [], lots(AS=[1.0, 1.0]), limits={"AS": {"below": "arsenic_limt"}})


# ---- subjects over days ---------------------------------------------------------------------------------------------

MARKS = """\
S1 Placebo DOSE_TAKEN 1 . 10 . .
S1 Placebo DOSE_TAKEN 2 . 10 . .
S1 Placebo SCORE -1 . 14 . .
S1 Placebo EVENT 2 4 . Nausea SEVERE
S1 Placebo RESCUE 2 . . Clonidine .
S1 Placebo END 2 . . OTHER .
S2 High SCORE 1 . 30 . ."""


def marks(listing: str) -> dict[str, Listing]:
    columns = ["USUBJID", "TRT01A", "MARKKIND", "ASTDY", "AENDY", "VALUE", "TEXT", "AESEV"]
    rows = [[None if cell == "." else cell for cell in line.split()] for line in MARKS.splitlines()]
    frame = pd.DataFrame(rows, columns=columns).assign(PROFRSN="4 SEVERE", AESER="N", **{SRC: range(len(rows))})
    frame["MARKKIND"] = frame["MARKKIND"].str.replace("_", " ")
    for name in ("ASTDY", "AENDY", "VALUE"):
        frame[name] = frame[name].astype(float)
    return {listing: Listing(listing, "Marks", frame)}


def test_the_timeline_tells_the_days_of_each_mark(study: Study) -> None:
    (picture,) = made(study, "subject_timeline", [], marks("timeline")).parts
    assert isinstance(picture, Picture)
    assert texts(picture.table) == {
        "S1 (Placebo)": ["1 to 2", "2", "2 to 4", "2"],
        "S2 (High dose)": ["\u2013", "\u2013", "\u2013", "\u2013"],
    }
    assert "COWS below 5" in picture.wide
    assert [line.opens.sources for line in picture.table.lines] == [(0, 1, 2, 3, 4, 5), (6,)]


def test_the_marks_of_a_subject_need_not_stand_together_or_in_order(study: Study) -> None:
    frame = marks("timeline")["timeline"].frame.iloc[[5, 6, 1, 0, 3, 4, 2]].reset_index(drop=True)
    frame.loc[0, "TRT01A"] = None
    (picture,) = made(study, "subject_timeline", [], {"timeline": Listing("timeline", "", frame)}).parts
    assert isinstance(picture, Picture)
    assert texts(picture.table)["S1 (Placebo)"] == ["1 to 2", "2", "2 to 4", "2"]
    assert picture.wide == made(study, "subject_timeline", [], marks("timeline")).parts[0].wide  # type: ignore[union-attr]
    assert [line.opens.sources for line in picture.table.lines] == [(5, 1, 0, 3, 4, 2), (6,)]


def test_a_profile_names_subject_reason_end_and_events(study: Study) -> None:
    first, second = made(study, "subject_profiles", [], marks("profiles")).parts
    assert isinstance(first, Picture) and isinstance(second, Picture)
    assert first.caption == "S1; Placebo; a severe event; left for another reason on day 2"
    assert texts(first.table)["Nausea"] == ["2 to 4"]
    opened = {line.stub: line.opens.sources for line in first.table.lines}
    assert (opened["Dose"], opened["Nausea"], opened["Clonidine"]) == ((0, 1), (3,), (4,))
    assert texts(first.table)["COWS total, points"] == ["\u22121: 14"]
    frame = marks("profiles")["profiles"].frame
    assert isinstance(
        made(study, "subject_profiles", [], {"profiles": Listing("profiles", "", frame[:0])}).parts[0], TableModel
    )


def test_a_column_the_listing_does_not_show_is_told(study: Study) -> None:
    frame = marks("timeline")["timeline"].frame.drop(columns=["VALUE"])
    with pytest.raises(StudyError, match="shows no column 'VALUE'"):
        made(study, "subject_timeline", [], {"timeline": Listing("timeline", "", frame)})


def test_runs_of_days_are_told_in_short() -> None:
    assert day_words([1, 2, 3, 7, -1]) == "\u22121 to 3, 7"
    assert day_words([5]) == "5"


# ---- tables on conduct ----------------------------------------------------------------------------------------------


def test_a_table_on_conduct_shows_its_rows_and_says_when_it_was_not_made(study: Study) -> None:
    frame = pd.DataFrame({"Open for": ["0 to 7 days", "8 to 14 days"], "Critical": [1, 0], "All": [2, 0]})
    (table,) = made(study, "query_age", [], {f"{PREFIX}queries_by_age": Listing("x", "", frame)}).parts
    assert texts(table) == {"0 to 7 days": ["1", "2"], "8 to 14 days": ["0", "0"]}
    (notice,) = made(study, "query_age", []).parts
    assert isinstance(notice, Notice)
    with pytest.raises(StudyError, match="no table on conduct 'queries_by_sight'"):
        made(study, "query_age", [], table="queries_by_sight")


def test_the_map_of_forms_marks_how_many_lack(study: Study) -> None:
    heads = ["Site", "Form", "Visit", "Expected", "Received", "Not done", "Lacking"]
    frame = pd.DataFrame([["101", "COWS", "DAY 1", 9, 7, 1, 1], ["101", "COWS", "DAY 2", 9, 9, 0, 0]], columns=heads)
    (picture,) = made(study, "completeness", [], {f"{PREFIX}completeness": Listing("x", "", frame)}).parts
    assert isinstance(picture, Picture)
    assert "Of 18 expected, 16 are there, 1 were said to be not done and 1 lack." in picture.alt
    assert texts(picture.table) == {"Site 101": ["18", "16", "1", "1"], "Day 1: COWS": ["9", "7", "1", "1"]}


def test_a_display_on_conduct_names_no_analysis(study: Study) -> None:
    report = study.reports["main"]
    wrong = replace(study.displays["query_age"], analyses=("disposition",))
    displays = report.displays | {"query_age": wrong}
    (error,) = check_report(replace(study, reports={"main": replace(report, displays=displays)}))
    assert "reads the store, no analysis or listing" in error.message


def test_marks_that_look_alike_are_one_path_and_text_is_escaped() -> None:
    sheet = Sheet(100, 50)
    sheet.dot(1, 2, 2)
    sheet.dot(3, 4, 2)
    sheet.tile(0, 0, 5, 5, "var(--arm-1)", 0.5)
    sheet.words(1, 1, "<b> & c")
    text = sheet.svg("alt <x>")
    assert text.count("<path") == 2
    assert text.index("fill-opacity") < text.index("stroke-linecap")
    assert "&lt;b&gt; &amp; c" in text
    assert 'aria-label="alt &lt;x&gt;"' in text
    assert wrapped("one two three", 8.5, 45) == ["one two", "three"]

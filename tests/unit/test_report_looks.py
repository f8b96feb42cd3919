"""How tables are set on the page, and the words a reader meets in displays: warnings, captions, names in figures."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from tests.shipped import shipped
from trialkit.model import SRC, Listing, Study
from trialkit.queries.conduct import PREFIX
from trialkit.report import notes
from trialkit.report.check import bind, kind_of
from trialkit.report.displays.base import Made
from trialkit.report.figures.canvas import CONTROL
from trialkit.report.figures.flow import Box
from trialkit.report.figures.frame import Name, layout, titles
from trialkit.report.figures.heat import Field, HeatFigure
from trialkit.report.figures.quadrants import Point, QuadrantsFigure
from trialkit.report.figures.shapes import points_of
from trialkit.report.looks import cell_looks, table_looks, tailed
from trialkit.report.numbers import PRESETS, thousands
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Head, Line, TableModel


@pytest.fixture(scope="module")
def study() -> Study:
    return shipped()


def number(analysis: str, stat: str, value: float | None, arm: str = "", **more: Any) -> Number:
    base = Number(analysis, "x", "", (), arm, "", "", "", None, stat, value, "", "", "", "", "")
    return base._replace(**more)


def scene_of(study: Study, display: str, rows: list[Number], listings: dict[str, Listing] | None = None) -> Scene:
    return Scene(study, study.displays[display], Rows(tuple(rows)), {}, PRESETS["csr"], listings or {})


def made(study: Study, display: str, rows: list[Number], listings: dict[str, Listing] | None = None) -> Made:
    scene = scene_of(study, display, rows, listings)
    kind = kind_of(scene.display)
    return kind.build(scene, bind(scene.display, kind))


def texts(table: Any) -> dict[str, list[str]]:
    assert isinstance(table, TableModel)
    return {line.stub: [cell.full for cell in line.cells] for line in table.lines}


# ---- what the style sheet is told -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("2026-01-30", "text date"),
        ("2026-01-30 09:02", "text date"),
        ("AB-1-2345-x", "text"),
        ("ABCD-EF-GH", "text"),  # dashes where a date has them make no date
        ("2026-1-300", "text"),
        ("High dose", "text short"),
        ("\u2264 10,000,000", "text short"),
        ("could not sleep", "text"),
        ("Placebo", "text"),
        ("word " * 13, "text long"),
    ],
)
def test_a_text_is_whole_long_or_a_date(text: str, looks: str) -> None:
    assert cell_looks(Cell(text, "text")) == looks


def test_a_plain_value_needs_no_class() -> None:
    assert cell_looks(Cell("1.0")) == ""
    assert cell_looks(Cell("1", "n_pct", "(3.0%)")) == "n_pct"


def table(columns: int, *stubs: str, groups: int = 0) -> TableModel:
    heads = tuple(Head(str(i), group=str(i // groups) if groups else "") for i in range(columns))
    return TableModel(heads, tuple(Line(stub, (BLANK,) * columns) for stub in stubs))


def test_a_table_is_set_by_its_columns_and_its_longest_word() -> None:
    words = "a line of several words"
    assert table_looks(table(7, words)) == ""
    assert table_looks(table(8, words)) == "many"
    assert table_looks(table(14, words)) == "many crowded"
    assert table_looks(TableModel((Head("a head of too many words"),) * 14, (Line(words),))) == "many"
    assert table_looks(table(6, words, groups=2)) == "by2"
    assert table_looks(table(15, words, groups=3)) == "many by3"
    assert table_looks(table(5, words, groups=3)) == ""  # groups of different width
    assert table_looks(table(2, "ABC-101-0001")) == "ids"
    assert table_looks(table(2, words, "x" * 20)) == "wordy"
    assert table_looks(table(2, words, "x" * 5000)) == ""
    assert table_looks(TableModel((Head("a"),), ())) == ""


def test_only_a_column_with_a_percentage_keeps_its_room() -> None:
    counts = (Cell("0", "n_pct"), Cell("1", "n_pct", "(3.6%)"))
    assert tailed(TableModel((Head("a"), Head("b")), (Line("x", counts), Line("heading", (), kind="span")))) == (
        False, True,
    )  # fmt: skip


def test_thousands_stand_apart_from_five_digits_on() -> None:
    assert [thousands(text) for text in ("10000000", "9999", "\u221212345.67891", "0.12345", "")] == [
        "10,000,000", "9999", "\u221212,345.67891", "0.12345", "",
    ]  # fmt: skip


# ---- warnings -------------------------------------------------------------------------------------------------------


def test_a_warning_names_columns_by_their_labels(study: Study) -> None:
    said = "5 of 90 rows left out: no value in AUC or COWSBL or SITEID"
    (warning,) = notes.warnings(scene_of(study, "cows_auc", [number("cows_auc", "n", 1, warning=said)]))
    assert warning == (
        "Warning: 5 of 90 rows left out: no value in Area under the COWS total over days 1 to 7 or Baseline COWS total "
        "or Site."
    )


def test_a_warning_of_many_places_counts_them_by_arm(study: Study) -> None:
    rows = [
        number("cows_by_day", "n", 0, arm, groups=(("AVISIT", f"DAY {day}"),), warning="no data")
        for arm in ("Placebo", "High") for day in (1, 2, 3)
    ]  # fmt: skip
    display = "cows_by_day"
    assert notes.warnings(scene_of(study, display, rows[:2])) == [
        "Warning: no data (Visit: Day 1, Placebo; Visit: Day 2, Placebo)."
    ]
    assert notes.warnings(scene_of(study, display, rows[:4])) == [
        "Warning: no data (Placebo: 3 places; High dose: 1 place)."
    ]


def test_a_declared_fall_back_is_said_once(study: Study) -> None:
    said = "Poisson is a declared fall-back: the counts vary no more"
    row = number("rescue_rate", "rate_ratio", 1.1, "High", reference="Placebo", warning=said)
    scene = scene_of(study, "rescue_rate", [row])
    assert sum("fall-back" in note for note in notes.footnotes(scene, made(study, "rescue_rate", [row]).notes)) == 1


def test_a_method_is_named_once_with_the_model_of_each_analysis(study: Study) -> None:
    (note,) = (n for n in notes.footnotes(scene_of(study, "cows_auc", []), ()) if n.startswith("Method:"))
    assert note.count("Analysis of covariance") == 1
    assert note.count("Model:") == 2


# ---- tables ---------------------------------------------------------------------------------------------------------


def test_values_beside_each_other_and_what_has_no_value(study: Study) -> None:
    stats = {"n": 3.0, "mean": 1.0, "sd": 0.5, "min": 0.24, "max": 2.79}
    rows = [number("pk_concentrations", stat, value, "High") for stat, value in stats.items()]
    rows += [number("pk_concentrations", stat, None if stat != "n" else 0.0, "Placebo") for stat in stats]
    rows.append(number("pk_concentrations", "N", 3, "High", method="population"))
    lines = texts(made(study, "pk_table", rows).parts[0])
    assert lines["Min, max"] == ["NE", "0.24, 2.79"]
    assert lines["Mean (SD)"] == ["NE", "1.00 (0.50)"]


def test_restricted_means_are_in_the_table_that_is_named_after_them(study: Study) -> None:
    rows = [number("retention_rmst", stat, 4.0, "Placebo", at=7.0) for stat in ("rmst", "rmst_ci_low", "rmst_ci_high")]
    rows.append(number("retention_rmst", "N", 3, "Placebo", method="population"))
    assert texts(made(study, "survival_checks", rows).parts[0])["Mean days to day 7 (95% CI)"][0] == "4.0 (4.0, 4.0)"


def test_two_families_of_hypotheses_are_told_apart(study: Study) -> None:
    rows = [
        number(name, "p", 0.1, groups=(("hypothesis", "High"),)) for name in ("hypotheses_fixed", "hypotheses_holm")
    ]
    captions = [part.caption for part in made(study, "multiplicity", rows).parts if isinstance(part, TableModel)]
    assert captions == ["Hypotheses in the order of testing", "The same hypotheses as one family"]


def test_days_stand_in_their_order_and_no_note_says_otherwise(study: Study) -> None:
    levels = {"Day 6": 1.0, "No coding available": 5.0, "Day 1": 1.0, "Day 7": 2.0}
    outer = ("ICECAT", "rescue medication")
    rows = [number("intercurrent_days", "n", 9, "High", method="incidence", groups=g) for g in ((), (outer,))]
    rows += [number("intercurrent_days", "n", n, "High", method="incidence", groups=(outer, ("ICEWEEK", level)))
             for level, n in levels.items()]  # fmt: skip
    shown = made(study, "intercurrent_days", rows)
    assert list(texts(shown.parts[0]))[2:] == ["Day 1", "Day 6", "Day 7", "No study day, never dosed"]
    assert not any("falling order" in note for note in shown.notes)


def wide(columns: int, rows: int) -> pd.DataFrame:
    """A listing whose second column says the same in every row, as does its third, a number; its fourth is empty."""
    frame = pd.DataFrame({f"C{i}": [f"{i}.{row}" for row in range(rows)] for i in range(columns)})
    return frame.assign(C1="the same", C2=0, C3=None, **{SRC: range(rows)})


@pytest.mark.parametrize(("columns", "rows", "dropped"), [(9, 3, True), (8, 3, False), (9, 1, False)])
def test_a_wide_listing_says_once_what_is_the_same_in_every_row(
    study: Study, columns: int, rows: int, dropped: bool
) -> None:
    listing = study.displays["events_listing"].listings[0]
    (part,) = made(study, "events_listing", [], {listing: Listing(listing, "", wide(columns, rows))}).parts
    assert isinstance(part, TableModel)
    assert part.caption == ("In every row: C1: the same" if dropped else "")
    assert ("C1" in [head.label for head in part.heads]) == (not dropped)
    assert len(part.lines[0].cells) == len(part.heads) == columns - 1 - dropped


def test_an_upload_history_names_its_constants_above_the_table(study: Study) -> None:
    heads = ["File", "Form", "Submission", "Received (UTC)", "By", "Rows", "SHA-256", "Content", "Protocol"]
    frame = pd.DataFrame(
        [[f"{head} {row}" if head == "File" else head for head in heads] for row in (1, 2)], columns=heads
    )
    (part,) = made(study, "upload_history", [], {f"{PREFIX}uploads": Listing("x", "", frame)}).parts
    assert isinstance(part, TableModel)
    assert part.caption.startswith("In every row: Form: Form; ")
    assert part.heads == ()


def test_a_median_of_nothing_is_set_as_a_number(study: Study) -> None:
    frame = pd.DataFrame({"Site": ["1"], "Open": [0], "Median age of open, days": pd.Series([None], dtype=object)})
    (part,) = made(study, "query_age", [], {f"{PREFIX}queries_by_age": Listing("x", "", frame)}).parts
    assert isinstance(part, TableModel)
    assert [head.text for head in part.heads] == [False, False]
    assert part.lines[0].cells[1] == Cell("\u2013")


# ---- figures --------------------------------------------------------------------------------------------------------


def test_those_a_box_does_not_count_do_not_stand_under_its_heading() -> None:
    box = Box("Left (n=2)", ("Lack of efficacy (n=2)",), "", ("Completed (n=3)",))
    assert box.text(200) == [
        ("Left (n=2)", True, 0.0), ("Lack of efficacy (n=2)", False, 8.0), ("Completed (n=3)", False, 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "lines"),
    [("Days", 1), ("Points added to the imputed change of the dose arms", 1), ("words " * 14, 2), ("words " * 40, 2)],
)
def test_the_title_of_an_axis_stays_on_its_sheet(title: str, lines: int) -> None:
    at = layout([Name("Arm", "N=3", CONTROL)], [], True, 2.4)
    sheet = at.sheet()
    titles(sheet, at, title, "")
    svg = sheet.svg("alt")
    size = 9.5 if 'font-size="9.5"' in svg else 8.5
    found = re.findall(r'<text x="([\d.]+)"[^>]*>([^<]+)<', svg)
    assert len(found) == lines
    assert ("\u2026" in svg) == (len(title) > 200)
    for middle, words in found:
        half = points_of(words, size) / 2
        assert half < float(middle) < sheet.width - half


def test_a_form_of_a_long_name_stands_in_two_lines() -> None:
    name = "Subjective Opiate Withdrawal Scale (SOWS)"
    figure = HeatFigure((name, "Labs"), {"V1": "Day 1"}, {"Site 1": {(name, "V1"): Field(2, 1, 1)}}, "alt")
    for narrow in (False, True):
        svg = figure.svg(narrow)
        assert "\u2026" not in svg
        assert ">Labs<" in svg
        assert name in " ".join(re.findall(r">([^<>]+)</text>", svg))


def test_the_name_of_the_quadrant_of_most_subjects_stands_above_them() -> None:
    figure = QuadrantsFigure(
        (Point(0.5, 0.3, 0),),
        (Name("Arm", "", CONTROL),),
        (3.0, 2.0),
        ("within", "right", "left", "both"),
        "x",
        "y",
        "alt",
    )
    svg = figure.svg(True)
    places = {word: float(re.search(rf'y="([\d.]+)"[^>]*>{word}<', svg)[1]) for word in ("within", "right", "left")}  # type: ignore[index]
    assert places["left"] < places["within"] < places["right"] - 50

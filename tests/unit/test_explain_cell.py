"""A printed number in words: what it is, how its rows came about, and which they are."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.unit.test_explain_data import small
from trialkit.errors import UsageError
from trialkit.model import (
    AnalysisSpec,
    Approval,
    Arm,
    Display,
    Population,
    Protocol,
    ReportSpec,
    Snapshot,
    Study,
    Tables,
    tree_of,
)
from trialkit.model.analysis import ListingSpec
from trialkit.pipeline.cell import cell_words, find_display

SNAPSHOT = Snapshot("f" * 64, "lock", "2026-01-01T00:00:00Z", "d" * 64, "1.0", {}, head="e" * 64, software="x")


def study() -> tuple[Study, Tables]:
    made, tables = small()
    everybody = Population("all", "Everybody in d", "d")
    spec = AnalysisSpec("dosed", "Dosed or not", "d", "all", "counts", params=tree_of({"variables": ["SAFFL", "ARM"]}))
    amount = AnalysisSpec("rows", "Doses", "d", "all", "summary", params=tree_of({"variables": ["N"]}))
    display = Display("table", "characteristics_table", "14.1", "Doses taken", ("dosed", "rows"))
    approval = Approval("b", "r", pd.Timestamp("2026-01-01").date())
    return replace(
        made,
        protocols={"1.0": Protocol("1.0", "t", approval, {"A": Arm("A", "Drug", True)}, {})},
        populations=made.populations | {"all": everybody},
        analyses={"dosed": spec, "rows": amount},
        reports={"r": ReportSpec("r", "R", displays={"table": display}, drill=True)},
    ), tables


def words(row: str = "", column: str = "", display: str = "14.1") -> str:
    made, tables = study()
    return cell_words(made, tables, SNAPSHOT, find_display(made, display), row, column)


def test_a_count_is_told_with_its_analysis_and_its_rows() -> None:
    lines = words("Y", "1").splitlines()
    assert lines[:2] == ["Table 14.1 Doses taken", "  SAFFL > Y, All subjects (N=2): 1 (50.0%)"]
    assert "  analysis: Dosed or not (dosed); descriptive, pre-specified" in lines
    assert "  population: Everybody in d" in lines and "  estimand: none is named" in lines
    assert any(line.startswith("  method: ") and "; largest deviation: " in line for line in lines)
    assert "  1. keep rows where ARM is A: 3 rows in, 2 out, 1 lost: other arm" in lines
    assert lines[-2:] == ["Rows behind it: 1 subject, 1 source row", f"  1  a: a.csv line 2 (upload {'a' * 8})"]


def test_a_mean_is_told_with_the_rows_it_was_computed_from() -> None:
    assert "Computed from 2 subjects, 2 source rows" in words("Mean (SD)", "All subjects")


def test_rows_and_columns_are_listed_and_numbers_are_names() -> None:
    rows = words().splitlines()
    assert rows[1] == "   2  SAFFL > Y" and words("Y") == "   1  All subjects"
    assert words("2", "1") == words("saffl > y", "all subjects")


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [("Z", "1", "Table 14.1 has no row 'Z'"), ("Y", "2", "Table 14.1 has no column '2'"), ("0", "1", "no row '0'")],
)
def test_what_is_not_there_is_told(row: str, column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        words(row, column)


def test_words_that_two_rows_share_need_a_number() -> None:
    from trialkit.pipeline.cell import _chosen

    with pytest.raises(UsageError, match="2 are called 'pain'") as caught:
        _chosen(["Mild > Pain", "Severe > Pain"], "pain", "no row")
    assert "1 (Mild > Pain), 2 (Severe > Pain)" in caught.value.hint


def test_an_unknown_display_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no display '14\.2'") as caught:
        words(display="14.2")
    assert "14.1" in caught.value.hint


def test_a_display_is_found_by_id_or_number() -> None:
    made, _ = study()
    assert find_display(made, "table") == find_display(made, "14.1")


def listed() -> tuple[Study, Tables]:
    """The same with a listing of the data set, displayed."""
    made, tables = study()
    listing = ListingSpec("taken", "Doses as taken", "d", ("S", "N"))
    display = Display("lines", "listing_table", "16.1", "Doses, line by line", (), ("taken",))
    report = ReportSpec("r", "R", displays={"lines": display}, drill=True)
    return replace(made, listings={"taken": listing}, reports={"r": report}), tables


def test_a_cell_of_a_listing_is_told_with_the_row_its_line_shows_and_how_that_was_made() -> None:
    made, tables = listed()
    lines = cell_words(made, tables, SNAPSHOT, find_display(made, "16.1"), "2", "1").splitlines()
    assert lines[0] == "Listing 16.1 Doses, line by line"
    assert "  listing: Doses as taken (taken)" in lines and not any("estimand" in line for line in lines)
    at = lines.index("Shown from 1 subject, 1 source row")
    assert lines[at + 1].endswith(f"(upload {'a' * 8})")
    assert lines[at + 2].startswith("Row 2 of d: ")


def test_the_display_must_be_named() -> None:
    with pytest.raises(UsageError, match="the display is missing") as caught:
        words(display="")
    assert "14.1 or table" in caught.value.hint


def test_a_word_nearly_that_of_a_row_is_told_by_its_last_part() -> None:
    with pytest.raises(UsageError) as caught:
        words("Mean (SE)", "1")
    assert "Mean (SD)" in caught.value.hint

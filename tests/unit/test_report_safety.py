"""Displays of harms on rows small enough to count by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trialkit.analyze import analyze
from trialkit.derive.run import Derived
from trialkit.errors import StudyError
from trialkit.model import (
    LEDGER_COLUMNS,
    AnalysisSpec,
    Approval,
    Arm,
    Column,
    Dataset,
    Display,
    Population,
    Protocol,
    Study,
    StudyHeader,
    tree_of,
)
from trialkit.model.analysis import ListingSpec
from trialkit.model.table import SRC
from trialkit.report.check import bind, kind_of
from trialkit.report.displays.base import Made
from trialkit.report.numbers import PRESETS
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.table import Picture, TableModel

PEOPLE = pd.DataFrame({"id": list("abcdefgh"), "arm": list("PPPPAAAA"), SRC: range(8)})


def study(analyses: list[AnalysisSpec], listings: list[ListingSpec], columns: dict[str, Column]) -> Study:
    arms = {"P": Arm("P", "Control", True), "A": Arm("A", "Drug")}
    protocol = Protocol("1", "t", Approval("b", "r", date(2026, 1, 1)), arms, {})
    datasets = {name: Dataset(name, name, name, "id", ("id",), columns=columns) for name in ("people", "rows")}
    return Study(
        root=Path("."), header=StudyHeader("T", "T"), protocols={"1": protocol}, forms={}, datasets=datasets,
        estimands={}, populations={"all": Population("all", "All", "people", "arm")},
        analyses={a.id: a for a in analyses}, reports={}, scenarios={}, digest="c",
        listings={x.id: x for x in listings},
    )  # fmt: skip


def spec(name: str, method: str, params: dict[str, Any], by: tuple[str, ...] = ()) -> AnalysisSpec:
    return AnalysisSpec(name, name, "rows", "all", method, params=tree_of(params), by=by)


def made(
    kind: str, rows: pd.DataFrame, analyses: list[AnalysisSpec], params: dict[str, Any], columns: dict[str, Column],
    listings: list[ListingSpec] | None = None,
) -> Made:  # fmt: skip
    """A display of analyses and listings of these rows."""
    content = study(analyses, listings or [], columns)
    rows = rows.assign(**{SRC: range(100, 100 + len(rows))})
    empty = pd.DataFrame(columns=list(LEDGER_COLUMNS))
    derived = Derived({"people": PEOPLE, "rows": rows}, empty, {})
    results = analyze(content, derived, pd.DataFrame(), "s", "x")
    display = Display("d", kind, "1", "T", tuple(a.id for a in analyses), tuple(x.id for x in listings or []),
                      params=tree_of(params))  # fmt: skip
    scene = Scene(content, display, read_rows(results.rows), results.sets, PRESETS["csr"], results.listings)
    found = kind_of(display)
    return found.build(scene, bind(display, found))


def lines(table: object) -> dict[str, list[str]]:
    assert isinstance(table, TableModel)
    return {line.stub: [cell.full for cell in line.cells] for line in table.lines}


COUNTED = pd.DataFrame(
    {
        "id": list("abcdefgh") * 2,
        "kind": ["any"] * 8 + ["fatal"] * 8,
        "some": list("YNNNYYNN") + ["N"] * 8,
        "events": [3.0, 0, 0, 0, 1, 1, 0, 0] + [0.0] * 8,
        "days": [10.0] * 16,
    }
)
KINDS = {
    "kind": Column("kind", "Kind", levels={"any": "Any event", "fatal": "Fatal"}),
    "days": Column("days", "D", "days"),
}
SHARES = spec("n", "proportions", {"variable": "some", "levels": ["N", "Y"], "measures": ["difference"]}, ("kind",))
RATES = spec("r", "rates", {"count": "events", "exposure": "days", "per": 100, "measures": ["difference"]}, ("kind",))


def test_categories_keep_their_zeros_and_stand_beside_their_rates_and_differences() -> None:
    counts, rates, differences = made("shares_table", COUNTED, [SHARES, RATES], {}, KINDS).parts
    assert lines(counts) == {"Any event": ["1 (25.0%)", "3", "2 (50.0%)", "2"], "Fatal": ["0", "0", "0", "0"]}
    assert lines(rates)["Any event"][0].startswith("7.50 (")  # 3 events in 40 days
    assert lines(rates)["Any event"][1].startswith("5.00 (")
    found = lines(differences)["Any event"]
    assert found[0].startswith("25.0 (")
    assert found[1].startswith("\u22122.50 (")


def test_a_count_of_a_category_opens_to_its_subjects() -> None:
    (counts, _) = made("shares_table", COUNTED, [SHARES], {}, KINDS).parts
    assert isinstance(counts, TableModel)
    first = counts.lines[0].cells
    assert [cell.of for cell in first] == ["subjects", "subjects"]
    assert counts.lines[1].cells[0].of == "subjects"
    assert len({cell.set_id for cell in first}) == 2


def test_a_dot_plot_leaves_out_what_is_rare_and_says_so() -> None:
    found = made("dot_plot", COUNTED, [SHARES], {"at_least": 5}, KINDS)
    (figure,) = found.parts
    assert isinstance(figure, Picture)
    assert list(lines(figure.table)) == ["Any event"]
    assert lines(figure.table)["Any event"][:2] == ["1 (25.0%)", "2 (50.0%)"]
    assert "Any event: Control 25.0%, Drug 50.0%." in figure.alt
    assert "Shown are terms that reach 5% in an arm, at most 12." in found.notes


def test_a_shift_has_a_line_for_each_pair_that_occurred_in_declared_order() -> None:
    grades = {"high": "High", "low": "Low"}
    rows = pd.DataFrame({"id": list("abcde"), "test": ["T"] * 5, "first": ["low", "low", "high", "low", "high"],
                         "worst": ["low", "high", "high", "high", "low"]})  # fmt: skip
    columns = {"first": Column("first", "First", levels=grades), "worst": Column("worst", "Worst", levels=grades)}
    shift = spec("s", "incidence", {"within": ["first", "worst"]}, ("test",))
    (table,) = made("shift_table", rows, [shift], {}, columns).parts
    assert lines(table) == {
        "T": ["", ""],
        "High \u2192 High": ["1 (25.0%)", "0"],
        "High \u2192 Low": ["0", "1 (25.0%)"],
        "Low \u2192 High": ["2 (50.0%)", "0"],
        "Low \u2192 Low": ["1 (25.0%)", "0"],
    }


def test_values_and_changes_of_two_analyses_stand_side_by_side() -> None:
    rows = pd.DataFrame({"id": list("abef"), "test": ["T"] * 4, "visit": ["v1"] * 4, "value": [1.0, 3, 5, 9],
                         "change": [0.0, 1, 2, None]})  # fmt: skip
    analyses = [spec(n, "summary", {"variables": [n]}, ("test", "visit")) for n in ("value", "change")]
    columns = {"value": Column("value", "Result", "", 0), "change": Column("change", "Change", "", 0)}
    (table,) = made("values_by_visit", rows, analyses, {"change": "change"}, columns).parts
    assert lines(table) == {"v1": ["2", "2.0 (1.41)", "0.5 (0.71)", "2", "7.0 (2.83)", "2.0"]}


PEAKS = pd.DataFrame({"id": list("aebf"), "x": [0.5, 9.0, 4.0, None], "y": [0.4, 2.5, 0.5, 1.0]})
QUADRANTS = {"x": "x", "y": "y", "label": "id", "arm": "arm", "x_cut": 3, "y_cut": 2,
             "quadrants": ["quiet", "right", "up", "both"]}  # fmt: skip
LISTED = ListingSpec("peaks", "Peaks", "rows", ("id", "arm", "x", "y"), population="all")


def test_cases_beyond_a_cut_are_named_and_a_missing_value_is_told() -> None:
    found = made("quadrant_plot", PEAKS, [], QUADRANTS, {}, [LISTED])
    (figure,) = found.parts
    assert isinstance(figure, Picture)
    assert lines(figure.table) == {"e": ["Drug", "9", "2.5", "both"], "b": ["Control", "4", "0.5", "right"]}
    assert "1 subject lacks one of the two values and is not drawn." in found.notes
    assert "e: both." in figure.alt
    assert ">e<" in figure.wide.replace(" ", "")


def test_a_plot_of_nobody_is_a_shell_and_three_quadrants_are_refused() -> None:
    (table,) = made("quadrant_plot", PEAKS.iloc[:0], [], QUADRANTS, {}, [LISTED]).parts
    assert list(lines(table)) == ["No participants met the criteria"]
    with pytest.raises(StudyError, match="3 quadrants are named"):
        made("quadrant_plot", PEAKS, [], QUADRANTS | {"quadrants": ["a", "b", "c"]}, {}, [LISTED])
    with pytest.raises(StudyError, match="has no column 'xx'"):
        made("quadrant_plot", PEAKS, [], QUADRANTS | {"x": "xx"}, {}, [LISTED])


def test_the_footnote_says_what_percentages_are_of() -> None:
    whole = made("shares_table", COUNTED, [SHARES], {}, KINDS).notes[0]
    assert whole.endswith("percentages are of N in the column heading.")
    fewer = COUNTED[~((COUNTED["id"] == "d") & (COUNTED["kind"] == "any"))]
    found = made("shares_table", fewer, [SHARES], {}, KINDS)
    assert lines(found.parts[0])["Any event"][0] == "1 (33.3%)"
    assert found.notes[0].endswith("percentages are of those with a value, who can be fewer than N.")

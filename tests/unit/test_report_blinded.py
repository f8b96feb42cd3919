"""Displays while the arms are hidden: all subjects together are told, and what is kept back is said in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from tests.shipped import shipped
from tests.unit.test_report_conduct import flow, texts
from tests.unit.test_report_conduct import made as on_conduct
from tests.unit.test_report_safety import COUNTED, KINDS, LISTED, PEAKS, PEOPLE, QUADRANTS, RATES, SHARES, lines, spec
from tests.unit.test_report_safety import study as trial
from trialkit.analyze import analyze
from trialkit.derive.hiding import UNTOLD, Hidden
from trialkit.derive.run import Derived
from trialkit.model import LEDGER_COLUMNS, AnalysisSpec, Display, Results, tree_of
from trialkit.model.analysis import ListingSpec
from trialkit.model.table import SRC
from trialkit.pipeline import refusals
from trialkit.report.check import bind, kind_of
from trialkit.report.displays.base import Made
from trialkit.report.notes import notices
from trialkit.report.numbers import PRESETS
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.table import Picture, TableModel

COMPARISON = f"a comparison of arms {UNTOLD}"
P_VALUE = {"hypotheses": [{"name": "H", "analysis": "f", "arm": "A", "stat": "p"}], "how": "holm"}


def results(rows: pd.DataFrame, analyses: list[AnalysisSpec], listings: list[ListingSpec]) -> Results:
    """The results of these rows without arms; the data set has the subjects' arms, blank."""
    content = trial(analyses, listings, KINDS)
    rows = rows.assign(**{SRC: range(100, 100 + len(rows))})
    people = PEOPLE.assign(arm=None)
    hidden = {"people": Hidden(frozenset({"arm"})), "rows": Hidden()}
    derived = Derived({"people": people, "rows": rows}, pd.DataFrame(columns=list(LEDGER_COLUMNS)), {}, hidden, True)
    everybody = {"all": replace(content.populations["all"], arm="")}
    return analyze(replace(content, populations=everybody), derived, pd.DataFrame(), "s", "x")


def scene(
    kind: str, rows: pd.DataFrame, analyses: list[AnalysisSpec], params: dict[str, Any], listings: list[ListingSpec]
) -> Scene:
    made = results(rows, analyses, listings)
    names = tuple(a.id for a in analyses), tuple(one.id for one in listings)
    display = Display("d", kind, "1", "T", *names, params=tree_of(params))
    content = trial(analyses, listings, KINDS)
    return Scene(content, display, read_rows(made.rows), made.sets, PRESETS["csr"], made.listings)


def built(at: Scene) -> Made:
    kind = kind_of(at.display)
    return kind.build(at, bind(at.display, kind))


def test_shares_and_rates_of_all_subjects_are_told_and_the_comparison_is_named() -> None:
    at = scene("shares_table", COUNTED, [SHARES, RATES], {}, [])
    counts, rates = built(at).parts  # and no table of differences
    assert lines(counts) == {"Any event": ["3 (37.5%)", "5"], "Fatal": ["0", "0"]}
    assert lines(rates)["Any event"][0].startswith("6.25 (")  # 5 events in 80 days
    assert isinstance(counts, TableModel)
    assert [head.label for head in counts.heads if head.label] == ["n (%)", "Events"]
    (notice,) = notices(at)
    assert notice.text == f"Not computed: n; r: {COMPARISON}."


def test_a_dot_plot_has_no_empty_side_of_differences() -> None:
    (figure,) = built(scene("dot_plot", COUNTED, [SHARES], {}, [])).parts
    assert isinstance(figure, Picture)
    assert "Subjects, %" in figure.wide
    assert "Difference from" not in figure.wide + figure.narrow + figure.alt


def test_a_test_of_arms_and_what_draws_on_it_are_kept_back_and_are_no_errors() -> None:
    fisher = spec("f", "fisher", {"variable": "some", "levels": ["N", "Y"]})
    both = [fisher, spec("m", "multiplicity", P_VALUE)]
    made = results(COUNTED[COUNTED["kind"] == "any"], both, [])
    assert refusals(made) == ([], 2)
    errors = made.rows[made.rows["status"] == "error"]
    assert errors["error"].tolist() == [COMPARISON, f"what it draws on {UNTOLD}"]


def test_what_went_wrong_otherwise_is_told_once_for_all_its_groups() -> None:
    wrong = spec("w", "proportions", {"variable": "some", "levels": ["N", "Y"], "confidence": 2.0}, ("kind",))
    errors, kept_back = refusals(results(COUNTED, [wrong], []))
    assert errors == [("w", "confidence is 2.0; it must lie between 0 and 1")]
    assert kept_back == 0


def test_points_are_drawn_though_nobody_knows_their_arms() -> None:
    (figure,) = built(scene("quadrant_plot", PEAKS, [], QUADRANTS, [LISTED])).parts
    assert isinstance(figure, Picture)
    assert "of 3 subjects" in figure.alt
    assert "All subjects" in figure.wide
    assert lines(figure.table) == {"e": ["9", "2.5", "both"], "b": ["4", "0.5", "right"]}


def test_a_listing_leaves_hidden_columns_out_and_names_them() -> None:
    found = built(scene("listing_table", PEAKS, [], {}, [LISTED]))
    (table,) = found.parts
    assert isinstance(table, TableModel)
    assert [head.label for head in table.heads] == ["x", "y"]
    assert "Peaks: arm left out while the arms are hidden." in found.notes


def test_the_flow_without_arms_is_that_of_everybody() -> None:
    rows = [n for n in flow() if n.arm in ("Total", "Placebo")]
    rows = [n._replace(arm="") if n.arm == "Placebo" else n for n in rows]
    rows = [n._replace(value=3.0) if n.variable_level == "RANDOMIZED" else n for n in rows]
    rows = [n._replace(value=5.0) if n.stat == "N" and n.arm == "Total" else n for n in rows]
    (picture,) = on_conduct(shipped(), "participant_flow", rows).parts
    assert isinstance(picture, Picture)
    assert "All subjects: allocated (n=3)" in picture.wide
    assert texts(picture.table)["Took at least one dose"] == ["", "3"]

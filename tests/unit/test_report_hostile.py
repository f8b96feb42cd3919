"""Terms that attack, are endless, run from right to left or are pictures; and a report that may not know the arms."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from tests.small_tables import dataset, study, table
from tests.unit.test_report_drill import embedded
from tests.unit.test_report_page import SNAPSHOT, frames, read, report_of, results_of, study_of
from trialkit.model import (
    SRC,
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
from trialkit.pipeline.blind import blinded
from trialkit.pipeline.numbers import compute
from trialkit.pipeline.sharing import shared
from trialkit.report import render

HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "long": "endless" * 715,
    "right to left": "صداع شديد \u202egnp.exe",
    "emoji": "pain 🤕👩‍🔬",
}


def hostile_html() -> str:
    """The report's table of events, each term and a subject hostile."""
    made = study_of(2)
    study = replace(made, analyses={"events": made.analyses["events"]})
    data = frames(2)
    data["events"] = data["events"].assign(term=[list(HOSTILE.values())[i % 5] for i in range(len(data["events"]))])
    for frame in data.values():
        frame["id"] = frame["id"].replace({"S000": "</script><b>S000"})
    results = results_of(study, data)
    events = report_of().displays["incidence_table"]
    return render(results, study, ReportSpec("r", "R", displays={"e": events}, drill=True), SNAPSHOT, "x")


@pytest.fixture(scope="module")
def html() -> str:
    return hostile_html()


def test_hostile_terms_are_words_and_break_nothing(html: str) -> None:
    found = read(html)
    assert (found.broken, found.open) == ([], [])
    assert [tag for tag, _ in found.tags].count("script") == 2  # the data and the page's own
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    words = "".join(found.words)
    for kind, term in HOSTILE.items():
        assert term in words, kind


def test_a_hostile_subject_stays_in_the_packed_data(html: str) -> None:
    assert "<b>S000" not in html
    assert "</script><b>S000" in embedded(html)["subjects"]


# ---- a blinded build ----------------------------------------------------------------------------------------------

ARMS = ("Zinnober", "Umbra")


def trial() -> tuple[Study, Tables]:
    """Four subjects in two arms, in a field that is blinded, and a strength that tells them too."""
    frame = table("S ARM MG\n1 Z 10\n2 U 0\n3 Z 10\n4 U 0").assign(**{SRC: range(4)})
    frame["S"] = frame["S"].map("{:g}".format)
    made = study(dataset(), a=["S", "ARM", "MG"])
    form = made.forms["a"]
    hidden = {name: replace(one, blinded=name in ("ARM", "MG")) for name, one in form.fields.items()}
    approval = Approval("b", "r", pd.Timestamp("2026-01-01").date())
    arms = {name[0]: Arm(name[0], name, name == "Umbra") for name in ARMS}
    spec = AnalysisSpec("a", "Strength", "d", "all", "counts", params=tree_of({"variables": ["MG", "ARM"]}))
    display = Display("t", "characteristics_table", "14.1", "Strength", ("a",))
    sources = pd.DataFrame([("a", "a.csv", i + 2, "line", "a" * 64) for i in range(4)],
                           columns=["form", "file", "row", "numbering", "upload"])  # fmt: skip
    return replace(
        made,
        forms={"a": replace(form, fields=hidden)},
        protocols={"1.0": Protocol("1.0", "t", approval, arms, {})},
        populations={"all": Population("all", "Everybody", "d", "ARM")},
        analyses={"a": spec},
        reports={"r": ReportSpec("r", "R", displays={"t": display}, drill=True)},
    ), Tables({"a": frame}, sources)


def page(made: Study, tables: Tables, snapshot: Snapshot = SNAPSHOT) -> str:
    results = compute(made, tables, SNAPSHOT.id)
    return render(results, made, made.reports["r"], snapshot, "x")


def everything(html: str) -> str:
    """The page with what is packed in it."""
    return html + (json.dumps(embedded(html), ensure_ascii=False) if "drill-data" in html else "")


def test_a_blinded_build_holds_no_arm_in_its_bytes() -> None:
    made, tables = trial()
    open_page = everything(page(made, tables))
    assert all(word in open_page for word in (*ARMS, ">10<", "a.csv"))
    study, masked, snapshot = blinded(made, tables, SNAPSHOT)
    closed = everything(page(study, masked, snapshot))
    assert not any(word in closed for word in (*ARMS, ">10<", ">Z<", ">U<"))
    assert "Arms are masked in this report." in closed
    assert (tables.frames["a"]["ARM"] == ["Z", "U", "Z", "U"]).all()


def test_a_shareable_report_names_no_subject_and_no_row() -> None:
    made, tables = trial()
    lists = {n: ListingSpec(n, n.title(), "d", ("S", "MG"), population="all") for n in ("rows", "points")}
    plot = {"x": "MG", "y": "MG", "label": "S", "arm": "S", "x_cut": 1, "y_cut": 1, "quadrants": list("abcd")}
    shown = {
        "rows": Display("rows", "listing_table", "16.2", "Rows", listings=("rows",)),
        "points": Display("points", "quadrant_plot", "14.9", "Points", listings=("points",), params=tree_of(plot)),
    }
    made = replace(made, listings=lists, reports={"r": ReportSpec("r", "R", displays=shown)})
    frames = {"a": tables.frames["a"].assign(S=["P-17", "P-18", "P-19", "P-20"])}
    results = compute(made, replace(tables, frames=frames), SNAPSHOT.id)
    opened = render(results, made, made.reports["r"], SNAPSHOT, "x")
    assert "P-17" in opened and "P-18" in opened
    html = render(shared(made, results), made, made.reports["r"], SNAPSHOT, "x")
    assert "P-" not in html and "a.csv" not in html
    assert "Not made: Rows: each row is of one subject, and this file may be shared." in html
    assert "Subject 1" in html

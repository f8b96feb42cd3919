"""A report as a page: on small made-up frames with one to four arms, read back from the HTML."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from trialkit.analyze import analyze
from trialkit.derive.run import Derived
from trialkit.errors import StudyError
from trialkit.model import (
    LEDGER_COLUMNS,
    RESULT_COLUMNS,
    AnalysisSpec,
    Approval,
    Arm,
    Column,
    Dataset,
    Display,
    Estimand,
    Population,
    Protocol,
    ReportSpec,
    Results,
    Snapshot,
    Study,
    StudyHeader,
    set_of,
    tree_of,
)
from trialkit.report import render
from trialkit.report.displays import DISPLAYS
from trialkit.report.numbers import fixed
from trialkit.report.page import Page, compose
from trialkit.report.table import Picture, TableModel

SCRIPT = "<script>alert(1)</script>"
ARMS = ("P", "A", "B", "C")
SNAPSHOT = Snapshot("f" * 64, "lock", "2026-01-01T00:00:00Z", "d" * 64, "1.0", {}, head="e" * 64, software="trialkit x")


# ---- the study and its results ------------------------------------------------------------------------------------


def frames(arms: int, subjects: int = 24) -> dict[str, pd.DataFrame]:
    """Subject-level, visit-level and event-level frames; nothing is random."""
    people = pd.DataFrame(
        {
            "id": [f"S{i:03d}" for i in range(subjects)],
            "arm": [ARMS[i % arms] for i in range(subjects)],
            "sex": pd.Series(["F" if i % 7 else "M" for i in range(subjects)], dtype=object),
            "age": [20.0 + i for i in range(subjects)],
            "older": pd.Series(["no" if i < subjects / 2 else "yes" for i in range(subjects)], dtype=object),
            "days": [float(1 + (7 * i) % 10) for i in range(subjects)],
            "censored": [float(i % 4 == 0) for i in range(subjects)],
            "base": [10.0 + i % 5 for i in range(subjects)],
            "change": [-float((i * 5) % 7) - (i % arms) for i in range(subjects)],
            "why": pd.Series([["tired", "moved"][(i // arms) % 2] for i in range(subjects)], dtype=object),
            "_src": range(subjects),
        }
    )
    visits = pd.concat([people[["id", "_src"]].assign(visit=v, score=people["base"] - k)
                        for k, v in enumerate(["week 1", "week 2", "week 10"])], ignore_index=True)  # fmt: skip
    visits["_src"] = range(100, 100 + len(visits))
    i, k = visits.index % max(subjects, 1), visits.index // max(subjects, 1)
    visits["moved"] = ((7 * i + 5 * k * k + i * k) % 11).astype(float)
    visits.loc[visits.index[-5:], "moved"] = None
    rows = [(f"S{i:03d}", "Nerves", SCRIPT if i % 2 else "Dizziness") for i in range(0, subjects, 3)]
    rows += [(f"S{i:03d}", "Gut", "Nausea") for i in range(0, subjects, 2)] * 2
    rows += [("S001", "Gut", None), ("S002", "Gut", "Apathy"), ("S004", "Gut", "Zest")] if subjects else []
    events = pd.DataFrame(rows, columns=["id", "system", "term"]).astype(object)
    spells = people[["id"]].loc[people.index.repeat(3)].reset_index(drop=True)
    spells = spells.assign(begin=[0.0, 2.0, 5.0] * subjects, end=[2.0, 5.0, 9.0] * subjects)
    hits = [float((5 * i + i * i // 7) % 3 > 0) for i in range(len(spells))]
    spells = spells.assign(hit=hits, _src=range(900, 900 + len(spells)))
    events = events.assign(_src=range(500, 500 + len(events)))
    return {
        "people": people,
        "visits": visits,
        "spells": spells,
        "events": events,
    }


def specs() -> dict[str, AnalysisSpec]:
    """One analysis of each kind; the Cox rows are written by hand."""

    def spec(name: str, dataset: str, method: str, params: dict, **more: object) -> AnalysisSpec:
        return AnalysisSpec(name, f"Title of {name}", dataset, "all", method, params=tree_of(params), **more)  # type: ignore

    time = {"time": "days", "censor": "censored"}
    visits = ["week 1", "week 2", "week 10"]
    spell = {"time": "end", "start": "begin", "event": "hit"}
    made = [
        spec("sexes", "people", "counts", {"variables": ["sex"]}, total="Total"),
        spec("ages", "people", "summary", {"variables": ["age"]}, total="Total"),
        spec("scores", "visits", "summary", {"variables": ["score"]}, by=("visit",)),
        spec("events", "events", "incidence", {"within": ["system", "term"]}),
        spec("change", "people", "ancova", {"response": "change", "covariates": ["base"]}),
        spec("mixed", "visits", "mmrm", {"response": "moved", "visit": "visit", "averages": {"All visits": visits}}),
        spec("km", "people", "kaplan_meier", {**time, "times": [0, 2, 4, 6, 8, 10]}, estimand="e1"),
        spec("test", "people", "log_rank", {**time, "strata": ["sex"]}),
        spec("cox", "people", "cox", {**time, "strata": ["sex"]}, status="post-hoc"),
        spec("mean_days", "people", "rmst", {**time, "tau": 6}),
        spec("hazards", "people", "proportional_hazards", time),
        spec("why_left", "people", "cumulative_incidence", {**time, "reason": "why", "times": [0, 2, 4, 6, 8, 10]}),
        spec("why_test", "people", "gray", {**time, "reason": "why"}),
        spec("why_ratio", "people", "cause_specific", {**time, "reason": "why"}),
        spec("tired", "people", "fine_gray", {**time, "reason": "why", "cause": "tired"}),
        spec("by_group", "people", "cox_subgroups", {**time, "subgroups": ["older"]}),
        spec("often", "spells", "mean_cumulative", {**spell, "times": [0, 3, 6]}),
        spec("rate", "spells", "andersen_gill", spell),
        spec("older", "people", "proportions", {"variable": "older", "levels": ["no", "yes"]}, by=("sex",)),
        spec("older_rate", "people", "rates", {"count": "base", "exposure": "days", "per": 10}, by=("sex",)),
        spec("shift", "people", "incidence", {"within": ["sex", "older"]}),
    ]
    return {one.id: one for one in made}


def study_of(arms: int) -> Study:
    protocol_arms = {a: Arm(a, {"P": "Control", "A": "Drug & more"}.get(a, f"Arm {a}"), a == "P") for a in ARMS[:arms]}
    protocol = Protocol("1.0", "t", Approval("b", "r", pd.Timestamp("2026-01-01").date()), protocol_arms, {})
    columns = {
        "id": Column("id", "Subject"),
        "arm": Column("arm", "Arm"),
        "sex": Column("sex", "Sex", levels={"F": "Female", "M": "Male"}),
        "age": Column("age", "Age", "years", 0),
        "days": Column("days", "Days in the trial", "days", 0),
        "change": Column("change", "Change in score", "points", 0),
        "base": Column("base", "Baseline score", "points", 0),
        "visit": Column("visit", "Visit", levels={"week 1": "Week 1", "week 2": "Week 2", "week 10": "Week 10"}),
        "moved": Column("moved", "Move", "points", 0),
        "score": Column("score", "Score", "points", 0),
        "system": Column("system", "System"),
        "term": Column("term", "Term"),
        "why": Column("why", "Reason", levels={"tired": "Tired of it"}),
        "older": Column("older", "Older half"),
        "end": Column("end", "Days", "days", 0),
    }
    return Study(
        root=Path("."),
        header=StudyHeader("T-1", "A made-up trial", "Synthetic data <b>only</b>."),
        protocols={"1.0": protocol},
        forms={},
        datasets={n: Dataset(n, f"Label of {n}", n, "id", ("id",), columns=columns) for n in frames(1)},
        estimands={"e1": Estimand("e1", "Effect on staying", "p", "t", "v", "hazard ratio", {"rescue": "composite"})},
        populations={"all": Population("all", "Everybody assigned", "people", "arm")},
        analyses=specs(),
        reports={},
        scenarios={},
        digest="c" * 64,
    )


def cox_rows(study: Study, behind: str) -> list[dict]:
    """Written by hand; ``behind`` is the set of all rows with a time."""
    blank = dict.fromkeys(RESULT_COLUMNS, "") | {"analysis": "cox", "method": "cox", "at": None, "order": 10_000}
    arms = [a for a in study.arms if a != "P"]
    if not arms:
        return [blank | {"stat": "error", "value": None, "status": "error", "error": "1 arm has usable rows"}]
    values = {"hazard_ratio": 0.5, "ci_low": 0.2549, "ci_high": 1.1, "p": 0.0004}
    return [
        blank | {"arm": a, "reference": "P", "stat": s, "value": v, "status": "value", "set_id": behind}
        for a in arms
        for s, v in values.items()
    ]


def results_of(study: Study, data: dict[str, pd.DataFrame]) -> Results:
    """Real rows for all but Cox, and a ledger in which two people's rows are lost."""
    lost_id, lost = set_of(["S098", "S099"], [98, 99])
    ledger = pd.DataFrame(
        [["dataset people", 1, "keep rows where age is filled", 26, 24, 2, "no age", lost_id]],
        columns=list(LEDGER_COLUMNS),
    )
    sources = pd.DataFrame(
        [("form", "file.csv", i + 2, "line", "ab" * 32) for i in range(1000)],
        columns=["form", "file", "row", "numbering", "upload"],
    )
    others = [name for name in study.analyses if name != "cox"]
    made = analyze(study, Derived(data, ledger, {lost_id: lost}), sources, SNAPSHOT.id, "trialkit x", others)
    timed = made.rows[(made.rows["analysis"] == "test") & (made.rows["stat"] == "p")]
    behind = "" if timed.empty else timed["set_id"].iloc[0]
    rows = pd.DataFrame([*made.rows.to_dict("records"), *cox_rows(study, behind)])
    return replace(made, rows=rows, sets=made.sets | {lost_id: lost})


ELSEWHERE = {
    "statistics_table", "stacked_bars", "tipping_point", "difference_forest", "multiplicity_table",
    "participant_flow", "side_by_side", "cumulative_count",
    "boundary_table",
}  # fmt: skip
"""Kinds of display that ``test_report_outcomes``, ``test_report_conduct`` and ``test_report_signals`` show."""


def report_of(drill: bool = True) -> ReportSpec:
    content = {
        "disposition_table": ("sexes",),
        "characteristics_table": ("ages", "sexes"),
        "mean_by_visit": ("scores",),
        "estimates_table": ("change",),
        "kaplan_meier": ("km", "test", "cox", "mean_days", "hazards"),
        "cumulative_incidence": ("why_left", "why_test", "why_ratio", "tired"),
        "forest_plot": ("by_group",),
        "mean_cumulative": ("often", "rate"),
        "ls_means_by_visit": ("mixed",),
        "ls_means_table": ("mixed",),
        "incidence_table": ("events",),
        "results_table": ("test",),
        "categories_table": ("sexes",),
        "shares_table": ("older", "older_rate"),
        "dot_plot": ("older",),
        "shift_table": ("shift",),
        "values_by_visit": ("scores",),
    }
    shown = {name for name, kind in DISPLAYS.items() if not kind.lists and not kind.conduct}
    assert set(content) == shown - ELSEWHERE
    displays = {
        kind: Display(kind, kind, f"1.{i}", f"Title {i}", names, reading=f"Reading aid {i}.", footnotes=("My note.",))
        for i, (kind, names) in enumerate(content.items(), start=1)
    }
    return ReportSpec("r", "The report", displays=displays, drill=drill)


def html_of(arms: int, drill: bool = True, subjects: int = 24) -> str:
    study = study_of(arms)
    results = results_of(study, frames(arms, subjects))
    return render(results, study, report_of(drill), SNAPSHOT, "trialkit x")


@pytest.fixture(scope="module")
def html() -> str:
    return html_of(3)


@pytest.fixture(scope="module")
def results() -> Results:
    return results_of(study_of(3), frames(3))


@pytest.fixture(scope="module")
def page(results: Results) -> Page:
    return compose(results, study_of(3), report_of(), SNAPSHOT, "trialkit x")


def display(page: Page, kind: str) -> list:
    return next(list(s.parts) for s in page.shown if s.id == f"display-{kind.replace('_', '-')}")


def texts(table: TableModel) -> dict[str, list[str]]:
    """Each line's cells by its words."""
    return {line.stub: [cell.full for cell in line.cells] for line in table.lines}


# ---- the file -----------------------------------------------------------------------------------------------------


ENDED_BY = {"td": ("td", "th"), "th": ("td", "th"), "tr": ("td", "th", "tr")}
"""Elements without an end tag that the beginning of another ends (HTML, 13.1.2.4)."""


class Reader(HTMLParser):
    """Collects elements, ids, references to ids, and whether every element is closed, or ended by the next."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.broken: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "img", "input", "hr"):
            for _ in range(2):  # a line ends a cell and the line that the cell is in
                if self.open and self.open[-1] in ENDED_BY.get(tag, ()):
                    self.open.pop()
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] in ("td", "th", "tr") and tag in ("thead", "tbody"):
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)


def read(html: str) -> Reader:
    made = Reader()
    made.feed(html)
    return made


def test_the_file_asks_for_nothing_from_anywhere(html: str) -> None:
    assert "default-src 'none'" in html
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\((?!#)", html)
    for tag, attributes in read(html).tags:
        assert tag not in ("link", "img", "iframe", "object", "base")
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert not any(name.startswith("on") for name in attributes)


def test_elements_close_and_ids_are_unique_and_found(html: str) -> None:
    found = read(html)
    assert (found.broken, found.open) == ([], [])
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    wanted = {(a["href"] or "")[1:] for _, a in found.tags if a.get("href")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", html))
    assert wanted <= set(ids)
    assert len(wanted) > 15


def test_markup_in_the_data_is_text(html: str) -> None:
    assert SCRIPT not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Synthetic data &lt;b&gt;only&lt;/b&gt;." in html
    assert "Drug &amp; more" in html


def test_the_policy_allows_exactly_the_page_s_own_script(html: str) -> None:
    import hashlib

    script = html[html.rindex("<script>") + 8 : html.rindex("</script>")]
    wanted = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{wanted}'" in html


# ---- the displays -------------------------------------------------------------------------------------------------


def test_disposition_has_population_then_categories(page: Page) -> None:
    (table,) = display(page, "disposition_table")
    assert [(h.label, h.note) for h in table.heads] == [
        ("Control", "N=8"), ("Drug & more", "N=8"), ("Arm B", "N=8"), ("Total", "N=24"),
    ]  # fmt: skip
    assert texts(table)["Everybody assigned"] == ["8", "8", "8", "24"]
    assert texts(table)["Male"] == ["2 (25.0%)", "1 (12.5%)", "1 (12.5%)", "4 (16.7%)"]
    assert texts(table)["Female"] == ["6 (75.0%)", "7 (87.5%)", "7 (87.5%)", "20 (83.3%)"]


def test_characteristics_use_labels_and_units(page: Page) -> None:
    (table,) = display(page, "characteristics_table")
    assert [line.stub for line in table.lines] == [
        "Age, years", "n", "Mean (SD)", "Median (Q1, Q3)", "Min, max", "Sex", "Female", "Male",
    ]  # fmt: skip
    assert texts(table)["Mean (SD)"][3] == "31.5 (7.07)"
    assert texts(table)["Min, max"] == ["20, 41", "21, 42", "22, 43", "20, 43"]


def test_incidence_falls_by_frequency_and_ties_go_by_name(page: Page) -> None:
    (table,) = display(page, "incidence_table")
    assert [line.stub for line in table.lines] == [
        "Subjects with at least one event", "Gut", "Nausea", "Apathy", "Zest", "No coding available",
        "Nerves", SCRIPT, "Dizziness",
    ]  # fmt: skip
    assert texts(table)["Nausea"] == ["4 (50.0%)", "8", "4 (50.0%)", "8", "4 (50.0%)", "8"]
    assert texts(table)["Zest"] == ["0", "0", "1 (12.5%)", "1", "0", "0"]


def test_estimates_are_against_the_control(page: Page) -> None:
    (table,) = display(page, "estimates_table")
    lines = [line.stub for line in table.lines]
    assert lines[:6] == [
        "Change in score, points", "Subjects in the model, n", "LS mean (SE)", "95% CI", "Difference from Control",
        "Difference (SE)",
    ]  # fmt: skip
    assert texts(table)["Difference (SE)"][0] == ""
    assert re.fullmatch(r"−\d\.\d \(\d\.\d\d\)", texts(table)["Difference (SE)"][1])
    assert re.match(r"Test of all arms together: F\(2, 20\) = \d+\.\d\d, p", lines[-1])


def test_survival_names_ties_strata_and_tests(page: Page) -> None:
    picture, table = display(page, "kaplan_meier")
    assert isinstance(picture, Picture)
    said = texts(table)
    label = "Hazard ratio versus Control (95% CI), Cox, Efron ties, stratified by Sex"
    assert said[label] == ["", "0.50 (0.25, 1.10)", "0.50 (0.25, 1.10)"]
    assert said["p, Wald test"] == ["", "<0.001", "<0.001"]
    assert any(re.match(r"Log-rank test of all arms, stratified by Sex: p [=<>] ", stub) for stub in said)
    assert "Median, days (95% CI)" in said


def test_at_risk_censored_and_events_add_to_n_in_every_column(page: Page) -> None:
    picture = display(page, "kaplan_meier")[0]
    assert len(picture.table.lines) == 6
    for line in picture.table.lines:
        for arm in range(3):
            at_risk, censored, events = (int(line.cells[5 * arm + k].text) for k in range(3))
            assert at_risk + censored + events == 8
    drawn = [int(t) for t in re.findall(r">(\d+)</text>", picture.wide)]
    assert drawn.count(8) >= 3


def test_survival_gives_restricted_means_and_the_check_of_the_model(page: Page) -> None:
    said = texts(display(page, "kaplan_meier")[1])
    cells = said["Mean time without the event to 6 days (95% CI)"]
    assert len(cells) == 3 and all(re.fullmatch(r"\d\.\d \(\d\.\d, \d\.\d\)", cell) for cell in cells)
    assert said["Difference versus Control (95% CI)"][0] == "" and said["Difference versus Control (95% CI)"][1]
    assert any(
        re.match(r"Test of proportional hazards \(time scale Kaplan-Meier\): chi-square .* on 2 df, p", s) for s in said
    )


def test_reasons_have_a_figure_each_whose_columns_add_to_n(page: Page) -> None:
    first, second, comparison = display(page, "cumulative_incidence")
    assert (first.caption, second.caption) == ("moved", "Tired of it")
    assert "Cumulative incidence: moved" in first.wide
    drawn = re.findall(r">(At risk|Censored|This reason|Other reasons)</text>", first.wide)
    assert len(drawn) == 4 * 3
    rows = {line.stub: line for line in first.table.lines}
    assert list(rows) == ["0", "2", "4", "6", "8", "10"]
    assert [cell.text for cell in rows["0"].cells][:3] == ["8", "0", "0%"]
    said = texts(comparison)
    assert any(stub.startswith("Gray's test of all arms, p: ") for stub in said)
    assert "Subdistribution hazard ratio (95% CI)" in said and "Hazard ratio, cause-specific (95% CI)" in said
    totals = [int(cell.text) for cell in comparison.lines[1].cells]
    assert totals == [int(said["Events, n"][k]) for k in range(3)] or sum(totals) <= 24


def test_numbers_under_a_reason_add_to_n(results: Results) -> None:
    rows = results.rows[results.rows["analysis"] == "why_left"]
    for arm in ARMS[:3]:
        for t in (0.0, 2.0, 4.0, 6.0, 8.0, 10.0):
            here = rows[(rows["arm"] == arm) & (rows["at"] == t)].set_index(["stat", "level1"])["value"]
            for reason in ("moved", "tired"):
                parts = [here["at_risk", ""], here["censored_before", ""], here["events_before", reason]]
                assert sum(parts) + here["other_events_before", reason] == 8


def test_forest_plot_has_a_figure_per_comparison_with_interaction(page: Page) -> None:
    one, two = display(page, "forest_plot")
    assert (one.caption, two.caption) == ("Drug & more versus Control", "Arm B versus Control")
    lines = {line.stub: [cell.full for cell in line.cells] for line in one.table.lines}
    assert list(lines) == ["All subjects", "Older half", "no", "yes"]
    assert [len(cells) for cells in lines.values()] == [7] * 4
    assert re.fullmatch(r"[<>]?\d\.\d+", lines["Older half"][6]) and lines["no"][6] == ""
    assert "interaction: p" in one.wide and "Hazard ratio, Drug &amp; more versus Control (log scale)" in one.wide


def test_mean_number_of_events_names_its_axis_and_ratio(page: Page) -> None:
    picture, table = display(page, "mean_cumulative")
    assert "Mean number of events per subject" in picture.wide
    assert [line.stub for line in picture.table.lines] == ["0", "3", "6"]
    assert re.fullmatch(r"\d\.\d\d \(\d\.\d\d, \d\.\d\d\)", texts(table)["Rate ratio versus Control (95% CI)"][1])


def test_the_end_of_an_axis_is_a_round_number() -> None:
    from trialkit.report.figures.survival import rounded_up

    assert [rounded_up(x) for x in (0.0, 0.07, 0.11, 0.21, 0.3, 0.51, 1.0, 3.2, 14.0)] == [
        1.0, 0.1, 0.2, 0.25, 0.5, 1.0, 1.0, 5.0, 20.0,
    ]  # fmt: skip


def test_figures_take_their_colors_from_the_page(page: Page) -> None:
    for kind in (
        "kaplan_meier", "mean_by_visit", "ls_means_by_visit", "cumulative_incidence", "mean_cumulative",
    ):  # fmt: skip
        picture = display(page, kind)[0]
        for svg in (picture.wide, picture.narrow):
            assert not re.search(r"#0a0[bc]0\d|<metadata|xmlns|xlink", svg)
            assert {f"var(--arm-{i})" for i in (1, 2, 3)} <= set(re.findall(r"var\(--[a-z0-9-]+\)", svg))
            assert svg.startswith("<svg viewBox=")
            assert 'role="img" aria-label="' in svg
    for variable in set(re.findall(r"var\((--[a-z0-9-]+)\)", display(page, "kaplan_meier")[0].wide + page.css)):
        assert page.css.count(f"{variable}: #") == 2, f"{variable} needs a light and a dark color"


def test_visits_stand_in_declared_order_with_n(page: Page) -> None:
    picture = display(page, "mean_by_visit")[0]
    assert [line.stub for line in picture.table.lines] == ["Week 1", "Week 2", "Week 10"]
    assert [cell.text for cell in picture.table.lines[0].cells][0::3] == ["8", "8", "8"]
    assert "Week 10" in picture.wide


def test_least_squares_means_stand_with_n_and_differences(page: Page, results: Results) -> None:
    """Every printed mean, limit and p is a result row's; n and the differences stand under the axis."""
    (picture,), (table,) = display(page, "ls_means_by_visit"), display(page, "ls_means_table")
    rows = results.rows[results.rows["analysis"] == "mixed"]
    lines = [line.stub for line in table.lines]
    assert [stub for stub in lines if stub in ("Week 1", "Week 2", "Week 10", "All visits")] == [
        "Week 1", "Week 2", "Week 10", "All visits",
    ]  # fmt: skip
    at = lines.index("Week 10")
    shown = [[cell.full for cell in line.cells] for line in table.lines[at + 1 : at + 7]]
    here = rows[rows["level1"] == "week 10"]
    for column, arm in enumerate("PAB"):
        own = here[(here["arm"] == arm) & (here["reference"] == "")].set_index("stat")["value"]
        assert shown[0][column] == f"{own['n']:.0f}"
        assert shown[1][column] == f"{fixed(own['lsmean'], 1)} ({fixed(own['se'], 2)})"
        if arm != "P":
            versus = here[(here["arm"] == arm) & (here["reference"] == "P")].set_index("stat")["value"]
            assert shown[3][column] == f"{fixed(versus['diff'], 1)} ({fixed(versus['se'], 2)})"
            assert shown[3][column].split()[0] in re.findall(r">([^<>]+)</text>", picture.wide)
    assert shown[3][0] == ""
    assert "LS mean difference from Control" in picture.wide
    assert "LS mean difference from Control" not in picture.narrow
    notes = " ".join(next(s for s in page.shown if s.id == "display-ls-means-table").footnotes)
    for text in ("unstructured (us), 6 parameters, by REML", "Kenward-Roger, linear form", "67 observations",
                 "Converged: largest derivative", "Model: Move by arm, visit, arm by visit"):  # fmt: skip
        assert text in notes


def test_differences_alone_of_chosen_visits_with_tests(results: Results) -> None:
    params = tree_of({"means": "false", "visits": ["week 2", "All visits"], "tests": ["arm:visit", "arm:week"]})
    report = report_of()
    chosen = replace(report.displays["ls_means_table"], params=params)
    page = compose(results, study_of(3), replace(report, displays={"x": chosen}), SNAPSHOT, "trialkit x")
    (table,) = page.shown[0].parts
    block = ["Difference from Control (SE)", "95% CI", "p (df)"]
    stubs = [line.stub for line in table.lines]
    assert stubs[:-2] == ["Week 2", *block, "All visits", *block]
    rows = results.rows[(results.rows["analysis"] == "mixed") & (results.rows["variable_level"] == "arm:visit")]
    test = rows.set_index("stat")["value"]
    assert stubs[-2].startswith(f"Test of Arm by Visit: F(4, {fixed(test['f_den_df'], 1)}) = {fixed(test['f'], 2)}, p ")
    assert stubs[-1] == "Test of Arm by week: not computed"


def test_a_fall_back_is_said_in_a_warning() -> None:
    """Week 10 repeats week 2: us has no optimum, ar1h is declared."""
    study, data = study_of(2), frames(2)
    visits = data["visits"]
    later = visits["visit"] == "week 10"
    visits.loc[later, "moved"] = visits.loc[visits["visit"] == "week 2", "moved"].to_numpy()
    declared = tree_of({"response": "moved", "visit": "visit", "covariance": ["us", "ar1h"]})
    study.analyses["mixed"] = replace(study.analyses["mixed"], params=declared)
    page = compose(results_of(study, data), study, report_of(), SNAPSHOT, "trialkit x")
    notes = " ".join(next(s for s in page.shown if s.id == "display-ls-means-table").footnotes)
    assert "Warning: covariance ar1h is a declared fall-back: us could not be fitted" in notes
    assert "Residual covariance: heterogeneous first-order autoregressive (ar1h), 4 parameters" in notes


def test_a_refused_model_leaves_only_its_notice() -> None:
    study, data = study_of(2), frames(2)
    data["visits"]["visit"] = "week 1"
    page = compose(results_of(study, data), study, report_of(), SNAPSHOT, "trialkit x")
    for kind in ("ls_means_by_visit", "ls_means_table"):
        (notice,) = display(page, kind)
        assert notice.text.startswith("Not computed: Title of mixed: 'visit' has one visit (week 1)")


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_other_numbers_of_arms(arms: int) -> None:
    html = html_of(arms)
    means, survival, reasons, often, dots = 1, 1, 2, 1, 1
    forest = int(arms == 2)  # one arm is no comparison; of four, the control has no events
    model = int(arms > 1)
    assert html.count('<svg viewBox="') == 2 * (means + survival + reasons + often + dots + forest + model)
    assert len(re.findall(rf"<span class=n(?: data-o=\d+)?>\(N={24 // arms}\)</span>", html)) >= 6
    for refused in ("Title of test: 1 arm has usable rows", "Title of mixed: factor &#39;arm&#39; has one level"):
        assert (f"Not computed: {refused}" in html) == (arms == 1)


def test_nobody_in_the_trial_prints_the_shells() -> None:
    html = html_of(2, subjects=0)
    assert html.count("No participants met the criteria") == 9  # once a display
    assert html.count("Nothing to show: see what was not computed") == 8  # once a display whose method refused
    assert "<svg" not in html


# ---- notes --------------------------------------------------------------------------------------------------------


def test_notes_reading_source_and_ledger(page: Page, html: str) -> None:
    shown = {s.id: s for s in page.shown}
    survival = shown["display-kaplan-meier"]
    assert survival.name == "Figure 1.5"
    assert survival.population == "Everybody assigned"
    notes = " ".join(survival.footnotes)
    for text in ("My note.", "log-log scale", "Stratified by Sex", "method of Efron", "Effect on staying",
                 "rescue: composite", "post-hoc (Title of cox)"):  # fmt: skip
        assert text in notes
    assert (
        survival.source == "Source: people (Label of people); snapshot ffffffffffffffff; content cccccccc; trialkit x"
    )
    assert survival.lost_rows == 2
    assert "no age" in html
    assert "Reading aid 5." in html
    facts = dict(page.facts)
    assert facts["Event log head"] == "e" * 64
    assert facts["Study content (SHA-256)"] == "c" * 64
    assert facts["Study content at the snapshot"] == "d" * 64
    assert {m.name for m in page.methods} == {s.method for s in specs().values()}
    assert all(m.deviation and m.citation for m in page.methods)


def test_errors_and_warnings_are_said(results: Results) -> None:
    rows = results.rows.copy()
    rows.loc[(rows["analysis"] == "change") & (rows["stat"] == "lsmean") & (rows["arm"] == "A"),
             ["value", "error", "status"]] = [None, "not estimable: too few rows", "error"]  # fmt: skip
    rows.loc[(rows["analysis"] == "ages") & (rows["stat"] == "sd"), "warning"] = "one value: no spread"
    page = compose(replace(results, rows=rows), study_of(3), report_of(), SNAPSHOT, "trialkit x")
    notice, table = display(page, "estimates_table")
    assert notice.text == "Not computed: Title of change (Drug & more): not estimable: too few rows."
    assert texts(table)["LS mean (SE)"][1] == "not computed"
    (note,) = [n for n in page.shown[1].footnotes if n.startswith("Warning")]
    assert note == "Warning: one value: no spread (Age, Control; Age, Drug & more; Age, Arm B and 1 more)."


def test_an_unknown_kind_is_an_error(results: Results) -> None:
    report = report_of()
    wrong = replace(report, displays={"x": replace(report.displays["kaplan_meier"], kind="kaplan")})
    with pytest.raises(StudyError, match="no kind of display 'kaplan'"):
        render(results, study_of(3), wrong, SNAPSHOT, "trialkit x")


def test_no_word_of_recommendation(html: str) -> None:
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).lower()
    assert not re.search(r"\b(recommend\w*|should take|effective|superior|safe and|well tolerated|proven)\b", text)

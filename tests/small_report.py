"""A report of three displays on made-up subjects, for tests of what it is written as."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from trialkit.analyze import analyze
from trialkit.derive.run import Derived
from trialkit.model import (
    LEDGER_COLUMNS,
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
    Snapshot,
    Study,
    StudyHeader,
    set_of,
    tree_of,
)
from trialkit.model.condition import Condition, Test
from trialkit.report.formats.edition import Edition, edition_of

SNAPSHOT = Snapshot(
    "f" * 64, "lock", "2026-01-02T03:04:05Z", "d" * 64, "1.0", {}, head="e" * 64, software="trialkit x",
    cutoff="2026-01-01",
)  # fmt: skip
SOFTWARE = "trialkit x"
TERMS = ("Nausea", "Headache")
NASTY = (
    "<script>alert(1)</script> & ]]> &amp; <b>",
    "=HYPERLINK(\"http://example.org\";1+1)",
    "+1", "-2", "@SUM(A1)",
    "long" * 1250,
    "many words " * 455 + "end",
    "\u05db\u05d0\u05d1 \u05e8\u05d0\u05e9 (\u05e7\u05dc) 3",
    "\u0635\u062f\u0627\u0639 5 \u0634\u062f\u064a\u062f",
    "sick \U0001f922 family \U0001f468\u200d\U0001f469\u200d\U0001f467 done",
    "bell\x07 null\x00 escape\x1b[31m tab\tline\nend",
    "{\\rtf1 \\par} \\u9731? }{",
    "#eval(\"1\") *b* _i_ $x$ @ref // no /* comment */ ~ \\ #panic()",
    "\u4e2d\u6587 \u0301 e\u0301 \ufeff\u202e reversed \u2028 line",
)  # fmt: skip
"""Terms that break careless writers: markup, formulas, length, direction, signs outside the basic plane, controls."""


def frames(subjects: int, terms: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """One row a subject, one row an event; nothing is random."""
    people = pd.DataFrame(
        {
            "id": pd.Series([f"SUBJ-{i:03d}" for i in range(subjects)], dtype=object),
            "arm": pd.Series(["PA"[i % 2] for i in range(subjects)], dtype=object),
            "sex": pd.Series(["F" if i % 3 else "M" for i in range(subjects)], dtype=object),
            "age": [20.25 + i / 3 for i in range(subjects)],
            "days": [float(1 + (7 * i) % 10) for i in range(subjects)],
            "censored": [float(i % 4 == 0) for i in range(subjects)],
            "_src": range(subjects),
        }
    )
    rows = [(f"SUBJ-{i % subjects:03d}", term) for i, term in enumerate(terms)] if subjects else []
    events = pd.DataFrame(rows, columns=["id", "term"]).astype(object)
    return {"people": people, "events": events.assign(_src=range(500, 500 + len(events)))}


def study() -> Study:
    """Two arms, an estimand, a population with one condition and an analysis with two."""
    arms = {"P": Arm("P", "Control", True), "A": Arm("A", "Drug & more", False)}
    protocol = Protocol("1.0", "t", Approval("b", "r", date(2026, 1, 1)), arms, {})
    columns = {
        "arm": Column("arm", "Arm"),
        "sex": Column("sex", "Sex", levels={"F": "Female", "M": "Male"}),
        "age": Column("age", "Age", "years", 1),
        "days": Column("days", "Days in the trial", "days", 0),
        "term": Column("term", "Term"),
    }
    chosen = Condition((Test("id", "not", ("nobody",)), Test("days", "at_least", ("0",))))
    time = tree_of({"time": "days", "censor": "censored", "times": [0, 5, 10]})
    specs = [
        AnalysisSpec(
            "sexes", "Sexes", "people", "all", "counts", params=tree_of({"variables": ["sex"]}), total="Total"
        ),
        AnalysisSpec("ages", "Ages", "people", "all", "summary", params=tree_of({"variables": ["age"]}), where=chosen),
        AnalysisSpec("events", "Events", "events", "all", "incidence", "safety", params=tree_of({"within": ["term"]})),
        AnalysisSpec("km", "Staying", "people", "all", "kaplan_meier", "primary", estimand="e1", params=time),
    ]
    return Study(
        root=Path("."),
        header=StudyHeader("T-1", "A made-up trial", "Synthetic data <b>only</b>."),
        protocols={"1.0": protocol},
        forms={},
        datasets={n: Dataset(n, f"Label of {n}", n, "id", ("id",), columns=columns) for n in ("people", "events")},
        estimands={"e1": Estimand("e1", "Effect on staying", "p", "t", "v", "survival")},
        populations={
            "all": Population("all", "Everybody", "people", "arm", Condition((Test("sex", "is", ("F", "M")),)))
        },
        analyses={spec.id: spec for spec in specs},
        reports={},
        scenarios={},
        digest="c" * 64,
    )


def report() -> ReportSpec:
    """Two tables in one section, a figure in another."""
    displays = [
        Display("who", "characteristics_table", "1.1", "Who they were", ("sexes", "ages"), section="People",
                reading="Shares of people.", footnotes=("A note.",)),
        Display("harm", "incidence_table", "1.2", "What happened", ("events",), section="People"),
        Display("stay", "kaplan_meier", "2.1", "Who stayed", ("km",), section="Time"),
    ]  # fmt: skip
    return ReportSpec("r", "The report", {}, {one.id: one for one in displays}, "A subtitle", drill=True)


@cache
def small_edition(subjects: int = 14, terms: tuple[str, ...] = TERMS) -> Edition:
    """The report, with one row of the ledger lost."""
    made = study()
    lost_id, lost = set_of(["SUBJ-098"], [98])
    ledger = pd.DataFrame(
        [["dataset people", 1, "keep rows where age is filled", subjects + 1, subjects, 1, "no age", lost_id]],
        columns=list(LEDGER_COLUMNS),
    )
    sources = pd.DataFrame(
        [("form", "file.csv", i + 2, "line", "ab" * 32) for i in range(700)],
        columns=["form", "file", "row", "numbering", "upload"],
    )
    derived = Derived(frames(subjects, terms), ledger, {lost_id: lost})
    results = analyze(made, derived, sources, SNAPSHOT.id, SOFTWARE, list(made.analyses))
    return edition_of(results, made, report(), SNAPSHOT, SOFTWARE)

"""What the store tells of the conduct of a study: queries by age, uploads, forms there or lacking, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from tests.shipped import shipped
from trialkit.model import SRC, Finding, Study, Tables, Upload
from trialkit.queries.conduct.expected import completeness, expected, overdue
from trialkit.queries.conduct.states import Standing, by_age, by_form, by_site, critical
from trialkit.queries.conduct.uploads import uploads, versions
from trialkit.queries.state import state
from trialkit.store import Submission


@pytest.fixture(scope="module")
def study() -> Study:
    return shipped()


def finding(key: str, severity: str = "critical", subject: str = "KWT-101-0001", form: str = "cows") -> Finding:
    return Finding(
        form, "cows.csv", 2, "COWS112", "cows.total.sum", "query", severity, "says", "", subject=subject, key=key
    )  # type: ignore[arg-type]


def submission(number: int, day: str) -> Submission:
    upload = Upload("cows", "cows.csv", "a" * 64, "b" * 64, "cumulative", 3, f"{day}T08:00:00Z", "me")
    return Submission(number, f"{day}T08:00:00Z", "me", "weekly", "c" * 64, "2.0", ("cows",), (upload,), ())


HISTORY = [
    (submission(1, "2026-04-01"), (finding("k1"), finding("k2", "minor"), finding("k3", "major", "KWT-102-0001"))),
    (submission(2, "2026-04-11"), (finding("k1"), finding("k4", subject=""))),
]


def standing(study: Study) -> Standing:
    """At a snapshot of 2026-04-21: k1 open for 20 days, k4 for 10; k2 and k3 closed after 10."""
    days = {entry.number: date.fromisoformat(entry.at[:10]) for entry, _ in HISTORY}
    sites = {"KWT-101-0001": "101", "KWT-102-0001": "102"}
    rows = tuple(state(HISTORY))
    return Standing(study, HISTORY, rows, frozenset({"k1", "k4"}), sites, days, date(2026, 4, 21))


def test_queries_are_counted_by_site_with_their_ages(study: Study) -> None:
    frame = by_site(standing(study)).set_index("Site")
    assert frame.index.tolist() == ["101", "102", "103", "No single site"]
    assert frame["Open"].tolist() == [1, 0, 0, 1]
    assert frame["Closed"].tolist() == [1, 1, 0, 0]
    assert frame["Open, critical"].tolist() == [1, 0, 0, 1]
    assert frame.loc["101", "Median age of open, days"] == 20
    assert frame.loc["102", "Median days to closing"] == 10
    assert by_form(standing(study))["Open"].tolist() == [2]


def test_open_queries_by_age_and_the_critical_ones_by_name(study: Study) -> None:
    ages = by_age(standing(study)).set_index("Open for")
    assert ages["All"].tolist() == [0, 1, 1, 0]
    named = critical(standing(study))
    assert named["Open, days"].tolist() == [20, 10]
    assert named["Subject"].tolist() == ["KWT-101-0001", "none"]
    assert "Value" not in named.columns


def test_every_stored_file_is_in_the_history(study: Study) -> None:
    frame = uploads(HISTORY, study.forms)
    assert frame["Submission"].tolist() == [1, 2]
    assert set(frame["SHA-256"]) == {"a" * 12}


def test_a_version_ends_the_day_before_the_next(study: Study) -> None:
    frame = versions(study)
    own = frame[frame["Site"] == "101"]
    assert own["In force from"].tolist() == ["2026-01-12", "2026-02-23"]
    assert own["To"].tolist() == ["2026-02-22", ""]


def tables() -> Tables:
    """One subject with a visit of day 2: a score is there, craving was said to be not done, sleep lacks."""
    who = {"USUBJID": ["KWT-101-0001"], "VISIT": ["DAY 2"]}
    frames = {
        "subject_visits": pd.DataFrame({**who, "SITEID": ["101"], "SVSTDTC": pd.to_datetime(["2026-02-01"])}),
        "cows": pd.DataFrame(who),
        "sleep_total": pd.DataFrame({"USUBJID": ["KWT-101-0001"], "VISIT": ["DAY 3"]}),
        "not_done": pd.DataFrame({**who, "NDFORM": ["craving_vas"]}),
    }
    return Tables({name: frame.assign(**{SRC: range(len(frame))}) for name, frame in frames.items()}, pd.DataFrame())


def test_a_planned_form_is_there_not_done_or_lacks(study: Study) -> None:
    due = expected(study, tables()).set_index("Form")["Status"]
    assert due[study.forms["cows"].title] == "received"
    assert due[study.forms["craving_vas"].title] == "not done"
    assert due[study.forms["sleep_total"].title] == "lacking"  # that of another visit does not count
    assert study.forms["demographics"].title not in due.index
    whole = completeness(study, expected(study, tables()))
    assert (whole["Expected"] == whole["Received"] + whole["Not done"] + whole["Lacking"]).all()
    late = overdue(expected(study, tables()), date(2026, 2, 11))
    assert set(late["Days since the visit"]) == {10}
    assert len(late) == int(whole["Lacking"].sum()) > 0


def test_without_a_register_of_visits_nothing_is_expected(study: Study) -> None:
    bare = replace(study, forms={"cows": study.forms["cows"]})
    due = expected(bare, tables())
    assert not len(due)
    assert not len(completeness(bare, due))
    assert not len(overdue(due, date(2026, 2, 11)))

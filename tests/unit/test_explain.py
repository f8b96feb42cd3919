"""``explain``: the protocol in force at a site on a day, and parameters and visits over the versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.shipped import shipped
from trialkit import pipeline as tk
from trialkit.cli.main import run
from trialkit.errors import UsageError
from trialkit.model import Study

STUDY = """
id: S1
title: A study
sites:
  "07": {name: Seventh, adopted: {"1.0": 2026-02-01, "2.0": 2026-07-01}}
  "08": {name: Eighth, adopted: {"1.0": 2026-03-01}}
  "09": {name: Ninth}
"""
FIRST = """
version: "1.0"
title: The original
irb: {board: Board, reference: B-1, approved_on: 2026-01-15, expires_on: 2026-07-10}
arms: {P: {label: Sham, control: true}, T: Active}
visits:
  V1: {label: First, day: 1, early: 2, late: 3, forms: [log]}
  V9: {label: Early exit}
consent: A
parameters:
  cap: {value: 10, unit: mL, label: Largest dose, source: the label}
  ratio: {value: 1}
"""
SECOND = """
version: "2.0"
title: The amendment
irb: {board: Board, reference: B-2, approved_on: 2026-06-20}
supersedes: "1.0"
changes: [the cap is smaller]
arms: {P: {label: Sham, control: true}, T: Active}
visits:
  V1: {label: First, day: 1, forms: [log]}
parameters:
  cap: {value: 8, unit: mL, label: Largest dose}
"""
LOG = """
id: log
title: Log
version: "1"
key: [S]
fields: {S: Subject}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "study.yaml": STUDY,
        "protocols/v1.yaml": FIRST,
        "protocols/v2.yaml": SECOND,
        "forms/log.yaml": LOG,
    }.items():
        path = tmp_path / "schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def study(folder: Path) -> Study:
    return tk.load(folder)


def at(study: Study, site: str, day: str | date) -> list[str]:
    return [line.strip() for line in tk.explain(study, "protocol", site=site, day=day).splitlines()]


def test_the_answer_in_full(study: Study) -> None:
    assert tk.explain(study, "protocol", site="07", day="2026-06-30").splitlines() == [
        "At site 07 on 2026-06-30 protocol 1.0 is in force, since 2026-02-01.",
        "  The original",
        "  approval: Board, B-1, approved on 2026-01-15, valid to 2026-07-10",
        "  consent form: version A",
        "  next: protocol 2.0 comes into force at site 07 on 2026-07-01",
        "  parameters:",
        "    cap    10 mL  (Largest dose)",
        "    ratio  1",
    ]


@pytest.mark.parametrize(
    ("site", "day", "version", "since"),
    [
        ("07", "2026-02-01", "1.0", "2026-02-01"),
        ("07", "2026-06-30", "1.0", "2026-02-01"),
        ("07", "2026-07-01", "2.0", "2026-07-01"),
        ("07", "2031-01-01", "2.0", "2026-07-01"),
        ("08", "2026-07-01", "1.0", "2026-03-01"),
    ],
)
def test_a_site_follows_what_it_adopted_last(study: Study, site: str, day: str, version: str, since: str) -> None:
    assert at(study, site, day)[0] == f"At site {site} on {day} protocol {version} is in force, since {since}."


def test_a_day_may_be_a_date_or_a_moment(study: Study) -> None:
    said = at(study, "07", "2026-07-01")
    assert at(study, "07", date(2026, 7, 1)) == at(study, "07", datetime(2026, 7, 1, 23, 59)) == said


@pytest.mark.parametrize(
    ("site", "day", "said"),
    [
        ("08", "2026-07-10", "approval: Board, B-1, approved on 2026-01-15, valid to 2026-07-10"),
        ("08", "2026-07-11", "APPROVAL HAD EXPIRED on 2026-07-11, 1 day after its last day: Board, B-1, approved on "
         "2026-01-15, valid to 2026-07-10"),
        ("08", "2026-07-31", "APPROVAL HAD EXPIRED on 2026-07-31, 21 days after its last day: Board, B-1, approved on "
         "2026-01-15, valid to 2026-07-10"),
        ("07", "2030-01-01", "approval: Board, B-2, approved on 2026-06-20, with no last day on record"),
    ],
)  # fmt: skip
def test_the_approval_as_it_stood_on_the_day(study: Study, site: str, day: str, said: str) -> None:
    assert said in at(study, site, day)


def test_a_version_adopted_before_its_approval_is_told(folder: Path) -> None:
    path = folder / "schemas" / "study.yaml"
    path.write_text(STUDY.replace('"1.0": 2026-02-01', '"1.0": 2026-01-10'), encoding="utf-8")
    study = tk.load(folder)
    assert any(line.startswith("NOT YET APPROVED on 2026-01-14: ") for line in at(study, "07", "2026-01-14"))
    assert any(line.startswith("approval: ") for line in at(study, "07", "2026-01-15"))


def test_what_comes_next_and_what_was_never_adopted(study: Study) -> None:
    said = at(study, "08", "2026-07-01")
    assert "next: no later adoption at site 08 is on record" in said
    assert "not adopted at site 08: protocol 2.0" in said
    last = at(study, "07", "2026-07-01")
    assert "next: no later adoption at site 07 is on record" in last
    assert "consent form: the protocol names no version" in last
    assert not any(line.startswith("not adopted") for line in last)


def test_no_parameters_no_heading(study: Study) -> None:
    bare = replace(study.protocols["1.0"], parameters={})
    assert "parameters:" not in at(replace(study, protocols={"1.0": bare}), "08", "2026-04-01")


@pytest.mark.parametrize(
    ("site", "day", "words"),
    [
        ("7", "2026-07-01", "there is no site '7'\n    Did you mean '07'?"),
        ("", "2026-07-01", "there is no site ''\n    Allowed: 07, 08, 09."),
        ("07", "2026-01-31", "site 07 had adopted no protocol by 2026-01-31\n    Its first, 1.0, comes into force on "
         "2026-02-01."),
        ("09", "2026-01-31", "site 09 had adopted no protocol by 2026-01-31\n    The study states no adoption for it"),
        ("07", "2026-02-30", "'2026-02-30' is not a day of the calendar: "),
        ("07", "01.03.2026", "'01.03.2026' is not written as a date\n    Write it as YYYY-MM-DD"),
        ("07", "20260301", "'20260301' is not written as a date"),
        ("07", "2026-W10-1", "'2026-W10-1' is not written as a date"),
        ("07", "", "'' is not written as a date"),
    ],
)  # fmt: skip
def test_mistakes_are_told(study: Study, site: str, day: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        at(study, site, day)
    assert words in caught.value.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("protocol", "--site", "07"), "the date is missing"),
        (("protocol", "--date", "2026-03-01"), "the site is missing"),
        (("protocol", "1.0", "--site", "07", "--date", "2026-03-01"), "one of the two"),
        (("form", "--site", "07", "--date", "2026-03-01"), "not with 'form'"),
        (("exit-codes", "--site", "07"), "not with 'exit-codes'"),
        (("protocol", "--site", "7", "--date", "2026-03-01"), "Did you mean '07'?"),
    ],
)
def test_the_command_tells_usage_mistakes(
    folder: Path, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", *arguments, "--study", str(folder)]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_the_command_answers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["explain", "protocol", "--site", "07", "--date", "2026-07-01", "--study", str(folder)]
    assert run(asked) == 0
    study = tk.load(folder)
    assert capsys.readouterr().out == tk.explain(study, "protocol", site="07", day="2026-07-01") + "\n"


def test_the_protocol_at_a_site_needs_a_study() -> None:
    with pytest.raises(UsageError, match="needs a study"):
        tk.explain(None, "protocol", site="07", day="2026-07-01")


def test_a_parameter_over_the_versions(study: Study) -> None:
    assert tk.explain(study, "parameter").splitlines() == ["cap", "ratio"]
    assert tk.explain(study, "parameter", "cap").splitlines() == [
        "cap: Largest dose",
        "  protocol 1.0: 10 mL (source: the label)",
        "  protocol 2.0: 8 mL",
    ]
    assert tk.explain(study, "parameter", "ratio").splitlines() == [
        "ratio",
        "  protocol 1.0: 1",
        "  protocol 2.0: not there",
    ]


def test_a_visit_over_the_versions(study: Study) -> None:
    assert tk.explain(study, "visit", "V1").splitlines() == [
        "V1: First",
        "  protocol 1.0: day 1, window -2 to +3 days; forms: log",
        "  protocol 2.0: day 1, window 0 days; forms: log",
    ]
    assert "  protocol 1.0: no planned day; forms: none" in tk.explain(study, "visit", "V9").splitlines()
    with pytest.raises(UsageError, match="there is no visit 'V3'"):
        tk.explain(study, "visit", "V3")


def test_a_protocol_by_its_version(study: Study) -> None:
    assert tk.explain(study, "protocol", "2.0").splitlines() == [
        "The amendment",
        "  approval: Board, B-2, approved on 2026-06-20, with no last day on record",
        "  supersedes 1.0",
        "  change: the cap is smaller",
        "  arms: Sham, Active",
        "  adopted by site 07 on 2026-07-01",
    ]


def test_the_shipped_study_answers_for_every_site_and_adoption() -> None:
    study = shipped()
    asked = [(site.id, version, on) for site in study.header.sites.values() for version, on in site.adopted.items()]
    assert asked
    for site, version, on in asked:
        assert at(study, site, on)[0] == f"At site {site} on {on} protocol {version} is in force, since {on}."

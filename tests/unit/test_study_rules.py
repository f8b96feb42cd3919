"""Rules of the study that ships with more than one side: an example has room for one, these are the others."""

from __future__ import annotations

import pytest

from tests.shipped import shipped
from trialkit.model import Example
from trialkit.validate.bench import Bench, Verdict
from trialkit.validate.laid import Shelf

DOSED = {"demographics": ({},), "study_drug": ({},)}
FATAL = {
    "AESER": "Y", "AESDTH": "Y", "AESEV": "SEVERE", "AEOUT": "FATAL", "AEAWDTM": "2026-02-05T09:00",
    "AERPTDTM": "2026-02-05T15:00",
}  # fmt: skip
WITHDREW = ({"DSDECOD": "WITHDRAWAL BY SUBJECT", "DSSTDTC": "2026-02-05"},)
OTHER_STAY = {"disposition": ({"USUBJID": "KWT-101-0009"},)}


def verdict(form: str, row: dict[str, str], tables: dict[str, tuple[dict[str, str], ...]]) -> Verdict:
    """The rules that a row raises, laid over the form's clean row."""
    study, example = shipped(), Example(row=row, tables=tables)
    (raised,) = Bench(study.forms[form], study, [example], Shelf(study, {form: [example]})).verdicts()
    return raised


@pytest.mark.parametrize(("time", "wrong"), [("08:04", True), ("08:05", False), ("09:05", False), ("09:06", True)])
def test_vital_signs_before_a_dose_lie_in_the_hour_before_it(time: str, wrong: bool) -> None:
    told = verdict("vital_signs", {"VSDTM": f"2026-02-03T{time}"}, DOSED)
    assert told == ({"vs.predose.recent"} if wrong else set())


def test_a_death_that_demographics_do_not_know_is_one_finding() -> None:
    told = verdict("adverse_events", FATAL, {"demographics": ({},), "disposition": WITHDREW})
    assert told == {"ae.fatal.dm"}


@pytest.mark.parametrize("missed", [True, False])
def test_a_fatal_event_is_told_once_whatever_the_number_of_visits(missed: bool) -> None:
    days = ("2026-02-06", "2026-02-07", "2026-02-16") if missed else ("2026-02-04", "2026-02-05")
    visits = tuple({"VISIT": f"DAY {n}", "SVSTDTC": day} for n, day in enumerate(days, start=3))
    died = ({"DTHFL": "Y", "DTHDTC": "2026-02-05"},)
    told = verdict("adverse_events", FATAL, {"demographics": died, "subject_visits": visits})
    assert told == ({"ae.death.visit"} if missed else set())


@pytest.mark.parametrize(
    ("row", "visit", "told"),
    [
        ({}, "DAY 28", {"study_end.stay.closed"}),
        ({"DSSTDTC": "", "DSDECOD": ""}, "DAY 28", {"study_end.stay.visits"}),
        ({"DSSTDTC": "", "DSDECOD": ""}, "DAY 3", set()),
    ],
)
def test_the_end_of_the_stay_is_missed_once(row: dict[str, str], visit: str, told: set[str]) -> None:
    visits = ({"VISIT": visit, "SVSTDTC": "2026-03-02"}, {"VISIT": "DAY 60", "SVSTDTC": "2026-04-03"})
    found = verdict("study_end", row, {"subject_visits": visits if visit != "DAY 3" else visits[:1]} | OTHER_STAY)
    assert found == told


@pytest.mark.parametrize(
    ("weight", "rule"),
    [
        ("60.1", ""),
        ("59.9", "dm.weight.admission"),
        ("80.1", "dm.weight.admission"),
        ("200.1", "demographics.WEIGHT.range"),
    ],
)
def test_a_weight_in_pounds_is_told_once(weight: str, rule: str) -> None:
    """By the weight at admission; one that is out of its own range for that alone."""
    signs = ({"VISIT": "DAY 0", "VSTPT": "NO DOSE", "WEIGHT": "70"}, {"VISIT": "DAY 7", "WEIGHT": "100"})
    assert verdict("demographics", {"WEIGHT": weight}, {"vital_signs": signs}) == ({rule} - {""})

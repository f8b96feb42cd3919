"""The safety data sets of the reference study on a few rows, against numbers reckoned by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.derive.run import Derivation
from trialkit.locate import shipped_study
from trialkit.model import Study
from trialkit.model.table import SRC, Tables
from trialkit.spec import load_study

ONE, TWO = "KWT-101-0001", "KWT-101-0002"
KINDS = {"integer": "float64", "decimal": "float64", "date": "datetime64[ns]", "datetime": "datetime64[ns]"}


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(shipped_study())


def derived(study: Study, **rows: list[dict[str, Any]]) -> Derivation:
    """The study's data sets from these rows, two dosed subjects and no others; what is not named is missing."""
    people = {
        "randomization_list": [{"USUBJID": who, "SITEID": "101", "ARM": arm, "RANDDTC": "2026-02-01"}
                               for who, arm in ((ONE, "High"), (TWO, "Placebo"))],
        "demographics": [{"USUBJID": ONE, "SEX": "F", "AGE": 30}, {"USUBJID": TWO, "SEX": "M", "AGE": 40}],
        "study_drug": [{"USUBJID": who, "VISIT": visit, "ECDTM": moment, "ECDOSE": 10}
                       for who in (ONE, TWO)
                       for visit, moment in (("DAY 1", "2026-02-02T09:00"), ("DAY 2", "2026-02-03T09:00"))],
    }  # fmt: skip
    frames, at = {}, 0
    for name, content in {**people, **rows}.items():
        fields = study.forms[name].fields
        columns = {
            f.name: pd.Series([row.get(f.name) for row in content], dtype=KINDS.get(f.type, "object"))
            for f in fields.values()
        }
        frames[name] = pd.DataFrame(columns).assign(**{SRC: range(at, at + len(content))})
        at += 100
    return Derivation(study, Tables(frames, pd.DataFrame()))


def cells(made: Derivation, dataset: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a data set, missing as None, dates as text."""
    frame = made.table(dataset)
    return [tuple(_cell(v) for v in row) for row in frame[list(columns)].itertuples(index=False)]


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return None
    return str(value.date()) if isinstance(value, pd.Timestamp) else value


def event(number: int, start: str, **more: Any) -> dict[str, Any]:
    return {"USUBJID": ONE, "AESEQ": number, "AEDECOD": "Nausea", "AEBODSYS": "Gut", "AESTDTC": start, "AESEV": "MILD",
            "AESER": "N", "AEREL": "NOT RELATED", **more}  # fmt: skip


EVENTS = [
    event(1, "2026-02-01"),
    event(2, "2026-02-02", AESEV="SEVERE", AEREL="RELATED", AEENDTC="2026-02-04"),
    event(3, "2026-02-02", AEDECOD="Headache", AEACN="DRUG WITHDRAWN"),
    event(4, "2026-02-09", AESER="Y", AESHOSP="Y", AESMIE="Y", AESDTH="N", AEAWDTM="2026-02-09T10:00",
          AERPTDTM="2026-02-10T11:00"),
]  # fmt: skip


def test_events_are_emergent_from_the_first_dose_and_on_treatment_to_the_day_after_the_last(study: Study) -> None:
    made = derived(study, adverse_events=EVENTS)
    assert cells(made, "adae", "ASTDY", "TRTEMFL", "ONTRTFL", "RELGR", "ACNGR", "ADURN", "ASTDTF") == [
        (-1, "N", "N", "NO", None, None, None), (1, "Y", "Y", "YES", None, 3, None),
        (1, "Y", "Y", "NO", "STOP", None, None), (8, "Y", "N", "NO", None, None, None),
    ]  # fmt: skip


def test_a_subject_stands_once_a_term_at_its_maximum_severity(study: Study) -> None:
    made = derived(study, adverse_events=EVENTS)
    assert cells(made, "adaemax", "AEDECOD", "AESEV") == [("Headache", "MILD"), ("Nausea", "SEVERE")]
    assert cells(made, "adaeworst", "USUBJID", "AESEV") == [(ONE, "SEVERE")]


def test_kinds_of_events_are_counted_for_all_with_their_time_at_risk(study: Study) -> None:
    made = derived(study, adverse_events=EVENTS)
    found = {(kind, who): (events, some, days) for kind, who, events, some, days in
             cells(made, "adaecat", "AECAT", "USUBJID", "NEVENT", "ANYFL", "RISKDAYS")}  # fmt: skip
    assert found["ANY", ONE] == (3, "Y", 8)  # to the last event, the last thing known
    assert found["ANY", TWO] == (0, "N", 2)  # to the last dose
    kinds = {kind: found[kind, ONE][0] for kind in ("RELATED", "SEVERE", "SERIOUS", "FATAL", "STOP", "HOLD")}
    assert kinds == {"RELATED": 1, "SEVERE": 1, "SERIOUS": 1, "FATAL": 0, "STOP": 1, "HOLD": 0}
    assert cells(made, "adaept", "AEDECOD", "USUBJID", "NEVENT") == [
        ("Headache", ONE, 1), ("Headache", TWO, 0), ("Nausea", ONE, 2), ("Nausea", TWO, 0),
    ]  # fmt: skip
    assert cells(made, "adaerec", "USUBJID", "ASTART", "ASTOP", "EVENT") == [
        (ONE, 0, 0.999, 1), (ONE, 0.999, 1, 1), (ONE, 1, 8, 1), (TWO, 0, 2, 0),
    ]  # fmt: skip


def test_clocks_of_a_serious_event(study: Study) -> None:
    case = {
        "USUBJID": ONE,
        "AESEQ": 4,
        "SDLIFE": "N",
        "SDEXPED": "Y",
        "SDRCVDTC": "2026-02-10",
        "SDSUBDTC": "2026-02-26",
    }
    made = derived(study, adverse_events=EVENTS, safety_database=[case])
    assert cells(made, "adsae", "HOURS", "CLOCK24", "CLOCKDAYS", "DUEDT", "CLOCKDUE") == [
        (25, "LATE", 15, "2026-02-25", "LATE")
    ]
    made = derived(study, adverse_events=EVENTS, safety_database=[case | {"SDLIFE": "Y", "SDSUBDTC": "2026-02-17"}])
    assert cells(made, "adsae", "CLOCKDAYS", "DUEDT", "CLOCKDUE") == [(7, "2026-02-17", "IN TIME")]
    assert cells(made, "adcrit", "CRITERION") == [("HOSPITAL",), ("IMPORTANT",)]


RANGES = [{"LBNAM": "CENTRAL", "LBTESTCD": test, "LRSEX": "F", "LRAGELO": 18, "LRAGEHI": 99, "LRFROM": "2025-01-01",
           "LRUNIT": unit, "LRLO": low, "LRHI": high}
          for test, unit, low, high in (("ALT", "U/L", 7, 40), ("ALP", "U/L", 30, 100), ("BILI", "umol/L", 3, 20))
          ]  # fmt: skip


def lab(test: str, visit: str, day: str, value: float, unit: str = "U/L") -> dict[str, Any]:
    return {"USUBJID": ONE, "LBTESTCD": test, "VISIT": visit, "LBNAM": "CENTRAL", "LBDTC": day, "LBORRES": value,
            "LBORRESU": unit}  # fmt: skip


def test_laboratory_results_against_the_range_in_force(study: Study) -> None:
    labs = [lab("ALT", "SCREENING", "2026-01-28", 20), lab("ALT", "DAY 3", "2026-02-04", 160),
            lab("ALT", "DAY 7", "2026-02-08", 4, "ukat/L"), lab("ALT", "DAY 14", "2026-02-16", 5)]  # fmt: skip
    made = derived(study, labs=labs, lab_ranges=RANGES)
    columns = ("AVAL", "CHG", "XULN", "ANRIND", "ATOXGRN", "BTOXGR", "ONTRTFL", "WGRFL")
    assert cells(made, "adlb", *columns) == [
        (20, None, 0.5, "NORMAL", 0, "G0", "N", None),
        (160, 140, 4, "HIGH", 2, "G0", "Y", None),
        (240, 220, 6, "HIGH", 3, "G0", "N", "Y"),  # 4 microkatal are 240 units
        (5, -15, 0.125, "LOW", 0, "G0", "N", None),
    ]


def test_hys_law_needs_all_on_one_day(study: Study) -> None:
    day = ("DAY 3", "2026-02-04")
    labs = [lab("ALT", *day, 400), lab("ALP", *day, 150), lab("BILI", *day, 2.6, "mg/dL")]
    made = derived(study, labs=labs, lab_ranges=RANGES)
    (row,) = cells(made, "adlbhy", "ALTX", "ALPX", "BILIX", "RVAL", "RCLASS", "HYFL")
    assert row[:2] == (10, 1.5)
    assert row[2] == pytest.approx(2.6 * 17.104 / 20)
    assert row[3] == pytest.approx(10 / 1.5)
    assert row[4:] == ("HEPATOCELLULAR", "Y")
    signals = dict(cells(made, "adlivcat", "SIGNAL", "ANYFL"))
    assert {name for name, yes in signals.items() if yes == "Y"} == {"T3", "T5", "T8", "B2", "HY", "RHEP"}
    made = derived(study, labs=[*labs[:1], lab("ALP", *day, 200), labs[2]], lab_ranges=RANGES)
    assert cells(made, "adlbhy", "HYFL", "RCLASS") == [("N", "HEPATOCELLULAR")]  # ALP is twice its limit


def test_vital_signs_ecg_and_thoughts(study: Study) -> None:
    first = {"USUBJID": ONE, "VISIT": "DAY 1"}
    vitals = [{**first, "VSTPT": "PREDOSE", "VSDTM": "2026-02-02T08:30", "SYSBP": 120, "DIABP": 80, "RESP": 11,
               "STSYS": 99, "STDIA": 75},
              {**first, "VSTPT": "1 H", "VSDTM": "2026-02-02T10:00", "SYSBP": 89, "DIABP": 60, "RESP": 9}]  # fmt: skip
    made = derived(study, vital_signs=vitals)
    found = dict(cells(made, "advs", "PARAMCD", "CHG")[::-1])
    assert {row for row in cells(made, "advs", "PARAMCD", "ATPT", "CHG") if row[2] is not None} == {
        ("SYSBP", "1 H", -31), ("DIABP", "1 H", -20), ("RESP", "1 H", -2),
    }  # fmt: skip
    assert set(found) == {"SYSBP", "DIABP", "RESP"}
    notable = {name for name, who, yes in cells(made, "advscat", "NOTABLE", "USUBJID", "ANYFL") if yes == "Y"}
    assert notable == {"SBP", "RESP"}  # the fall on standing was before the first dose
    held = [name for name, who, yes in cells(made, "adhold", "REASON", "USUBJID", "ANYFL") if yes == "Y"]
    assert held == ["RESP"]
    ecgs = [{"USUBJID": ONE, "VISIT": "SCREENING", "EGTPT": "NO DOSE", "EGDTM": "2026-01-28T10:00", "QTCF": 430},
            {**first, "EGTPT": "1 H", "EGDTM": "2026-02-02T10:00", "QTCF": 481}]  # fmt: skip
    made = derived(study, ecg=ecgs)
    assert cells(made, "adeg", "CHG", "NOTABLE") == [(None, None), (51, "HIGH")]
    reached = [name for name, who, yes in cells(made, "adegcat", "QTCAT", "USUBJID", "ANYFL") if yes == "Y"]
    assert reached == ["C30", "Q450", "Q480"]
    none = {"USUBJID": ONE, "VISIT": "SCREENING", "QSDTC": "2026-01-28", "CSSR01": "N", "CSSR02": "N", "CSSRATT": "N"}
    thoughts = [none, none | {"VISIT": "DAY 28", "QSDTC": "2026-03-01", "CSSR01": "Y", "CSSR02": "Y", "CSSR03": "Y",
                              "CSSR04": "N", "CSSR05": "N"}]  # fmt: skip
    made = derived(study, cssrs=thoughts)
    assert set(cells(made, "adcssrs", "AVALC", "BASEC", "WORSTFL")) == {("NONE", "NONE", None), ("METHOD", "NONE", "Y")}


def test_medicines_by_time_and_by_class_of_interaction(study: Study) -> None:
    medicines = [{"USUBJID": ONE, "CMSEQ": n, "CMDECOD": name, "CMSTDTC": start, "CMENDTC": end, "CMENRF": when}
                 for n, (name, start, end, when) in enumerate(
                     [("Omeprazole", "2025", None, None), ("Codeine", "2025-06", "2026-02-02", "DURING"),
                      ("Aspirin", "2025", "2025-11", "BEFORE"), ("Diazepam", "2026-02-10", None, None)], 1)
                 ]  # fmt: skip
    rescue = [{"USUBJID": ONE, "RMSEQ": 1, "RMTRT": "Ondansetron", "RMDTM": "2026-02-02T12:00"}]
    made = derived(study, concomitant=medicines, rescue_medication=rescue)
    assert cells(made, "adcm", "CMDECOD", "CMGR", "OVERLAP", "OVERFL", "ASTDTF") == [
        ("Omeprazole", "CONCOMITANT", 2, "Y", "M"), ("Codeine", "CONCOMITANT", 1, "Y", "D"),
        ("Diazepam", "CONCOMITANT", -6, "N", None), ("Aspirin", "PRIOR", -63, "N", "M"),
        ("Ondansetron", "RESCUE", None, "Y", None),
    ]  # fmt: skip
    assert set(cells(made, "adcmi", "CMDECOD", "LEVEL", "EVIDENCE")) == {
        ("Codeine", "monitor", "in vitro"), ("Ondansetron", "monitor", "in vitro"),
        ("Ondansetron", "rescue", "assumed"),
    }  # fmt: skip


def test_the_grades_of_the_data_set_are_those_of_the_form(study: Study) -> None:
    rule = next(r for r in study.forms["labs"].rules.values() if r.field == "LBTOXGR" and r.kind == "computed")
    step = next(s for s in study.datasets["adlb"].steps if s.kind == "grade")
    tables: Any = step.args.plain()
    assert {t.pop("of"): t for t in tables["grades"]} == rule.args.plain()["grades"]  # type: ignore[index, call-overload]

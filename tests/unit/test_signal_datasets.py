"""Data sets of stopping rules and of urine against self-report, on a few rows, against what is found by hand."""

from __future__ import annotations

import pandas as pd

from tests.shipped import shipped
from trialkit.derive.run import Derivation
from trialkit.model.table import SRC, Tables

DAY = pd.Timestamp("2026-03-02")
ANALYTES = ("FENT", "MOR", "OXY", "METH", "BUP")


def texts(records: list[dict[str, object]]) -> pd.DataFrame:
    made = pd.DataFrame(records)
    names = [name for name in made if made[name].map(lambda v: isinstance(v, str) or v is None).any()]
    return made.astype(dict.fromkeys(names, object)).assign(**{SRC: range(len(made))})


def derived(name: str, datasets: dict[str, pd.DataFrame], **forms: pd.DataFrame) -> pd.DataFrame:
    derivation = Derivation(shipped(), Tables(dict(forms), pd.DataFrame()))
    derivation.datasets |= datasets
    return derivation.table(name)


def specimen(who: str, visit: str, **found: str) -> dict[str, object]:
    row = {"USUBJID": who, "VISIT": visit, "UDSDTC": DAY, "UVALID": "VALID"}
    return row | dict.fromkeys(ANALYTES, "NEGATIVE") | found


def days(who: str, before: dict[int, str]) -> list[dict[str, object]]:
    return [{"USUBJID": who, "SUDTC": DAY - pd.Timedelta(days=n), "SUOPI": used} for n, used in before.items()]


def test_urine_that_disagrees_with_what_was_told() -> None:
    """S1 found and not told; S2 told two days before and not found; S3 told five days before, not found: no
    disagreement; S4 not asked about the week; S5 found and told; S6 not valid."""
    urine = texts(
        [specimen("S1", "DAY 14", FENT="POSITIVE"), specimen("S2", "DAY 14"), specimen("S3", "DAY 14"),
         specimen("S4", "DAY 14", MOR="POSITIVE"), specimen("S5", "SCREENING", OXY="POSITIVE"),
         specimen("S6", "DAY 28", OXY="POSITIVE", UVALID="INVALID")]
    )  # fmt: skip
    told = [*days("S1", {0: "N", 6: "N", 7: "Y"}), *days("S2", {2: "Y", 4: "N"}), *days("S3", {1: "N", 5: "Y"})]
    told += [*days("S4", {9: "N"}), *days("S5", {3: "Y"}), *days("S6", {1: "N"})]
    people = texts([{"USUBJID": f"S{i}", "SITEID": "1", "TRT01P": "Low"} for i in range(1, 7)])
    found = derived("aduddis", {"adsl": people}, urine_drugs=urine, substance_use=texts(told))
    shown = found[["USUBJID", "ANALYTE", "ASKED", "USED", "DISAGREE"]].to_numpy().tolist()
    assert shown == [["S1", "FENT", 2, 0, "USE NOT TOLD"], ["S2", "NOTHING", 2, 1, "USE TOLD"]]


def test_who_has_had_what_a_stopping_rule_watches() -> None:
    """S1 and S2 share a related serious event, S3 has one alone; S4 meets Hy's law; S5 is long and has risen."""
    event = {"AESER": "Y", "RELGR": "YES", "TRTEMFL": "Y", "AESDTH": "N", "ASTDT": DAY, "TRT01P": "Low"}
    events = [event | {"USUBJID": who, "AEDECOD": term, "AESEQ": 1.0} for who, term in
              (("S1", "Seizure"), ("S2", "Seizure"), ("S3", "Coma"))]  # fmt: skip
    events += [events[0] | {"AESEQ": 2.0}, events[2] | {"AESEQ": 2.0, "AESER": "N", "AESDTH": "Y"}]
    events += [events[0] | {"USUBJID": "S6", "RELGR": "NO"}]
    liver = texts([{"USUBJID": "S4", "HYFL": "Y", "PKTRANS": 4.9}, {"USUBJID": "S5", "HYFL": "N", "PKTRANS": 5.0}])
    ecg = texts([{"USUBJID": "S5", "POSTFL": "Y", "AVAL": 501.0, "CHG": 61.0},
                 {"USUBJID": "S6", "POSTFL": "Y", "AVAL": 500.0, "CHG": 60.0}])  # fmt: skip
    found = derived("adstop", {"adae": texts(events), "adliver": liver, "adeg": ecg})
    by = found.groupby("RULE")["USUBJID"].agg(sorted).to_dict()
    assert by == {
        "DEATH": ["S3"], "HY": ["S4"], "LIVER": ["S5"], "QT": ["S5"], "RELATED": ["S1", "S2", "S3"],
        "SAME TERM": ["S1", "S2"],
    }  # fmt: skip

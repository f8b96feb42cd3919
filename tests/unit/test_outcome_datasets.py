"""The reference study's data sets of outcomes on a few rows, against numbers computed by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.derive.run import Derivation
from trialkit.locate import shipped_study
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.spec import load_study

START = pd.Timestamp("2026-02-02")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(shipped_study())


def subjects() -> pd.DataFrame:
    """S1 stays, S2 leaves after day 2, S3 is never dosed."""
    made = pd.DataFrame(
        {
            "USUBJID": ["S1", "S2", "S3"],
            "SITEID": ["1", "1", "2"],
            "TRT01P": ["Low", "Placebo", "Low"],
            "STRATUM": ["13 OR MORE", "13 OR MORE", "BELOW 13"],
            "SEX": ["F", "M", "M"],
            "OPIOID": ["Heroin", "Fentanyl", "Heroin"],
            "AGE": [34.0, 35.0, 50.0],
            "COWSBL": [20.0, 14.0, 8.0],
            "RANDDT": [START, START, START],
            "TRTSDT": [START, START, pd.NaT],
            "EOSDT": [START + pd.Timedelta(days=6), START + pd.Timedelta(days=1), START],
            "SAFFL": ["Y", "Y", "N"],
            SRC: [0, 1, 2],
        }
    )
    return made.astype(dict.fromkeys(("USUBJID", "SITEID", "TRT01P", "STRATUM", "SEX", "OPIOID", "SAFFL"), object))


def totals() -> pd.DataFrame:
    """Baseline and days: S1 lacks day 3; S2 has days 1 and 2."""
    known = [("S1", 0, 20), ("S1", 1, 22), ("S1", 2, 15), ("S1", 4, 10), ("S1", 5, 8), ("S1", 6, 6), ("S1", 7, 4)]
    known += [("S2", 0, 14), ("S2", 1, 14), ("S2", 2, 14), ("S3", 0, 8)]
    made = pd.DataFrame(known, columns=["USUBJID", "day", "AVAL"])
    made["AVISIT"] = [f"DAY {day}" for day in made["day"]]
    made["AVISITN"] = [float(day or -1) for day in made["day"]]
    made["ADT"] = [START + pd.Timedelta(days=day - 1) for day in made["day"]]
    made["AVAL"] = made["AVAL"].astype(float)
    return made.assign(**{SRC: range(10, 10 + len(made))}).astype({"USUBJID": object, "AVISIT": object})


def derived(study: Study, name: str, **forms: pd.DataFrame) -> pd.DataFrame:
    """A data set from the subjects and totals above and these rows of forms; its ledger must reconcile."""
    derivation = Derivation(study, Tables(dict(forms), pd.DataFrame()))
    derivation.datasets |= {"adsl": subjects(), "adcows": totals()}
    frame = derivation.table(name)
    ledger = derivation.ledger.frame()
    for _, group in ledger.groupby(list(ledger.columns[:2])):
        assert (group["rows_in"] - group["rows_out"]).iloc[0] == group["lost"].sum()
    return frame


def of(frame: pd.DataFrame, who: str) -> dict[str, Any]:
    (row,) = frame[frame["USUBJID"] == who].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_every_subject_has_every_day_and_keeps_the_source_of_a_total(study: Study) -> None:
    frame = derived(study, "adcowsd")
    assert frame.groupby("USUBJID").size().to_dict() == {"S1": 8, "S2": 8, "S3": 8}
    mine = frame[frame["USUBJID"] == "S1"].set_index("AVISIT")
    assert mine.loc["DAY 2", SRC] == 12 and mine.loc["DAY 3", SRC] == 0
    assert frame["AVAL"].notna().sum() == len(totals())


def test_a_response_is_half_the_baseline_or_below_five_and_measured(study: Study) -> None:
    frame = derived(study, "adcowsd")
    found = {who: "".join(frame[frame["USUBJID"] == who]["RESPFL"]) for who in ("S1", "S2", "S3")}
    assert found == {"S1": "NNNNYYYY", "S2": "NNNNNNNN", "S3": "NNNNNNNN"}  # 10 is half of 20


def test_area_peak_last_and_mean_by_hand(study: Study) -> None:
    """S1: 18.5 + 25 (over the missing day) + 9 + 7 + 5 = 64.5; changes 2, -5, -10, -12, -14, -16."""
    frame = derived(study, "adcowss")
    one, two, three = (of(frame, who) for who in ("S1", "S2", "S3"))
    assert (one["AUC"], one["PEAK"], one["PEAKDY"], one["LAST"], one["NDAYS"]) == (64.5, 22, 1, 4, 6)
    assert one["AVGCHG"] == pytest.approx(-55 / 6)
    assert (one["BASECAT"], one["WORSTCAT"], one["LASTCAT"]) == ("Moderate", "Moderate", "Below mild")
    assert (one["AGEGR1"], two["AGEGR1"]) == ("Below 35 years", "35 years or more")
    assert pd.isna(two["AUC"]) and (two["PEAK"], two["PEAKDY"], two["LAST"]) == (14, 1, 14)
    assert pd.isna(three["PEAK"]) and pd.isna(three["WORSTCAT"]) and three["NDAYS"] == 0


def test_who_is_not_there_has_the_worst_rank(study: Study) -> None:
    frame = derived(study, "adcowsw").set_index("USUBJID")
    assert frame["AVAL"].to_dict() == {"S1": 4, "S2": 49, "S3": 49}
    assert frame["WHY"].to_dict() == {"S1": "measured", "S2": "not there", "S3": "not there"}


def specimens() -> pd.DataFrame:
    """S1: positive, not valid, positive; S2: negative on day 14 and no more."""
    rows = [("S1", "DAY 14", 13, "VALID", "POSITIVE"), ("S1", "DAY 21", 20, "INVALID", "NEGATIVE"),
            ("S1", "DAY 28", 27, "VALID", "POSITIVE"), ("S2", "DAY 14", 13, "VALID", "NEGATIVE")]  # fmt: skip
    made = pd.DataFrame(rows, columns=["USUBJID", "VISIT", "day", "UVALID", "FENT"])
    others = {name: pd.Series(["NEGATIVE"] * len(made), dtype=object) for name in ("MOR", "OXY", "METH", "BUP")}
    made = made.assign(UDSDTC=START + pd.to_timedelta(made["day"], unit="D"), **others)
    return made.astype({"USUBJID": object, "VISIT": object, "UVALID": object, "FENT": object}).assign(
        **{SRC: range(50, 50 + len(made))}
    )


def test_urine_under_its_rules(study: Study) -> None:
    frame = derived(study, "aduds", urine_drugs=specimens())
    assert len(frame) == 9
    seen = {(u, v): (n, m) for u, v, n, m in frame[["USUBJID", "AVISIT", "NEGFL", "NEGMIS"]].itertuples(index=False)}
    assert seen["S1", "DAY 14"] == ("N", "N") and seen["S2", "DAY 14"] == ("Y", "Y")
    assert pd.isna(seen["S1", "DAY 21"][0]) and seen["S1", "DAY 21"][1] == "N"
    assert pd.isna(seen["S3", "DAY 28"][0]) and seen["S3", "DAY 28"][1] == "N"


def test_relapse_is_dated_to_the_first_of_two_specimens(study: Study) -> None:
    frame = derived(study, "adrelaps", urine_drugs=specimens())
    one, two = of(frame, "S1"), of(frame, "S2")
    assert (one["AVAL"], one["CNSR"]) == (14, 0)
    assert (two["AVAL"], two["CNSR"], two["EVNTDESC"]) == (14, 1, "Last valid specimen")
    assert "S3" not in set(frame["USUBJID"])


def test_rescue_doses_and_days_at_risk(study: Study) -> None:
    doses = pd.DataFrame({"USUBJID": ["S1", "S1", "S1"], "RMSEQ": [1.0, 2.0, 3.0], "VISIT": ["DAY 1"] * 3,
                          "RMTRT": ["Clonidine"] * 3, "RMDTM": [START] * 3, SRC: [70, 71, 72]})  # fmt: skip
    frame = derived(
        study, "adrescu", rescue_medication=doses.astype({"USUBJID": object, "VISIT": object, "RMTRT": object})
    )
    one, two = of(frame, "S1"), of(frame, "S2")
    assert (one["RESCUES"], one["DAYS"], two["RESCUES"], two["DAYS"]) == (3, 7, 0, 2)
    assert one["PERDAY"] == pytest.approx(3 / 7)

"""The simulator: the same seed the same bytes, and data that look like what they were drawn from."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.make_synthetic import make
from tests.shipped import shipped
from trialkit.errors import StudyError
from trialkit.locate import shipped_study
from trialkit.simulate import Simulated, simulate
from trialkit.simulate.design import design_of
from trialkit.simulate.enroll import enroll, score_at
from trialkit.simulate.truth import estimands
from trialkit.spec import read_yaml

ITEMS = [f"COWS1{i:02d}" for i in range(1, 12)]
NULL = "synthetic_data/scenarios/null.yaml"
STAY = [f"DAY {i}" for i in range(1, 8)]


@pytest.fixture(scope="module")
def large() -> Simulated:
    return simulate(shipped(), "null", 2000, 1)


@pytest.fixture(scope="module")
def effect() -> Simulated:
    return simulate(shipped(), "effect", 900, 3)


def frame(made: Simulated, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(made.uploads[name]), keep_default_na=False, na_values=[""], dtype={"SITEID": str})


def within(seen: float, expected: float, n: int, errors: float = 4.5) -> bool:
    """A share within so many standard errors."""
    return abs(seen - expected) <= errors * np.sqrt(expected * (1 - expected) / n)


def test_committed_data_are_what_the_simulator_makes(tmp_path: Path) -> None:
    make(shipped_study(), tmp_path)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(made) > 60
    for path, data in made.items():
        assert (shipped_study() / "synthetic_data" / path).read_bytes() == data, path


def test_the_same_seed_gives_the_same_bytes() -> None:
    study = shipped()
    assert simulate(study, "null", 60, 5).uploads == simulate(study, "null", 60, 5).uploads
    assert simulate(study, "null", 60, 5).uploads != simulate(study, "null", 60, 6).uploads


def test_every_allowed_score_occurs_and_no_other(large: Simulated) -> None:
    form = shipped().forms["cows"]
    scores = frame(large, "cows.csv")
    for item in ITEMS:
        assert {f"{v:g}" for v in scores[item].dropna()} == set(form.fields[item].codes)


def test_alpha_is_that_of_the_literature(large: Simulated) -> None:
    """0.74 to 0.80 in published samples; a day's alpha at about 1,000 subjects is known to about 0.02."""
    scores = frame(large, "cows.csv")
    for day in ("DAY 1", "DAY 2", "DAY 3", "DAY 4"):
        items = scores.loc[scores["VISIT"] == day, ITEMS].dropna()
        alpha = 11 / 10 * (1 - items.var().sum() / items.sum(axis=1).var())
        assert 0.72 < alpha < 0.82


def test_entry_and_strata(large: Simulated) -> None:
    base = frame(large, "cows.csv").query("VISIT == 'DAY 0'").set_index("USUBJID")["COWS112"]
    stratum = frame(large, "rand.csv").set_index("USUBJID")["STRATUM"]
    assert base.between(8, 36).all() and len(base) == 2000
    assert (stratum.eq("13 OR MORE") == base.ge(13).reindex(stratum.index)).all()
    given = frame(large, "rand.csv")
    counts = pd.crosstab([given["SITEID"], given["STRATUM"]], given["ARM"])
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 2


def test_leaving_follows_its_hazard(large: Simulated) -> None:
    """Of those in the stay after a dosing day, the share that leaves, day by day."""
    hazard = [float(h) for h in large.truth["parameters"]["dropout"]["hazard"]["Placebo"]]
    visits = frame(large, "sv.csv")
    last = visits[visits["VISIT"].isin(STAY)].groupby("USUBJID").size()
    end = frame(large, "ds.csv").set_index("USUBJID")["DSDECOD"].reindex(last.index)
    for day, expected in enumerate(hazard, start=1):
        n = int((last >= day).sum())
        assert within(((last == day) & (end != "COMPLETED")).sum() / n, expected, n)


def test_leaving_can_depend_on_the_score() -> None:
    """Missing at random and not at random: those who leave had, or would have had, the higher scores."""
    design = design_of(shipped(), "informative_dropout")
    trial = enroll(design, 4000, np.random.Generator(np.random.PCG64(3)))
    at = design.at(STAY)
    scores = score_at(design, trial, at)
    gone, there = trial.last == 3, trial.last > 3
    assert scores[gone, 3].mean() > scores[there, 3].mean() + 1
    free = enroll(design_of(shipped(), "null"), 4000, np.random.Generator(np.random.PCG64(3)))
    scores = score_at(design, free, at)
    assert abs(scores[free.last == 3, 3].mean() - scores[free.last > 3, 3].mean()) < 1


def test_missing_forms_follow_their_share(large: Simulated) -> None:
    seen, scores = frame(large, "sv.csv"), frame(large, "cows.csv")
    for day, expected in {"DAY 1": 0.16, "DAY 2": 0.10, "DAY 3": 0.07, "DAY 4": 0.05}.items():
        n = int((seen["VISIT"] == day).sum())
        assert within(1 - (scores["VISIT"] == day).sum() / n, expected, n)


def test_adverse_events_follow_their_shares(large: Simulated) -> None:
    events = frame(large, "ae.csv")
    dosed = frame(large, "ec.csv")["USUBJID"].nunique()
    terms = [term for term in large.truth["parameters"]["events"]["terms"].values() if "share" in term]
    assert len(terms) == 8
    for term in terms:
        seen = events.loc[events["AEDECOD"] == term["label"], "USUBJID"].nunique() / dosed
        assert within(seen, float(term["share"]["Placebo"]), dosed)


def test_rescue_falls_day_by_day(large: Simulated) -> None:
    rescue, seen = frame(large, "rm.csv"), frame(large, "sv.csv")
    for day, expected in {"DAY 1": 0.70, "DAY 4": 0.46, "DAY 7": 0.22}.items():
        n = int((seen["VISIT"] == day).sum())
        assert within((rescue["VISIT"] == day).sum() / n, expected, n)


def test_kinetics_give_back_their_clearance(large: Simulated) -> None:
    """At day 1 the concentration one hour after a dose D is D/V times a known factor; medians over subjects."""
    conc, arm = frame(large, "pc.csv"), frame(large, "rand.csv").set_index("USUBJID")["ARM"]
    one = conc.query("VISIT == 'DAY 1' and PCTPT == '1 H' and PCTESTCD == 'MITRAG'").set_index("USUBJID")
    ka, ke = 2.0, np.log(2) / 40
    expected = 40_000 * ka / (230 / ke * (ka - ke)) * (np.exp(-ke) - np.exp(-ka))
    high = one.loc[arm.reindex(one.index) == "High", "PCSTRESN"]
    assert abs(np.log(high.median() / expected)) < 0.12
    assert one.loc[arm.reindex(one.index) == "Placebo", "PCSTRESN"].isna().all()
    assert set(one.loc[arm.reindex(one.index) == "Placebo", "PCORRES"]) == {"<0.10"}


def test_liver_cases_have_their_enzymes_and_their_event(large: Simulated) -> None:
    cases = frame(large, "ae.csv").query("AEDECOD == 'Liver injury'").set_index("USUBJID")
    assert 1 <= len(cases) <= 25
    assert set(cases["AESER"]) == {"Y"}
    labs = frame(large, "lb.csv")
    alt = labs[labs["LBTESTCD"].eq("ALT") & (labs["LBORRES"] > 3 * 45)]
    assert len(alt) >= 1
    assert set(alt["USUBJID"]) <= set(cases.index)


def test_rows_that_follow_another_forms(effect: Simulated) -> None:
    """A case in the safety database for each serious event, with its cells and times in order."""
    events, cases = frame(effect, "ae.csv"), frame(effect, "sd.csv")
    serious = events[events["AESER"].eq("Y")]
    assert len(cases) > 5
    assert serious[["USUBJID", "AESEQ"]].to_numpy().tolist() == cases[["USUBJID", "AESEQ"]].to_numpy().tolist()
    assert serious["AEDECOD"].tolist() == cases["SDTERM"].tolist()
    assert (serious["AEAWDTM"] < serious["AERPTDTM"]).all() and (serious["AESTDTC"] <= serious["AEAWDTM"]).all()
    assert events.loc[events["AESER"].eq("N"), ["AEAWDTM", "AERPTDTM"]].isna().all(axis=None)


def test_a_subject_has_one_weight_and_one_height(effect: Simulated) -> None:
    """What is measured at admission is what demographics say, but for the error of measuring."""
    signs = frame(effect, "vs.csv").query("VISIT == 'DAY 0'").set_index("USUBJID")
    both = frame(effect, "dm.csv").set_index("USUBJID").join(signs, rsuffix="_IN")
    for name, most in (("WEIGHT", 3), ("HEIGHT", 2)):
        apart = (both[name] - both[f"{name}_IN"]).abs().dropna()
        assert len(apart) > 700 and 0 < apart.max() < most
    assert both.loc[both["HEIGHT"].isna(), "HEIGHT_IN"].between(169, 173).all()


def test_who_leaves_for_an_event_has_it(effect: Simulated) -> None:
    events, ends = frame(effect, "ae.csv"), frame(effect, "ds.csv")
    left = set(ends.loc[ends["DSDECOD"].eq("ADVERSE EVENT"), "USUBJID"])
    stopped = events[events["AEACN"].eq("DRUG WITHDRAWN")]
    later = set(events.loc[events["AEACN"].notna(), "USUBJID"])
    assert len(left) > 20 and left <= set(events["USUBJID"])
    assert set(stopped["USUBJID"]) <= left and len(stopped) == stopped["USUBJID"].nunique() > 5
    assert left & later - set(stopped["USUBJID"]) <= set(events.loc[events["AEACN"].isna(), "USUBJID"])


def test_a_missing_score_is_said_to_be_not_done(large: Simulated) -> None:
    scores = frame(large, "cows.csv")
    lacks = scores[ITEMS].isna().any(axis=1)
    assert lacks.any() and (lacks == scores["QSSTAT"].eq("NOT DONE")).all()


def test_the_amendment_arrives_site_by_site(large: Simulated) -> None:
    """What version 2.0 brought is there from the day its site adopted it, and not before."""
    study = shipped()
    events = frame(large, "ae.csv")
    sites = frame(large, "dm.csv").set_index("USUBJID")["SITEID"]
    versions = [
        p.version if (p := study.in_force(site, date.fromisoformat(day))) else ""
        for site, day in zip(sites.reindex(events["USUBJID"]), events["AESTDTC"], strict=True)
    ]
    assert (events["AEACN"].notna() == (np.array(versions) == "2.0")).all()
    assert events["AEACN"].notna().any() and events["AEACN"].isna().any()
    consents = frame(large, "ic.csv")
    for row in consents.itertuples():
        protocol = study.in_force(row.SITEID, date.fromisoformat(row.ICDTC))
        assert protocol is not None and protocol.consent == f"{row.ICVERS:.1f}"
    assert (consents.groupby("USUBJID").size() == 2).any()


def test_truth_of_null_is_no_difference(large: Simulated) -> None:
    assert large.truth["no_arm_differs"] is True
    for estimand in large.truth["estimands"].values():
        assert set(estimand["arms"]) == {"Placebo", "Low", "High"}
        for difference in estimand["differences"].values():
            assert difference == {"value": 0.0, "mc_error": 0.0}


def test_truth_agrees_with_a_second_sample() -> None:
    """The stated value lies within the errors of another, independent sample; and the effect is not nothing."""
    design = design_of(shipped(), "effect")
    told = estimands(design)
    for arm, said in told["cows_average"]["arms"].items():
        trial = enroll(design, 10000, np.random.Generator(np.random.PCG64(9)), arm)
        mine = score_at(design, trial, design.at(STAY)).mean(axis=1)
        error = np.hypot(said["mc_error"], mine.std() / np.sqrt(len(mine)))
        assert abs(mine.mean() - said["value"]) < 4 * error
    high = told["cows_average"]["differences"]["High"]
    assert high["value"] < -20 * high["mc_error"]


def test_null_shows_no_effect_over_replicates() -> None:
    """200 small trials: the mean difference of the observed scores at day 5 is zero within its Monte Carlo error."""
    design = design_of(shipped(), "null")
    differences = []
    for seed in range(200):
        trial = enroll(design, 60, np.random.Generator(np.random.PCG64(seed)))
        score, there = score_at(design, trial, design.at(["DAY 5"]))[:, 0], trial.last >= 5
        arm = trial.traits["arm"]
        if min((there & (arm == a)).sum() for a in ("High", "Placebo")):
            differences.append(score[there & (arm == "High")].mean() - score[there & (arm == "Placebo")].mean())
    assert len(differences) > 190
    mean, error = np.mean(differences), np.std(differences) / np.sqrt(len(differences))
    assert abs(mean) < 3.5 * error


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("hazard:", "hazards:", "Did you mean 'hazard'"),
        ("COWS104: {graded:", "COWS104: {gradd:", "Did you mean 'graded'"),
        ("COWS104: {graded:", "COWS144: {graded:", "Did you mean 'COWS104'"),
        ("    DAY 7: -1.4\n", "", "latent.mean has no value for visit 'DAY 7'"),
        ("      EXLOT:", "      EXLOTT:", "Did you mean 'EXLOT'"),
        ("  DAY 14: {completed", "  DAY 15: {completed", "there is no visit 'DAY 15'"),
        ("{known: {what: lot}}", "{known: {what: lots}}", "nothing is known as 'lots'"),
        ("of: adverse_events, where: {AESER", "of: adverse_event, where: {AESER", "Did you mean 'adverse_events'"),
        ("of: adverse_events, where: {AESER", "of: adverse_events, where: {AESERR", "Did you mean 'AESER'"),
        (
            "of: adverse_events, where: {AESER",
            "of: cows, where: {AESER",
            "there is no form above 'safety_database': 'cows'",
        ),
        ("{per: form, of: adverse_events, where: {AESER: [Y]}}", "{per: form}", "'per: form' and 'of' go together"),
        ("{of_form: {form: demographics,", "{of_form: {form: demographic,", "Did you mean 'demographics'"),
        ("{of_form: {form: demographics,", "{of_form: {form: ecg,", "form 'ecg' is not made before this one"),
        ("form: demographics, field: WEIGHT,", "form: demographics, field: WEIGTH,", "Did you mean 'WEIGHT'"),
        ("cuts: [13]", "cuts: [13, 20]", "strata need one name more"),
    ],
)
def test_a_scenario_that_does_not_fit(old: str, new: str, words: str) -> None:
    text = (shipped_study() / NULL).read_text(encoding="utf-8")
    assert old in text
    changed = read_yaml(text.replace(old, new, 1), NULL)
    study = replace(shipped(), scenarios=shipped().scenarios | {"null": changed})
    with pytest.raises(StudyError, match=words) as caught:
        simulate(study, "null", 30, 1)
    assert NULL in caught.value.text


@pytest.mark.parametrize(
    ("text", "words"),
    [("based_on: nul\n", "Did you mean 'null'"), ("based_on: loop\n", "is based on itself")],
)
def test_a_scenario_based_on_nothing(text: str, words: str) -> None:
    study = replace(shipped(), scenarios=shipped().scenarios | {"loop": read_yaml(text, "loop.yaml")})
    with pytest.raises(StudyError, match=words):
        design_of(study, "loop")


def test_what_was_not_done_is_what_is_planned_and_not_there(large: Simulated) -> None:
    visits, said = frame(large, "sv.csv"), frame(large, "nd.csv")
    for form, file in (("oows", "oows.csv"), ("study_drug", "ec.csv"), ("pk", "pc.csv")):
        planned = [v.id for v in shipped().protocol.visits.values() if form in v.forms]
        due = visits[visits["VISIT"].isin(planned)]
        pairs = set(zip(due["USUBJID"], due["VISIT"], strict=True))
        made, told = frame(large, file), said[said["NDFORM"] == form]
        there = set(zip(made["USUBJID"], made["VISIT"], strict=True))
        assert set(zip(told["USUBJID"], told["VISIT"], strict=True)) == pairs - there != set()


def test_reference_dates_are_those_of_the_doses(large: Simulated) -> None:
    people, doses = frame(large, "dm.csv").set_index("USUBJID"), frame(large, "ec.csv")
    days = doses["ECDTM"].str[:10].groupby(doses["USUBJID"])
    dosed = people.loc[list(days.groups)]
    assert dosed["RFSTDTC"].tolist() == days.min().loc[dosed.index].tolist()
    assert dosed["RFENDTC"].tolist() == days.max().loc[dosed.index].tolist()
    assert people.drop(dosed.index)["RFSTDTC"].isna().all()


def test_those_who_came_to_the_last_visit_completed(large: Simulated) -> None:
    ends, visits = frame(large, "eos.csv"), frame(large, "sv.csv")
    came = set(visits.loc[visits["VISIT"] == "DAY 60", "USUBJID"])
    assert set(ends.loc[ends["DSDECOD"] == "COMPLETED", "USUBJID"]) == came
    assert (ends["DSSTDTC"] == ends["USUBJID"].map(visits.groupby("USUBJID")["SVSTDTC"].max())).all()

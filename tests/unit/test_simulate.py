"""The simulator: the same seed the same bytes, and data that look like what they were drawn from."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.make_synthetic import make
from trialkit.errors import StudyError
from trialkit.locate import shipped_study
from trialkit.simulate import Simulated, simulate
from trialkit.spec import load_study

ITEMS = [f"COWS1{i:02d}" for i in range(1, 12)]


@pytest.fixture(scope="module")
def large() -> Simulated:
    return simulate(load_study(shipped_study()), "null", 2000, 1)


def frame(made: Simulated, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(made.uploads[name]), keep_default_na=False, na_values=[""])


def test_committed_data_are_what_the_simulator_makes(tmp_path: Path) -> None:
    make(shipped_study(), tmp_path)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(made) == 14
    for path, data in made.items():
        assert (shipped_study() / "synthetic_data" / path).read_bytes() == data, path


def test_the_same_seed_gives_the_same_bytes() -> None:
    study = load_study(shipped_study())
    assert simulate(study, "null", 60, 5).uploads == simulate(study, "null", 60, 5).uploads
    assert simulate(study, "null", 60, 5).uploads != simulate(study, "null", 60, 6).uploads


def test_every_allowed_score_occurs_and_no_other(large: Simulated) -> None:
    form = load_study(shipped_study()).forms["cows"]
    scores = frame(large, "cows.csv")
    for item in ITEMS:
        assert {f"{v:g}" for v in scores[item].dropna()} == set(form.fields[item].codes)


def test_alpha_is_that_of_the_literature(large: Simulated) -> None:
    """0.74 to 0.80 in published samples; a day's alpha at about 1,000 subjects is known to about 0.02."""
    scores = frame(large, "cows.csv")
    for day in ("DAY 1", "DAY 2", "DAY 3", "DAY 4"):
        items = scores.loc[scores["VISIT"] == day, ITEMS].dropna()
        alpha = 11 / 10 * (1 - items.var().sum() / items.sum(axis=1).var())
        assert 0.70 < alpha < 0.84


def test_leaving_follows_its_hazard(large: Simulated) -> None:
    """Of those who were dosed on a day, the share that leaves; four standard errors."""
    hazard = [float(h) for h in large.truth["parameters"]["dropout"]["hazard"]["Placebo"]]
    dosed = frame(large, "ex.csv").groupby("USUBJID").size()
    end = frame(large, "ds.csv").set_index("USUBJID")["DSDECOD"].reindex(dosed.index)
    for day, expected in enumerate(hazard, start=1):
        n = int((dosed >= day).sum())
        leaving = int(((dosed == day) & (end != "COMPLETED")).sum())
        assert abs(leaving / n - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)


def test_adverse_events_follow_their_shares(large: Simulated) -> None:
    events = frame(large, "ae.csv")
    dosed = frame(large, "ex.csv")["USUBJID"].nunique()
    for term in large.truth["parameters"]["events"]["terms"].values():
        share = float(term["share"]["Placebo"])
        seen = events.loc[events["AEDECOD"] == term["label"], "USUBJID"].nunique() / dosed
        assert abs(seen - share) <= 4 * np.sqrt(share * (1 - share) / dosed)


def test_the_null_scenario_says_so_and_the_other_does_not(large: Simulated) -> None:
    assert large.truth["no_arm_differs"] is True
    assert simulate(load_study(shipped_study()), "effect", 30, 1).truth["no_arm_differs"] is False


def test_the_effect_can_be_seen() -> None:
    made = simulate(load_study(shipped_study()), "effect", 1500, 2)
    scores = frame(made, "cows.csv").merge(frame(made, "dm.csv")[["USUBJID", "ARM"]], on="USUBJID")
    mean = scores[scores["VISIT"] == "DAY 5"].groupby("ARM")["COWS112"].mean()
    assert mean["High"] < mean["Low"] < mean["Placebo"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("hazard:", "hazards:", "Did you mean 'hazard'"),
        ("COWS104: {graded:", "COWS104: {gradd:", "Did you mean 'graded'"),
        ("COWS104: {graded:", "COWS144: {graded:", "Did you mean 'COWS104'"),
        ("mean: [0.8, ", "mean: [", "latent.mean has 7 values; it needs 8"),
        ("      EXLOT:", "      EXLOTT:", "Did you mean 'EXLOT'"),
    ],
)
def test_a_scenario_that_does_not_fit(tmp_path: Path, old: str, new: str, words: str) -> None:
    for name in ("schemas", "analysis", "synthetic_data/scenarios"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    path = tmp_path / "synthetic_data" / "scenarios" / "null.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyError, match=words) as caught:
        simulate(load_study(tmp_path), "null", 30, 1)
    assert caught.value.place.startswith("synthetic_data/scenarios/null.yaml")

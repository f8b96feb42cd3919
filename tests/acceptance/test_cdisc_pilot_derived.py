"""Tabulation data -> analysis data sets by our derivations, against the analysis data sets of the same package.

Every count of differences is the one that ``docs/explanation/cdisc-pilot-derived.md`` explains.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.acceptance.sdtm_counts import STUDY, data
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.derive import derive
from trialkit.derive.difference import differences
from trialkit.intake import parse, read
from trialkit.model import SRC, Study, Tables

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "cdisc-pilot-derived.md"
FORMS = ("ae", "dm", "ds", "ex", "mh", "qsco", "qsgi", "qsmm", "sc", "sv", "vs")
KEYS = {"adsl": "USUBJID", "adae": "USUBJID,AESEQ", "adtte": "USUBJID"}
PUBLISHED = data().parent / "cdiscpilotadam"


@pytest.fixture(scope="module")
def study() -> Study:
    return pipeline.load(STUDY)


@pytest.fixture(scope="module")
def datasets(study: Study) -> dict[str, pd.DataFrame]:
    """The data sets derived from the domains they need, all rows."""
    frames, at = {}, 0
    for name in FORMS:
        table, findings = parse(read(data() / f"{name}.parquet"), study.forms[name])
        assert findings == []
        frames[name] = table.frame.assign(**{SRC: range(at, at + len(table.frame))})
        at += len(table.frame)
    return derive(study, Tables(frames, pd.DataFrame())).datasets


@pytest.fixture(scope="module")
def compared(
    datasets: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """What ``trialkit compare`` says of each file of ours and the package's, as JSON."""
    folder = tmp_path_factory.mktemp("derived")
    found = {}
    for name, key in KEYS.items():
        ours = folder / f"{name}.csv"
        datasets[name].to_csv(ours, index=False)
        found[name] = json.loads(_said(["compare", str(ours), str(PUBLISHED / f"{name}.parquet"), "--key", key]))
    return found


def _said(arguments: list[str]) -> str:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run([*arguments, "--format", "json"]) == 1
    return out.getvalue()


def on_the_page() -> dict[tuple[str, str], int]:
    """(data set, variable) -> rows that differ, from the page's table; "rows" stands for rows of one side only."""
    rows = re.findall(r"^\| `(\w+)` \| `?(\w+)`? \| ([\d,]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {(name, variable): int(count.replace(",", "")) for name, variable, count in rows}


def test_every_variable_of_the_published_sets_is_derived(compared: dict[str, dict[str, list[str]]]) -> None:
    counts = {name: len(one["compared"]) + len(one["key"]) for name, one in compared.items()}
    assert counts == {"adsl": 49, "adae": 55, "adtte": 26}
    assert all(one["left_columns"] == one["right_columns"] == [] for one in compared.values())


def test_the_differences_are_those_of_the_page(compared: dict[str, dict[str, list[dict[str, str]]]]) -> None:
    found = {
        (name, column): count
        for name, one in compared.items()
        for column, count in Counter(cell["column"] for cell in one["changed"]).items()
    }
    found |= {(name, "rows"): len(one["right_rows"]) for name, one in compared.items() if one["right_rows"]}
    assert found == on_the_page()
    assert all(one["left_rows"] == [] for one in compared.values())


def test_the_230_rows_are_twins_of_rows_that_we_have(datasets: dict[str, pd.DataFrame]) -> None:
    """Same subject, terms, start, end and severity; all of them not recovered."""
    theirs, ours = pd.read_parquet(PUBLISHED / "adae.parquet"), datasets["adae"]
    theirs = theirs.assign(ASTDT=pd.to_datetime(theirs["ASTDT"]), AENDT=pd.to_datetime(theirs["AENDT"]))
    only = theirs.merge(ours[["USUBJID", "AESEQ"]], how="left", on=["USUBJID", "AESEQ"], indicator="side")
    only = only[only["side"] == "left_only"]
    same = ["USUBJID", "AETERM", "AELLT", "AEDECOD", "ASTDT", "AENDT", "AESEV"]
    assert len(only) == len(only.merge(ours[same].drop_duplicates(), on=same)) == 230
    assert set(only["AEOUT"]) == {"NOT RECOVERED/NOT RESOLVED"}


def test_the_flags_differ_for_these_rows_alone(study: Study) -> None:
    """The same steps on the published records give the published flags, in every row."""
    published = pd.read_parquet(PUBLISHED / "adae.parquet")
    published = published.assign(ASTDT=pd.to_datetime(published["ASTDT"]).astype("datetime64[ns]"), **{SRC: 0})
    ours = study.datasets["adae"]
    flags = replace(ours, id="flags", source="ae", steps=tuple(s for s in ours.steps if s.kind == "choose"))
    alone = replace(study, datasets={"flags": flags})
    made = derive(alone, Tables({"ae": published}, pd.DataFrame())).datasets["flags"]
    names = [name for name in made if name.startswith("AOCC")]
    assert len(names) == 7
    same = differences(made[["USUBJID", "AESEQ", *names]], published, ("USUBJID", "AESEQ"))
    assert same.both == 1191 and same.changed == ()


def test_subjects_with_an_event_are_the_published_ones(datasets: dict[str, pd.DataFrame]) -> None:
    """A twin adds an event, never a subject."""
    emergent = datasets["adae"][datasets["adae"]["TRTEMFL"] == "Y"]
    arms = ["Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"]
    assert [emergent[emergent["TRTA"] == arm]["USUBJID"].nunique() for arm in arms] == [65, 77, 76]
    assert [int((emergent["TRTA"] == arm).sum()) for arm in arms] == [220, 331, 359]

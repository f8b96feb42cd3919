"""Subjects and rows in words; and the ledger reconciles whatever the steps."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shipped import shipped as shipped_study_read
from tests.small_report import SNAPSHOT
from tests.small_tables import dataset, study, table
from trialkit.derive import derive
from trialkit.derive.trace import of_subject
from trialkit.errors import UsageError
from trialkit.intake import assign, parse, read
from trialkit.locate import shipped_study
from trialkit.model import SRC, Population, Study, Tables, tree_of
from trialkit.pipeline.blind import blinded
from trialkit.pipeline.row import row_words
from trialkit.pipeline.subject import subject_words
from trialkit.pipeline.synthetic import newest_uploads
from trialkit.spec import build

PEOPLE = "S ARM\n1 A\n2 A\n3 B"
DOSES = "S D          ML\n1 2026-02-02 10\n1 2026-02-01 0\n2 2026-02-01 0"
STEPS: list[dict[str, Any]] = [
    {"filter": {"where": {"ARM": "A"}, "reason": "other arm"}},
    {"exists": {"into": "SAFFL", "from": "b", "where": {"ML": {"above": "0"}}}},
    {"pick": {"columns": {"FIRST": "D"}, "from": "b", "order": ["D"], "where": {"ML": {"above": "0"}}}},
    {"aggregate": {"into": "N", "from": "b"}},
]

DOCS = Path(__file__).resolve().parents[2] / "docs"


def small() -> tuple[Study, Tables]:
    frames, rows, at = {"a": table(PEOPLE), "b": table(DOSES)}, [], 0
    for name, frame in frames.items():
        frame["S"] = frame["S"].map("{:g}".format)
        frame[SRC] = range(at, at + len(frame))
        for line in range(len(frame)):
            rows.append((name, f"{name}.csv", line + 2, "line", f"{name}" * 16))
        at += len(frame)
    made = study(dataset(*STEPS), a=["S", "ARM"], b=["S", "D", "ML"])
    dosed = {"id": "safety", "label": "Dosed", "dataset": "d", "where": {"SAFFL": "Y"}}
    made.populations["safety"] = build(Population, tree_of(dosed))
    return made, Tables(frames, pd.DataFrame(rows, columns=["form", "file", "row", "numbering", "upload"]))


def test_a_subject_is_in_because_of_a_value_and_the_step_that_made_it() -> None:
    text = subject_words(*small(), "1")
    assert "Dosed: in, because SAFFL is Y (step 2 of d, flag SAFFL: Y if there is a row in b where ML > 0)" in text


def test_a_subject_is_out_because_of_a_value() -> None:
    assert "Dosed: out, because SAFFL is N (step 2 of d" in subject_words(*small(), "2")


def test_a_subject_without_a_row_is_out_because_of_the_step_that_lost_it() -> None:
    text = subject_words(*small(), "3")
    assert "Dosed: out, no row in d (1 at step 1, other arm)" in text
    assert "D (d): no row; lost 1 at step 1, other arm" in text


def test_nobody_by_that_name() -> None:
    with pytest.raises(UsageError, match="there is no subject '9'"):
        subject_words(*small(), "9")


def test_a_row_tells_its_source_and_what_each_step_made_of_what() -> None:
    lines = row_words(*small(), "d", 1).splitlines()
    assert lines[0] == "Row 1 of d: S 1"
    assert lines[1] == "  from a: a.csv line 2 (upload aaaaaaaa)"
    assert "  2. flag SAFFL: Y if there is a row in b where ML > 0: SAFFL = Y" in lines
    place = lines.index("  3. pick FIRST from the first row of b: FIRST = 2026-02-02")
    assert lines[place + 1] == "       b: b.csv line 2 (upload bbbbbbbb)"
    assert lines[-3:] == [
        "  4. N: count over b: N = 2",
        "       b: b.csv line 2 (upload bbbbbbbb)",
        "       b: b.csv line 3 (upload bbbbbbbb)",
    ]


def test_a_step_that_found_nothing_says_so() -> None:
    lines = row_words(*small(), "d", 2).splitlines()
    assert "  3. pick FIRST from the first row of b: FIRST = missing" in lines
    assert "       no row of b counts" in lines


@pytest.mark.parametrize(
    ("name", "row", "said"), [("e", 1, "no data set 'e'"), ("d", 3, "rows 1 to 2"), ("d", 0, "rows 1 to")]
)
def test_no_such_row(name: str, row: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        row_words(*small(), name, row)


# ---- the study that ships -------------------------------------------------------------------------------------------


@cache
def shipped() -> tuple[Study, Tables]:
    made, frames, start = shipped_study_read(), {}, 0
    for path in sorted(newest_uploads(shipped_study()).glob("*.csv")):
        form = assign(path, made.forms)
        assert form is not None
        parsed, found = parse(read(path, form.layout), form)
        assert not found
        frames[form.id] = parsed.frame.assign(**{SRC: range(start, start + len(parsed.frame))})
        start += len(parsed.frame)
    return made, Tables(frames, pd.DataFrame())


def test_ten_subjects_are_told_what_the_page_says() -> None:
    """Each line of the page, for the subjects whose fates differ most."""
    page = (DOCS / "explanation" / "explain-subject.md").read_text(encoding="utf-8")
    told = {row[0]: row[2].split("; ") for row in (line.strip("| ").split(" | ") for line in page.splitlines())
            if row[0].startswith("KWT-")}  # fmt: skip
    assert len(told) == 10
    for subject in ("KWT-101-0003", "KWT-102-0019", "KWT-101-0030"):
        lines = subject_words(*shipped(), subject).splitlines()
        assert [words for words in told[subject] if f"  {words}" not in lines] == []


def test_a_blinded_report_of_the_study_that_ships_knows_what_needs_no_arm_and_nothing_else() -> None:
    made, tables = shipped()
    seen, veiled = derive(made, tables), derive(*blinded(made, tables, SNAPSHOT)[:2])
    open_, closed = seen.datasets["adsl"], veiled.datasets["adsl"]
    for name in ("USUBJID", "SAFFL", "TRTSDT", "COWSBL", "MITTFL", "DCDECOD"):
        assert told(closed[[name]]) == told(open_[[name]])
    for name in ("TRT01P", "TRT01A", "NDOSE", "VOLTOT", "COMPLCAT", "ASRANDFL", "PPROTFL"):
        assert open_[name].notna().any() and closed[name].isna().all()
    arms = {f" {arm} " for arm in made.arms}
    assert any(arm in f" {step} " for step in seen.ledger["step"] for arm in arms)
    assert not any(arm in f" {step} " for step in veiled.ledger["step"] for arm in arms)


def told(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The rows as text, missing as ""."""
    cells = frame.astype(object).where(frame.notna(), "")
    return [tuple(map(str, row)) for row in cells.itertuples(index=False)]


def crosses(made: Study, name: str) -> bool:
    """Whether a data set, or one it starts from, lays all values of a column beside each subject."""
    if name not in made.datasets:
        return False
    dataset = made.datasets[name]
    return any(step.kind == "cross" for step in dataset.steps) or crosses(made, dataset.source)


def test_what_is_told_of_a_subject_is_what_the_whole_derivation_gives() -> None:
    """Steps look at nobody else: a subject's rows alone give the same rows of every data set, but for those that have
    a row for everything anybody had."""
    made, tables = shipped()
    whole = derive(made, tables)
    crossed = {name for name in made.datasets if crosses(made, name)}
    assert 0 < len(crossed) < len(made.datasets) / 4
    for subject in sorted(whole.datasets["adsl"]["USUBJID"])[::30]:
        own = derive(made, of_subject(made, tables, subject))
        for name, frame in whole.datasets.items():
            source = made.forms.get(made.datasets[name].source)
            if name in crossed or (source is not None and not source.subject):
                continue  # about no subject (lots): it stays whole
            mine = frame[frame[made.datasets[name].subject] == subject].reset_index(drop=True)
            assert told(own.datasets[name]) == told(mine)


# ---- the ledger -----------------------------------------------------------------------------------------------------

POOL: list[dict[str, Any]] = [
    {"filter": {"where": {"V": {"above": "1"}}, "reason": "small"}},
    {"filter": {"where": {"G": "x"}}},
    {"one_per": {"by": ["S", "G"], "order": ["V"]}},
    {"one_per": {"by": ["S"], "order": ["V"], "rule": "first", "where": {"V": {"missing": "false"}}}},
    {"join": {"columns": {"W": "W"}, "from": "b", "required": "true"}},
    {"join": {"columns": {"W": "W"}, "from": "b"}},
    {"collapse": {"by": ["S", "G"], "totals": [{"into": "V", "how": "sum", "column": "V"}]}},
    {"append": {"columns": {"S": "S", "V": "W"}, "from": "b", "constant": {"G": "y"}}},
    {"append": {"columns": {"S": "S", "V": "W"}, "from": "b", "where": {"W": {"above": "9"}}}},
    {"choose": {"into": "F", "by": ["G"], "order": {"V": "down"}}},
    {"band": {"into": "B", "column": "V", "cuts": ["2"], "labels": ["low", "high"]}},
]
ROW = st.tuples(st.sampled_from("1234"), st.sampled_from(["x", "y", None]), st.sampled_from([None, 0.0, 1.0, 2.0, 3.0]))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(ROW, max_size=8),
    steps=st.lists(st.sampled_from(POOL), max_size=6),
    there=st.sets(st.sampled_from("124")),
)
def test_the_ledger_reconciles_through_every_step(rows: list, steps: list[dict[str, Any]], there: set[str]) -> None:
    """Whatever the rows and the steps: what came in, and what was added, is there at the end or lost for a reason."""
    number = {"constant": {"columns": {"KEPT": "1"}}}
    frame = pd.DataFrame(rows, columns=["S", "G", "V"]).astype({"S": object, "G": object, "V": float})
    frame[SRC], frame["W"] = range(len(frame)), 1.0
    other = pd.DataFrame({"S": sorted(there), "W": [float(s) for s in sorted(there)]}).astype({"S": object, "W": float})
    other[SRC] = range(100, 100 + len(other))
    unique = [{"one_per": {"by": ["S", "G", "V"], "order": ["S"]}}]
    made = study(dataset(number, *steps, *unique, key=("S", "G", "V")), a=["S", "G", "V", "W"], b=["S", "W"])
    derived = derive(made, Tables({"a": frame, "b": other}, pd.DataFrame()))
    ledger = derived.ledger
    assert (ledger.loc[ledger["lost"] > 0, "reason"] != "").all()
    at = len(frame)
    for order, entry in ledger.groupby("order"):
        rows_in, out, lost = entry["rows_in"].iloc[0], entry["rows_out"].iloc[0], entry["lost"].sum()
        added = rows_in - at
        adds = order >= 2 and order - 2 < len(steps) and "append" in steps[order - 2]
        assert added == 0 or (adds and 0 < added <= len(other))
        assert rows_in == out + lost
        assert sum(len(derived.sets[s].sources) for s in entry["set_id"] if s) <= lost
        at = out
    assert at == len(derived.datasets["d"])

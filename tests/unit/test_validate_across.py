"""Across forms and over time: orphans, records that are gone, accepted rows that become wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trialkit.model import Field, Form, Rule, Study, StudyHeader, Table, tree_of
from trialkit.validate import across

SUBJECT = Field("S", "Subject", pattern="s.")
PEOPLE = Form(
    "people",
    "People",
    "1",
    {"S": SUBJECT, "D": Field("D", "Entry", "date"), "Q": Field("Q", "Site")},
    ("S",),
    subject="S",
    site="Q",
)
EVENTS = Form(
    "events",
    "Events",
    "1",
    {"S": SUBJECT, "N": Field("N", "Number", "integer", min=1), "D": Field("D", "Start", "date")},
    ("S", "N"),
    mode="incremental",
    subject="S",
    rules={
        "e.people": Rule("e.people", "exists", "S", tree_of({"form": "people"}), severity="critical"),
        "e.start": Rule(
            "e.start", "compare", "D", tree_of({"op": "on_or_after", "form": "people", "field": "D", "pick": "first"})
        ),
    },
)


def study(*forms: Form) -> Study:
    empty: dict = {}
    return Study(
        None, StudyHeader("x", "X"), empty, {f.id: f for f in forms}, empty, empty, empty, empty, empty, empty, ""  # type: ignore[arg-type]
    )  # fmt: skip


STUDY = study(PEOPLE, EVENTS)


def table(form: Form, *rows: tuple) -> Table:
    data = {
        name: pd.Series([row[n] for row in rows], dtype="object").astype(
            {"date": "datetime64[ns]", "integer": "float64"}.get(field.type, "object")
        )
        for n, (name, field) in enumerate(form.fields.items())
    }
    return Table(form, pd.DataFrame(data), np.arange(2, len(rows) + 2), f"{form.id}.csv", form.id)


def accepted(given: Table) -> pd.DataFrame:
    """As the store hands rows out: with their line, file, upload and unread cells."""
    return given.frame.assign(_row=given.rows, _unread="", _upload=given.sha256, _file=given.file)


ANN = ("s1", "2026-01-10", "07")
BEN = ("s2", "2026-01-20", "07")


def test_orphans_and_dates_of_a_submission() -> None:
    people, events = table(PEOPLE, ANN), table(EVENTS, ("s1", 1, "2026-01-09"), ("s2", 1, "2026-01-09"))
    found = across({"events": events}, {"people": accepted(people), "events": accepted(events)}, {}, STUDY)
    assert [(f.rule, f.line, f.file, f.subject) for f in found] == [
        ("e.start", 2, "events.csv", "s1"),
        ("e.people", 3, "events.csv", "s2"),
    ]
    assert found[0].say == "Start 2026-01-09 is not on or after Entry of People (People: Entry 2026-01-10)"


def test_a_cell_wrong_by_itself_is_judged_by_no_other_form() -> None:
    people = table(PEOPLE, ANN, ("x9", "2026-01-20", ""))
    events = table(EVENTS, ("x2", 1, "2026-01-09"), ("x9", 1, "2026-01-01"))
    current = {"people": accepted(people), "events": accepted(events)}
    assert across({"events": events}, current, {}, STUDY) == []


def test_an_unread_reference_is_unknown() -> None:
    people = table(PEOPLE, ("s1", "2026-01-10", ""))
    current = {"people": accepted(people).assign(_unread="D Q")}
    assert across({"events": table(EVENTS, ("s1", 1, "2026-01-09"))}, current, {}, STUDY) == []


def test_accepted_rows_that_a_submission_makes_wrong_are_told_once() -> None:
    old, events = table(PEOPLE, ANN, BEN), table(EVENTS, ("s1", 1, "2026-01-15"), ("s3", 1, "2026-01-15"))
    new = table(PEOPLE, ("s1", "2026-01-16", "07"), BEN)
    previous = {"people": accepted(old), "events": accepted(events)}
    found = across({"people": new}, previous | {"people": accepted(new)}, previous, STUDY)
    assert [(f.rule, f.form, f.file, f.line, f.subject) for f in found] == [
        ("e.start", "events", "events.csv", 2, "s1")
    ]
    current = previous | {"people": accepted(new)}
    assert across({"people": new}, current, current, STUDY) == []


def test_records_that_are_gone_from_a_cumulative_form() -> None:
    previous = {"people": accepted(table(PEOPLE, ANN, BEN, (None, "2026-01-01", "07")))}
    new = table(PEOPLE, BEN)
    (found,) = across({"people": new}, {"people": accepted(new)}, previous, STUDY)
    assert (found.rule, found.line, found.field, found.subject, found.site) == (
        "people.records.kept",
        0,
        "",
        "s1",
        "07",
    )
    assert found.say.endswith("gone: s1")
    assert found.severity == "critical"
    assert found.key
    unread = replace(new, unread={"S": np.array([True])}, frame=new.frame.assign(S=[None]))
    assert across({"people": unread}, {"people": accepted(unread)}, previous, STUDY) == []


def test_an_incremental_form_may_leave_out_earlier_records() -> None:
    people, old = table(PEOPLE, ANN, BEN), table(EVENTS, ("s1", 1, "2026-01-15"))
    new = table(EVENTS, ("s2", 1, "2026-01-25"))
    previous = {"people": accepted(people), "events": accepted(old)}
    assert across({"events": new}, previous | {"events": accepted(new)}, previous, STUDY) == []


def test_a_form_never_received_is_unknown_in_and_out_of_the_submission() -> None:
    events = table(EVENTS, ("s1", 1, "2026-01-15"))
    assert across({"events": events}, {"events": accepted(events)}, {}, STUDY) == []
    people = table(PEOPLE, BEN)
    previous = {"events": accepted(events)}
    (found,) = across({"people": people}, previous | {"people": accepted(people)}, previous, STUDY)
    assert (found.rule, found.subject) == ("e.people", "s1")


def test_the_key_is_the_same_whoever_finds_it() -> None:
    people, events = table(PEOPLE, BEN), table(EVENTS, ("s1", 1, "2026-01-15"))
    current = {"people": accepted(people), "events": accepted(events)}
    (one,) = across({"events": events}, current, {}, STUDY)
    (two,) = across({"people": people}, current, {"events": accepted(events)}, STUDY)
    assert one.key == two.key

"""Two protocol versions compared: what differs, what was declared, and both kinds of mismatch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.shipped import shipped
from trialkit.cli.main import run
from trialkit.errors import UsageError
from trialkit.export.amended import human
from trialkit.locate import shipped_study
from trialkit.model import Approval, Arm, Parameter, Protocol, Visit
from trialkit.pipeline.protocols import diff, diff_as
from trialkit.queries.protocols import Amended, amended
from trialkit.queries.protocols.declared import NAMED, NONE, TOUCHED, judge
from trialkit.queries.protocols.differences import differences
from trialkit.report.protocols import marked

OLD = Protocol(
    version="A",
    title="First",
    irb=Approval("Board", "B-1", date(2026, 1, 1)),
    arms={"T": Arm("T", "Active")},
    visits={"V1": Visit("V1", "First", 1, forms=("x", "y")), "V2": Visit("V2", "Second", 8, late=2)},
    parameters={"cap": Parameter("cap", "12", "mL", "Largest dose", "plan"), "age": Parameter("age", "18")},
)
NEW = replace(
    OLD,
    version="B",
    supersedes="A",
    consent="2",
    changes=("The largest dose is 10 mL and no longer 12.", "The text is plainer."),
    visits={"V1": replace(OLD.visits["V1"], forms=("x", "z")), "V3": Visit("V3", "Third")},
    parameters={
        "cap": Parameter("cap", "10", "mL", "Largest dose", "amendment"),
        "age": Parameter("age", "18", "years"),
    },
)


def told(new: Protocol = NEW, old: Protocol = OLD) -> Amended:
    return amended(replace(shipped(), protocols={"A": old, "B": new}), old, new)


def test_every_difference_is_found_with_its_place() -> None:
    assert [(d.part, d.kind, d.id, d.what, d.old, d.new) for d in differences(OLD, NEW)] == [
        ("Consent form", "added", "", "version", "", "2"),
        ("Schedule of visits", "changed", "V1", "forms due", "x, y", "x, z"),
        ("Schedule of visits", "removed", "V2", "", "label: Second; planned day: 8; window: days early: 0; "
         "window: days late: 2", ""),
        ("Schedule of visits", "added", "V3", "", "", "label: Third; window: days early: 0; window: days late: 0"),
        ("Limits and other fixed values", "changed", "cap", "value", "12 mL", "10 mL"),
        ("Limits and other fixed values", "changed", "cap", "source", "plan", "amendment"),
        ("Limits and other fixed values", "changed", "age", "value", "18", "18 years"),
    ]  # fmt: skip


def test_another_order_of_the_visits_is_a_difference() -> None:
    (found,) = differences(OLD, replace(OLD, visits=dict(reversed(OLD.visits.items()))))
    assert (found.what, found.old, found.new) == ("order", "V1, V2", "V2, V1")


def test_mismatches_both_ways_are_told() -> None:
    found = told()
    matches = {(one.difference.id, one.difference.what): one.match for one in found.found}
    assert [key for key, match in matches.items() if match == NAMED] == [("cap", "value"), ("cap", "source")]
    assert {match for key, match in matches.items() if key[0] != "cap"} == {NONE}
    assert found.unmatched == ("The text is plainer.",)
    assert human(found).count("NOT DECLARED") == 5
    assert human(found).endswith("7 differences, 5 not declared; 1 declared without a difference of content\n")


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ("The dose goes from 12 to 10 mL.", NAMED),
        ("The largest dose is smaller.", TOUCHED),
        ("The largest dose was 12 mL.", TOUCHED),
        ("The visit moves from day 12 to day 10.", NONE),
        ("Subjects are asked for more.", NONE),
    ],
)
def test_how_a_sentence_is_matched(said: str, match: str) -> None:
    value = next(d for d in differences(OLD, NEW) if d.what == "value")
    (judged,) = judge([value], [said])
    assert judged.match == match and judged.reasons == ((said,) if match != NONE else ())


def test_versions_that_do_not_follow_have_no_declared_list() -> None:
    found = told(new=replace(OLD, version="B"), old=replace(NEW, version="A"))
    assert found.found and not found.declared and "NOT DECLARED" not in human(found)


def test_identical_content_has_no_difference() -> None:
    found = told(new=replace(OLD, version="B", supersedes="A"))
    assert not found and human(found).endswith("no difference\n") and found.reconsent == ()


def test_lines_are_broken_at_the_width() -> None:
    assert max(map(len, human(told()).splitlines())) > 60 >= max(map(len, human(told(), 60).splitlines()))


def test_marks_are_word_by_word() -> None:
    assert marked("a, b", "a, c") == ([(False, "a, "), (True, "b")], [(False, "a, "), (True, "c")])
    assert marked("", "new") == ([], [(True, "new")])


def test_hostile_text_is_escaped() -> None:
    page = diff_as(told(replace(NEW, title="<script>", changes=("<b>10 & 12 dose",), summary='"><img>')), "html")
    assert "<script" not in page and "<img" not in page and "<b>10" not in page
    assert "<ins>&#34;&gt;&lt;img&gt;</ins>" in page and "no last day on record" in page


def test_the_amendment_of_the_study_that_ships() -> None:
    first, second = shipped().protocols
    found = diff(shipped(), first, second)
    assert {one.difference.id: one.match for one in found.found if one.difference.what == "value"} == {
        "age_max": NAMED, "dose_cap": NAMED, "mitragynine_cap_dose": NAMED, "mitragynine_cap_day": TOUCHED,
    }  # fmt: skip
    assert not [one for one in found.found if one.match == NONE]
    assert [line[:22] for line in found.unmatched] == ["The adverse event form", "Vital signs are taken "]
    assert len(found.new.lock) == 64 and found.old.lock != found.new.lock
    assert all(found.new.adopted.values()) and len(found.reconsent) == 2 + len(found.new.adopted)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = shipped().protocols
    study = ["--study", str(shipped_study())]
    page = tmp_path / "new" / "diff.html"
    assert run(["diff", first, second, *study, "--format", "html", "--out", str(page)]) == 0
    assert "<del>65</del>" in page.read_text("utf-8") and list(page.parent.iterdir()) == [page]
    capsys.readouterr()
    assert run(["diff", first, first, *study, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == []
    assert run(["diff", first, "2.1", *study]) == 2
    assert "there is no protocol version '2.1'" in (said := capsys.readouterr().err) and second in said


def test_an_unknown_version_is_told() -> None:
    with pytest.raises(UsageError, match=r"no protocol version 'x'"):
        diff(shipped(), "x", "y")

"""The list of checks: each is carried out or says why not, every rule carries out one, the page tells them all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.shipped import shipped as study
from trialkit.export.checks import check_table
from trialkit.validate.checklist import check_list

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "checks.md"
LISTED = 163
"""The checks that the study promised (those of its own are called OWN-)."""


def test_all_checks_are_there_and_few_have_a_reason() -> None:
    promised = [check for check in study().checklist.values() if not check.id.startswith("OWN-")]
    assert len(promised) == LISTED
    assert sum(bool(check.reason) for check in promised) <= 12
    assert list(check_list(study())) == []


def test_the_page_tells_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == check_table(study())


def test_every_stated_rule_stands_on_the_page() -> None:
    """So that a rule cannot be deleted, nor its words or examples changed, without the page telling it."""
    page = check_table(study())
    stated = [rule for form in study().forms.values() for rule in form.rules.values()]
    assert len(stated) > 500
    assert [rule.id for rule in stated if f"`{rule.id}`" not in page] == []


def test_mistakes_of_the_list_are_told() -> None:
    made = study()
    check = replace(next(iter(made.checklist.values())), rules=("no.such",), gates=("wall",), reason="because")
    told = [error.message for error in check_list(replace(made, checklist=made.checklist | {check.id: check}))]
    assert "there is no rule 'no.such'" in told and "there is no gate 'wall'" in told
    assert f"check {check.id!r} is carried out and has a reason why it is not" in told
    bare = replace(check, rules=(), gates=(), reason="")
    told = [error.message for error in check_list(replace(made, checklist={check.id: bare}))]
    assert f"check {check.id!r} is carried out by nothing" in told
    assert any("carries out no check" in message for message in told)
    assert list(check_list(replace(made, checklist={}))) == []

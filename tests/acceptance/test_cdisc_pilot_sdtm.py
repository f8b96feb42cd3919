"""The checks on a real trial's tabulation data: what they find is what the page reads, one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.sdtm_counts import SAMPLE, STUDY, counts, files, on_the_page
from trialkit import pipeline
from trialkit.model import Form, Study
from trialkit.validate import check_rules

TRIED = ("ex", "suppae")
"""Their examples are run here; ``make check`` runs those of all forms, which takes longer than the data."""


@pytest.fixture(scope="module")
def study() -> Study:
    return pipeline.load(STUDY)


def untried(form: Form) -> Form:
    """The form without the examples of its rules; its own example row stays, for others lay theirs over it."""
    return replace(form, rules={name: replace(rule, examples=None) for name, rule in form.rules.items()})


def test_the_rules_are_well_made_and_their_examples_behave(study: Study) -> None:
    forms = {name: form if name in TRIED else untried(form) for name, form in study.forms.items()}
    assert [error.text for error in check_rules(replace(study, forms=forms))] == []


def test_every_stated_rule_has_a_firing_and_a_silent_example(study: Study) -> None:
    rules = [rule for form in study.forms.values() for rule in form.rules.values()]
    assert len(rules) == 370
    assert [rule.id for rule in rules if rule.examples is None] == []


def test_the_findings_are_those_of_the_page(study: Study, tmp_path: Path) -> None:
    found = counts(files(study, SAMPLE, tmp_path))
    assert found == on_the_page(2)


def test_the_page_reads_every_rule_that_finds_anything() -> None:
    everywhere, sample = on_the_page(1), on_the_page(2)
    assert sum(everywhere.values()) == 6570
    assert all(0 < sample[rule] <= number for rule, number in everywhere.items())

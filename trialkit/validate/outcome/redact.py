"""Findings without values, for logs that leave the secure place."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from trialkit.intake.words import WHAT
from trialkit.model import Finding, Study
from trialkit.validate.outcome.words import UNREAD, field_label, parts, plain_fix, rule_of, sentence

if TYPE_CHECKING:
    from trialkit.validate.outcome.outcome import Outcome

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_MASK = "[...]"


def redacted(outcome: Outcome) -> Outcome:
    """The same without any value: sentences say what is wrong in general, subjects become numbers.

    Keys, files, lines, forms, fields, sites and visits stay. Subjects are numbered in the order of the findings, so
    the same subject has the same number within one output and no other.
    """
    known: dict[str, str] = {}
    for finding in sorted(outcome.findings):
        if finding.subject:
            known.setdefault(finding.subject, f"subject {len(known) + 1}")
    sites = {known[subject]: site for subject, site in outcome.sites.items() if subject in known}
    findings = tuple(_masked(finding, outcome.study, known) for finding in outcome.findings)
    return replace(outcome, findings=findings, hidden=True, sited=sites)


def _masked(finding: Finding, study: Study, subjects: dict[str, str]) -> Finding:
    say, fix = _words(finding, study)
    return replace(finding, say=say, fix=fix, value="", subject=subjects.get(finding.subject, ""))


def _words(finding: Finding, study: Study) -> tuple[str, str]:
    rule = rule_of(study, finding)
    if rule is not None:
        form = study.forms[finding.form]
        return sentence(study, form, rule), plain_fix(form, rule)
    if finding.rule.endswith(UNREAD) and finding.form in study.forms:
        field = study.forms[finding.form].fields[finding.field]
        return f"{field_label(study, finding.form, finding.field)} is not {WHAT[field.type](field)}", finding.fix
    said = parts(finding.say)[0] if finding.finding_class != "stop" else finding.say
    if rule is None and finding.line == 0 and finding.finding_class != "stop":
        said = said.partition(": ")[0]
    return _QUOTED.sub(_MASK, said), _QUOTED.sub(_MASK, finding.fix)

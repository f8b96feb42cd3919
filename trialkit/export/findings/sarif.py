"""Findings as SARIF 2.1.0, which code hosts and editors show beside the files."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from trialkit import __version__
from trialkit.model import Finding, Study
from trialkit.validate.outcome import Fold, Outcome
from trialkit.validate.outcome.words import field_words, form_title, line_words, plain_fix, rule_of, sentence

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "trialkitKey/v1"
LEVELS = {"critical": "error", "major": "warning", "minor": "note"}


def as_sarif(outcome: Outcome) -> str:
    """One run: the rules that fired, and one result for each finding or cause.

    A cause's other findings are its related locations; their keys stand under ``properties``.
    """
    ids = list(dict.fromkeys(fold.lead.rule for fold in outcome.folds))
    leads = {fold.lead.rule: fold.lead for fold in reversed(outcome.folds)}
    driver = {
        "name": "trialkit",
        "version": __version__,
        "rules": [_rule(leads[name], outcome.study) for name in ids],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "results": [_result(fold, ids, outcome) for fold in outcome.folds],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def level(finding_class: str, severity: str) -> str:
    """A stop is an error and a listing a note, whatever their severity."""
    return {"stop": "error", "listing": "note"}.get(finding_class, LEVELS[severity])


def _rule(lead: Finding, study: Study) -> dict[str, Any]:
    rule = rule_of(study, lead)
    form = study.forms.get(lead.form)
    said, help_text = lead.say, lead.fix
    if rule is not None and form is not None:
        said, help_text = sentence(study, form, rule), plain_fix(form, rule)
    why = f"{lead.why[0].upper()}{lead.why[1:]}. " if lead.why else ""
    return {
        "id": lead.rule,
        "shortDescription": {"text": said},
        "help": {"text": f"{why}{help_text}" or said},
        "defaultConfiguration": {"level": level(lead.finding_class, lead.severity)},
    }


def _result(fold: Fold, ids: list[str], outcome: Outcome) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ruleId": fold.lead.rule,
        "ruleIndex": ids.index(fold.lead.rule),
        "level": level(fold.finding_class, fold.severity),
        "message": {"text": " ".join(filter(None, [_told(fold, outcome), fold.fix]))},
        "locations": [_location(fold.lead, outcome.study)],
        "partialFingerprints": {FINGERPRINT: fold.key or fold.lead.rule},
        "properties": {"class": fold.finding_class, "severity": fold.severity},
    }
    if fold.cause:
        made["relatedLocations"] = [_location(member, outcome.study) for member in fold.members[1:]]
        made["properties"] |= {"cause": fold.cause, "keys": [member.key for member in fold.members]}
    return made


def _told(fold: Fold, outcome: Outcome) -> str:
    """What is wrong and where, for a reader who does not see the file."""
    lead = fold.lead
    who = "" if fold.cause else lead.subject
    where = [who, f"site {lead.site}" if lead.site and not fold.cause else "", "" if fold.cause else lead.visit]
    where += [line_words(lead)] if lead.numbering == "record" and lead.line else []
    tail = ", ".join(filter(None, where))
    return f"{fold.say}{f' [{tail}]' if tail else ''}."


def _location(finding: Finding, study: Study) -> dict[str, Any]:
    """The file and, for text, its line. A record of a typed file has no line: it is named as a logical place."""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.line and finding.numbering == "line":
        place["region"] = {"startLine": finding.line}
    logical = [form_title(study, finding.form)]
    logical += [field_words(study, finding.form, finding.field)] if finding.field else []
    logical += [line_words(finding)] if finding.line and finding.numbering == "record" else []
    named = [{"fullyQualifiedName": " / ".join(filter(None, logical))}] if any(logical) else []
    return {"physicalLocation": place} | ({"logicalLocations": named} if named else {})

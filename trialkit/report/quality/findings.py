"""Findings on the page: a block for each rule or cause, its places as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialkit.model import Finding
from trialkit.validate.outcome import Fold, Outcome
from trialkit.validate.outcome.allowed import allowed_words
from trialkit.validate.outcome.fold import by_rule
from trialkit.validate.outcome.words import (
    field_label,
    form_title,
    line_words,
    parts,
    plain_fix,
    rule_of,
    sentence,
)
from trialkit.words import many

PLACES = 200
"""Most places of a rule that the page lists; the others are counted."""


COLUMNS = (
    ("File", "file"), ("Line", "line"), ("Subject", "subject"), ("Site", "site"), ("Visit", "visit"),
    ("Field", "field"), ("Value", "value"), ("Found", "found"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One finding: where it is and what was found."""

    file: str
    line: str
    subject: str
    site: str
    visit: str
    field: str
    value: str
    found: str


@dataclass(frozen=True)
class Block:
    """One rule, or one cause: what is wrong, why it matters, what to do, and where.

    ``queries`` are the mistakes it tells of, as the totals count them; ``count`` are their places.
    """

    id: str
    finding_class: str
    severity: str
    form: str
    rule: str
    say: str
    why: str
    fix: str
    allowed: str
    cause: bool
    queries: int
    count: int
    subjects: int
    places: tuple[Place, ...]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The columns of its places that hold anything: heading and attribute."""
        return [(name, part) for name, part in COLUMNS if any(getattr(place, part) for place in self.places)]

    @property
    def more(self) -> int:
        """Places that are not listed."""
        return self.count - len(self.places)

    @property
    def size(self) -> str:
        """How many findings, of how many subjects."""
        of = f" of {many(self.subjects, 'subject')}" if self.subjects else ""
        return f"{many(self.count, 'finding')}{of}"


def blocks(outcome: Outcome) -> Iterator[Block]:
    """The findings by rule, worst first; a cause that folds several findings is a block of its own."""
    number = 0
    for group in by_rule(outcome.folds):
        alone = [fold for fold in group if not fold.cause]
        for folds in [*([fold] for fold in group if fold.cause), *([alone] if alone else [])]:
            number += 1
            yield _block(f"finding-{number}", folds, outcome)


def _block(name: str, folds: list[Fold], outcome: Outcome) -> Block:
    first, study = folds[0], outcome.study
    members = [member for fold in folds for member in fold.members]
    lead, cause = first.lead, bool(first.cause)
    rule = rule_of(study, lead)
    one = len(members) == 1
    said, fix = first.say, first.fix
    if not cause:
        said = parts(first.say)[0]
        if not one and rule is not None:
            said, fix = sentence(study, study.forms[lead.form], rule), plain_fix(study.forms[lead.form], rule)
    allowed = "" if cause else allowed_words(study, lead)
    said = said.partition("; allowed: ")[0] if allowed else said
    several = len({member.rule for member in members}) > 1
    return Block(
        id=name,
        finding_class=first.finding_class,
        severity=first.severity,
        form=form_title(study, lead.form),
        rule="several rules" if several else lead.rule,
        say=_capital(said),
        why=_capital(lead.why),
        fix=fix,
        allowed=allowed,
        cause=cause,
        queries=len(folds),
        count=len(members),
        subjects=len({member.subject for member in members if member.subject}),
        places=tuple(_place(member, outcome) for member in members[:PLACES]),
    )


def _place(finding: Finding, outcome: Outcome) -> Place:
    return Place(
        file=finding.file,
        line=line_words(finding) or "whole file",
        subject=finding.subject,
        site=outcome.site(finding),
        visit=finding.visit,
        field=field_label(outcome.study, finding.form, finding.field),
        value=finding.value if finding.value != finding.subject else "",
        found=parts(finding.say)[1],
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

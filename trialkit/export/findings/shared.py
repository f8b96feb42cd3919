"""What several formats of findings need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from trialkit.model import Finding
from trialkit.validate.outcome import Outcome
from trialkit.validate.outcome.fold import CLASSES
from trialkit.words import many

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(part: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{part}" if part.startswith(_FORMULA) else part


def printable(text: str) -> str:
    """Data cannot move the cursor: what does not print is shown as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def plain(finding: Finding) -> dict[str, str | int]:
    """A finding's parts; ``finding_class`` is called class, as in the study content."""
    return {"class" if name == "finding_class" else name: part for name, part in asdict(finding).items()}


def causes(outcome: Outcome) -> dict[int, tuple[str, str]]:
    """For each finding (by ``id``) the key and the name of the cause it was folded under; none if it stands alone."""
    return {id(member): (fold.key, fold.cause) for fold in outcome.folds if fold.cause for member in fold.members}


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each class."""
    counts = Counter(finding.finding_class for finding in findings)
    return {name: counts[name] for name in CLASSES}


def summary(outcome: Outcome) -> str:
    """One line: how many findings of each class and how many causes, what was checked, and as of which day."""
    findings = outcome.findings
    kinds = ", ".join(f"{n:,} {name}" for name, n in counted(findings).items() if name != "listing" or n)
    head = "0 findings"
    if findings:
        of = f" of {many(len(outcome.folds), 'cause')}" if len(outcome.folds) < len(findings) else ""
        head = f"{many(len(findings), 'finding')}{of} ({kinds}) in {many(len({f.file for f in findings}), 'file')}"
    checked = f"{many(outcome.files, 'file')}, {many(outcome.rows, 'row')} checked"
    day = f"as of {outcome.as_of}" if outcome.as_of else ""
    hidden = "values left out" if outcome.hidden else ""
    return " · ".join(filter(None, [head, f"{checked} {day}".strip(), hidden, outcome.note]))

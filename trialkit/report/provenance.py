"""Where a page's numbers come from: the snapshot, the content, the software, and how far each method is proven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialkit.model.analysis import AnalysisSpec
from trialkit.model.record import Snapshot
from trialkit.model.study import Study

GRADES = {
    "published": "published numbers",
    "r": "R",
    "sas": "SAS",
    "second_program": "a second program",
    "unproven": "nothing yet",
}
"""What a method's numbers have been compared with, by grade of evidence."""


@dataclass(frozen=True)
class MethodEvidence:
    """A method that was used, and the outside evidence for its numbers."""

    name: str
    title: str
    citation: str
    grade: str
    against: str
    deviation: str


def evidence(specs: Iterable[AnalysisSpec]) -> tuple[MethodEvidence, ...]:
    """The methods of analyses, each once, in order of first use."""
    from trialkit.methods import METHODS

    used = [METHODS[name] for name in dict.fromkeys(spec.method for spec in specs) if name in METHODS]
    return tuple(
        MethodEvidence(m.name, m.title, m.citation, m.evidence, GRADES[m.evidence], m.deviation or "not stated")
        for m in used
    )


def facts(study: Study, snapshot: Snapshot, software: str) -> tuple[tuple[str, str], ...]:
    """Pairs (what, value) that identify data, content and software."""
    open_findings = len(snapshot.open_findings)
    found = [
        ("Study", f"{study.id}: {study.header.title}"),
        ("Protocol version", snapshot.protocol_version or study.protocol.version),
        ("Snapshot", snapshot.id + (f" ({snapshot.label})" if snapshot.label else "")),
        ("Data cut-off", snapshot.cutoff),
        ("Open findings at the snapshot", str(open_findings)),
        ("Arms", "masked" if snapshot.masked else ""),
        ("Study content (SHA-256)", study.digest),
        ("Study content at the snapshot", snapshot.study_digest if snapshot.study_digest != study.digest else ""),
        ("Event log head", snapshot.head),
        ("Software", software),
        ("Software at the snapshot", snapshot.software if snapshot.software != software else ""),
    ]
    return tuple((name, value) for name, value in found if value)

"""What may not be stored at all, told before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trialkit.errors import IntakeError
from trialkit.model import Finding
from trialkit.store.canonical import digest
from trialkit.store.records import Item


def refuse(items: Sequence[Item], findings: Sequence[Finding]) -> None:
    """Raises IntakeError: nothing to submit, a finding that says stop, a file that changed while it was read, or
    two files for a form of which one file holds all rows."""
    if not items:
        raise IntakeError("nothing to submit", "", "Name at least one file.")
    _refuse_stops(findings)
    for item in items:
        if digest(item.data) != item.table.sha256:
            raise IntakeError("the file changed while it was read", item.table.file, "Submit it again.")
    _refuse_two_files(items)


def _refuse_stops(findings: Sequence[Finding]) -> None:
    stops = sorted(finding for finding in findings if finding.finding_class == "stop")
    if stops:
        first = stops[0]
        raise IntakeError(
            f"refused: {len(stops)} finding{'s' * (len(stops) > 1)} of class stop; nothing was stored",
            f"{first.file}:{first.line}" if first.line else first.file,
            " ".join(part for part in (first.say, first.fix) if part),
        )


def _refuse_two_files(items: Sequence[Item]) -> None:
    forms = Counter(item.table.form.id for item in items if item.table.form.mode == "cumulative")
    for form, count in forms.items():
        if count > 1:
            named = ", ".join(item.table.file for item in items if item.table.form.id == form)
            raise IntakeError(
                f"{count} files for form {form!r}: {named}",
                "",
                "The form is cumulative: one file holds all its rows. Submit one, or declare the form incremental.",
            )

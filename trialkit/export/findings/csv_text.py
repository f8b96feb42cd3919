"""Findings as CSV: one line a finding, none left out."""

from __future__ import annotations

import csv
import io
from dataclasses import fields

from trialkit.export.findings.shared import causes, plain, safe
from trialkit.model import Finding
from trialkit.validate.outcome import Outcome


def as_csv(outcome: Outcome) -> str:
    """One line a finding, ``cause`` last. A cell a spreadsheet would take for a formula begins with an apostrophe."""
    names = ["class" if part.name == "finding_class" else part.name for part in fields(Finding)]
    out, of = io.StringIO(), causes(outcome)
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([*names, "cause"])
    for finding in outcome.findings:
        cells = [*plain(finding).values(), of.get(id(finding), ("", ""))[0]]
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()
